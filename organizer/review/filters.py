"""Which signatures a person wants to see: a filter of a few marks and a few words.

Knows signatures and marks. Must never know a disk, nor decide anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from sys import intern
from typing import TypeVar

from crypto.code import Commitment
from crypto.envelope import EnvelopeId
from crypto.shape import is_language
from crypto.signature import Signature, fields_without
from organizer.text import look
from organizer.workspace.entries import Decision, Verdict
from organizer.workspace.vouch_words import Vouched

Value = TypeVar("Value")

OTHER_LANGUAGE = "other"
SEARCHED = fields_without(public="it has a filter of its own", language="it has a filter of its own")
"""Where words are looked for."""


class Standing(StrEnum):
    """Where a signature stands in the review."""

    UNDECIDED = "undecided"
    HELD = "held"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept in memory of a signature under review: no name, no text. `word` is a vouch word's number or 0."""

    id: EnvelopeId
    commitment: Commitment
    public: bool
    by_hand: bool
    language: str
    unknown_letter: bool
    vouched: Vouched
    word: int


@dataclass(frozen=True)
class Filter:
    """None, 0, empty or False: all. `text` has words as `look` writes them, all of which must stand in a signature."""

    public: bool | None = None
    standing: Standing | None = None
    vouched: Vouched | None = None
    language: str | None = None
    unknown_letter: bool = False
    alike: bool = False
    word: int = 0
    text: tuple[str, ...] = ()

    def fits(self, facts: Facts, made: Decision | None, alike: bool) -> bool:
        """Whether the marks are those asked for; `alike`: whether it resembles another one."""
        return (
            self.public in (None, facts.public)
            and self.standing in (None, standing(made))
            and self.vouched in (None, facts.vouched)
            and self.language in (None, facts.language)
            and facts.unknown_letter >= self.unknown_letter
            and alike >= self.alike
            and self.word in (0, facts.word)
        )

    def has_words(self, signature: Signature) -> bool:
        """Whether all words stand somewhere in what the person wrote."""
        text = look("\n".join(field.text(signature) for field in SEARCHED))
        return all(word in text for word in self.text)

    def asking(self, text: str) -> Filter:
        """The same marks with these words to search for."""
        return replace(self, text=tuple(look(text).split()))

    def next(self, mark: str, languages: Sequence[str]) -> Filter:
        """The filter with the next value of one mark, after the last one all again."""
        if mark == "public":
            return replace(self, public=_next((None, True, False), self.public))
        if mark == "standing":
            return replace(self, standing=_next((None, *Standing), self.standing))
        if mark == "vouched":
            return replace(self, vouched=_next((None, *Vouched), self.vouched))
        if mark == "language":
            return replace(self, language=_next((None, *languages), self.language))
        if mark == "unknown_letter":
            return replace(self, unknown_letter=not self.unknown_letter)
        return replace(self, alike=not self.alike)

    def __str__(self) -> str:
        """What is shown, in words; the words searched for last."""
        words: list[str] = []
        if self.public is not None:
            words.append("public" if self.public else "not public")
        words += [str(value) for value in (self.standing, self.vouched) if value]
        if self.language:
            words.append(f"language {self.language}")
        if self.unknown_letter:
            words.append("unknown letter")
        if self.alike:
            words.append("resembles another")
        if self.word:
            words.append(f"vouch word number {self.word}")
        if self.text:
            words.append(f"with “{' '.join(self.text)}”")
        return ", ".join(words) or "all"


def standing(made: Decision | None) -> Standing:
    """Where a decision puts a signature."""
    if made is None:
        return Standing.UNDECIDED
    return {Verdict.HELD: Standing.HELD, Verdict.ACCEPTED: Standing.ACCEPTED}.get(made.verdict, Standing.REFUSED)


def _next(values: Sequence[Value], now: Value) -> Value:
    return values[(values.index(now) + 1) % len(values) if now in values else 0]


def known_language(language: str) -> str:
    """A language's tag as our pages write it, or "other": it is a stranger's text until here."""
    return intern(language) if is_language(language) else OTHER_LANGUAGE
