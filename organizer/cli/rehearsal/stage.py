"""What the steps of a rehearsal share: a folder, made-up keys and cards, and the words before each step.

Knows where things of the rehearsal lie. Must never be used with a real key.
"""

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
    """In the folder `place`: this organizer's keys and cards. `fast`: nobody is asked to read and go on."""

    terminal: Terminal
    fast: bool
    place: str
    keys: NewKeys
    cards: Sequence[Card]

    def path(self, name: str) -> str:
        """Something in the folder."""
        return f"{self.place}/{name}"

    @property
    def work(self) -> str:
        """The workspace of Anna."""
        return self.path(WORK)

    @property
    def passphrases(self) -> TerminalPassphrases:
        """Nobody types the passphrase: it lies in a file, the same for everybody here."""
        return TerminalPassphrases(self.terminal, self.path(PASSPHRASE_FILE))

    @property
    def appeal(self) -> str:
        """What the site would serve as appeal.json."""
        return self.path("public/appeal.json")

    @property
    def stick(self) -> str:
        """What is carried from one computer to the other."""
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
