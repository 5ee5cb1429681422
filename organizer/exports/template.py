"""An empty table to fill in: `organizer add` reads it without asking what its columns hold.

The spreadsheet is written here, and not by the library that writes the exports: loading that takes longer than all else
that `organizer add` does, and these are six fixed texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from crypto.csvtable import write_csv
from organizer.workspace.archives import pack

ROWS = 2_001
"""The last row that takes a yes or a no only."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATION = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'

_FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": _RELATION.format(
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    ),
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Signatures" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _RELATION.format(
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    ),
    # The second style is text (49): without it a telephone number loses its zeros.
    "xl/styles.xml": f'<styleSheet {_MAIN}><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


def write_template(columns: Sequence[str], spreadsheet: bool) -> bytes:
    """A row with the names of these columns, as a spreadsheet (.xlsx) or as CSV."""
    if not spreadsheet:
        return write_csv([columns])
    letter = chr(ord("A") + columns.index("public"))
    cells = "".join(f'<c t="inlineStr" s="1"><is><t>{escape(column)}</t></is></c>' for column in columns)
    sheet = (
        f'<worksheet {_MAIN}><cols><col min="1" max="{len(columns)}" width="24" style="1" customWidth="1"/></cols>'
        f'<sheetData><row r="1">{cells}</row></sheetData><dataValidations count="1">'
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{letter}2:{letter}{ROWS}">'
        '<formula1>"yes,no"</formula1></dataValidation></dataValidations></worksheet>'
    )
    return pack({name: (_HEAD + text).encode() for name, text in {**_FIXED, "xl/worksheets/sheet1.xml": sheet}.items()})
