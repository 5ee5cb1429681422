"""Similar signatures: those that may be of one person. They are only proposed: an organizer decides.

Signatures with a sign in common (signs.py) are similar whatever the names.

Names that are equal but for capitals and spaces are one spelling. A spelling is compared with those whose surname
sounds the same or is one letter away, and whose first name can be the same one: not with all others.

Two texts are at most one letter apart when they share a *deletion*: the text itself, or what is left when one letter is
taken away. So an index from deletions to surnames finds the similar ones without comparing with each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import intern
from zlib import crc32

from organizer.matching import context
from organizer.matching.first_names import given, guessed, initials
from organizer.matching.name_distance import NONE, OTHER_ORDER, Difference, difference
from organizer.matching.name_parser import NameParts, understand
from organizer.matching.signs import WEIGHTS, in_common
from organizer.matching.surname_keys import bones_of, deletions, key_words, surname_deletions
from organizer.matching.tokens import plain, words

THRESHOLD = 0.7
"""No pair below this score is proposed."""

CROWD = 20
"""The most pairs that one signature makes with earlier ones: the likeliest, and of one spelling those with the first.
Without a limit, a flood of one name would make a number of pairs that grows with its square."""

CROWDED = 100
"""The most spellings of one surname with one first name that later ones are compared with, for the same reason."""


def name_key(name: str) -> str:
    """Equal for names that differ only in capitals, spaces or the way letters are composed."""
    return plain(name)


@dataclass(frozen=True, slots=True)
class Person:
    """A signature as far as it matters here. `id` is any number or text that is used once, as bytes."""

    id: bytes
    name: str
    relation: str = ""
    prisoner: str = ""
    signs: tuple[bytes, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two signatures, `first` before `second` by id; `score` from THRESHOLD to 1, and why in short phrases."""

    first: bytes
    second: bytes
    score: float
    reasons: tuple[str, ...]


def compare(one: Person, other: Person) -> Pair | None:
    """The pair of these two, or None if they are not similar."""
    return _pair(one, other, _name_difference(_spelled(one.name), _spelled(other.name)))


@dataclass(slots=True, eq=False)
class _Spelling:
    """One spelling of a name, and the first who signed with it."""

    key: str
    words: tuple[str, ...]
    readings: tuple[NameParts, ...]
    people: tuple[Person, ...] = ()


def _spelled(name: str) -> _Spelling:
    return _Spelling(plain(name), words(name), understand(name))


