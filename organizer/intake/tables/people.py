"""Rows below the headings become people. Nothing in them is guessed, and without a yes no name is public.

What is no person is left out and named: a total at the end, a note, a row that is torn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.errors import RecordError
from crypto.seal import JSON_ROOM
from crypto.signature import Signature, write_signature
from organizer.intake.paper import BadLine, GoodLine, write_out
from organizer.intake.tables.layout import Layout
from organizer.intake.tables.reading import Table
from organizer.intake.tables.rows import BrokenRows, Row
from organizer.intake.tables.words import word_key

_TOTAL = re.compile(
    r"(?:(?:total|sum|суммарно|итого|всего|сумма|усяго|разам|агулам|сума|всього|разом|усього|razem|suma|łącznie|ogółem"
    r"|iš viso|viso|gesamt|summe|insgesamt)\b[\W\d]*)+",
    re.IGNORECASE,
)
_ONLY_DIGITS = re.compile(r"[\W_]*+\d[\W\d_]*+")
_NOTE = ("#", "//")
_NAMED = re.compile("“([a-z]+)”")


@dataclass(frozen=True)
class Word:
    """An answer to whether a name may be published, in how many rows it stands, and what it means, None if unknown."""

    text: str
    rows: int
    means: bool | None


def find_words(table: Table, layout: Layout, meanings: Mapping[str, bool]) -> tuple[Word, ...]:
    """The different answers in the column of permission, the most frequent first. An empty one is no answer."""
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for row in _rows(table, layout):
        if isinstance(row, Row) and (text := _joined(row, layout, "public")):
            counts[word_key(text)] += 1
            shown.setdefault(word_key(text), text)
    return tuple(Word(shown[key], rows, meanings.get(key)) for key, rows in counts.most_common())


def read_people(table: Table, layout: Layout, meanings: Mapping[str, bool], language: str) -> list[GoodLine | BadLine]:
    """Every row below the headings that is not empty, as a person or as what it is instead."""
    return [_read_row(row, table, layout, meanings, language) for row in _rows(table, layout)]


def _rows(table: Table, layout: Layout) -> Iterator[Row | BrokenRows]:
    for row in table.rows:
        if row.number <= layout.heading:
            continue
        # A table that was put together of two has the headings again.
        if isinstance(row, Row) and (not row.clean or (layout.heading and row.clean == layout.headings)):
            continue
        yield row


def _read_row(
    row: Row | BrokenRows, table: Table, layout: Layout, meanings: Mapping[str, bool], language: str
) -> GoodLine | BadLine:
    if isinstance(row, BrokenRows):
        return BadLine(row.number, row.reason, row.text)
    if (reason := _is_no_person(row, layout)) is not None:
        return BadLine(row.number, *reason)
    width = len(layout.headings)
    if len(row.clean) > width or (len(row.cells) < width and not table.ragged):
        return BadLine(row.number, "csv-columns", f"It has {len(row.cells)} cells, the row of headings has {width}.")
    fields = {name: _joined(row, layout, name) for name in layout.columns}
    answer = fields.pop("public", "")
    public = meanings.get(word_key(answer)) if answer else False
    if public is None:
        text = f"Column {layout.shown('public')}: whether the name may be published must be yes or no."
        return BadLine(row.number, "public-unclear", text)
    try:
        signature = write_out({"language": language, **{name: text for name, text in fields.items() if text}}, public)
        _check_room(signature)
    except RecordError as error:
        return BadLine(row.number, error.reason, _where(str(error), layout))
    raw = " ".join(row.cells[place].strip() for place in layout.columns["name"] if place < len(row.cells))
    return GoodLine(row.number, signature, cleaned=signature.name != raw.strip())


def _is_no_person(row: Row, layout: Layout) -> tuple[str, str] | None:
    said = [cell for cell in row.clean if cell]
    if said[0].startswith(_NOTE) and len(said) == 1:
        return "row-note", "It is a note."
    name = _joined(row, layout, "name")
    first = name or said[0]
    if _TOTAL.fullmatch(first) or (name and _ONLY_DIGITS.fullmatch(name)):
        return "row-total", "It looks like a total or a number, not like a person."
    return None


def _joined(row: Row, layout: Layout, name: str) -> str:
    places = layout.columns.get(name, ())
    return " ".join(row.clean[place] for place in places if place < len(row.clean) and row.clean[place])


def _check_room(signature: Signature) -> None:
    needed = len(write_signature(signature))
    if needed > JSON_ROOM:
        raise RecordError("record-room", f"The signature needs {needed:,} bytes, there is room for {JSON_ROOM:,}.")


def _where(text: str, layout: Layout) -> str:
    """The reason with the column that it is about."""
    found = _NAMED.search(text)
    return f"Column {layout.shown(found[1])}: {text}" if found and layout.columns.get(found[1]) else text
