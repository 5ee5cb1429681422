"""The document as a PDF to hand over: A4, the letter and its group first, then the names, every page numbered.

The lines are laid out here, and typesetting.py measures and draws them. So names are never taken for markup, and the
number of pages is known before the first one is drawn. The bytes depend on the document and the fonts only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import TextDirection

from organizer.exports.document import Document, about_person
from organizer.exports.fonts import Fonts
from organizer.exports.typesetting import REPLACEMENT, Typesetter, direction_of, isolated, pieces

# Millimetres.
WIDTH, HEIGHT = 210.0, 297.0
MARGIN, BOTTOM = 20.0, 26.0
COLUMNS, GUTTER = 2, 8.0
_POINT = 25.4 / 72

_GREY, _BLACK = 80, 0


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
    base: TextDirection = TextDirection.LTR


def write_pdf(document: Document, fonts: Fonts) -> bytes:
    """The file, with those letters of the fonts that it needs."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    with closing(Typesetter(pdf, fonts, document.language)) as setter:
        return _write(pdf, setter, document)


def _write(pdf: FPDF, setter: Typesetter, document: Document) -> bytes:
    pages = _Layout(setter).lay_out(document)
    pdf.set_creation_date(datetime.fromisoformat(document.date).replace(tzinfo=UTC))
    pdf.set_title(document.letter.title if document.letter else document.phrases.who)
    pdf.set_lang(document.language)
    pdf.set_creator("Undersigned")
    for number, lines in enumerate(pages, start=1):
        pdf.add_page()
        for line in (*lines, *_foot(setter, document.result, f"{number} / {len(pages)}")):
            pdf.set_text_color(line.style.grey)
            setter.draw(line.x, line.y, line.text, line.base, line.style.size, line.style.weight)
    return bytes(pdf.output())


def not_drawn(document: Document, fonts: Fonts) -> tuple[str, ...]:
    """The names of those of whose texts the fonts lack something; the letter goes by its title."""
    with closing(Typesetter(FPDF(), fonts, document.language)) as setter:
        return tuple(
            name
            for name, texts in document.people()
            if any(setter.drawable(text).count(REPLACEMENT) > text.count(REPLACEMENT) for text in texts)
        )


def _foot(setter: Typesetter, result: str, page: str) -> Iterator[_Line]:
    y = HEIGHT - BOTTOM / 2
    yield _Line(MARGIN, y, _FOOT, result)
    width = setter.width(page, _FOOT.weight) / 1000 * _FOOT.size * _POINT
    yield _Line(WIDTH - MARGIN - width, y, _FOOT, page)


class _Layout:
    """Lines on pages. Goes down one column after the other, and on to a new page after the last."""

    def __init__(self, setter: Typesetter) -> None:
        self._setter = setter
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
            self._put((words.who, _HEADING), (words.order, _MORE), keep=3)
            self._begin_columns()
            for shown in document.signatures:
                self._put((shown.name, _NAME), (isolated(about_person(shown)), _MORE))
        if self._missing:
            self._put((words.incomplete, _NOTE))
        return self._pages

    def _put(self, *texts: tuple[str, _Style], keep: int = 0) -> None:
        """Blocks that stay together if a page can hold them, with room for `keep` more lines under them."""
        lines = [
            (at == 0, line, style, direction_of(text))
            for text, style in texts
            for at, line in enumerate(self._wrap(text, style))
        ]
        height = sum(style.leading + style.before * first for first, _, style, _ in lines) * _POINT
        below = keep * _TEXT.leading * _POINT
        if self._y > self._top and self._y + height + below > HEIGHT - BOTTOM:
            self._go_on()
        for first, text, style, base in lines:
            if self._y > self._top:
                self._y += style.before * first * _POINT
            if self._y + style.leading * _POINT > HEIGHT - BOTTOM:
                self._go_on()  # a block longer than a page
            self._y += style.leading * _POINT
            x = MARGIN + self._column * (self._width + GUTTER)
            self._pages[-1].append(_Line(x, self._y, style, text, base))

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
        room = self._width / _POINT / style.size * 1000
        space = self._measure(" ", style)
        line, used = "", 0.0
        for word in self._drawable(text).split():
            for part in self._parts(word, style, room):
                width = self._measure(part, style)
                if line and used + space + width > room:
                    yield line
                    line, used = "", 0.0
                line, used = (f"{line} {part}", used + space + width) if line else (part, width)
        if line:
            yield line

    def _parts(self, word: str, style: _Style, room: float) -> Iterator[str]:
        """The word, or as much of it as there is room for, again and again."""
        while self._measure(word, style) > room:
            letters = pieces(word)
            longest_first = range(len(letters) - 1, 1, -1)
            fits = next((end for end in longest_first if self._measure("".join(letters[:end]), style) <= room), 1)
            yield "".join(letters[:fits])
            word = "".join(letters[fits:])
        if word:
            yield word

    def _measure(self, text: str, style: _Style) -> float:
        return self._setter.width(text, style.weight)

    def _drawable(self, text: str) -> str:
        shown = self._setter.drawable(text)
        self._missing |= shown.count(REPLACEMENT) > text.count(REPLACEMENT)
        return shown
