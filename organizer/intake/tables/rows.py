"""Rows of a table as values: what its cells say, and which of its rows could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from crypto.cleaning import clean
from organizer.errors import OrganizerError

MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
"""Beyond these a table is not one of people; the million empty rows of a spreadsheet do not count."""
MOST_LETTERS = 200 << 20
"""Of all cells together, each counted with eight more: a spreadsheet says once what stands in very many cells."""


@dataclass(frozen=True)
class Row:
    """One row. `number` counts from 1 as a spreadsheet counts; cells are texts as they stand."""

    number: int
    cells: tuple[str, ...]

    @cached_property
    def clean(self) -> tuple[str, ...]:
        """The cells cleaned, without empty ones at the end."""
        cells = [clean(cell) for cell in self.cells]
        while cells and not cells[-1]:
            cells.pop()
        return tuple(cells)


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


def column_place(letters: str) -> int:
    """The other way round: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def check_size(rows: int, columns: int) -> None:
    """Whether a table is one that people fill in. Raises OrganizerError: table-large."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        text = f"This table has more than {MOST_ROWS:,} rows or {MOST_COLUMNS:,} columns. Divide it."
        raise OrganizerError("table-large", text)


class Room:
    """How much the rows of one sheet take in memory, which a small file can make very large."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self, cells: Iterable[str], times: int = 1) -> None:
        """So many rows with these cells. Raises OrganizerError: table-large."""
        self._taken += times * sum(len(cell) + 8 for cell in cells)
        if self._taken > MOST_LETTERS:
            raise OrganizerError("table-large", "There is too much text in this table. Divide it.")