class Index:
    """An index of people: finds those whose name is similar.

    It can be one of several parts, each with the surnames whose sound falls to it. Every part is given every person;
    the likeliest CROWD of what all parts find are what one index finds.
    """

    def __init__(self, part: int = 0, parts: int = 1) -> None:
        self._part, self._parts = part, parts
        self._asked: _Spelling | None = None
        self._spellings: dict[str, _Spelling] = {}
        self._surnames: dict[str, dict[str, list[_Spelling]]] = {}
        self._by_deletion: dict[str, list[str]] = {}
        self._known: set[tuple[str, bool]] = set()
        self._by_sign: dict[bytes, tuple[Person, ...]] = {}

    def add(self, person: Person) -> None:
        """Remember a person, who was not added before."""
        for sign in filter(self._is_own, person.signs):
            if len(known := self._by_sign.get(sign, ())) < CROWD:
                self._by_sign[sign] = (*known, person)
        spelling = self._known_spelling(person)
        if spelling is None:
            spelling = self._spelled(person)
            if not self._enter(spelling) and not self._is_own(spelling.key):
                return
            self._spellings[spelling.key] = spelling
        if len(spelling.people) <= CROWD:
            spelling.people += (person,)

    def similar(self, person: Person) -> list[Pair]:
        """The pairs of this person with those who were added, the likeliest first."""
        own = self._known_spelling(person)
        spelling = own or self._spelled(person)
        similar = self._similar_spellings(spelling)
        if own is not None and self._is_own(own.key):
            similar = [(own, NONE), *similar]
        found = [
            pair
            for other, difference_of_names in similar
            for one in other.people
            if one.id != person.id and (pair := _pair(person, one, difference_of_names))
        ]
        return likeliest(found + self._with_same_signs(person, spelling))

    def _with_same_signs(self, person: Person, spelling: _Spelling) -> list[Pair]:
        others: dict[bytes, Person] = {}
        for sign in filter(self._is_own, person.signs):
            known = self._by_sign.get(sign, ())
            # Of a crowd with one sign, such as a text that goes round, everyone makes one pair more and not twenty.
            others |= {one.id: one for one in (known if len(known) < CROWD else known[:1]) if one.id != person.id}
        compared = (
            (one, _name_difference(spelling, self._known_spelling(one) or _spelled(one.name)))
            for one in others.values()
        )
        return [pair for one, difference_of_names in compared if (pair := _pair(person, one, difference_of_names))]

    def _known_spelling(self, person: Person) -> _Spelling | None:
        return self._spellings.get(plain(person.name))

    def _spelled(self, person: Person) -> _Spelling:
        # Whoever was asked about is mostly added next, and understanding a name is half of the work.
        if self._asked is None or self._asked.key != plain(person.name):
            self._asked = _spelled(person.name)
        return self._asked

    def _is_own(self, text: str | bytes) -> bool:
        # Not hash(): it differs from one start of the program to the next, and parts may run in several.
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        return self._parts == 1 or crc32(data) % self._parts == self._part

    def _similar_spellings(self, spelling: _Spelling) -> list[tuple[_Spelling, Difference]]:
        candidates: dict[int, _Spelling] = {}
        for parts in spelling.readings:
            firsts = _asked_for(parts)
            for bone in self._similar_surnames(parts):
                kept = self._surnames[bone]
                for first in firsts:
                    candidates.update((id(other), other) for other in kept.get(first, ()))
        found = ((other, _name_difference(spelling, other)) for other in candidates.values() if other is not spelling)
        return [(other, known) for other, known in found if known is not None]

    def _similar_surnames(self, parts: NameParts) -> set[str]:
        return {bone for deletion in surname_deletions(parts) for bone in self._by_deletion.get(deletion, ())}

    def _enter(self, spelling: _Spelling) -> bool:
        """Whether any of its surnames is of this part."""
        entered = False
        for parts in spelling.readings:
            for bone in self._remember_surnames(parts):
                entered = True
                kept = self._surnames.setdefault(bone, {})
                for first in _kept_under(parts):
                    spellings = kept.setdefault(first, [])
                    if len(spellings) < CROWDED and spelling not in spellings[-1:]:
                        spellings.append(spelling)
        return entered

    def _remember_surnames(self, parts: NameParts) -> set[str]:
        """Make the surnames findable, as they are written and as they sound; returns the latter, those of this part."""
        found: set[str] = set()
        for word in key_words(parts):
            bones = [bone for bone in bones_of(word) if self._is_own(bone)]
            if not bones:
                continue
            found.update(bones)
            for text, is_heard in {(word, False), *((bone, True) for bone in bones)} - self._known:
                self._known.add((text, is_heard))
                for deletion in deletions(text):
                    self._by_deletion.setdefault(deletion, []).extend([text] if is_heard else bones)
        return found


def _first_keys(parts: NameParts) -> set[str]:
    """First names that can be the same have one of these in common, unless one of them is an initial."""
    keys: set[str] = set()
    for word in parts.firsts:
        known = given(word) or guessed(word)
        if known:
            keys |= {intern(f"name {number}") for number in known.any}
        if not known or known.is_guess:
            keys |= {intern(deletion) for text in (word, *bones_of(word)) for deletion in deletions(text)}
    return keys or {""}


def _kept_under(parts: NameParts) -> set[str]:
    """The keys of a first name in the index."""
    letters = {("is" if len(word) == 1 else "begins", letter) for word in parts.firsts for letter in initials(word)}
    return _first_keys(parts) | {intern(f"{how} {letter}") for how, letter in letters}


def _asked_for(parts: NameParts) -> set[str]:
    """The keys under which first names are kept that can be the same as this one."""
    letters = {("begins" if len(word) == 1 else "is", letter) for word in parts.firsts for letter in initials(word)}
    return _first_keys(parts) | {intern(f"{how} {letter}") for how, letter in letters}


def _name_difference(one: _Spelling, other: _Spelling) -> Difference | None:
    if one.key == other.key:
        return NONE
    found = [known for a in one.readings for b in other.readings if (known := difference(a, b)) is not None]
    if not found:
        return None
    best = min(found)
    is_reordered = one.words != other.words and sorted(one.words) == sorted(other.words)
    return best + OTHER_ORDER if is_reordered else best


def _pair(one: Person, other: Person, name_difference: Difference | None) -> Pair | None:
    cost, reasons = 1.0, tuple[str, ...]()
    if name_difference is not None:
        cost, reasons = context.weigh(name_difference, (one.relation, other.relation), (one.prisoner, other.prisoner))
    for sign in (same := in_common(one.signs, other.signs)):
        cost *= 1 - WEIGHTS[sign]
    score, reasons = round(1 - cost, 3), (*same, *reasons)
    first, second = sorted((one.id, other.id))
    return Pair(first, second, score, reasons) if score >= THRESHOLD else None


def likeliest(pairs: Iterable[Pair]) -> list[Pair]:
    """The CROWD likeliest of the pairs of one person, each once, in their order."""
    return sorted(set(pairs), key=lambda pair: (-pair.score, pair.first, pair.second))[:CROWD]
