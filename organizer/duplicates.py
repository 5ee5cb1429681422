"""Which signatures look like those of one person. It only proposes: a person decides.

Knows names, relations and prisoners. Must never know keys, decisions or a disk, nor merge anything.

Names that are equal but for capitals and spaces are one spelling. A spelling is compared with those whose surname
sounds the same or is one letter away, and whose first name can be the same one: not with all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from organizer.names import circumstances
from organizer.names.given import given, guessed
from organizer.names.likeness import NONE, OTHER_ORDER, Difference, difference
from organizer.names.parts import Parts, understand
from organizer.names.sounds import sounds
from organizer.names.writing import plain, words

THRESHOLD = 0.7
"""No pair below this score is proposed."""

CROWD = 20
"""Up to so many signatures of one spelling, everyone is proposed with everyone; of more, with the first of them only.
Else a flood of one name would make a number of pairs that grows with its square."""


def name_key(name: str) -> str:
    """Equal for names that differ only in capitals, spaces or the way letters are composed."""
    return plain(name)


@dataclass(frozen=True, slots=True)
class Person:
    """A signature as far as it matters here. `id` is any name for it that is used once."""

    id: bytes
    name: str
    relation: str = ""
    prisoner: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two signatures, `first` before `second` by id; `score` from THRESHOLD to 1, and why in short phrases."""

    first: bytes
    second: bytes
    score: float
    reasons: tuple[str, ...]


def propose(people: Iterable[Person], progress: Callable[[int], object] | None = None) -> list[Pair]:
    """All pairs that look like one person, the likeliest first. `progress` is told 1 for each person looked at."""
    index = Index()
    found: list[Pair] = []
    for person in people:
        found += index.similar(person)
        index.add(person)
        if progress:
            progress(1)
    return sorted(found, key=_likeliest_first)


def compare(one: Person, other: Person) -> Pair | None:
    """The pair of these two, or None if they do not look like one person."""
    found = _names(_Spelling(one.name), _Spelling(other.name))
    return None if found is None else _pair(one, other, found)


@dataclass(slots=True)
class _Spelling:
    """One spelling of a name, all who signed with it, and the other spellings that are like it."""

    text: str
    readings: tuple[Parts, ...] = ()
    people: list[Person] = field(default_factory=list)
    similar: list[tuple[_Spelling, Difference]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.readings = understand(self.text)


class Index:
    """Everyone who was added, found again by a similar name."""

    def __init__(self) -> None:
        self._spellings: dict[str, _Spelling] = {}
        self._surnames: dict[str, dict[str, list[_Spelling]]] = {}
        self._near: dict[str, list[str]] = {}
        self._ids: set[bytes] = set()

    def add(self, person: Person) -> None:
        """Remember a person; a second time does nothing."""
        if person.id in self._ids:
            return
        self._ids.add(person.id)
        key = plain(person.name)
        spelling = self._spellings.get(key)
        if spelling is None:
            spelling = _Spelling(person.name)
            spelling.similar = self._like(spelling)
            for other, found in spelling.similar:
                other.similar.append((spelling, found))
            self._spellings[key] = spelling
            self._enter(spelling)
        spelling.people.append(person)

    def similar(self, person: Person) -> list[Pair]:
        """The pairs of this person with all who were added, the likeliest first."""
        spelling = self._spellings.get(plain(person.name))
        if spelling is None:
            near = self._like(_Spelling(person.name))
        else:
            near = [(spelling, NONE), *spelling.similar]
        found = [
            pair
            for other, difference_of_names in near
            for one in (other.people if len(other.people) <= CROWD else other.people[:1])
            if one.id != person.id and (pair := _pair(person, one, difference_of_names))
        ]
        return sorted(found, key=_likeliest_first)

    def _like(self, spelling: _Spelling) -> list[tuple[_Spelling, Difference]]:
        candidates: dict[int, _Spelling] = {}
        for parts in spelling.readings:
            firsts = _first_keys(parts)
            for bone in self._near_surnames(parts):
                bucket = self._surnames[bone]
                for first in firsts:
                    candidates.update((id(other), other) for other in bucket.get(first, ()))
        found = ((other, _names(spelling, other)) for other in candidates.values())
        return [(other, known) for other, known in found if known is not None]

    def _near_surnames(self, parts: Parts) -> set[str]:
        return {bone for key in _bones(parts) for near in _one_letter_less(key) for bone in self._near.get(near, ())}

    def _enter(self, spelling: _Spelling) -> None:
        for parts in spelling.readings:
            for bone in _bones(parts):
                if bone not in self._surnames:
                    self._surnames[bone] = {}
                    for near in _one_letter_less(bone):
                        self._near.setdefault(near, []).append(bone)
                bucket = self._surnames[bone]
                for first in _first_keys(parts):
                    known = bucket.setdefault(first, [])
                    if not known or known[-1] is not spelling:
                        known.append(spelling)


def _bones(parts: Parts) -> set[str]:
    """What the surnames sound like; without any, the first names."""
    return {sound.bone for word in parts.surnames or parts.firsts for sound in sounds(word)}


def _one_letter_less(bone: str) -> Iterator[str]:
    """The word, and the word without each of its letters: words one letter apart share one of these."""
    yield bone
    if len(bone) > 3:
        yield from {bone[:at] + bone[at + 1 :] for at in range(len(bone))}


def _first_keys(parts: Parts) -> set[str]:
    """Names that can be the same have one of these in common."""
    keys: set[str] = set()
    for word in parts.firsts:
        bones = {sound.bone for sound in sounds(word)}
        known = given(word) or guessed(word)
        if known:
            keys |= {f"name {number}" for number in known.any}
        if not known or known.is_guess:
            keys |= {near for bone in bones for near in _one_letter_less(bone)}
    return keys or {""}


def _names(one: _Spelling, other: _Spelling) -> Difference | None:
    found = [known for a in one.readings for b in other.readings if (known := difference(a, b)) is not None]
    if not found:
        return NONE if plain(one.text) == plain(other.text) else None
    best = min(found, key=lambda known: known.cost)
    return best + OTHER_ORDER if _is_reordered(one.text, other.text) else best


def _is_reordered(one: str, other: str) -> bool:
    a, b = words(one), words(other)
    return a != b and sorted(a) == sorted(b)


def _pair(one: Person, other: Person, names: Difference) -> Pair | None:
    reasons = list(names.reasons) if names.cost or names.reasons else ["same name"]
    cost = names.cost
    prisoner = circumstances.same_person(*sorted((one.prisoner, other.prisoner)))
    relation = circumstances.same_relation(*sorted((one.relation, other.relation)))
    if prisoner is not None:
        cost = cost * 0.8 if prisoner else cost + 0.06
        reasons.append(circumstances.SAME_PRISONER if prisoner else circumstances.OTHER_PRISONER)
    if relation is not None:
        cost = cost if relation else cost + 0.04
        reasons.append(circumstances.SAME_RELATION if relation else circumstances.OTHER_RELATION)
    score = round(1 - cost, 3)
    first, second = sorted((one.id, other.id))
    return Pair(first, second, score, tuple(reasons)) if score >= THRESHOLD else None


def _likeliest_first(pair: Pair) -> tuple[float, bytes, bytes]:
    return -pair.score, pair.first, pair.second
