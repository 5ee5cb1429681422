"""Names in all scripts: drawn whole and in the right order; who is not, is told before anything is written."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import category

import pytest
from click.testing import CliRunner
from fpdf import FPDF

from crypto.publication import PublishedSignature
from organizer.cli.main import organizer
from organizer.exports.fonts import FONTS, HAN, font_file
from organizer.exports.formats import FORMATS, changes
from organizer.exports.pdf import not_drawn, write_pdf
from organizer.exports.typesetting import Typesetter, direction_of, isolated, pieces
from tests.support.export_inputs import document_of, font_path, hand_out, people
from tests.support.names_in_scripts import NAMES, letters
from tests.support.paths import ROOT
from tests.support.pdf_pictures import bulges_to_the_left, from_left_to_right, pages, read_text, spots


def drawn(*texts: str) -> bytes:
    """A PDF with a page for each of these lines and nothing else."""
    pdf = FPDF()
    setter = Typesetter(pdf, font_path, "en")
    for text in texts:
        pdf.add_page()
        setter.draw(20, 50, setter.drawable(text), direction_of(text), 24, "")
    return bytes(pdf.output())


@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_every_script_is_drawn_and_can_be_copied(script: str) -> None:
    """A reader of PDFs finds each letter as often as the name has it, and nothing about letters without a font."""
    name = NAMES[script]
    document = document_of([PublishedSignature(name, name, "")])
    assert not_drawn(document, font_path) == ()
    read = read_text(write_pdf(document, font_path))
    assert letters(name) + letters(name) <= letters(read)
    assert "no font for" not in read


@pytest.mark.parametrize("script", NAMES)
def test_each_letter_has_a_picture_of_its_own(script: str) -> None:
    """It is neither left out nor the box that stands for what a font lacks: those would look the same."""
    some = [letter for letter in dict.fromkeys(NAMES[script]) if category(letter) in ("Lo", "Ll", "Lu", "So")][:4]
    pictures = {page.tobytes() for page in pages(drawn(*some))}
    assert len(pictures) == len(some) > 1


def test_a_letter_that_is_left_out_is_noticed() -> None:
    """By reading as above: here fpdf2 is made to draw what the font does not have, and says nothing."""
    pdf = FPDF()
    pdf.add_font(HAN, "", font_path(HAN))
    pdf.add_page()
    pdf.set_font(HAN, "", 12)
    pdf.set_text_shaping(True)
    pdf.cell(text="王ы")
    assert letters("王ы") - letters(read_text(bytes(pdf.output()))) == letters("ы")


JOINED = {
    "محمد": (1, "ﻡ ﺡ ﻡ ﺩ"),
    "سلمى": (1, "ﺱ ﻝ ﻡ ﻯ"),
    "राम": (1, "र म"),
}


@pytest.mark.parametrize("name", JOINED)
def test_letters_that_join_are_one_piece_of_ink(name: str) -> None:
    """And the same letters apart are not."""
    many, apart = JOINED[name]
    joined, parted = pages(drawn(name, apart))
    assert spots(joined) == many
    assert spots(parted) > many


MARKED = ["ดี", "ปู่", "דָּ", "بُ", "е́", "ọ́", "ກິ", "မိ"]


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_stands_above_or_below_its_letter(text: str) -> None:
    """It takes no room of its own, and it is not painted on the letter: the picture is higher."""
    bare, marked = pages(drawn(text[0], text))
    assert marked.height > bare.height
    assert marked.width <= bare.width * 1.35


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("דוד כהן", "ןהכדוד"),
        ("Anna (אנה) Schmidt", "Anna|הנא|Schmidt"),
        ("אבא 12-34 (סבא)", "|אבס|12-34אבא"),
        ("محمد Ivan 12", "Ivan12دمحم"),
        ("Иван محمد", "Иванدمحم"),
    ],
)
def test_what_is_read_from_the_right_is_drawn_so(text: str, seen: str) -> None:
    """Numbers and other letters in it keep their direction."""
    assert from_left_to_right(drawn(text)) == seen


def test_brackets_open_towards_what_they_hold() -> None:
    """Also where they are read from the right."""
    assert [bulges_to_the_left(page) for page in pages(drawn("(אבא)", "(محمد)", "(Ян)", ")אבא("))] == [True] * 3 + [
        False
    ]


def test_a_text_does_not_turn_what_follows_it() -> None:
    """Relation and prisoner stand in their order also where both are read from the right."""
    together = isolated(("אח", "רחל"))
    assert from_left_to_right(drawn(together)) == "חא,לחר"
    assert from_left_to_right(drawn("אח, רחל")) == "לחר,חא"  # it would be the other way round
    assert isolated(("сястра", "Ян")) == "сястра, Ян"


def test_a_word_that_is_too_long_is_parted_between_letters() -> None:
    """Marks stay with theirs, and nothing is lost."""
    assert pieces("דָּוִד") == ["דָּ", "וִ", "ד"]
    for name in ("ا" * 119, "ดี" * 59, "王" * 119, "е́" * 60):
        data = write_pdf(document_of(people(name)), font_path)
        assert letters(name) <= letters(read_text(data))


def test_every_font_is_asked_for_by_its_name_and_has_its_licence() -> None:
    """What lies in the folder is what the table has; each is named with its licence."""
    files = {f"fonts/{path.name}" for path in (ROOT / "organizer" / "fonts").glob("*.xz")}
    assert {font_file(name) for name in FONTS} == files
    named = (ROOT / "THIRD-PARTY.md").read_text("utf-8")
    assert all(family in named for family in ("DejaVu Sans Condensed", "Noto", "Droid Sans Fallback"))
    licences = {path.name: path.read_text("utf-8") for path in (ROOT / "organizer" / "fonts").glob("LICENSE*")}
    for words in ("Bitstream Vera", "SIL OPEN FONT LICENSE", "Apache License"):
        assert any(words in text for text in licences.values())


# What is told before


STRANGE = [
    PublishedSignature("Ева 😀", "", ""),
    PublishedSignature("Ян", "𒀀", ""),
    PublishedSignature("Нiхто \ue000", "", ""),
    PublishedSignature("Новы \U0002fffd", "", ""),
    PublishedSignature("=1+1", "", "@x"),
    PublishedSignature("Марыя", "", ""),
    PublishedSignature("王小明", "", ""),
]


def test_what_changes_is_counted_by_person_and_file() -> None:
    """Emoji and dead scripts in the PDF, formulas in CSV, what is no character everywhere; nobody else."""
    found = {(one.file, one.reason.name): one.names for one in changes(document_of(STRANGE), font_path, FORMATS)}
    assert found == {
        ("", "unsafe"): ("Нiхто �", "Новы �"),
        ("names.csv", "formula"): ("=1+1",),
        ("letter.pdf", "no-font"): ("Ева 😀", "Ян"),
    }
    assert list(changes(document_of(people(*NAMES.values())), font_path, FORMATS)) == []


def test_it_is_told_before_a_file_is_written(tmp_path: Path) -> None:
    """With numbers and names, at the terminal and as JSON; also where then nothing can be written."""
    handed = hand_out(tmp_path, STRANGE)
    arguments = ["export", str(handed.publication), "--appeal", str(handed.appeal), "--out"]
    told = CliRunner().invoke(organizer, [*arguments, str(tmp_path / "out")]).stdout
    places = [
        told.index(words)
        for words in (
            "Every file shows � in 2 names",
            "names.csv: an apostrophe is put into 1 name,",
            "letter.pdf: 2 names cannot be drawn whole",
            "Ева 😀",
            "Written to",
        )
    ]
    assert places == sorted(places)
    (tmp_path / "file").write_text("in the way")
    failed = CliRunner().invoke(organizer, [*arguments, str(tmp_path / "file" / "out")])
    assert "letter.pdf: 2 names cannot be drawn whole" in failed.stdout
    shown = json.loads(CliRunner().invoke(organizer, [*arguments, str(tmp_path / "again"), "--json"]).stdout)
    assert shown["changed"] == [
        {"file": "", "reason": "unsafe", "names": 2},
        {"file": "names.csv", "reason": "formula", "names": 1},
        {"file": "letter.pdf", "reason": "no-font", "names": 2},
    ]
    tables = json.loads(
        CliRunner().invoke(organizer, [*arguments, str(tmp_path / "third"), "--format", "xlsx", "--json"]).stdout
    )
    assert tables["changed"] == [{"file": "", "reason": "unsafe", "names": 2}]
