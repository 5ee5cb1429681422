"""Signs other than the name that two signatures may be of one person: how people are reached, and their own words.

A sign says that something is the same, never that the person is: couples share a telephone, friends share a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from crypto.folding import unmarked
from crypto.signature import fields_without
from organizer.text import skeleton_letters

LONG, SHORTEST_LONG, SHORTEST = 500, 20, 5
"""Of a text that can be long, fewer letters and digits are a slogan that many come upon by themselves."""

TELEPHONE, MAIL, ACCOUNT = "telephone number", "mail address", "account"

SAME_CODE = "same code: one browser sent both"
SAME_WORD = "same vouch word, which nobody gave out"
"""These two are no text that is compared: organizer/review/links.py finds them."""
SIMILAR_NAME = "similar name"

_READ = fields_without(public="not a text", language="many share it", vouch="each word has a count of its own")
_WHOLE = {field.name: field.limits[1] >= LONG for field in _READ if field.limits and field.published is None}
"""The texts that are a sign when they are the same, and whether they can be long. What is published many share."""

OWN, SHARED = 0.85, 0.7
WEIGHTS = {f"same {kind}": OWN for kind in (TELEPHONE, MAIL, ACCOUNT)}
WEIGHTS |= {f"same {name}": SHARED if is_long else OWN for name, is_long in _WHOLE.items()}
"""How alike a sign makes two signatures whose names are not similar; by the reason it is shown with."""

_KINDS = {reason: bytes([number]) for number, reason in enumerate(WEIGHTS)}
_REASONS = list(WEIGHTS)
_ADDRESSES = range(len((TELEPHONE, MAIL, ACCOUNT)))
_DIGEST = 8
SIGN_SIZE = 1 + _DIGEST
"""Bytes of a sign: its kind and a digest of what it says."""

# A country writes the last digits of a number always, what stands before them in several ways: +375, 80, 0.
_LAST_DIGITS = 8
_FEWEST_DIGITS = 9
_MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]{2,}")
_ACCOUNT = re.compile(r"(?:(?:t|telegram)\.me/|(?<![\w.])@)(?!joinchat\b)(\w[\w.]{3,}\w)")
_NUMBER = re.compile(r"(?<![\w+])[+(]{0,2}\d(?:[ ().\-/]{0,3}\d){8,14}(?!\w)")
_DASHES = re.compile("[\u00ad\u2010-\u2015\u2212]")
# Days and terms of years, which stand beside prisoners, are no numbers to call.
_DATES = re.compile(
    r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d *[-/] *(?:19|20)\d\d)\b"
)
_MAYBE = re.compile(r"@|\.me/|\d(?:\D{0,3}\d){8}")


def addresses(text: str) -> list[tuple[str, str]]:
    """Ways to reach somebody that stand in a text: the kind, and what is equal for two ways to write one."""
    if not _MAYBE.search(text):
        return []
    plain = unicodedata.normalize("NFKC", unmarked(_DASHES.sub("-", text))).casefold()
    mails = [found[0] for found in _MAIL.finditer(plain)]
    rest = _MAIL.sub(" ", plain)
    accounts = [found[1] for found in _ACCOUNT.finditer(rest)]
    numbers = [_digits(found[0]) for found in _NUMBER.finditer(_DATES.sub(" ", rest))]
    return [
        *((TELEPHONE, digits[-_LAST_DIGITS:]) for digits in numbers if len(digits) >= _FEWEST_DIGITS),
        *((MAIL, mail) for mail in mails),
        *((ACCOUNT, account) for account in accounts),
    ]


def reachable_by(texts: Iterable[str]) -> tuple[str, ...]:
    """The kinds of ways to reach somebody that stand in texts, each once."""
    return tuple(dict.fromkeys(kind for text in texts for kind, _ in addresses(text)))


def signs_of(said: Mapping[str, str]) -> tuple[bytes, ...]:
    """The signs in what a person wrote, which is given by the names of the fields; equal for what says the same."""
    return tuple(dict.fromkeys(_KINDS[reason] + _digest(key) for reason, key in _found(said)))


def in_common(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> list[str]:
    """The reasons for which two are similar beside their names, the weightiest first."""
    if not one or not other:
        return []
    kinds = {sign[0] for sign in set(one).intersection(other)}
    # A number or an address that is the same says why the text around it is.
    reached = kinds.intersection(_ADDRESSES)
    reasons = [_REASONS[kind] for kind in sorted(kinds)]
    return [
        reason for reason in reasons if not (reached and WEIGHTS[reason] >= OWN and _KINDS[reason][0] not in reached)
    ]


def main_reason(reasons: Sequence[str]) -> str:
    """What speaks for one person first of all: a sign by its own name, all that names say together."""
    return reasons[0] if reasons[0] in (*WEIGHTS, SAME_CODE, SAME_WORD) else SIMILAR_NAME


def _found(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in _READ:
        if text := said.get(field.name):
            yield from ((f"same {kind}", key) for kind, key in addresses(text))
    for name, is_long in _WHOLE.items():
        letters = skeleton_letters(said.get(name, ""))
        if len(letters) >= (SHORTEST_LONG if is_long else SHORTEST):
            yield f"same {name}", letters


def _digits(number: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in number if sign.isdecimal())


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8"), digest_size=_DIGEST).digest()
