"""Whose texts a file shows otherwise than they were published, and why: told before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from crypto.csvtable import plain_cell
from organizer.exports.document import Document
from organizer.exports.fonts import Fonts

People = Callable[[Document, Fonts], tuple[str, ...]]
"""From a document to the names of those in whom something changes, safe to show."""


class Reason(NamedTuple):
    """Why a text changes. `words` have a place for “3 names”."""

    name: str
    words: str


UNSAFE = Reason("unsafe", "every file shows � in {}, for what could trick a reader, or is no character yet.")
FORMULA = Reason("formula", "an apostrophe is put into {}, so that no spreadsheet takes a sign for a formula.")
NO_FONT = Reason("no-font", "{} cannot be drawn whole; � stands for what no font here has.")


@dataclass(frozen=True)
class Change:
    """What changes in one file, or, where `file` is empty, in all. `names` are of the people whom it concerns."""

    file: str
    reason: Reason
    names: tuple[str, ...]

    def __str__(self) -> str:
        """In words, with the number of people."""
        many = len(self.names)
        said = self.reason.words.format(f"{many:,} names" if many != 1 else "1 name")
        return f"{self.file}: {said}" if self.file else f"{said[0].upper()}{said[1:]}"


def with_formula_signs(document: Document) -> tuple[str, ...]:
    """Of whom a table in text shows something with an apostrophe more."""
    return tuple(shown.name for shown in document.signatures if any(plain_cell(text) != text for text in shown.texts()))
