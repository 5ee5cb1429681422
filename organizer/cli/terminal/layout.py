"""Lays out the wider tables with rich: a page of a list, and two signatures side by side.

Every text is made harmless here. A stranger's text is the last on its line (terminal.py, rule 4), so in a list it is
the last column. Two texts side by side are an exception. When a letter in them is written from right to left, they are
shown one above the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.table import Column, Table
from rich.text import Text

from organizer.text import harmless

CURSOR = ">"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})

Compared = tuple[str, str, str]
"""Label and the two texts."""


def listing(head: Sequence[str], rows: Sequence[Sequence[str]], cursor: int | None = None) -> Table:
    """One line for each row, cut where the screen ends; the last column is for strangers' texts."""
    *ours, last = head
    columns = [Column(name, no_wrap=True) for name in ours]
    table = Table(Column(""), *columns, Column(last, no_wrap=True, overflow="ellipsis", ratio=1), box=None, expand=True)
    for number, row in enumerate(rows):
        chosen = number == cursor
        style = "bold" if chosen else ""
        table.add_row(Text(CURSOR if chosen else " "), *(Text(harmless(text), style) for text in row))
    return table


def side_by_side(head: Compared, rows: Sequence[Compared], cut: int) -> Table:
    """Two texts in each row beside one another, marked where they differ, and cut after `cut` characters."""
    if any(is_right_to_left(text) for _, *texts in rows for text in texts):
        return _one_above_the_other(head, rows, cut)
    columns = Column(head[0], no_wrap=True), Column(""), Column(head[1], ratio=1), Column(head[2], ratio=1)
    table = Table(*columns, box=None, expand=True, padding=(0, 1, 0, 0))
    for label, one, other in rows:
        table.add_row(Text(label), _sign(one, other), *(_cell(text, cut, one != other) for text in (one, other)))
    return table


def _one_above_the_other(head: Compared, rows: Sequence[Compared], cut: int) -> Table:
    table = Table(Column("", no_wrap=True), Column(""), Column(""), box=None, padding=(0, 1, 0, 0))
    for label, one, other in rows:
        table.add_row(Text(f"{label}, {head[1]}"), _sign(one, other), _cell(one, cut, one != other))
        table.add_row(Text(f"{label}, {head[2]}"), Text(""), _cell(other, cut, one != other))
    return table


def is_right_to_left(text: str) -> bool:
    """Whether a terminal may draw a part of the text from right to left, and move what stands beside it."""
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def shortened(text: str, cut: int) -> str:
    """The text, or its first characters and a mark that there is more."""
    return text if len(text) <= cut else f"{text[: cut - 2]} …"


def _sign(one: str, other: str) -> Text:
    return Text("=" if one == other else "≠")


def _cell(text: str, cut: int, differs: bool) -> Text:
    return Text(harmless(shortened(text, cut)) or "-", "bold" if differs else "", overflow="fold")
