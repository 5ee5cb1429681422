"""Texts with separators (RFC 4180) become rows: quotation marks are read before the text is cut into rows.

A line that begins inside an open quotation mark is never a row, because the words in it are not what a person signed.
Where marks do not pair up, nobody can know which lines those are. So reading goes on only at a line that is outside
under both ways to read the broken marks: when every mark opens or closes, and when a mark closes only at a cell's end
(unless none ever does). Until there, or until the end of the file, all lines are lost, and it is said which. A broken
mark that looks like a closing one says that one before it closed too early: what lies between is lost, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from organizer.intake.tables.rows import BrokenRows, Row, column_letters

QUOTES = "csv-quotes"
BREAK = "csv-break"

# White space and marks that are drawn as nothing; a separator that is white space is taken out of it.
_BLANK = r"\t\x0b\x0c\x00 \u00a0\u200b-\u200f\u202a-\u202f\u2060\u2066-\u2069\ufeff"
_FIRST_BREAK = re.compile(r"\r*\n|\r")
_OTHER_BREAK = re.compile(r"[\r\n]")


def read_rows(text: str, separator: str) -> list[Row | BrokenRows]:
    """Every row of the text, empty ones included; raises nothing, whatever the text."""
    return _Reading(_lines(text), separator).rows()


def _lines(text: str) -> list[str]:
    """The text cut at breaks of the kind that ends its first line.

    A break of another kind is one inside a cell that its program forgot to quote: what follows it is no row.
    """
    found = _FIRST_BREAK.search(text)
    if found is None:
        return [text] if text else []
    # Only where a run of \r begins: looked for from each of its places, it would take hours.
    between = r"\r" if found[0] == "\r" else r"(?<!\r)\r++\n" if "\r" in found[0] else r"(?<!\r)\r*+\n"
    lines = re.split(between, text)
    return lines if lines[-1] else lines[:-1]


class _End(Enum):
    """How a line ends."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    """In a cell whose quotation mark is open."""
    BROKEN = "broken"


@dataclass
class _Open:
    """A record while it is read: its finished cells, and the pieces of the one whose quotation mark is open."""

    cells: list[str]
    pieces: list[str]
    inside: bool = False
    reason: str = QUOTES
    """Why it is broken, if it is."""
    closes: bool = False
    """Whether the mark that breaks it looks like one that closes a cell: then one before it closed too early."""


class _Reading:
    def __init__(self, lines: list[str], separator: str) -> None:
        self._lines = lines
        self._separator = separator
        self._last_marked = max((at for at, line in enumerate(lines) if '"' in line), default=-1)
        self._looked_from, self._closes_in = 0, -1
        """From the one line to the other nothing closes a cell that is open, but in the latter; to look only once."""
        blank = f"[{_BLANK.replace(chr(92) + 't', '') if separator == chr(9) else _BLANK}]*+"
        self._opening = re.compile(f'{blank}"')
        self._closing = re.compile(f'"{blank}(?:{re.escape(separator)}|$)')
        self._looks_closing = re.compile(f'"(?:"")*+{blank}(?:{re.escape(separator)}|$)')
        self._opens_within = re.compile(r'(?:^|[^\w"])"')
        self._closes_nothing = re.compile(rf'[^\d"]"[{_BLANK}]*+$')
        self._marks_before = False
        self._width = 0
        """Cells of the widest row so far."""

    def rows(self) -> list[Row | BrokenRows]:
        found: list[Row | BrokenRows] = []
        at, number, marked = 0, 1, 0
        while at < len(self._lines):
            if '"' not in self._lines[at] and not _OTHER_BREAK.search(self._lines[at]):
                cells = tuple(self._lines[at].split(self._separator))
                found.append(Row(number, cells))
                self._width = max(self._width, len(cells))
                at, number = at + 1, number + 1
                continue
            record, end, after = self._record(at)
            if end is _End.OUTSIDE:
                found.append(Row(number, tuple(record.cells)))
                self._width = max(self._width, len(record.cells))
            else:
                first = number
                if record.closes and marked < len(found):
                    first = found[marked].number
                    del found[marked:]
                if record.reason == QUOTES and (record.inside or not record.closes):
                    after = self._trusted_again(at, after, record)
                lost = number + after - at - first
                found.append(_broken(record, first, lost, ended=after == len(self._lines)))
                number += after - at - 1
            at, number = after, number + 1
            marked, self._marks_before = len(found), True
        return found

    def _record(self, at: int) -> tuple[_Open, _End, int]:
        """The record that begins in line `at`, how it ends, and the line after it."""
        record = _Open([], [])
        while at < len(self._lines):
            end = self._take_line(self._lines[at], record)
            at += 1
            if end is not _End.INSIDE:
                return record, end, at
            record.pieces.append("\n")
        return record, _End.INSIDE, at

    def _take_line(self, line: str, record: _Open) -> _End:
        place, width = 0, line.count(self._separator) + 1
        while True:
            if not record.inside:
                opening = self._opening.match(line, place)
                if opening is None:
                    end = line.find(self._separator, place)
                    cell = line[place:] if end < 0 else line[place:end]
                    if not self._take_unquoted(cell, width, record):
                        return _End.BROKEN
                    if end < 0:
                        return _End.OUTSIDE
                    place = end + len(self._separator)
                    continue
                record.inside, place = True, opening.end()
                record.closes = self._looks_closing.match(line, place - 1) is not None
            mark = line.find('"', place)
            if mark < 0:
                record.pieces.append(line[place:])
                return _End.INSIDE
            record.pieces.append(line[place:mark])
            if line.startswith('""', mark):
                record.pieces.append('"')
                place = mark + 2
                continue
            closing = self._closing.match(line, mark)
            if closing is None:
                return _End.BROKEN
            record.cells.append("".join(record.pieces))
            record.pieces, record.inside = [], False
            if not closing[0].endswith(self._separator):
                return _End.OUTSIDE
            place = closing.end()

    def _take_unquoted(self, cell: str, width: int, record: _Open) -> bool:
        if _OTHER_BREAK.search(cell):
            record.reason = BREAK
            return False
        # A mark behind a letter or digit is an inch or an apostrophe and opens nothing.
        if cell.count('"') % 2:
            # A slip in a name, unless something was opened before, or this is the torn end of a record.
            could_close = self._marks_before or width < self._width
            record.closes = could_close and self._closes_nothing.search(cell) is not None
            if record.closes or self._opens_within.search(cell):
                return False
        record.cells.append(cell)
        return True

    def _trusted_again(self, start: int, after: int, record: _Open) -> int:
        """The first line after a broken record that is outside of quotation marks however they are read."""
        if not record.inside and after > self._last_marked:
            return after  # the mark stands in the middle of a cell, and no other one could close it
        marks, inside = 0, False
        for at in range(start, len(self._lines)):
            marks += self._lines[at].count('"')
            inside = self._is_inside_after(self._lines[at], inside)
            if at + 1 >= after and marks % 2 == 0 and not (inside and self._closes_after(at + 1)):
                return at + 1
        return len(self._lines)

    def _closes_after(self, at: int) -> bool:
        """Whether a cell that is open where line `at` begins is ever closed at a cell's end; else it never was one."""
        if not self._looked_from <= at <= self._closes_in:
            lines = range(at, self._last_marked + 1)
            found = (line for line in lines if self._closes_at(self._lines[line], 0) is not None)
            self._looked_from, self._closes_in = at, next(found, len(self._lines))
        return self._closes_in < len(self._lines)

    def _is_inside_after(self, line: str, inside: bool) -> bool:
        """Whether the end of this line is in a cell, when a mark in a cell closes it only at the cell's end."""
        place = 0
        while True:
            if inside:
                closing = self._closes_at(line, place)
                if closing is None:
                    return True
                inside, place = False, closing
                if place > len(line):
                    return False
            end = line.find(self._separator, place)
            cell = line[place:] if end < 0 else line[place:end]
            opening = self._opening.match(line, place) or self._odd(cell, line, place)
            if opening is not None:
                inside, place = True, opening.end()
                continue
            if end < 0:
                return False
            place = end + len(self._separator)

    def _odd(self, cell: str, line: str, place: int) -> re.Match[str] | None:
        return self._opens_within.search(line, place, place + len(cell)) if cell.count('"') % 2 else None

    def _closes_at(self, line: str, place: int) -> int | None:
        """Where the text goes on behind the cell that is open at `place`; beyond the line's end if it ends there."""
        while (mark := line.find('"', place)) >= 0:
            doubled = line.startswith('""', mark)
            if closing := self._closing.match(line, mark + doubled):
                return closing.end() if closing[0].endswith(self._separator) else len(line) + 1
            place = mark + 1 + doubled
        return None


def _broken(record: _Open, number: int, lines: int, ended: bool) -> BrokenRows:
    column = column_letters(len(record.cells))
    if record.reason == BREAK:
        text = f"In column {column} there is a line break of another kind than those between rows, without quotes."
        return BrokenRows(number, number, BREAK, text)
    lost = "" if lines == 1 else f" {lines:,} lines from there on were not read{', to the end' if ended else ''}."
    text = f"In column {column} a quotation mark opens or closes where none can.{lost}"
    return BrokenRows(number, number + lines - 1, QUOTES, text)
