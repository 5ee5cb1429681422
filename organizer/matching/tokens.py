"""The words of a name, from how it was typed: capitals, dots, confusable letters, a keyboard in the wrong language."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from sys import intern

from crypto.folding import unmarked

MOST_WORDS = 8
"""Of a longer text only the first words are looked at: 120 characters hold no longer name."""

# Where a space was forgotten: “ІванКоўка” gives “Іван Коўка”.
_GLUED = re.compile(r"(?<=[a-zа-яёіўїєґ]{3})(?=[A-ZА-ЯЁІЎЇЄҐ][a-zа-яёіўїєґ])")
_WORD = re.compile(r"[^\W_]+")

# Confusable letters, and digits that look like letters; in the second string, letters that only sound the same.
_TO_CYRILLIC = str.maketrans("aceopxyikmtbh3601" + "rnsdlvgzfjuw", "асеорхуікмтвнзбоі" + "рнсдлвгзфйуў")
_TO_LATIN = str.maketrans("асеорхуікмтвнѕј" + "бгдзлпфцчшжйў", "aceopxyikmtbhsj" + "bgdzlpfcčšžjŭ")
# Letters that are not confusable with one of the other alphabet tell what a mixed word was meant to be. In “иванoв”
# with a Latin o, и is surely Cyrillic. A word such as “cop” can be read in both, and the words around it decide.
IS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IS_LATIN = re.compile("[a-z0-9]")
_SURELY_CYRILLIC = re.compile("(?![асеорхуікмтвнѕј])[\u0400-\u04ff]")
_SURELY_LATIN = re.compile("[dfgjlnqrsuvwzčšžŭłśźć]")
_ONLY_CONFUSABLE = re.compile("[aceopxyikmtbh]+")

_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_SHIFTED = str.maketrans('{}:"<>~', "[];',.`")
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_BELARUSIAN = "йцукенгшўзх'фывапролджэячсмітьбюё"
_LAYOUTS = [str.maketrans(_KEYS, letters) for letters in (_RUSSIAN, _BELARUSIAN)]
_LAYOUTS += [str.maketrans(letters, _KEYS) for letters in (_RUSSIAN, _BELARUSIAN)]
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "йцукенгшўзх", "фывапролджэ", "ячсмитьбю", "ячсмітьбю")
NEIGHBOURS = frozenset(frozenset(pair) for row in _ROWS for pair in pairwise(row))
"""Letters that lie beside each other on a keyboard."""


def plain(name: str) -> str:
    """The name without regard to capitals, spaces, apostrophes, stress marks, and to how its letters are composed."""
    return " ".join(unicodedata.normalize("NFKC", unmarked(name)).casefold().split())


def words(name: str) -> tuple[str, ...]:
    """The casefolded words of a name, each in one alphabet. None, if there is no letter in it."""
    text = unicodedata.normalize("NFKC", unmarked(name))
    text = unicodedata.normalize("NFC", _GLUED.sub(" ", text).casefold())
    found = _WORD.findall(text)[:MOST_WORDS]
    among_cyrillic = _is_cyrillic("".join(found))
    # Interned: of a million names, most have a word that another one has, too.
    return tuple(intern(_one_alphabet(word, among_cyrillic)) for word in found)


def retyped(name: str) -> list[tuple[str, ...]]:
    """The words that come out when the same keys are pressed on a keyboard in another language."""
    text = name.casefold().translate(_SHIFTED)
    return [words(text.translate(layout)) for layout in _LAYOUTS]


def _one_alphabet(word: str, among_cyrillic: bool) -> str:
    if IS_CYRILLIC.search(word) and _IS_LATIN.search(word):
        surely = _SURELY_CYRILLIC.search(word) or _SURELY_LATIN.search(word)
        return word.translate(_TO_CYRILLIC if (_is_cyrillic(word) if surely else among_cyrillic) else _TO_LATIN)
    if among_cyrillic and len(word) > 1 and _ONLY_CONFUSABLE.fullmatch(word):
        return word.translate(_TO_CYRILLIC)
    return word


def _is_cyrillic(text: str) -> bool:
    """Judged by the letters that are not confusable with one in the other alphabet."""
    return len(_SURELY_CYRILLIC.findall(text)) > len(_SURELY_LATIN.findall(text))
