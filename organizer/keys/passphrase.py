"""Passphrases: one that is made for a person, and the one spelling of what somebody typed.

One that was made is read in capitals, without its hyphens or grouped in another way, with marks that nothing shows, and
on a Cyrillic or German keyboard: it is typed blind. Of one that a person chose, only the composed letters are brought
to one form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from crypto.typed import bare
from organizer.errors import OrganizerError
from organizer.text import latin_key, skeleton

ALPHABET = "acdefghjkmnpqrtuvwxy23456789"
"""28 characters, none of which looks like another one on paper: 25 of them make 120 bits."""

GROUPS, GROUP_SIZE = 5, 5
SHORTEST = 12
_UNIFORM_BELOW = 252  # the largest multiple of 28 a byte can hold

_MADE = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP_SIZE}}}")
_GERMAN = str.maketrans("z", "y")  # there is no z in one that was made, and y lies there on a German keyboard


def offer_passphrase(random: Callable[[int], bytes]) -> str:
    """A fresh passphrase of 5 groups of 5 characters, about 120 bits."""
    count = GROUPS * GROUP_SIZE
    letters = ""
    while len(letters) < count:
        letters += "".join(ALPHABET[byte % len(ALPHABET)] for byte in random(count) if byte < _UNIFORM_BELOW)
    return _grouped(letters[:count])


def check_passphrase(passphrase: str) -> str:
    """A passphrase long enough to be used. Raises OrganizerError: passphrase-short, not-text."""
    if len(normalise(passphrase)) < SHORTEST:
        raise OrganizerError("passphrase-short", f"A passphrase must have at least {SHORTEST} characters.")
    return passphrase


def normalise(passphrase: str) -> str:
    """One spelling of a passphrase whatever keyboard it was typed on. Raises OrganizerError: not-text."""
    try:
        passphrase.encode("utf-8")
    except UnicodeEncodeError as error:
        raise OrganizerError("not-text", "The passphrase holds something that is not text.") from error
    signs = bare(unicodedata.normalize("NFKC", passphrase)).casefold()
    for read in (signs, skeleton(signs), "".join(map(latin_key, signs))):
        if _MADE.fullmatch(made := read.translate(_GERMAN)):
            return _grouped(made)
    return unicodedata.normalize("NFC", passphrase)


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + GROUP_SIZE] for at in range(0, len(letters), GROUP_SIZE))
