"""Words compared as an eye reads them: capitals, letters of two alphabets that look alike, and what lies between words.

Knows characters. Must never know whose words they are.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_LETTERS = re.compile(r"[\W_]+")

# Cyrillic letters, casefolded, that look like a Latin one as capitals or as small letters; and letters that differ by
# a mark only, which many keyboards lack.
_TO_ONE = str.maketrans("авекмнорстухіјѕёўґ", "abekmhopctyxijseyг")


def look(text: str) -> str:
    """Equal for texts that look alike, word by word, with one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TO_ONE).split())


def one_word(text: str) -> str:
    """The same without spaces, hyphens and everything else that is no letter and no digit."""
    return _NOT_LETTERS.sub("", look(text))
