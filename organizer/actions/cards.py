"""Hands out the cards of a key one at a time: the next card comes after two words of this one were read from the paper.

The words are not stored anywhere, so a set that is left unfinished is lost: its cards are destroyed and a new set is
made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from nacl.utils import random

from organizer.errors import OrganizerError
from organizer.keys.cards import asked_back, print_file
from organizer.keys.periods import Period, PeriodKey
from organizer.keys.shares import Card, check_plan, read_word, split
from organizer.workspace.files import burn_secret_file, check_no_folder, write_secret_file

PRINT_FILE = "cards.html"


@dataclass(frozen=True)
class CardPlan:
    """How a key is divided: any `threshold` of `count` cards bring it back. Raises OrganizerError: share-plan."""

    threshold: int
    count: int

    def __post_init__(self) -> None:
        check_plan(self.threshold, self.count)


SUGGESTED = CardPlan(threshold=3, count=5)


class HandOut:
    """The cards of one key on their way to people. `card` is the one to write down, `asked` the word to give back."""

    def __init__(self, period: Period, cards: Sequence[Card]) -> None:
        self.period = period
        self.cards = tuple(cards)
        self._checked = 0
        self._ask_back()

    def __repr__(self) -> str:
        return f"HandOut({self.period.hex_id}, {self._checked} of {len(self.cards)} checked)"

    @property
    def card(self) -> Card | None:
        """The card to write down now; None once all are on paper and checked."""
        return self.cards[self._checked] if self._checked < len(self.cards) else None

    @property
    def asked(self) -> int | None:
        """The number, from 1 on, of the word to read from the paper now."""
        return self._asked[0] if self._asked else None

    def answer(self, typed: str) -> bool:
        """Whether it is the word that was asked for. If not, two words of the same card are asked anew.

        Raises OrganizerError: share-plan, when no card is left.
        """
        if self.card is None:
            raise OrganizerError("share-plan", "All cards are checked.")
        if not _is_word(typed, self.card.words[self._asked[0] - 1]):
            self._ask_back()
            return False
        del self._asked[0]
        if not self._asked:
            self._checked += 1
            self._ask_back()
        return True

    def _ask_back(self) -> None:
        self._asked = [] if self.card is None else asked_back(self.card, random)


def _is_word(typed: str, word: str) -> bool:
    try:
        return read_word(typed) == word
    except OrganizerError:
        return False


def divide(keys: Iterable[PeriodKey], plan: CardPlan) -> list[HandOut]:
    """A fresh set of cards for each key. Cards of an earlier set go on working until they are destroyed."""
    return [HandOut(key.period, split(key.master, plan.threshold, plan.count)) for key in keys]


def check_folder(text: str) -> str:
    """Check a folder to write into: it must be new or empty. Raises OrganizerError: folder."""
    if not text.strip():
        raise OrganizerError("folder", "Name a folder.")
    check_no_folder(text.strip())
    return text.strip()


@contextmanager
def print_cards(folder: str, sets: Iterable[HandOut]) -> Iterator[str]:
    """Write all these cards into a file to print, and give its path; it is overwritten and removed at the end.

    Raises OrganizerError: folder.
    """
    content = print_file([(card, made.period) for made in sets for card in made.cards])
    path = write_secret_file(check_folder(folder), PRINT_FILE, content)
    try:
        yield path
    finally:
        burn_secret_file(path)
