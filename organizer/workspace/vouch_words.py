"""Vouch words: trusted people give one to those they know, who type it beside their signature.

A word is compared without regard to capitals, spaces, hyphens and confusable letters of two alphabets. It is no
proof: whoever hears it can use it. So each trusted person gets one of their own, and one that leaked is withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from organizer.errors import OrganizerError
from organizer.text import skeleton_letters

SHORTEST, LONGEST = 6, 40
"""Letters and digits of a word: fewer are guessed; the signing page takes no more than 40 characters."""
LONGEST_NOTE = 100
WORD_WIDTH = 512
"""Rows are padded to a multiple of this, like those of entries.py."""

# No letter that a Cyrillic keyboard lacks a similar letter or a sound for, and none that is mistaken for another.
_CONSONANTS, _VOWELS, _SYLLABLES = "bdgklmnprstvz", "aeiou", 5


class Vouched(StrEnum):
    """What the word beside a signature says about it."""

    YES = "vouched"
    WITHDRAWN = "withdrawn word"
    UNKNOWN = "unknown word"
    NO = "no word"


@dataclass(frozen=True)
class VouchWord:
    """A word that was given out. `number` counts from 1 and names it for ever; `note` says who gives it out."""

    number: int
    word: str
    note: str = ""
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """Equal for words that are taken for the same."""
        return word_key(self.word)


def word_key(typed: str) -> str:
    """Equal for words that are taken for the same."""
    return skeleton_letters(typed)


class VouchWords:
    """All words that were ever given out."""

    def __init__(self, words: Iterable[VouchWord]) -> None:
        self._words = sorted(words, key=lambda word: word.number)
        self._by_key = {word.key: word for word in self._words}

    def __iter__(self) -> Iterator[VouchWord]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def find(self, typed: str) -> VouchWord | None:
        """The word that somebody typed, if it was ever given out."""
        return self._by_key.get(word_key(typed)) if typed else None

    def numbered(self, number: int) -> VouchWord:
        """The word with that number. Raises OrganizerError: vouch-number."""
        for word in self._words:
            if word.number == number:
                return word
        raise OrganizerError("vouch-number", f"There is no vouch word with number {number}. List: organizer vouch")

    def vouched(self, typed: str) -> Vouched:
        """What a typed word says."""
        found = self.find(typed)
        if found is None:
            return Vouched.UNKNOWN if skeleton_letters(typed) else Vouched.NO
        return Vouched.WITHDRAWN if found.withdrawn else Vouched.YES

    def new(self, word: str, note: str) -> VouchWord:
        """A further word. Raises OrganizerError: vouch-word, vouch-note."""
        number = max((one.number for one in self._words), default=0) + 1
        made = VouchWord(number, *_checked(" ".join(word.split()), " ".join(note.split())))
        if made.key in self._by_key:
            text = f"This word is number {self._by_key[made.key].number} already, or looks like it. Take another."
            raise OrganizerError("vouch-word", text)
        return made


def _checked(word: str, note: str) -> tuple[str, str]:
    if not (len(skeleton_letters(word)) >= SHORTEST and len(word) <= LONGEST and word.isprintable()):
        text = f"A vouch word has at least {SHORTEST} letters or digits and at most {LONGEST} characters."
        raise OrganizerError("vouch-word", text)
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise OrganizerError("vouch-note", f"A note has at most {LONGEST_NOTE} characters.")
    return word, note


def offer_word(random: Callable[[int], bytes]) -> str:
    """A word that nobody guesses, easy to say and to type: about one in 1.1 × 10^9."""
    draw = (random(1)[0] for _ in iter(int, 1))
    syllables = ("".join(_fair(letters, draw) for letters in (_CONSONANTS, _VOWELS)) for _ in range(_SYLLABLES))
    return "".join(syllables)


def write_word(word: VouchWord) -> bytes:
    """The plaintext of a word's row."""
    value = {"number": word.number, "word": word.word, "note": word.note, "withdrawn": word.withdrawn}
    text = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return text.ljust(-(-len(text) // WORD_WIDTH) * WORD_WIDTH)


def checked_word(number: object, word: object, note: object, withdrawn: object) -> VouchWord:
    """A word from somebody else's file, by the rules for a typed one. Raises TypeError, ValueError, OrganizerError."""
    if not (type(number) is int and isinstance(word, str) and isinstance(note, str) and isinstance(withdrawn, bool)):
        raise TypeError("Number, word, note and whether it was withdrawn.")
    if number < 1 or (word, note) != (" ".join(word.split()), " ".join(note.split())):
        raise ValueError("No command makes such a word.")
    return VouchWord(number, *_checked(word, note), withdrawn)


def read_word(row: bytes) -> VouchWord:
    """The word in a row. Raises OrganizerError: workspace-damaged."""
    try:
        value = json.loads(row)
        return VouchWord(value["number"], value["word"], value["note"], value["withdrawn"])
    except (ValueError, KeyError, TypeError) as error:
        text = "A row of the workspace was written by another version of this tool."
        raise OrganizerError("workspace-damaged", text) from error


def _fair(letters: str, draw: Iterator[int]) -> str:
    # Bytes beyond the last whole round would make the first letters more frequent.
    top = 256 - 256 % len(letters)
    return letters[next(byte for byte in draw if byte < top) % len(letters)]
