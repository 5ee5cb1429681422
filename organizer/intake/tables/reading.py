"""A file that somebody brings becomes rows, whatever program wrote it: what kind it is, its sheet, its separator."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from organizer.errors import OrganizerError
from organizer.intake.tables import excel, opendocument
from organizer.intake.tables.delimited import read_rows
from organizer.intake.tables.encodings import decode
from organizer.intake.tables.headings import guess_columns
from organizer.intake.tables.rows import BrokenRows, Row, check_size
from organizer.workspace.archives import Archive, damaged, open_archive

LARGEST_FILE = 64 << 20
"""Bytes."""

SEPARATORS = (",", ";", "\t", "|")

LOOKED_AT = 30
"""Rows at the beginning of a table among which that with the headings is searched."""

_SAID_SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*(?:\r*\n|\r|$)', re.IGNORECASE)

# What a file is that begins so, for a person who chose the wrong one.
_OTHER_FILES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls), or one that is locked with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (.rtf)"),
    (b"\x1f\x8b", "a packed file"),
    (b"<?xml", "an XML file"),
    (b"<html", "a web page"),
    (b"<!DOCTYPE", "a web page"),
)


@dataclass(frozen=True)
class Table:
    """The rows of a table. `encoding` is None for a spreadsheet's file, which says it itself."""

    rows: tuple[Row | BrokenRows, ...]
    encoding: str | None = None
    supposed: bool = False
    """Whether the encoding is only supposed: a person must look whether names look right."""
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    ragged: bool = False
    """Whether a row may have fewer cells than others, as in a spreadsheet; in a text it then is a torn one."""


def read_table(data: bytes, encoding: str | None = None, sheet: str | None = None) -> Table:
    """The table in a file's bytes.

    Raises OrganizerError: not-text, table-kind, table-damaged, table-large, table-sheet.
    """
    if len(data) > LARGEST_FILE:
        raise OrganizerError("table-large", f"This table has more than {LARGEST_FILE >> 20} MiB. Divide it.")
    if data.startswith(b"PK"):
        with open_archive(data) as archive:
            return _spreadsheet(archive, sheet)
    for start, kind in _OTHER_FILES:
        if data[:64].lstrip().startswith(start):
            raise OrganizerError("table-kind", f"This is {kind}. Save the table as .xlsx, .ods or CSV.")
    found = decode(data, encoding)
    rows = read_text(found.text)
    check_size(len(rows), max((len(row.cells) for row in rows if isinstance(row, Row)), default=0))
    return Table(tuple(rows), found.encoding, found.supposed)


def read_text(text: str) -> list[Row | BrokenRows]:
    """The rows of a text, with the separator that it says itself (`sep=;`) or else the likeliest."""
    if said := _SAID_SEPARATOR.match(text):
        rows = read_rows(text, said[1])
        return [Row(1, ()), *rows[1:]]
    beginning = _beginning(text)
    return read_rows(text, max(SEPARATORS, key=lambda separator: _likelihood(beginning, separator)))


def _beginning(text: str) -> str:
    """Enough of a text to know its separator."""
    breaks = islice(re.finditer("[\r\n]", text), LOOKED_AT * 4, None)
    found = next(breaks, None)
    return text if found is None else text[: found.start()]


def _likelihood(text: str, separator: str) -> tuple[int, int, int]:
    """The most headings known in one row; then rows with as many cells as most; then their cells."""
    rows = [row.cells for row in read_rows(text, separator) if isinstance(row, Row) and any(row.cells)][:LOOKED_AT]
    known = max((len(guess_columns(cells)) for cells in rows), default=0)
    counts = Counter(len(cells) for cells in rows if len(cells) > 1)
    cells, times = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    return known, times, cells


def _spreadsheet(archive: Archive, wanted: str | None) -> Table:
    for kind in (excel, opendocument):
        if kind.MAIN in archive.names:
            break
    else:
        raise OrganizerError("table-kind", "This is not a table. Save it as .xlsx, .ods or CSV.")
    names = kind.sheet_names(archive)
    if wanted is not None and wanted not in names:
        raise OrganizerError("table-sheet", f"There is no sheet {wanted} in this table. There are: {', '.join(names)}.")
    if not names:
        raise damaged()
    for name in names if wanted is None else [wanted]:
        rows = kind.read_sheet(archive, name)
        if rows or name == names[-1] or wanted is not None:
            others = tuple(other for other in names if other != name)
            return Table(tuple(rows), sheet=name, other_sheets=others, ragged=True)
    raise AssertionError("the last sheet is returned")
