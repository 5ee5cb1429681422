"""Tables for spreadsheets: CSV as crypto.csvtable writes it, and XLSX as xlsxwriter makes it.

What a stranger typed is text and stays text: a spreadsheet that opens these files calculates nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from crypto.csvtable import write_csv
from crypto.signature import PUBLISHED
from organizer.errors import OrganizerError
from organizer.exports.document import NAMES_MAX, Document

_A4 = 9


def names_csv(document: Document) -> bytes:
    """The public names, one line each."""
    return write_csv(_names(document))


def counts_csv(document: Document) -> bytes:
    """The numbers; the number, date and digest of their publication; in which order the names stand."""
    return write_csv([*document.counts, (document.result, ""), (document.phrases.order, "")])


def write_xlsx(document: Document) -> bytes:
    """Two sheets, names and counts. Raises OrganizerError: xlsx-rows."""
    if len(document.signatures) > NAMES_MAX:
        raise OrganizerError("xlsx-rows", f"A spreadsheet holds {NAMES_MAX:,} names. Take the other formats.")
    file = BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    workbook.set_properties({"created": datetime.fromisoformat(document.date), "author": ""})
    bold = workbook.add_format({"bold": True})
    words = document.phrases
    _sheet(workbook.add_worksheet(words.who[:31]), [36] * len(PUBLISHED), list(_names(document)), bold, document.result)
    counts = [(document.count, ""), *document.counts, (document.result, ""), (words.order, "")]
    _sheet(workbook.add_worksheet("Σ"), [60, 14], counts, bold, document.result)
    workbook.close()
    return file.getvalue()


def _names(document: Document) -> Iterable[tuple[str, ...]]:
    yield tuple(document.phrases.fields[field] for field in PUBLISHED)
    yield from (shown.texts() for shown in document.signatures)


def _sheet(sheet: Worksheet, widths: list[int], rows: Sequence[Sequence[object]], bold: object, foot: str) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell)
            else:
                # Never write(): it makes formulas of “=1+1”, links of “https:…” and numbers of what looks like one.
                sheet.write_string(row, column, str(cell), bold if row == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(_A4)
    sheet.set_footer(f"&L&8{foot}&R&8&P / &N")
