"""Yes and no as people type them, in the languages of the page and on whatever keyboard.

A key that means one thing by its letter and another by its place is never guessed: the person is asked again.
"""

from __future__ import annotations

import unicodedata

_YES = frozenset(["y", "yes", "да", "д", "так", "tak", "t", "taip", "ja", "j"])
_NO = frozenset(["n", "no", "не", "нет", "ні", "nie", "ne", "nein"])

AGAIN = "Type yes or no: y or n, да or нет, так or не."
# On Cyrillic keyboards these letters are where y and n are; as letters, they begin the words for the opposite.
AMBIGUOUS = {
    "н": "“н” begins “нет” and “не”, but it is also the key of y. Type the whole word: да or нет, так or не.",
    "т": "“т” begins “так”, but it is also the key of n. Type the whole word: да or нет, так or не.",
}


def read_yes_no(typed: str) -> bool | None:
    """What somebody typed; None when it says neither, or could say both. Nothing at all is no."""
    word = "".join(sign for sign in unicodedata.normalize("NFKC", typed).casefold() if sign.isalnum())
    if not word and not typed.strip():
        return False
    return True if word in _YES else False if word in _NO else None


def hint(typed: str) -> str:
    """What to say to an answer that was neither."""
    return AMBIGUOUS.get(typed.strip().casefold(), AGAIN)
