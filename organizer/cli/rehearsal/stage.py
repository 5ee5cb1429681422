"""What the steps of a rehearsal share: the paths in its folder, its keys and cards, and the words before each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.publication import PUBLICATION_FILE
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.keys.generate import NewKeys
from organizer.keys.shares import Card

STEPS = 7
WORK, PASSPHRASE_FILE = "anna", "passphrase.txt"


@dataclass(frozen=True)
class Stage:
    """A rehearsal in the folder `place`, with the keys and cards made there. `fast`: it does not wait for Enter."""

    terminal: Terminal
    fast: bool
    place: str
    keys: NewKeys
    cards: Sequence[Card]

    def path(self, name: str) -> str:
        """The path of a file or folder of this name in the rehearsal's folder."""
        return f"{self.place}/{name}"

    @property
    def work(self) -> str:
        """The workspace of Anna."""
        return self.path(WORK)

    @property
    def passphrases(self) -> TerminalPassphrases:
        """The passphrase of all keys here, read from a file, so that nobody has to type it."""
        return TerminalPassphrases(self.terminal, self.path(PASSPHRASE_FILE))

    @property
    def appeal(self) -> str:
        """What the site would serve as appeal.json."""
        return self.path("public/appeal.json")

    @property
    def stick(self) -> str:
        """The folder that stands for a USB stick carried between two computers."""
        return self.path("stick")

    @property
    def publication(self) -> str:
        """The result on the stick."""
        return f"{self.stick}/{PUBLICATION_FILE}"

    def step(self, number: int, title: str, command: str, *told: str) -> None:
        """Say what comes and which command does it in earnest."""
        self.terminal.heading(f"{number} of {STEPS}  {title}")
        self.terminal.say(" ".join(told))
        self.terminal.say()
        self.terminal.say_exactly(f"  In earnest: organizer {command}", "bold")
        if not self.fast:
            self.terminal.wait()
