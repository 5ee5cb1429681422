"""Folding: what people put into a name, and leave out of it, without meaning another name.

The site's search and the organizers' comparison fold alike: what the one finds is one name for the other, too.
Only what is read by a person is folded; nothing sealed, signed or published is.
"""

from __future__ import annotations

import re
import unicodedata

# Apostrophes, and what people type for the one of “Дзям'ян”: primes, accents that stand alone, quotation marks. Looked
# for before any compatibility normalisation, which makes a space and a mark of “´”.
_APOSTROPHES = (
    "\"'`\u00a8\u00b4\u02b9-\u02bd\u02c8\u02ca\u02cb\u02ee\u0384\u055a\u05f3\u1fbd\u1fbf\u1fef\u1ffd\u1ffe"
    "\u2018-\u201f\u2032-\u2036\u275b-\u275e\ua78b\ua78c\uff02\uff07\uff40"
)
# Characters that nothing shows, which a copied text carries along.
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_LEFT_OUT = re.compile(f"[{_APOSTROPHES}{_UNSEEN}]")

_MARKS = "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK = re.compile(f"[{_MARKS}]")
# On a Cyrillic letter only these two make another letter: й, ў and ё, ї. All others say which vowel is stressed.
_STRESSES = re.compile("(?<=[\u0400-\u04ff])[\u0300-\u036f]+")
_OF_THE_LETTER = "\u0306\u0308"
# Letters that NFC makes of one and a stress mark.
_STRESSED = "\u0400\u0403\u040c\u040d\u0450\u0453\u045c\u045d"
_ANY = re.compile(f"[{_APOSTROPHES}{_UNSEEN}{_MARKS}{_STRESSED}]")


def unmarked(text: str) -> str:
    """The text in NFC without apostrophes, stress marks and what nothing shows: “Дзям´ян Ла́рыса” is “Дзямян Ларыса”.

    Marks that make another letter stay, as in й, ў, ё and in the letters of Latin alphabets.
    """
    if not _ANY.search(text):
        return unicodedata.normalize("NFC", text)
    apart = unicodedata.normalize("NFD", _LEFT_OUT.sub("", text))
    plain = _STRESSES.sub(lambda marks: "".join(mark for mark in _OF_THE_LETTER if mark in marks[0]), apart)
    return _MARK.sub("", unicodedata.normalize("NFC", plain))
