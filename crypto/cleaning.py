"""Cleaning a text before it is sealed (docs/spec.md, section 4): white space, invisible marks, composed letters.

The page cleans what people type into it, the organizers' tool what they bring in tables; both make the same of it.
"""

from __future__ import annotations

import re
import unicodedata

from crypto.signature import UNPRINTABLE

_WHITE = re.compile("[\x09-\x0d \x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def clean(text: str) -> str:
    """The text in one line, without what cannot be seen. Cleaning it again changes nothing."""
    # Python calls no control or format character printable, nor any space but U+0020; a test checks that.
    seen = text if text.isprintable() else UNPRINTABLE.sub("", _WHITE.sub(" ", text))
    return " ".join(part for part in unicodedata.normalize("NFC", seen).split(" ") if part)
