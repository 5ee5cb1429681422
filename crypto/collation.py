"""In which order the readers of a language expect names.

Pages and exported documents have to agree on it, on every machine. So no locale is asked, and no table of the running
Python except Unicode 3.2, which every Python has unchanged. Decision 0016 says whose alphabets these are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from unicodedata import ucd_3_2_0 as unicode

from crypto.publication import PublishedSignature

# Letters that are not in an alphabet stand with the letter below their mark, which then only breaks ties.
_CYRILLIC = {
    "be": "а б в г ґ д е ё є ж з и і ї й к л м н о п р с т у ў ф х ц ч ш щ ъ ы ь э ю я",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
    "": "а б в г д е є ж з и і й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
}
_LATIN = {
    "be": "a ą b c ć č d e ę f g h i j k l ł m n ń o ó p q r s ś š t u ŭ v w x y z ź ż ž",
    "pl": "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż",
    "lt": "a b c č d e f g h i j k l m n o p q r s š t u v w x z ž",
    "": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
}
_CYRILLIC_FIRST = frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})
"""Languages whose readers expect Cyrillic letters before Latin ones; all others the other way round."""

# Letters that Unicode does not take apart, as what they are where an alphabet does not have them.
_TAKEN_APART = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o\u0338", "đ": "d\u0335", "ð": "d\u0335", "þ": "th", "ħ": "h\u0335",
    "ı": "i", "ŋ": "n\u0335", "ŧ": "t\u0335", "ł": "l\u0335", "ґ": "г\u0335"
}  # fmt: skip
# Lithuanian dictionaries do not tell i, į and y apart, and have ė after ę and ū after ų.
_TAKEN_APART_IN = {"lt": {"y": "i\u0335", "\u0307": "\u0334", "\u0304": "\u0335"}}

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

SIGNED = "be"
"""The order in which a list is signed: its alphabets have the most letters. Whoever shows it orders it for readers."""


@cache
def collation(language: str) -> Collation:
    """The order of a language."""
    return Collation(language)


def sort_people(people: Sequence[PublishedSignature], language: str) -> list[PublishedSignature]:
    """The people in the order that readers of this language expect."""
    return [people[place] for place in places(people, language)]


def places(people: Sequence[PublishedSignature], language: str) -> list[int]:
    """The places of the people in `people`, in the order that readers of this language expect.

    The whole key is ten times as large as a name, so it is made only where letters are equal.
    """
    order = collation(language)
    by_letters = sorted((order.text_key(shown.name)[0], place) for place, shown in enumerate(people))
    equal = ([place for _, place in same] for _, same in groupby(by_letters, key=itemgetter(0)))
    return [
        place
        for some in equal
        for place in (some if len(some) == 1 else sorted(some, key=lambda place: order.key(people[place])))
    ]


class Collation:
    """The order of one language: its own script first, then the other alphabet, other scripts, digits and signs."""

    def __init__(self, language: str) -> None:
        cyrillic = _CYRILLIC.get(language, _CYRILLIC[""])
        latin = _LATIN.get(language, _LATIN[""])
        both = (cyrillic, latin) if language in _CYRILLIC_FIRST else (latin, cyrillic)
        letters = " ".join(both).split()
        self._weights = {unicode.normalize("NFD", one): chr(_FIRST + place) for place, one in enumerate(letters)}
        apart = {one: parts for one, parts in _TAKEN_APART.items() if one not in letters}
        self._replaced = str.maketrans(apart | _TAKEN_APART_IN.get(language, {}))
        self._weighed = lru_cache(maxsize=4096)(self._cluster)

    def key(self, signature: PublishedSignature) -> Key:
        """To sort by: the name, then the other published fields; texts of the same letters by their code points."""
        shown = signature.texts()
        return (*(part for text in shown for part in self.text_key(text)), *shown)

    def text_key(self, text: str) -> tuple[str, str]:
        """The letters of a text as the alphabet counts them, and the marks on them, which only break ties."""
        if not text.strip():
            return "", ""
        text = unicode.normalize("NFD", text)
        text = _CASED.sub(lambda found: found[0].casefold(), text).translate(self._replaced)
        letters, marks = [], []
        for word in _BETWEEN_WORDS.split(text.strip()):
            for cluster in _CLUSTER.finditer(unicode.normalize("NFD", word)):
                letter, rest = self._weighed(cluster[0])
                letters.append(letter)
                marks.append(rest)
            letters.append(_GAP)
            marks.append(_GAP)
        if any(letter not in ("", _GAP) for letter in letters):
            return "".join(letters), "".join(marks)
        return _SIGN + text, ""  # nothing but punctuation: after everybody's name

    def _cluster(self, cluster: str) -> tuple[str, str]:
        for end in range(min(len(cluster), 2), 0, -1):
            if weight := self._weights.get(cluster[:end]):
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
