"""The document as a PDF to hand over: A4, the letter and its group first, then the names, every page numbered.

The lines are laid out here, and fpdf2 only draws them. So names are never taken for markup, and the number of pages is
known before the first one is drawn. The bytes depend on the document and the font only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.bidi import BidiParagraph

from organizer.exports.document import Document, more

# Millimetres.
WIDTH, HEIGHT = 210.0, 297.0
MARGIN, BOTTOM = 20.0, 26.0
COLUMNS, GUTTER = 2, 8.0
_POINT = 25.4 / 72

_FAMILY = "letters"
_GREY, _BLACK = 80, 0
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CHOOSES_A_LOOK = re.compile("[\u00ad\u200b-\u200f\ufe0e\ufe0f]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class _Style:
    """Size and distance in points; `before` is the space above a block."""

    size: float
    leading: float
    before: float = 0
    weight: str = ""
    grey: int = _BLACK


_TITLE = _Style(20, 25, weight="B")
_ADDRESSEE = _Style(12, 16, 4, grey=_GREY)
_HEADING = _Style(12, 16, 16, "B")
_TEXT = _Style(10.5, 15, 7)
_COUNT = _Style(15, 20, 18, "B")
_DETAIL = _Style(10.5, 15)
_NOTE = _Style(9, 12.5, 7, grey=_GREY)
_NAME = _Style(10.5, 13.5, 5, "B")
_MORE = _Style(9, 12, grey=_GREY)
_FOOT = _Style(7, 9, grey=_GREY)


@dataclass(frozen=True)
class _Line:
    x: float
    y: float
    style: _Style
    text: str


def write_pdf(document: Document, fonts: Mapping[str, str]) -> bytes:
    """`fonts` are paths of TrueType files by weight, "" and "B"."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    for weight, path in fonts.items():
        pdf.add_font(_FAMILY, weight, path)
    pages = _Layout(pdf).lay_out(document)
    pdf.set_creation_date(datetime.fromisoformat(document.date).replace(tzinfo=UTC))
    pdf.set_title(document.letter.title if document.letter else document.phrases.who)
    pdf.set_lang(document.language)
    pdf.set_creator("Undersigned")
    for number, lines in enumerate(pages, start=1):
        pdf.add_page()
        for line in (*lines, *_foot(pdf, document.result, f"{number} / {len(pages)}")):
            pdf.set_font(_FAMILY, line.style.weight, line.style.size)
            pdf.set_text_color(line.style.grey)
            pdf.text(line.x, line.y, line.text)
    return bytes(pdf.output())


def _foot(pdf: FPDF, result: str, page: str) -> Iterator[_Line]:
    y = HEIGHT - BOTTOM / 2
    yield _Line(MARGIN, y, _FOOT, result)
    pdf.set_font(_FAMILY, _FOOT.weight, _FOOT.size)
    yield _Line(WIDTH - MARGIN - pdf.get_string_width(page), y, _FOOT, page)


class _Layout:
    """Lines on pages. Goes down one column after the other, and on to a new page after the last."""

    def __init__(self, pdf: FPDF) -> None:
        self._widths = {weight: _widths(pdf, weight) for weight in ("", "B")}
        self._pages: list[list[_Line]] = [[]]
        self._columns, self._column = 1, 0
        self._top = self._y = MARGIN
        self._missing = False

    def lay_out(self, document: Document) -> list[list[_Line]]:
        words, letter = document.phrases, document.letter
        if letter is not None:
            self._put((letter.title, _TITLE))
            self._put((letter.addressee, _ADDRESSEE))
            for block in letter.blocks:
                style = _HEADING if block.kind == "heading" else _TEXT
                self._put((f"• {block.text}" if block.kind == "item" else block.text, style))
            if letter.group:
                self._put((words.group, _HEADING), keep=3)
                for name, relation in letter.group:
                    self._put((name, _NAME), (relation, _MORE))
        self._put((document.count, _COUNT), *((text, _DETAIL) for text in document.details), (words.check, _NOTE))
        if document.signatures:
            self._put((words.who, _HEADING), keep=3)
            self._begin_columns()
            for shown in document.signatures:
                self._put((shown.name, _NAME), (more(shown), _MORE))
        if self._missing:
            self._put((words.incomplete, _NOTE))
        return self._pages

    def _put(self, *texts: tuple[str, _Style], keep: int = 0) -> None:
        """Blocks that stay together if a page can hold them, with room for `keep` more lines under them."""
        lines = [(at == 0, line, style) for text, style in texts for at, line in enumerate(self._wrap(text, style))]
        height = sum(style.leading + style.before * first for first, _, style in lines) * _POINT
        below = keep * _TEXT.leading * _POINT
        if self._y > self._top and self._y + height + below > HEIGHT - BOTTOM:
            self._go_on()
        for first, text, style in lines:
            if self._y > self._top:
                self._y += style.before * first * _POINT
            if self._y + style.leading * _POINT > HEIGHT - BOTTOM:
                self._go_on()  # a block longer than a page
            self._y += style.leading * _POINT
            x = MARGIN + self._column * (self._width + GUTTER)
            self._pages[-1].append(_Line(x, self._y, style, text))

    def _begin_columns(self) -> None:
        self._columns, self._column = COLUMNS, 0
        self._top = self._y = self._y + _NAME.before * _POINT

    def _go_on(self) -> None:
        self._column = (self._column + 1) % self._columns
        if self._column == 0:
            self._pages.append([])
            self._top = MARGIN
        self._y = self._top

    @property
    def _width(self) -> float:
        return (WIDTH - 2 * MARGIN - GUTTER * (self._columns - 1)) / self._columns

    def _wrap(self, text: str, style: _Style) -> Iterator[str]:
        widths = self._widths[style.weight]
        room = self._width / _POINT / style.size * 1000
        line, used, space = "", 0.0, widths[" "]
        for word in self._drawable(text, widths).split():
            for part in _pieces(word, widths, room):
                width = sum(widths[character] for character in part)
                if line and used + space + width > room:
                    yield _in_order(line)
                    line, used = "", 0.0
                line, used = (f"{line} {part}", used + space + width) if line else (part, width)
        if line:
            yield _in_order(line)

    def _drawable(self, text: str, widths: Mapping[str, float]) -> str:
        text = _CHOOSES_A_LOOK.sub("", unicodedata.normalize("NFC", text))
        shown = "".join(character if character in widths or character.isspace() else _REPLACEMENT for character in text)
        self._missing |= shown != text
        return shown


def _widths(pdf: FPDF, weight: str) -> dict[str, float]:
    pdf.set_font(_FAMILY, weight)
    font = pdf.fonts[f"{_FAMILY}{weight}"]
    return {chr(code): float(width) for code, width in font.cw.items() if isinstance(code, int)}


def _pieces(word: str, widths: Mapping[str, float], room: float) -> Iterator[str]:
    piece, used = "", 0.0
    for character in word:
        if piece and used + widths[character] > room:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + character, used + widths[character]
    yield piece


def _in_order(line: str) -> str:
    """The line in the order in which it is drawn, from left to right."""
    return BidiParagraph(line).get_reordered_string() if _RIGHT_TO_LEFT.search(line) else line
