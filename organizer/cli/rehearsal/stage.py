"""What the steps of a rehearsal share: a folder, made-up keys and cards, and the words before each step.

Knows where things of the rehearsal lie. Must never be used with a real key.
"""

from __future__ import annotations

from dataclasses import dataclass

from organizer.cli.terminal.terminal import Terminal
from organizer.keys.generate import NewKeys
from organizer.keys.shares import Card

STEPS = 7


@dataclass(frozen=True)
class Stage:
    """In the folder `place`: this organizer's keys and cards. `fast`: nobody is asked to read and go on."""

    terminal: Terminal
    fast: bool
    place: str
    keys: NewKeys
    cards: list[Card]

    def path(self, name: str) -> str:
        """Something in the folder."""
        return f"{self.place}/{name}"

    @property
    def work(self) -> str:
        """The workspace of Anna."""
        return self.path("anna")

    @property
    def passphrase(self) -> str:
        """The file with the passphrase of everybody here."""
        return self.path("passphrase.txt")

    @property
    def appeal(self) -> str:
        """What the site would serve as appeal.json."""
        return self.path("public/appeal.json")

    def step(self, number: int, title: str, command: str, *told: str) -> None:
        """Say what comes and which command does it in earnest."""
        self.terminal.heading(f"{number} of {STEPS}  {title}")
        self.terminal.say(" ".join(told))
        self.terminal.say()
        self.terminal.say_exactly(f"  In earnest: organizer {command}", "bold")
        if not self.fast:
            self.terminal.wait()
