"""The order of the published names: one alphabet in which Belarusian, Russian, Ukrainian, Polish and others agree.

The order must be the same on every machine, because the list is signed. So no locale is asked, and no table of the
running Python except Unicode 3.2, which every Python has unchanged. Decision 0016 says why and where a
language had to give way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from unicodedata import ucd_3_2_0 as unicode

from crypto.publication import PublishedSignature

# Each list is the order of its script; the alphabet of each language named above is this list without some letters.
CYRILLIC = "а б в г ґ д е ё є ж з и і ї й к л м н о п р с т у ў ф х ц ч ш щ ъ ы ь э ю я"
LATIN = "a ą b c ć č d e ę f g h i j k l ł m n ń o ó p q r s ś š t u ŭ v w x y z ź ż ž"

# Letters derived from others that Unicode does not decompose. They sort like their base; the mark only breaks a tie.
_WITHOUT_DECOMPOSITION = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o\u0338", "đ": "d\u0335", "ð": "d\u0335", "þ": "th", "ħ": "h\u0335",
    "ı": "i", "ŋ": "n\u0335", "ŧ": "t\u0335",
}  # fmt: skip

_GAP = "\x01"  # between words; a shorter name comes before a longer one that begins with it
_FIRST = 0x10
_OTHER_LETTER = "\u2000"  # other scripts, then digits, then signs: each by its code point
_DIGIT = "\u2001"
_SIGN = "\u2002"

# “Ян-Павел Кот” has three words.
_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015]+")
_SKIPPED = frozenset("'’ʼ‘`´ʹʻ\"“”„«».,;:!?()[]")
# A letter with the marks behind it: “й” is и and a breve, two characters in form NFD and one cluster.
_CLUSTER = re.compile(r"(.)([\u0300-\u036f]*)", re.DOTALL)
# Where capitals and small letters have not changed since Unicode 3.2: Latin to Armenian, Georgian, Greek with accents.
_CASED = re.compile("[\u0000-\u058f\u1e00-\u1fff]+")

Key = tuple[str, ...]


def _weights() -> dict[str, str]:
    letters = [unicode.normalize("NFD", letter) for letter in f"{CYRILLIC} {LATIN}".split()]
    return {letter: chr(_FIRST + place) for place, letter in enumerate(letters)}


_WEIGHTS = _weights()
_REPLACED = str.maketrans(_WITHOUT_DECOMPOSITION)


def collation_key(signature: PublishedSignature) -> Key:
    """A key to sort by: the name, then the other published fields; texts equal in the alphabet by their code points."""
    shown = signature.texts()
    return (*(part for text in shown for part in text_key(text)), *shown)


def in_order(people: Sequence[PublishedSignature]) -> list[PublishedSignature]:
    """Sort by collation_key. The key is ten times as large as a name, so it is made only where letters are equal."""
    by_letters = sorted((text_key(shown.name)[0], place) for place, shown in enumerate(people))
    equal = ([people[place] for _, place in same] for _, same in groupby(by_letters, key=itemgetter(0)))
    return [shown for some in equal for shown in (some if len(some) == 1 else sorted(some, key=collation_key))]


def text_key(text: str) -> tuple[str, str]:
    """The letters of a text as the alphabet counts them, and the marks above and below them, which only break ties."""
    if not text.strip():
        return "", ""
    text = unicode.normalize("NFD", text)
    text = _CASED.sub(lambda found: found[0].casefold(), text).translate(_REPLACED)
    letters, marks = [], []
    for word in _BETWEEN_WORDS.split(text.strip()):
        for cluster in _CLUSTER.finditer(unicode.normalize("NFD", word)):
            letter, rest = _cluster(cluster[0])
            letters.append(letter)
            marks.append(rest)
        letters.append(_GAP)
        marks.append(_GAP)
    if any(letter not in ("", _GAP) for letter in letters):
        return "".join(letters), "".join(marks)
    return _SIGN + text, ""  # nothing but punctuation: after everybody's name


@lru_cache(maxsize=4096)
def _cluster(cluster: str) -> tuple[str, str]:
    for end in range(min(len(cluster), 2), 0, -1):
        if weight := _WEIGHTS.get(cluster[:end]):
            return weight, cluster[end:] + "\x02"
    letter = cluster[0]
    if letter in _SKIPPED:
        return "", ""
    return _kind(letter) + letter, cluster[1:] + "\x02"


def _kind(letter: str) -> str:
    category = unicode.category(letter)
    if category == "Nd":
        return _DIGIT
    # Cn: a letter younger than Unicode 3.2, most likely. Marks that no letter carries belong to their script.
    return _OTHER_LETTER if category[0] in "LM" or category == "Cn" else _SIGN
