"""Excel's files (.xlsx; ECMA-376): the sheets' names, and one sheet as rows. Formulas are not calculated: what the
program that saved the file saw in a cell is taken."""

from __future__ import annotations

import posixpath
import re

from organizer.intake.tables.markup import Attributes, walk
from organizer.intake.tables.rows import Room, Row, check_size, column_place
from organizer.workspace.archives import Archive, damaged

MAIN = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_WHOLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?")
_TRUTH = {"1": "TRUE", "0": "FALSE"}


def sheet_names(archive: Archive) -> list[str]:
    """The names of the sheets that a person sees, in their order. Raises OrganizerError: table-damaged."""
    return list(_sheets(archive))


def read_sheet(archive: Archive, name: str) -> list[Row]:
    """The rows of a sheet that are not empty. Raises OrganizerError: table-damaged, table-large."""
    data = archive.read(_sheets(archive)[name])
    if data is None:
        raise damaged()
    strings = _Strings()
    walk(archive.read(_STRINGS) or b"<sst/>", strings.start, strings.end, strings.text)
    sheet = _Sheet(strings.found)
    walk(data, sheet.start, sheet.end, sheet.text)
    return sheet.rows


def plain_number(value: str) -> str:
    """A number as people write it: a telephone number is kept as 3.75291234567E+11, and has all its digits."""
    if not _WHOLE.fullmatch(value) or len(value) > 40:
        return value
    number = float(value)
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else value


def _sheets(archive: Archive) -> dict[str, str]:
    """The sheets' names, each with the member that holds it."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target[1:] if target.startswith("/") else posixpath.join("xl", target)

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            found.append((attributes.get("name", ""), attributes.get("id", "")))

    walk(archive.read(_RELATIONS) or b"", relation, _ignore, _ignore)
    walk(archive.read(MAIN) or b"", sheet, _ignore, _ignore)
    return {name: posixpath.normpath(targets[key]) for name, key in found if key in targets}


def _ignore(_: str) -> None:
    pass


def _unescaped(text: str) -> str:
    # Excel writes a control character, such as a carriage return in a cell, by its number.
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")  # half a sign is none, and cannot be written down


class _Texts:
    """The texts in elements `t`, but not how Japanese words are read aloud (rPh)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._open = False
        self._aloud = 0

    def start(self, name: str) -> None:
        self._aloud += name == "rPh"
        self._open = name == "t" and not self._aloud

    def end(self, name: str) -> None:
        self._aloud -= name == "rPh"
        self._open = False

    def text(self, text: str) -> None:
        if self._open:
            self.pieces.append(text)

    def take(self) -> str:
        """All pieces so far as one text; begins anew."""
        found, self.pieces = _unescaped("".join(self.pieces)), []
        return found


class _Strings:
    """The texts that many cells share, by their numbers."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._texts = _Texts()

    def start(self, name: str, attributes: Attributes) -> None:
        del attributes
        self._texts.start(name)

    def end(self, name: str) -> None:
        self._texts.end(name)
        if name == "si":
            self.found.append(self._texts.take())

    def text(self, text: str) -> None:
        self._texts.text(text)


class _Sheet:
    def __init__(self, strings: list[str]) -> None:
        self.rows: list[Row] = []
        self._room = Room()
        self._strings = strings
        self._texts = _Texts()
        self._number = 0
        self._cells: list[str] = []
        self._place = 0
        self._type = ""
        self._value: list[str] | None = None
        self._said = ""

    def start(self, name: str, attributes: Attributes) -> None:
        self._texts.start(name)
        if name == "row":
            number = attributes.get("r", str(self._number + 1))
            if not number.isascii() or not number.isdigit() or not self._number < int(number) < 1 << 24:
                raise damaged()
            self._number, self._cells = int(number), []
        elif name == "c":
            self._place = self._place_of(attributes.get("r"))
            self._type, self._said = attributes.get("t", "n"), ""
        elif name == "v":
            self._value = []

    def end(self, name: str) -> None:
        self._texts.end(name)
        if name == "v" and self._value is not None:
            self._said, self._value = "".join(self._value), None
        elif name == "c":
            self._cells += [""] * (self._place - len(self._cells))
            self._cells.append(self._cell())
        elif name == "row" and any(self._cells):
            self._room.take(self._cells)
            self.rows.append(Row(self._number, tuple(self._cells)))
            check_size(len(self.rows), len(self._cells))

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
        self._texts.text(text)

    def _place_of(self, reference: str | None) -> int:
        if reference is None:
            return len(self._cells)
        found = _CELL.fullmatch(reference)
        # Two cells at one place, or a row that says another number than its cells, would be read differently elsewhere.
        if not found or int(found[2]) != self._number or column_place(found[1]) < len(self._cells):
            raise damaged()
        check_size(0, column_place(found[1]))
        return column_place(found[1])

    def _cell(self) -> str:
        inline = self._texts.take()
        if self._type == "inlineStr":
            return inline
        if self._type == "s":
            number = self._said.strip()
            if not number.isascii() or not number.isdigit() or int(number) >= len(self._strings):
                raise damaged()
            return self._strings[int(number)]
        if self._type == "b":
            return _TRUTH.get(self._said.strip(), self._said)
        return plain_number(self._said) if self._type == "n" else _unescaped(self._said)
