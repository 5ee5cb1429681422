"""CSV files with texts of strangers: escapes formulas and writes the file (docs/spec.md, section 6).

A spreadsheet that opens such a file shows the texts and calculates nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""The file begins with it, because without it Excel takes UTF-8 for another encoding."""

FORMULA_SIGNS = (
    "=+-@|%\u2212\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\ufe6a\u207c\u208c\u207a\u208a\u207b\u208b"
)
"""The signs with which a formula begins in some spreadsheet: = + - @ | % and the minus sign, also in their full-width,
small, superscript and subscript forms."""

# Control and format characters, line ends, characters drawn as nothing, private use, and U+FFFD, by which the
# organizers' tool replaces any of them. So it does not matter whether this escape or that replacement is done first.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffd"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_QUOTES = r"\"'`\u00b4\u02b9\u02bc\u2018-\u201f\u2039\u203a\u00ab\u00bb\u301d-\u301f\uff02\uff07"
_MARKS = r"\u0300-\u036f\ufe0e\ufe0f"  # combining marks, which belong to the letter before them
_FORMULA = re.compile(
    # First what separates cells or lines in some program, then what some program drops from the beginning of a cell.
    rf"(^|[,;|{_UNSEEN}])([\s{_UNSEEN}{_QUOTES}{_MARKS}]*+)(?=[{re.escape(FORMULA_SIGNS)}])"
)


def plain_cell(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would calculate: `=1+1` becomes `'=1+1`.

    Programs disagree about what separates cells, and some drop quotes and blanks: so `x,"=1+1` becomes `x,"'=1+1`. A
    sign inside a word stays as it is: `Ян-Пётр`.
    """
    return _FORMULA.sub(r"\1\2'", text)


def write_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """The file: UTF-8 with a byte order mark, commas, every cell in quotes, lines ending in CR LF (RFC 4180)."""
    lines: list[str] = [BYTE_ORDER_MARK]
    writer = csv.writer(_Lines(lines), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([plain_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return "".join(lines).encode("utf-8")


class _Lines:
    """A list with a write(), so that the csv module can write to it."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append
