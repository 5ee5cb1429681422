"""The distance of two names, and what the difference is, in words.

A difference costs; the costs of a name's parts add up, and names whose cost is above LIMIT are not similar. The costs
were chosen by looking at the development half of tests/organizer/names/.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from organizer.matching.first_names import Given, initials
from organizer.matching.name_parser import NameParts, father, meaning
from organizer.matching.phonetics import sounds
from organizer.matching.tokens import NEIGHBOURS

LIMIT = 0.36
"""Beyond this, nothing that is known of two people makes them worth a look."""

SHORTEST_WITH_SLIP = 5
LONG = 8
_TYPED_VOWELS = frozenset("аеёиіоуыэюяєїaeiouyьй")
_HEARD_VOWELS = frozenset("aiuv")
_CONFUSABLE_SOUNDS = frozenset(frozenset(pair) for pair in ("ai", "vl", "zT", "sS", "CT", "CS", "zZ", "SZ"))
"""Sounds that one spelling has where another has its neighbour: Воўк and Волк, Zygankow and Цыганков."""


@dataclass(frozen=True, order=True, slots=True)
class Difference:
    """What it costs, from 0 for none, and short phrases in plain English."""

    cost: float
    reasons: tuple[str, ...] = ()

    def __add__(self, other: Difference) -> Difference:
        return Difference(self.cost + other.cost, self.reasons + other.reasons)


NONE = Difference(0.0)
ANOTHER_SPELLING = Difference(0.02, ("another language or spelling",))
SURNAME_SPELLING = Difference(0.03, ("another language or spelling",))
SHORT_FORM = Difference(0.1, ("short form of the first name",))
OWN_NAME = Difference(0.31, ("a first name that can be short for the other",))
"""Ніка may be Вераніка or just Ніка: too little, unless something else speaks for one person."""
FIRST_SLIP = Difference(0.14, ("a letter differs in the first name",))
INITIAL = Difference(0.2, ("initial for the first name",))
ONE_OF_FIRSTS = Difference(0.08, ("one of two first names",))
ONE_OF_SURNAMES = Difference(0.1, ("one of two surnames",))
OTHER_FORM = Difference(0.06, ("man's and woman's form of the surname",))
NO_PATRONYMIC = Difference(0.01, ("with and without patronymic",))
OTHER_ORDER = Difference(0.01, ("words in another order",))
RETYPED = Difference(0.04, ("keyboard in another language",))
HEARD = 0.06
"""A letter that differs in how words sound costs so much more than one that differs in how they are typed."""
LONG_WORD = 0.04
"""The longer the word, the less a letter says."""
TRANSPOSED, MISSING_VOWEL, WRONG_LETTER, MISSING_CONSONANT = 0.12, 0.12, 0.16, 0.32
"""A consonant more makes another surname: Рыжов and Рыжков. In a long word or with the same prisoner, it may do."""
SLIP = "a letter differs in the surname"


def difference(one: NameParts, other: NameParts) -> Difference | None:
    """The difference of two names, in either order; None if they are of different people."""
    if one.sex and other.sex and one.sex != other.sex:
        return None
    sex = one.sex or other.sex
    found = _firsts(one.firsts, other.firsts, sex)
    if found is None or found.cost > LIMIT:
        return None
    for part in (_surnames(one.surnames, other.surnames), _patronymics(one.patronymic, other.patronymic)):
        if part is None:
            return None
        found += part
    if one.retyped != other.retyped:
        found += RETYPED
    return None if found.cost > LIMIT else Difference(found.cost, tuple(dict.fromkeys(found.reasons)))


def _firsts(one: tuple[str, ...], other: tuple[str, ...], sex: str) -> Difference | None:
    if not one or not other:
        return NONE if one == other else None
    found = [known for a in one for b in other if (known := _first(*sorted((a, b)), sex)) is not None]
    if not found:
        return None
    best = min(found)
    return best if len(one) == len(other) else best + ONE_OF_FIRSTS


@lru_cache(maxsize=200_000)
def _first(a: str, b: str, sex: str) -> Difference | None:
    if a == b:
        return NONE
    if len(a) == 1 or len(b) == 1:
        return _initial(a, b)
    one, other = meaning(a, sex), meaning(b, sex)
    if one and other and not (one.is_guess or other.is_guess):
        return _known_firsts(one, other)
    if _bones(a) & _bones(b):
        return ANOTHER_SPELLING
    if one and other and one.any & other.any:
        return FIRST_SLIP
    return FIRST_SLIP if one is None and other is None and _slip(a, b) is not None else None


def _known_firsts(one: Given, other: Given) -> Difference | None:
    if one.full & other.full:
        return ANOTHER_SPELLING
    if not one.any & other.any:
        return None
    return OWN_NAME if one.full and other.full else SHORT_FORM


def _initial(a: str, b: str) -> Difference | None:
    if not initials(a) & initials(b):
        return None
    return ANOTHER_SPELLING if len(a) == len(b) else INITIAL


def _surnames(one: tuple[str, ...], other: tuple[str, ...]) -> Difference | None:
    if not one or not other:
        return NONE if one == other else None
    found = [known for a in one for b in other if (known := surname(*sorted((a, b)))) is not None]
    if not found:
        return None
    best = min(found)
    return best if len(one) == len(other) and (len(one) == 1 or len(found) > 1) else best + ONE_OF_SURNAMES


@lru_cache(maxsize=500_000)
def surname(a: str, b: str) -> Difference | None:
    """The difference of two words that are surnames, given in their order as strings."""
    if a == b:
        return NONE
    if _bones(a) & _bones(b):
        same_form = {sound.woman for sound in sounds(a)} & {sound.woman for sound in sounds(b)}
        return SURNAME_SPELLING if same_form else SURNAME_SPELLING + OTHER_FORM
    cost = _slip(a, b)
    return None if cost is None else Difference(cost, (SLIP,))


def _patronymics(one: str, other: str) -> Difference | None:
    if one == other:
        return NONE
    if not one or not other:
        return NO_PATRONYMIC
    if len(one) == 1 or len(other) == 1:
        return NO_PATRONYMIC if _bones(one[:1]) & _bones(other[:1]) else ANOTHER_SPELLING
    (stem, names), (other_stem, other_names) = father(one), father(other)
    if names & other_names:
        return ANOTHER_SPELLING
    if names and other_names:
        return None
    return ANOTHER_SPELLING if OSA.distance(stem, other_stem) <= 1 + max(len(stem), len(other_stem)) // 6 else None


def _bones(word: str) -> frozenset[str]:
    return frozenset(sound.bone for sound in sounds(word))


def _slip(a: str, b: str) -> float | None:
    """What one wrong letter costs, as it was typed or as it sounds; None if it is more than that."""
    if min(len(a), len(b)) < SHORTEST_WITH_SLIP:
        return None
    costs = [
        cost + HEARD for x in _bones(a) for y in _bones(b) if (cost := _edit(x, y, _HEARD_VOWELS, _CONFUSABLE_SOUNDS))
    ]
    if typed := _edit(a, b, _TYPED_VOWELS, NEIGHBOURS):
        costs.append(typed)
    if not costs:
        return None
    return min(costs) - (LONG_WORD if min(len(a), len(b)) >= LONG else 0)


def _edit(a: str, b: str, vowels: frozenset[str], confusable: Container[frozenset[str]]) -> float | None:
    """The cost of one edit between two strings; None if there is none or more than one, or if it changes the ending.

    `confusable` has the pairs of letters that are easily taken for one another.
    """
    shorter = min(len(a), len(b))
    if shorter < SHORTEST_WITH_SLIP - 1 or OSA.distance(a, b, score_cutoff=1) != 1:
        return None
    at = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), shorter)
    if len(a) != len(b):
        return _missing(max(a, b, key=len)[at], shorter, shorter - at, vowels)
    if a[at + 1 :] != b[at + 1 :]:
        return TRANSPOSED
    return WRONG_LETTER if frozenset((a[at], b[at])) in confusable else None


def _missing(letter: str, shorter: int, to_the_end: int, vowels: frozenset[str]) -> float | None:
    if to_the_end == 0:
        return None if letter in vowels or shorter < LONG - 1 else MISSING_CONSONANT
    if letter in vowels:
        return MISSING_VOWEL
    return None if to_the_end == 1 else MISSING_CONSONANT
