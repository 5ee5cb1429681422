"""The fonts that come with the tool, and which of them has the letters of which script.

Decision 0028 says where they are from and how they were cut down.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Fonts = Callable[[str], str]
"""Gives the path of the font file of this name, as shipped_files() does; only what a document needs is asked for."""

LETTERS = "DejaVuSansCondensed"
"""Latin, Cyrillic, Greek, Armenian, Georgian, and signs; and the same in bold."""
BOLD = "DejaVuSansCondensed-Bold"
HAN = "DroidSansFallback"
"""Chinese, Japanese and Korean: whatever no other font has."""

_SCRIPTS = {
    "NotoSansHebrew-Regular": "\u0590-\u05ff\ufb1d-\ufb4f",
    "NotoSansArabic-Regular": "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "NotoSansSyriac-Regular": "\u0700-\u074f\u0860-\u086f",
    "NotoSansThaana-Regular": "\u0780-\u07bf",
    "NotoSansDevanagari-Regular": "\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff",
    "NotoSansBengali-Regular": "\u0980-\u09ff",
    "NotoSansGurmukhi-Regular": "\u0a00-\u0a7f",
    "NotoSansGujarati-Regular": "\u0a80-\u0aff",
    "NotoSansOriya-Regular": "\u0b00-\u0b7f",
    "NotoSansTamil-Regular": "\u0b80-\u0bff",
    "NotoSansTelugu-Regular": "\u0c00-\u0c7f",
    "NotoSansKannada-Regular": "\u0c80-\u0cff",
    "NotoSansMalayalam-Regular": "\u0d00-\u0d7f",
    "NotoSansSinhala-Regular": "\u0d80-\u0dff",
    "NotoSansThai-Regular": "\u0e00-\u0e7f",
    "NotoSansLao-Regular": "\u0e80-\u0eff",
    "NotoSerifTibetan-Regular": "\u0f00-\u0fff",
    "NotoSansMyanmar-Regular": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "NotoSansEthiopic-Regular": "\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f",
    "NotoSansKhmer-Regular": "\u1780-\u17ff\u19e0-\u19ff",
}

FONTS = (LETTERS, BOLD, *_SCRIPTS, HAN)
"""All of them, by the names of their files."""

_RANGES = [(name, re.compile(f"[{letters}]")) for name, letters in _SCRIPTS.items()]


def font_file(name: str) -> str:
    """The file of a font, inside the tool."""
    return f"fonts/{name}.ttf.xz"


@lru_cache(maxsize=4096)
def font_of_script(character: str) -> str | None:
    """The font of the script that a character belongs to; None for those of LETTERS, HAN or no font at all."""
    return next((name for name, letters in _RANGES if letters.match(character)), None)
