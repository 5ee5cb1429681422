"""The filter of the review: which signatures a person wants to see, by a few criteria and a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from sys import intern
from typing import NamedTuple, TypeVar

from crypto.code import Commitment
from crypto.envelope import EnvelopeId
from crypto.shape import is_language
from crypto.signature import Signature, fields_without
from organizer.text import skeleton
from organizer.workspace.entries import Decision, Verdict
from organizer.workspace.vouch_words import Vouched

Value = TypeVar("Value")

OTHER_LANGUAGE = "other"
SEARCHED = fields_without(public="it has a filter of its own", language="it has a filter of its own")
"""Where words are looked for."""


class ReviewStatus(StrEnum):
    """Where a signature stands in the review."""

    UNDECIDED = "undecided"
    HELD = "held"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Facts(NamedTuple):
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
    """Which signatures are wanted; a field that is None, 0, empty or False lets all through.

    `text` has words as `skeleton` writes them, all of which must stand in a signature.
    """

    public: bool | None = None
    status: ReviewStatus | None = None
    vouched: Vouched | None = None
    language: str | None = None
    unknown_letter: bool = False
    similar: bool = False
    word: int = 0
    text: tuple[str, ...] = ()

    def fits(self, facts: Facts, made: Decision | None, similar: bool) -> bool:
        """Whether a signature is wanted, words aside; `similar` says whether it is similar to another one."""
        return (
            self.public in (None, facts.public)
            and self.status in (None, status_of(made))
            and self.vouched in (None, facts.vouched)
            and self.language in (None, facts.language)
            and facts.unknown_letter >= self.unknown_letter
            and similar >= self.similar
            and self.word in (0, facts.word)
        )

    def has_words(self, signature: Signature) -> bool:
        """Whether all words stand somewhere in what the person wrote."""
        text = skeleton("\n".join(field.text(signature) for field in SEARCHED))
        return all(word in text for word in self.text)

    def with_text(self, text: str) -> Filter:
        """The same filter with these words to search for."""
        return replace(self, text=tuple(skeleton(text).split()))

    def next(self, criterion: str, languages: Sequence[str]) -> Filter:
        """The filter with the next value of one criterion, after the last one all again."""
        if criterion == "public":
            return replace(self, public=_next((None, True, False), self.public))
        if criterion == "status":
            return replace(self, status=_next((None, *ReviewStatus), self.status))
        if criterion == "vouched":
            return replace(self, vouched=_next((None, *Vouched), self.vouched))
        if criterion == "language":
            return replace(self, language=_next((None, *languages), self.language))
        if criterion == "unknown_letter":
            return replace(self, unknown_letter=not self.unknown_letter)
        return replace(self, similar=not self.similar)

    def __str__(self) -> str:
        """What is shown, in words; the words searched for last."""
        words: list[str] = []
        if self.public is not None:
            words.append("public" if self.public else "not public")
        words += [str(value) for value in (self.status, self.vouched) if value]
        if self.language:
            words.append(f"language {self.language}")
        if self.unknown_letter:
            words.append("unknown letter")
        if self.similar:
            words.append("resembles another")
        if self.word:
            words.append(f"vouch word number {self.word}")
        if self.text:
            words.append(f"with “{' '.join(self.text)}”")
        return ", ".join(words) or "all"


_STATUS_OF = {
    Verdict.ACCEPTED: ReviewStatus.ACCEPTED,
    Verdict.REFUSED: ReviewStatus.REFUSED,
    Verdict.HELD: ReviewStatus.HELD,
}


def status_of(made: Decision | None) -> ReviewStatus:
    """Where a decision puts a signature; None is no decision."""
    if made is None:
        return ReviewStatus.UNDECIDED
    return _STATUS_OF[made.verdict]


def _next(values: Sequence[Value], now: Value) -> Value:
    return values[(values.index(now) + 1) % len(values) if now in values else 0]


def known_language(language: str) -> str:
    """A language's tag as our pages write it, or "other": it is a stranger's text until here."""
    return intern(language) if is_language(language) else OTHER_LANGUAGE
