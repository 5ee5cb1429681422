"""Exports: everything of the publication, nothing else, and no name that a program would obey."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import json
import os
import re
import time
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner, Result

from crypto.collation import sort_people
from crypto.publication import PublishedSignature
from organizer.cli.export import export_command
from organizer.cli.main import organizer
from organizer.exports.document import Document
from organizer.exports.formats import FORMATS, ExportFormat, format_help
from organizer.exports.letter import Block, blocks
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.phrases import PHRASES
from organizer.exports.tables import counts_csv, names_csv, write_xlsx
from tests.support.export_inputs import Handed, document_of, font_path, hand_out, people
from tests.support.export_judge import HOSTILE, complaints
from tests.support.pdf_text import pdf_pages

ALPHABETS = {
    "be": "абвгґдеёжзійклмнопрстуўфхцчшыьэюяАБВГҐДЕЁЖЗІЙКЛМНОПРСТУЎФХЦЧШЫЬЭЮЯ’ʼ",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ",
    "łacinka": "abcćčdefghijklłmnńoprsśštuŭvyzźžABCĆČDEFGHIJKLŁMNŃOPRSŚŠTUŬVYZŹŽ",
    "pl": "aąbcćdeęfghijklłmnńoóprsśtuwyzźżAĄBCĆDEĘFGHIJKLŁMNŃOÓPRSŚTUWYZŹŻ",
    "lt": "aąbcčdeęėfghiįyjklmnoprsštuųūvzžAĄBCČDEĘĖFGHIĮYJKLMNOPRSŠTUŲŪVZŽ",
    "de": "aäbcdefghijklmnoöpqrsßtuüvwxyzAÄBCDEFGHIJKLMNOÖPQRSẞTUÜVWXYZ",
}
SAFE = document_of(people("Ева", "Łukasz Żaba"))


def pdf_lines(document: Document) -> list[str]:
    return [line for page in pdf_pages(write_pdf(document, font_path)) for line in page]


def sheets(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


# Every format


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_is_fit_to_be_handed_to_people(form: ExportFormat) -> None:
    """Everything of the publication, nothing of this machine, nothing a program obeys, the same bytes each time."""
    assert complaints(form) == []


def names(document: Document) -> str:
    return "\n".join(one.name for one in document.signatures)


def page(document: Document, inside: str = "") -> bytes:
    return f"<html>{inside}<p>{html.escape(names(document))}</p></html>".encode()


def archive(document: Document, inside: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(zipfile.ZipInfo("content.xml"), f"<a>{inside}{html.escape(names(document))}</a>")
    return file.getvalue()


UNFIT: dict[str, Callable[[Document], bytes]] = {
    "names are missing": lambda document: b"nobody",
    "another time, other bytes": lambda document: (
        names(document).replace("=", "").encode() + os.urandom(8).hex().encode()
    ),
    "the hour of the place": lambda document: page(document, time.strftime("%H")),
    "the user's home": lambda document: page(document, str(Path.home())),
    "the day of writing": lambda document: page(document, time.strftime("%Y-%m-%d")),
    "a formula": lambda document: names(document).encode(),
    "a formula behind a quote": lambda document: names(document).replace("=", '"=').encode(),
    "a script": lambda document: f"<html>{names(document)}</html>".encode(),
    "a picture from elsewhere": lambda document: page(document, "<img src='https://example.org/a'>"),
    "something on a click": lambda document: page(document, "<p onclick='f()'></p>"),
    "a formula in an archive": lambda document: archive(document, "<f>1+1</f>"),
    "a link out of an archive": lambda document: archive(document, '<Relationship TargetMode="External"/>'),
    "something that opens by itself": lambda document: write_pdf(document, font_path) + b"<< /OpenAction << >> >>",
    "a kind of file nobody reads here": lambda document: b"\xff\xd8\xff" + names(document).encode(),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_a_format_that_is_not_fit_is_found(fault: str) -> None:
    """Entered into the table and nothing else; the document it gets is the one that every format gets."""
    assert complaints(ExportFormat("new", "", {"new": lambda document, _: UNFIT[fault](document)}))


def test_a_limit_that_is_not_kept_is_found() -> None:
    """The rest would be left out in silence."""
    assert complaints(ExportFormat("new", "", {"new": lambda document, _: page(document)}, names_max=10))


def test_a_plain_new_format_passes() -> None:
    """The judge finds faults and does not make them."""
    assert complaints(ExportFormat("new", "", {"new.html": lambda document, _: page(document)})) == []


def test_command_and_help_have_the_formats_of_the_table() -> None:
    """Each can be chosen, and its files, its words and its limit are told."""
    (option,) = (one for one in export_command.params if one.name == "formats")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == [form.name for form in FORMATS]
    told = CliRunner().invoke(organizer, ["export", "--help"]).output
    assert all(line in told for line in format_help().splitlines())
    made_up = ExportFormat("odt", "a text", {"names.odt": lambda document, _: b""}, names_max=7)
    assert format_help((made_up,)) == "  odt   names.odt: a text; at most 7 names"


def test_no_two_formats_write_one_file() -> None:
    """Exporting all would lose one of them."""
    files = [name for form in FORMATS for name in form.files]
    assert len(set(files)) == len(files)


# What a spreadsheet is given


def read_csv(data: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_a_table_has_every_name_with_relation_and_prisoner() -> None:
    """In the order of the publication, under a header, with the mark by which Excel knows UTF-8."""
    document = document_of([PublishedSignature("Ева, Ёлкіна", "сястра", "Ян"), *people("Łukasz")], "be")
    data = names_csv(document)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 3
    assert read_csv(data) == [
        ["Імя", "Кім прыходзіцца", "Палітвязень"], ["Ева, Ёлкіна", "сястра", "Ян"], ["Łukasz", "", ""],
    ]  # fmt: skip


def test_a_list_stands_in_the_order_of_its_language_and_says_so() -> None:
    """Every format, for readers of each language: other names come first, and a sentence tells by what."""
    signed = people(
        "Яна", "Žana", "Čiž", "Ёлкина", "Ерофей", "Cibulskis", "Łukasz", "Lwow", "Yla", "Inga", "Ґанна", "Гнат"
    )
    firsts = set()
    for language in PHRASES:
        document = document_of(signed, language)
        expected = [shown.name for shown in sort_people(signed, language)]
        firsts.add(tuple(expected))
        assert [row[0] for row in read_csv(names_csv(document))[1:]] == expected
        order = document.phrases.order
        assert order in counts_csv(document).decode()
        assert order in write_page(document).decode()
        strings = ElementTree.fromstring(sheets(write_xlsx(document))["xl/sharedStrings.xml"])
        assert order in ["".join(one.itertext()) for one in strings]
        lines = pdf_lines(document)
        assert [line for line in lines if line in expected] == expected
        assert order in " ".join(lines)
    assert len(firsts) == len(PHRASES) - 1  # German and English agree


def test_the_numbers_are_a_table_too() -> None:
    """Each with its name, the digest of the result they come from, and in which order the names stand."""
    rows = read_csv(counts_csv(SAFE))
    assert rows[:3] == [["signatures in all", "4"], ["named", "2"], ["not named", "2"]]
    assert len(rows) == 12
    assert [row[0] for row in rows[-2:]] == [SAFE.result, SAFE.phrases.order]


def test_a_workbook_holds_strings_and_numbers_and_nothing_to_calculate() -> None:
    """No formula, no link, no macro; every name unchanged; the numbers are numbers."""
    files = sheets(write_xlsx(document_of(HOSTILE)))
    assert {name for name in files if "sheet" in name} == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        sheet = ElementTree.fromstring(files[name])
        space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        assert sheet.findall(".//s:f", space) == []
        assert sheet.findall(".//s:hyperlink", space) == []
        cells = sheet.findall(".//s:c", space)
        assert {cell.get("t") for cell in cells} <= {"s", None}
        numbers = [cell.find("s:v", space) for cell in cells if cell.get("t") is None]
        assert all(found is not None and found.text and found.text.isdecimal() for found in numbers)
        assert len(numbers) == (0 if name.endswith("1.xml") else 10)
        size = sheet.find("s:pageSetup", space)
        assert size is not None
        assert size.get("paperSize") == "9"
    strings = ElementTree.fromstring(files["xl/sharedStrings.xml"])
    texts = {"".join(found.itertext()) for found in strings}
    assert {"=1+1", "@SUM(A1)", "-2+3;=cmd|' /C calc'!A0", "0000001", "{nb} <script>alert(1)</script>"} <= texts
    assert not [name for name in files if "vba" in name.lower() or "external" in name.lower()]


# What is printed


class Tags(HTMLParser):
    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_page_carries_no_script_and_loads_nothing() -> None:
    """Only these elements, no address in any of them, and a policy that allows this one style."""
    page = write_page(document_of(HOSTILE))
    found = Tags(page)
    allowed = {"html", "meta", "title", "style", "h1", "h2", "p", "section", "div", "ul", "li", "bdi", "span", "footer"}
    assert {tag for tag, _ in found.tags} <= allowed
    assert {name for _, values in found.tags for name in values} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
    }
    style = page.decode("utf-8").split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    allowed_style = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [values["content"] for _, values in found.tags if values.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [f"default-src 'none'; style-src 'sha256-{allowed_style}'"]


def test_a_page_has_everything_that_was_published() -> None:
    """Title, addressee, letter, group, count, names; each name apart from what stands beside it."""
    texts = Tags(write_page(document_of([PublishedSignature("Ева <b>", "сястра", "Ян")]))).texts
    for text in (
        "Appeal & more",
        "To the leaders",
        "We are the relatives.",
        "Tatsiana Khomich",
        "Ева <b>",
        "сястра",
        "Ян",
    ):
        assert text in texts
    assert "3 people have signed this letter." in texts
    assert texts.index("Tatsiana Khomich") < texts.index("Ева <b>")


def test_the_direction_of_a_name_ends_with_it() -> None:
    """Hebrew stands right to left, and what follows does not."""
    assert "<bdi>דוד כהן</bdi>".encode() in write_page(document_of(HOSTILE))


def test_a_document_to_hand_over_has_the_group_first_and_numbered_pages() -> None:
    """A4, title, addressee, letter, group, count, names; date and digest at the foot of every page."""
    document = document_of(people(*(f"Нехта {number:03}" for number in range(150))))
    data = write_pdf(document, font_path)
    pages = pdf_pages(data)
    assert b"/MediaBox [0 0 595.28 841.89]" in data
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert page[-2:] == [document.result, f"{number} / {len(pages)}"]
        assert document.date in page[-2]
    first = pages[0]
    places = [first.index(text) for text in ("Appeal & more", "To the leaders", "We are the relatives.")]
    places += [first.index(text) for text in ("Initiative group", "Tatsiana Khomich", document.count, "Who has signed")]
    assert places == sorted(places)
    names = [line for page in pages for line in page if line.startswith("Нехта")]
    assert names == [f"Нехта {number:03}" for number in range(150)]


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_of_a_language_is_drawn(language: str) -> None:
    """In names and under them."""
    alphabet = ALPHABETS[language]
    lines = "".join(pdf_lines(document_of([PublishedSignature(alphabet, alphabet, "")])))
    assert lines.count(alphabet[:20]) == 2
    assert "\ufffd" not in lines


def test_names_are_drawn_as_they_are() -> None:
    """Nothing in them is markup or the number of pages; what was composed of two signs is one letter."""
    lines = pdf_lines(document_of([*HOSTILE, *people("и\u0306од")]))
    for text in ("=1+1", "{nb} <script>alert(1)</script>", "йод"):
        assert text in lines
    assert '**bold** &amp;, "\'=HYPERLINK("//a")' in lines
    assert "ןהכ דוד" in lines  # drawn from left to right
    assert "".join(line for line in lines if set(line) == {"Ж"}) == "Ж" * 120


def test_a_character_without_a_font_is_shown_and_explained() -> None:
    """No name is left out, and the reader learns where the rest is."""
    lines = pdf_lines(document_of(people("Зося 😀𒀀")))
    assert "Зося ��" in lines
    assert any("no font for" in line for line in lines)
    assert not any("no font for" in line for line in pdf_lines(SAFE))


# Words


@pytest.mark.parametrize("language", PHRASES)
def test_every_language_has_all_words(language: str) -> None:
    """A sentence for each plural form that its rule can give, and the same places for numbers."""
    words = PHRASES[language]
    forms = {words.plural(number) for number in range(1000)}
    assert forms == set(range(len(words.signed)))
    assert all(sentence.count("{}") == 1 for sentence in (*words.signed, words.named, words.not_named, words.by_hand))
    assert words.counts.keys() == PHRASES["en"].counts.keys()
    assert re.findall(r"\{\w+\}", words.result) == ["{number}", "{date}", "{digest}"]
    assert pdf_pages(write_pdf(document_of(people("Ева"), language), font_path))
    assert "\ufffd" not in "".join(pdf_lines(document_of(people("Ева"), language)))


@pytest.mark.parametrize(
    ("language", "people", "sentence"),
    [
        ("be", 1, "Гэты ліст падпісаў 1 чалавек."),
        ("be", 3, "Гэты ліст падпісалі 3 чалавекі."),
        ("be", 11, "Гэты ліст падпісалі 11 чалавек."),
        ("ru", 22, "Это письмо подписали 22 человека."),
        ("uk", 1021, "Цей лист підписала 1\u00a0021 людина."),
        ("pl", 21, "Ten list podpisało 21 osób."),
        ("pl", 22, "Ten list podpisały 22 osoby."),
        ("lt", 21, "Šį laišką pasirašė 21 žmogus."),
        ("lt", 11, "Šį laišką pasirašė 11 žmonių."),
        ("lt", 9, "Šį laišką pasirašė 9 žmonės."),
        ("de", 12345, "12.345 Personen haben diesen Brief unterschrieben."),
        ("en", 1, "1 person has signed this letter."),
        ("en", 0, "0 people have signed this letter."),
    ],
)
def test_the_count_is_a_sentence(language: str, people: int, sentence: str) -> None:
    """With the plural of the language."""
    assert PHRASES[language].signed_by(people) == sentence


def test_a_letter_is_read_as_plain_blocks() -> None:
    """Marks of emphasis go, words stay; HTML in it is text."""
    assert blocks("# Title\n\nOne *two*\nthree <b>\n\n- first\n- second\n") == (
        Block("heading", "Title"),
        Block("paragraph", "One two three <b>"),
        Block("item", "first"),
        Block("item", "second"),
    )


# The command


@pytest.fixture
def handed(tmp_path: Path) -> Handed:
    return hand_out(tmp_path, HOSTILE)


def export(handed: Handed, *options: str) -> Result:
    arguments = ["export", str(handed.publication), "--appeal", str(handed.appeal), "--out", str(handed.home / "out")]
    return CliRunner().invoke(organizer, [*arguments, *options])


def test_anyone_can_export_what_verifies(handed: Handed) -> None:
    """Without a workspace or a key; the checks are told first, the letter is in the document."""
    done = export(handed, "--letter", str(handed.folder), "--language", "be")
    assert done.exit_code == 0, done.output
    assert "1. The file has the SHA-256" in done.stdout
    out = handed.home / "out"
    assert sorted(path.name for path in out.iterdir()) == sorted(name for form in FORMATS for name in form.files)
    pages = pdf_pages((out / "letter.pdf").read_bytes())
    assert pages[0][:3] == ["Зварот", "Кіраўнікам", "Мы — родныя."]
    assert "• другая важная" in pages[0]
    page = (out / "letter.html").read_text("utf-8")
    assert '<html lang="be">' in page


def test_the_letter_stays_in_its_own_language(handed: Handed) -> None:
    """The fixed words are chosen for the reader; a letter is shown in the first language when there is no such one."""
    found = json.loads(export(handed, "--letter", str(handed.folder), "--language", "de", "--json").stdout)
    assert found["language"] == "de"
    lines = pdf_pages((handed.home / "out" / "letter.pdf").read_bytes())[0]
    assert "Зварот" in lines
    assert "9 Personen haben diesen Brief unterschrieben." in lines
    chosen = json.loads(export(handed, "--letter", str(handed.folder), "--format", "csv", "--json").stdout)
    assert (chosen["language"], chosen["files"]) == ("be", ["names.csv", "counts.csv"])


def test_what_does_not_verify_is_not_exported(handed: Handed) -> None:
    """One changed byte, and nothing is written."""
    handed.publication.write_bytes(handed.publication.read_bytes().replace(b"2026-11-22", b"2026-11-23"))
    done = export(handed, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"] == "publication-minisig"
    assert not (handed.home / "out").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.be.md", b"another text"),
        ("letter.be.md", b"\xff"),
        ("appeal.toml", b"id = "),
        ("appeal.toml", b'id = "00"\nlanguages = ["be"]'),
        ("appeal.toml", b"\xff"),
    ],
)
def test_another_letter_is_refused(handed: Handed, name: str, content: bytes) -> None:
    """People signed one text; no other may stand above their names."""
    (handed.folder / name).write_bytes(content)
    found = json.loads(export(handed, "--letter", str(handed.folder), "--json").stdout)
    assert found["error"] == "letter-folder"
    assert not (handed.home / "out").exists()
