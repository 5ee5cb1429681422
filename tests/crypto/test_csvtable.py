"""One table of names in every program: no cell that a spreadsheet would calculate, and every word still there."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.csvtable import FORMULA_SIGNS, plain_cell, write_csv
from crypto.publication import PublishedSignature
from organizer.exports.tables import names_csv
from organizer.results import nonpublic
from organizer.text import harmless
from service.site.result_files import result_csv
from tests.support.export_inputs import document_of
from tests.support.review_entries import entry

SEPARATORS = ",;|\t\r\n\v\f\u0085\u2028\u2029"
# What a cell may not begin with, and what it would become.
FORMULAS = {
    'x,"=1+1': "x,\"'=1+1",
    "“=1": "“'=1",
    "=1+1": "'=1+1",
    "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0": "'@SUM(1+9)*cmd|' /C calc'!A0",
    "%0A=1": "'%0A=1",
    "|calc": "'|calc",
    "+375 29 000": "'+375 29 000",
    "＝1": "'＝1",
    "＋1": "'＋1",
    "－1": "'－1",
    "＠1": "'＠1",
    "−1": "'−1",
    "﹦1": "'﹦1",
    "⁼1": "'⁼1",
    " =1": " '=1",
    "\u00a0\u3000=1": "\u00a0\u3000'=1",
    "\u2028=1": "\u2028'=1",
    "\u0301=1": "\u0301'=1",
    "'=1": "''=1",
    '"=1': "\"'=1",
    "«„＂=1": "«„＂'=1",
    "x; =1": "x; '=1",
    "x|@y": "x|'@y",
    "=,=": "'=,'=",
}
# The format refuses these in a signature. They can stand in nothing that is published; the rule holds for them, too.
REFUSED = {
    "\t=1": "\t'=1",
    "\r=1": "\r'=1",
    "x\n=1": "x\n'=1",
    "x\r\n-1": "x\r\n'-1",
    "\u200b=1": "\u200b'=1",
    "\u202e=1": "\u202e'=1",
    "\ufeff=1": "\ufeff'=1",
    "\x00=1": "\x00'=1",
}
ORDINARY = ("Анна-Марыя О’Ніл", "сястра, 3 гады — дома", "Ян (1990-2020)", "Ева - маці", "50%", "a@b", "x|y", "1+1", "")


def cells(data: bytes) -> list[list[str]]:
    """A table as Python's own reader, and so anyone's, finds it."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize(("text", "written"), [*FORMULAS.items(), *REFUSED.items()])
def test_a_formula_becomes_text(text: str, written: str) -> None:
    """An apostrophe before the sign; nothing else changes, and a reader of the table finds just that."""
    assert plain_cell(text) == written
    assert cells(write_csv([[text]])) == [[written]]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    """Hyphens inside names, apostrophes, dashes, commas and addresses."""
    assert plain_cell(text) == text


def apostrophes(table: bytes) -> list[list[int]]:
    """Where they stand in the first three cells of the second line."""
    return [[at for at, sign in enumerate(cell) if sign == "'"] for cell in cells(table)[1][:3]]


def tables(text: str) -> tuple[bytes, bytes, bytes]:
    """What the site, the organizers' export and their table of names that are not public make of one signature."""
    shown = PublishedSignature(f"Ева{text}", text, text)
    hidden = entry(1, f"Ева{text}", relation=text, prisoner=text)
    return result_csv([shown]), names_csv(document_of([shown])), nonpublic.table([hidden])


@pytest.mark.parametrize("text", [*FORMULAS, *ORDINARY])
def test_every_program_gives_the_same_answer(text: str) -> None:
    """The organizers' files also replace what the eye cannot see; all else is the same to the last character."""
    site, export, hidden = (cells(table)[1][:3] for table in tables(text))
    assert site[1] == FORMULAS.get(text, text)
    assert export == hidden == [harmless(cell) for cell in site]


@given(st.text("=+-@|%＝−,;\"'«“ \u00a0\u2028\u3164\u2800\ue000\U000f0000\u0301\ufe0f\ufffdabЯ1", max_size=10))
def test_no_sign_that_is_replaced_makes_a_difference(text: str) -> None:
    """Invariant: apostrophes stand at the same places in all three."""
    site, export, hidden = map(apostrophes, tables(text))
    assert site == export == hidden


SIGNS = st.text(FORMULA_SIGNS + SEPARATORS + "\"'«“ \u00a0\u200babЯ1", max_size=12)


@given(st.lists(st.tuples(SIGNS, SIGNS, SIGNS), min_size=1, max_size=3))
def test_no_cell_begins_a_formula(rows: list[tuple[str, str, str]]) -> None:
    """Invariant: whatever parts the cells and whatever blanks and quotes are dropped, none begins with a sign."""
    for row in cells(write_csv(rows)):
        for part in re.split(f"[{SEPARATORS}]", "\n".join(row)):
            assert not part.lstrip('"«“ \u00a0\u200b').startswith(tuple(FORMULA_SIGNS)), row


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_a_table_reads_back(rows: list[list[str]]) -> None:
    """Invariant: the reader finds the cells that were written, in their rows; only apostrophes were added."""
    assert cells(write_csv(rows)) == [[plain_cell(cell) for cell in row] for row in rows]


@given(st.text(st.characters(exclude_characters=FORMULA_SIGNS, codec="utf-8"), max_size=20))
def test_what_has_no_sign_is_left_as_it_is(text: str) -> None:
    """Invariant: without a formula sign nothing changes."""
    assert plain_cell(text) == text
