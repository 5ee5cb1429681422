"""LibreOffice's files (.ods; OpenDocument 1.2, part 1, section 9): the sheets' names, and one sheet as rows.

What the program showed in a cell is taken; notes beside cells are not.
"""

from __future__ import annotations

from organizer.intake.tables.excel import plain_number
from organizer.intake.tables.markup import Attributes, walk
from organizer.intake.tables.rows import Room, Row, check_size
from organizer.workspace.archives import Archive, damaged

MAIN = "content.xml"

_NOT_SAID = {"annotation", "shapes", "tracked-changes", "desc", "title"}
_CELLS = {"table-cell", "covered-table-cell"}
_WHITE = {"p", "s", "tab", "line-break"}
_IN_CELL = 2


def sheet_names(archive: Archive) -> list[str]:
    """The names of the sheets, in their order. Raises OrganizerError: table-damaged."""
    return list(_read(archive))


def read_sheet(archive: Archive, name: str) -> list[Row]:
    """The rows of a sheet that are not empty. Raises OrganizerError: table-damaged, table-large."""
    return _read(archive)[name]


def _read(archive: Archive) -> dict[str, list[Row]]:
    sheets = _Sheets()
    walk(archive.read(MAIN) or b"", sheets.start, sheets.end, sheets.text)
    return sheets.found


class _Sheets:
    def __init__(self) -> None:
        self.found: dict[str, list[Row]] = {}
        self._rows: list[Row] = []
        self._room = Room()
        self._number = 0
        self._cells: list[str] = []
        self._empty = 0
        """Empty cells since the last one that says something: at a row's end there may be thousands."""
        self._times = {"row": 1, "cell": 1}
        self._value = ""
        self._pieces: list[str] = []
        self._depth = 0
        """How deep in a cell: 1 is the cell itself."""
        self._said = False
        """In a paragraph of the cell, not of a drawing that is fastened to it."""
        self._skipped = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name in _NOT_SAID or self._skipped:
            self._skipped += 1
        elif name == "table":
            if self._depth:
                raise damaged()
            self._rows, self._number = [], 0
            sheet = attributes.get("name", "")
            if sheet in self.found:
                raise damaged()
            self.found[sheet] = self._rows
        elif name == "table-row":
            self._times["row"] = _times(attributes.get("number-rows-repeated"))
            self._cells, self._empty = [], 0
        elif name in _CELLS:
            self._times["cell"] = _times(attributes.get("number-columns-repeated"))
            is_number = attributes.get("value-type") == "float"
            self._value = attributes.get("value", "") if is_number else ""
            self._pieces, self._said, self._depth = [], False, 1
        elif self._depth:
            self._depth += 1
            if name == "p" and self._depth == _IN_CELL:
                self._said = True
            if name in _WHITE:
                self._pieces.append(" ")

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name in _CELLS:
            self._depth = 0
            self._end_cell()
        elif self._depth:
            if name == "p" and self._depth == _IN_CELL:
                self._said = False
            self._depth -= 1
        elif name == "table-row":
            self._end_row()

    def text(self, text: str) -> None:
        if self._said and not self._skipped:
            self._pieces.append(text)

    def _end_cell(self) -> None:
        shown = "".join(self._pieces)
        # A long number is shown as 3,75E+11; a short one as somebody wanted it, with zeros at its beginning.
        said = plain_number(self._value) if "E+" in shown and self._value else shown
        if not said.strip():
            self._empty += self._times["cell"]
            return
        check_size(0, len(self._cells) + self._empty + self._times["cell"])
        self._cells += [""] * self._empty + [said] * self._times["cell"]
        self._empty = 0

    def _end_row(self) -> None:
        times = self._times["row"]
        if self._cells:
            check_size(len(self._rows) + times, 0)
            self._room.take(self._cells, times)
            # Each of equal rows is a person: the program writes those that follow one another once, with their number.
            self._rows += [Row(self._number + more, tuple(self._cells)) for more in range(1, times + 1)]
        self._number += times


def _times(said: str | None) -> int:
    if said is None:
        return 1
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= 1 << 24):
        raise damaged()
    return int(said)
