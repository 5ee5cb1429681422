"""Rows of a table as values: what its cells say, and which of its rows could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One row. `number` counts from 1 as a spreadsheet counts; cells are texts as they stand, not yet cleaned."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class BrokenRows:
    """Rows `number` to `last` that could not be read, so nobody in them is a person; the reason's word and sentence."""

    number: int
    last: int
    reason: str
    text: str


def column_letters(place: int) -> str:
    """The letters by which a spreadsheet names a column; `place` counts from 0: A, B, … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
