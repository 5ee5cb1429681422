"""Where a table has its headings, and which of its columns hold what: as it was said, remembered or guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from organizer.errors import OrganizerError
from organizer.intake.tables.choices import Remembered, TableChoices
from organizer.intake.tables.headings import Places, guess_columns, heading_key, is_template
from organizer.intake.tables.reading import LOOKED_AT, Table
from organizer.intake.tables.rows import Row, column_letters, column_place


@dataclass(frozen=True)
class Layout:
    """`heading` is the number of the row that names the columns, 0 if none does; `columns` has the places by field."""

    heading: int
    headings: tuple[str, ...]
    columns: Mapping[str, Places]
    guessed: bool = False
    remembered: Remembered | None = None

    def column(self, place: int) -> str:
        """A column as a person finds it: its letters and its heading."""
        heading = self.headings[place] if place < len(self.headings) else ""
        return f"{column_letters(place)} “{heading}”" if heading else column_letters(place)

    def shown(self, name: str) -> str:
        """The columns that hold a field."""
        return " + ".join(self.column(place) for place in self.columns[name])

    @property
    def not_taken(self) -> tuple[str, ...]:
        """The columns that are left out."""
        taken = {place for places in self.columns.values() for place in places}
        return tuple(self.column(place) for place in range(len(self.headings)) if place not in taken)


def find_layout(table: Table, choices: TableChoices, known: Sequence[Remembered] = ()) -> Layout:
    """The layout of a table; without a column for the name, if nobody said which and no heading says it.

    Raises OrganizerError: table-columns, table-empty.
    """
    rows = [row for row in table.rows if isinstance(row, Row) and row.clean]
    if not rows:
        raise OrganizerError("csv-header", "There is no row in this table that can be read.")
    beginning = rows[:LOOKED_AT]
    row, before = _heading_row(beginning, choices, known)
    if row is None:
        return _without_headings(rows, choices)
    headings = row.clean
    if choices.columns:
        return Layout(row.number, headings, _said(choices.columns, headings))
    if before is not None:
        return Layout(row.number, headings, before.columns, remembered=before)
    columns = guess_columns(headings)
    return Layout(row.number, headings, columns, guessed=not is_template(headings, columns))


def _heading_row(
    rows: Sequence[Row], choices: TableChoices, known: Iterable[Remembered]
) -> tuple[Row | None, Remembered | None]:
    if choices.heading is not None:
        rows = [row for row in rows if row.number == choices.heading]
        if not rows and choices.heading:
            raise OrganizerError("table-columns", f"There is no row {choices.heading:,} near the table's beginning.")
    by_headings = {one.headings: one for one in known}
    for row in rows:
        if (before := by_headings.get(_keys(row.clean))) is not None and not choices.columns:
            return row, before
    if choices.heading is not None:
        return (rows[0] if rows else None), None
    # A number may stand in any row, so a column that is named by it tells no heading from a person.
    said = (column for columns in choices.columns.values() for column in columns)
    texts = {heading_key(column) for column in said if not _is_place(column)}
    named = [row for row in rows if texts & set(_keys(row.clean))]
    best = max(named or rows, key=lambda row: len(guess_columns(row.clean)))
    guessed = guess_columns(best.clean)
    if not named and choices.columns and not guessed:
        text = "No row of the table names its columns. Say which row does with --heading-row, 0 if none."
        raise OrganizerError("csv-header", text)
    return (best if guessed or named else rows[0]), None


def _without_headings(rows: Sequence[Row], choices: TableChoices) -> Layout:
    width = max(len(row.cells) for row in rows)
    return Layout(0, ("",) * width, _said(choices.columns, ("",) * width))


def _keys(headings: Iterable[str]) -> tuple[str, ...]:
    return tuple(heading_key(heading) for heading in headings)


def _said(columns: Mapping[str, tuple[str, ...]], headings: Sequence[str]) -> dict[str, Places]:
    found = {name: tuple(_place(column, headings) for column in said) for name, said in columns.items() if said}
    places = [place for taken in found.values() for place in taken]
    if len(set(places)) < len(places):
        raise OrganizerError("table-columns", "One column cannot hold two things.")
    return found


def _place(column: str, headings: Sequence[str]) -> int:
    """Where the column is that was named by its heading, its number or its letters."""
    keys = _keys(headings)
    if (times := keys.count(heading_key(column))) == 1:
        return keys.index(heading_key(column))
    if times > 1:
        raise OrganizerError("table-columns", f"{times} columns are called “{column}”. Name it by its number.")
    place = -1
    if _is_place(column):
        place = int(column) - 1 if column.isdigit() else column_place(column)
    if not 0 <= place < len(headings):
        raise OrganizerError("table-columns", f"There is no column “{column}” in this table.")
    return place


def _is_place(column: str) -> bool:
    """Whether this can be the number of a column, or its letters."""
    if not column.isascii():
        return False
    return (column.isdigit() and len(column) < 5) or (column.isalpha() and column.isupper() and len(column) < 3)
