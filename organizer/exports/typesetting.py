"""Sets lines of text in any script: which font has each letter, where each stands, and what no font can draw.

HarfBuzz shapes what needs it: letters that join, marks that stand above or below, syllables that change their order.
Texts of letters that simply stand side by side, which nearly all are, are drawn without it, in a third of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, normalize

from fpdf import FPDF
from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont

from organizer.exports.fonts import BOLD, HAN, LETTERS, Fonts, font_of_script

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NEVER_DRAWN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufe00-\ufe0f]")
_JOINERS = frozenset("\u200c\u200d")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_ISOLATES = frozenset({_ISOLATE, _END_OF_ISOLATE})
_POINT = 25.4 / 72
_UNITS = 1000
_CELL_BASELINE = 0.8  # where fpdf2 draws in a cell: so many sizes of the font below its upper edge
_SHAPING_TABLES = frozenset({"GSUB", "GPOS", "GDEF"})


@dataclass(frozen=True)
class Run:
    """A piece of a line that one font draws in one direction; `text` is in the order in which it is read."""

    font: str
    text: str
    direction: TextDirection


def isolated(texts: Sequence[str]) -> str:
    """Texts of strangers in one line, with commas between them; none changes the direction of what follows it."""
    if not any(map(_RIGHT_TO_LEFT.search, texts)):
        return ", ".join(texts)
    return ", ".join(f"{_ISOLATE}{text}{_END_OF_ISOLATE}" for text in texts)


def direction_of(text: str) -> TextDirection:
    """In which direction a text as a whole is read, to be known of each of its lines."""
    # What begins with an isolate are texts of strangers in a document that is read from the left.
    if text.startswith(_ISOLATE) or not _RIGHT_TO_LEFT.search(text):
        return TextDirection.LTR
    return auto_detect_base_direction(text)


class Typesetter:
    """Measures and draws on the pages of one PDF. `language` chooses among forms of a letter."""

    def __init__(self, pdf: FPDF, fonts: Fonts, language: str) -> None:
        self._pdf, self._fonts, self._language = pdf, fonts, language
        self._ready: dict[str, TTFFont] = {}
        pdf.alias_nb_pages("")  # a name “{nb}” is not the number of pages
        pdf.c_margin = 0
        self._plain = {weight: _widths(self._font(name)) for weight, name in (("", LETTERS), ("B", BOLD))}
        self._simple = frozenset(self._plain[""].keys() & self._plain["B"].keys())
        self._measured = lru_cache(maxsize=65536)(self._shaped_width)

    def drawable(self, text: str) -> str:
        """The text with U+FFFD for each character that no font has."""
        text = _NEVER_DRAWN.sub("", normalize("NFC", text))
        if self._is_simple(text):
            return text
        shown: list[str] = []
        for character, font in zip(text, self._fonts_of(text), strict=True):
            if font or character in _ISOLATES:
                shown.append(character)
            elif character not in _JOINERS:
                shown.append(" " if character.isspace() else REPLACEMENT)
        return "".join(shown)

    def width(self, text: str, weight: str) -> float:
        """Of a drawable text, in thousandths of the size of the font."""
        if self._is_simple(text):
            widths = self._plain[weight]
            return sum(widths[character] for character in text)
        return self._measured(text, weight)

    def draw(self, x: float, y: float, text: str, base: TextDirection, size: float, weight: str) -> None:
        """A drawable line from `x` on, in millimetres, on the base line `y`; `base` is that of the whole text."""
        if self._is_simple(text):
            self._choose(LETTERS, size, weight)
            self._pdf.text(x, y, text)
            return
        for run in self._runs(text, base):
            self._choose(run.font, size, weight)
            self._pdf.set_text_shaping(True, direction=run.direction, language=self._language)
            self._pdf.set_xy(x, y - _CELL_BASELINE * size * _POINT)
            self._pdf.cell(text=run.text)
            x += self._run_width(run, weight) / _UNITS * size * _POINT
        self._pdf.set_text_shaping(False)

    def close(self) -> None:
        """Close the files of the fonts."""
        for font in self._ready.values():
            font.close()

    def _is_simple(self, text: str) -> bool:
        return self._simple.issuperset(text)

    def _choose(self, font: str, size: float, weight: str) -> None:
        self._font(font)
        self._pdf.set_font(font, weight if font == LETTERS else "", size)

    def _font(self, name: str) -> TTFFont:
        """A font, made ready for this PDF when it is first needed."""
        if name not in self._ready:
            family, weight = (LETTERS, "B") if name == BOLD else (name, "")
            self._pdf.add_font(family, weight, self._fonts(name))
            font = self._pdf.fonts[f"{family.lower()}{weight}"]
            if not isinstance(font, TTFFont):
                raise TypeError(f"{name} is no font of ours.")
            # HarfBuzz reads the file itself, and a PDF needs none of these. With them it takes a minute to write one.
            for table in _SHAPING_TABLES.intersection(font.ttfont.keys()):
                del font.ttfont[table]
            self._ready[name] = font
        return self._ready[name]

    def _fonts_of(self, text: str) -> list[str | None]:
        """For each character the font that draws it; None where there is none."""
        found: list[str | None] = []
        for character in text:
            found.append(self._font_of(character, found[-1] if found else None))
        return found

    def _font_of(self, character: str, before: str | None) -> str | None:
        script = font_of_script(character)
        # Marks, and signs that belong to no script, stay with the letter before them.
        stays = before if not script and not character.isalpha() else None
        if character in _JOINERS:
            return before if before not in (None, LETTERS) and self._has(before, character) else None
        wanted = (script, stays, LETTERS, HAN)
        return next((font for font in wanted if font and self._has(font, character)), None)

    def _has(self, font: str, character: str) -> bool:
        return ord(character) in self._font(font).cmap

    def _runs(self, text: str, base: TextDirection) -> Iterator[Run]:
        """What stands beside each other, from left to right."""
        fonts = self._fonts_of(text)
        order = [
            (at, right_to_left, font)
            for at, right_to_left in _visual_order(text, base)
            if (font := fonts[at]) and text[at] not in _ISOLATES
        ]
        start = 0
        for end in range(1, len(order) + 1):
            if end < len(order) and _go_together(order[end - 1], order[end]):
                continue
            (first, right_to_left, font), (last, *_) = order[start], order[end - 1]
            low, high = sorted((first, last))
            direction = TextDirection.RTL if right_to_left else TextDirection.LTR
            yield Run(font, text[low : high + 1], direction)
            start = end

    def _shaped_width(self, text: str, weight: str) -> float:
        return sum(self._run_width(run, weight) for run in self._runs(text, direction_of(text)))

    def _run_width(self, run: Run, weight: str) -> float:
        font = self._font(BOLD if weight and run.font == LETTERS else run.font)
        how = {"features": {}, "fragment_direction": run.direction, "language": self._language}
        return font.shaped_text_width(run.text, _UNITS, how)[1]


def pieces(text: str) -> list[str]:
    """Where a word that is too long may be parted: never between a letter and its marks."""
    found: list[str] = []
    for character in text:
        if found and (category(character)[0] == "M" or character in _JOINERS or found[-1][-1] in _JOINERS):
            found[-1] += character
        else:
            found.append(character)
    return found


def _widths(font: TTFFont) -> dict[str, float]:
    """Of the letters that simply stand side by side: all but marks, which are placed above or below a letter."""
    return {chr(code): float(font.cw[code]) for code in font.cmap if category(chr(code))[0] not in "MC"}


def _visual_order(text: str, base: TextDirection) -> list[tuple[int, bool]]:
    """The places of a text's characters from left to right, and whether each is read from the right."""
    if base == TextDirection.LTR and not _RIGHT_TO_LEFT.search(text):
        return [(at, False) for at in range(len(text))]
    ordered = BidiParagraph(text, base, preserve_bn_chars=True).get_reordered_characters()
    return [(one.character_index, one.get_direction_from_level() == "R") for one in ordered]


def _go_together(one: tuple[int, bool, str], after: tuple[int, bool, str]) -> bool:
    return one[1:] == after[1:] and after[0] - one[0] == (-1 if one[1] else 1)
