"""Text typed by strangers: made safe to show at a terminal, and compared by how it looks."""

from __future__ import annotations

import re
import unicodedata

from crypto.folding import unmarked

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

MARKS_IN_A_ROW = 4

# Control, format, surrogate, private use, unassigned; line and paragraph separators.
_DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Letters and marks that are drawn as nothing, so that two names could look the same (Default_Ignorable_Code_Point of
# Unicode, without the two that choose the look of an emoji; and the empty Braille cell and note head).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U0001d159\U000e0100-\U000e01ef]"
)

_MARKS = frozenset({"Mn", "Me"})

_PLAIN = re.compile("[ -~]*")

_NOT_LETTERS = re.compile(r"[\W_]+")

# Confusable letters: Cyrillic ones, casefolded, that look like a Latin one as capitals or as small letters; and letters
# that differ by a mark only, which many keyboards lack.
_CONFUSABLE = str.maketrans("авекмнорстухіјѕёўґ", "abekmhopctyxijseyг")

# The same keys in the Russian, Belarusian and Ukrainian layouts; "." and "," are where a Latin keyboard has / and ?.
_LATIN_KEYS = dict(zip("йцукенгшщзфывапролдячсмитьўії.,", "qwertyuiopasdfghjklzxcvbnmobs/?", strict=True))


def harmless(text: str) -> str:
    """The text, safe to show: each character that could trick a terminal or an eye becomes U+FFFD."""
    if _PLAIN.fullmatch(text):
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category in _DANGEROUS or _INVISIBLE.match(character) or marks == MARKS_IN_A_ROW + 1:
            shown.append(REPLACEMENT)
        elif marks <= MARKS_IN_A_ROW:
            shown.append(character)
    return "".join(shown)


def skeleton(text: str) -> str:
    """The text in small letters with one letter for each set of confusable ones: equal for texts that look the same.

    Words stay apart, with one space between them. “Мова” and “Moba” in Latin letters both give “moba”.
    """
    text = unicodedata.normalize("NFKC", unmarked(text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).translate(_CONFUSABLE).split())


def skeleton_letters(text: str) -> str:
    """The skeleton of a text, its letters and digits only: without spaces, hyphens and other signs."""
    return _NOT_LETTERS.sub("", skeleton(text))


def in_groups(digest: str) -> str:
    """A digest in hex in groups of eight, as it is read out. No sign should stand behind it."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def latin_key(typed: str) -> str:
    """The small Latin letter on the same key of a Cyrillic keyboard; other characters come back unchanged."""
    return _LATIN_KEYS.get(typed.casefold(), typed.casefold())
