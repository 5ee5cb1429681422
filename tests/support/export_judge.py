"""Judges one export format, whatever it is: what its files say, what they hide, and what a program would obey in them.

It reads text, HTML, ZIP and PDF. A file of another kind is a complaint, until somebody teaches this module to read it.
"""

from __future__ import annotations

import csv
import getpass
import os
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

from crypto.publication import PublishedSignature
from organizer.errors import OrganizerError
from organizer.exports.document import Document
from organizer.exports.formats import ExportFormat
from tests.support.export_inputs import document_of, font_path, people
from tests.support.pdf_text import pdf_pages

HOSTILE = (
    PublishedSignature("=1+1", "@SUM(A1)", "-2+3;=cmd|' /C calc'!A0"),
    PublishedSignature("{nb} <script>alert(1)</script>", "**bold** &amp;", '"\'=HYPERLINK("//a")'),
    PublishedSignature("＝1＋1", "mailto:a@b", "https://example.org"),
    PublishedSignature("0000001", "TRUE", "1e9"),
    PublishedSignature("דוד כהן", "", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301"),
    PublishedSignature("Ева\u2028=1", "\ufe01x", "\ue000"),
    PublishedSignature("Ж" * 120, "&P&N", "]]>--><!--"),
)
TRICKS = ("\u2028", "\ufe01", "\ue000", "\u0301" * 5)
"""What HOSTILE has and no file may show: signs that break a line, are invisible, private or piled up."""
PLAIN = people("Ева Ёлкіна", "Łukasz Żaba", "Ян Ціхі")
# /OpenAction with an array only says where a reader begins.
OBEYED_IN_PDF = re.compile(rb"/(?:JavaScript|JS|URI|Launch|EmbeddedFile|SubmitForm)\b|/OpenAction\s*<<")
OBEYED_IN_ZIP = re.compile(r'<(?:\w+:)?(?:f|hyperlink|script)\b|TargetMode="External"|vba|externalLink', re.IGNORECASE)
LOADED_BY_HTML = {"src", "href", "action", "data", "srcset", "poster", "background", "formaction", "ping"}
FORMULA = tuple("=+-@＝＋－＠−")


def written(form: ExportFormat, document: Document) -> dict[str, bytes]:
    """The files of a format."""
    return {name: write(document, font_path) for name, write in form.files.items()}


def readable(data: bytes) -> str:
    """All that can be read in a file; ValueError when nobody knows how to read it."""
    if data.startswith(b"%PDF"):
        return "\n".join(line for page in pdf_pages(data) for line in page)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "\n".join(_text(archive.read(name).decode("utf-8")) for name in archive.namelist())
    return _text(data.decode("utf-8-sig"))


def complaints(form: ExportFormat) -> list[str]:
    """What is wrong with a format; empty for one that may be handed to people."""
    try:
        found = [*_of_bytes(form), *_of_content(form), *_of_danger(form), *_of_limit(form)]
        return list(dict.fromkeys(found))
    except ValueError as error:
        return [f"{form.name} cannot be read: {error}"]


def _of_bytes(form: ExportFormat) -> Iterator[str]:
    """Whoever doubts a file can make it again, on another day and in another place."""
    first = written(form, document_of(PLAIN))
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    try:
        again = written(form, document_of(PLAIN))
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
    yield from (f"{name} has other bytes the second time" for name in first if first[name] != again[name])


def _of_content(form: ExportFormat) -> Iterator[str]:
    """Every name is in, and nothing of the machine or of its user."""
    text = "\n".join(map(readable, written(form, document_of(PLAIN)).values()))
    yield from (f"{form.name} leaves out {one.name}" for one in PLAIN if one.name not in text)
    here = {getpass.getuser(), socket.gethostname(), str(Path.cwd()), str(Path.home()), time.strftime("%Y-%m-%d")}
    told = (one for one in here if re.search(rf"(?<![\w.]){re.escape(one)}(?![\w.])", text))
    yield from (f"{form.name} tells {one}, which is of this machine" for one in told)


def _of_danger(form: ExportFormat) -> Iterator[str]:
    """No name tricks an eye, and none is obeyed by a program."""
    for name, data in written(form, document_of(HOSTILE)).items():
        text = readable(data)
        yield from (f"{name} shows {trick!a}" for trick in TRICKS if trick in text)
        if data.startswith(b"%PDF"):
            yield from (f"{name} has {word.decode()}" for word in OBEYED_IN_PDF.findall(data))
        elif data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                parts = {part: archive.read(part).decode("utf-8") for part in archive.namelist()}
            yield from (f"{part} of {name} does something" for part, xml in parts.items() if OBEYED_IN_ZIP.search(xml))
        elif data.lstrip().startswith(b"<"):
            yield from (f"{name} {found}" for found in _Page(data.decode("utf-8")).active)
        else:
            yield from (f"{name} calculates {cell!a}" for cell in _cells(data) if cell.startswith(FORMULA))


def _of_limit(form: ExportFormat) -> Iterator[str]:
    """More names than fit are refused, not left out."""
    if form.names_max is None:
        return
    try:
        written(form, replace(document_of(PLAIN), signatures=people("Ева") * (form.names_max + 1)))
    except OrganizerError:
        return
    yield f"{form.name} takes more than {form.names_max} names"


def _text(source: str) -> str:
    return _Page(source).text if source.lstrip().startswith("<") else source


def _cells(data: bytes) -> Iterator[str]:
    """The cells of a text, by whatever sign a spreadsheet parts them."""
    for separator in ",;|\t":
        for row in csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator):
            yield from (cell.lstrip(' \u00a0"«“') for cell in row)


class _Page(HTMLParser):
    """The words of a page, and what in it would load, run or lead somewhere."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self._words: list[str] = []
        self.feed(source)

    @property
    def text(self) -> str:
        return "\n".join(self._words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "link", "base", "form"}:
            self.active.append(f"has a {tag}")
        self.active += [f"has {name} in a {tag}" for name, _ in attrs if name in LOADED_BY_HTML or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self._words.append(data)
