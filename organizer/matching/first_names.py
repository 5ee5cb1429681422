"""Looking up first names: by sound, so in any alphabet, and with one slip of the finger, too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import OSA

from organizer.matching.first_names_table import TABLE
from organizer.matching.phonetics import sounds
from organizer.matching.tokens import IS_CYRILLIC

SHORTEST_WITH_SLIP = 4


@dataclass(frozen=True)
class Given:
    """What a word can mean as a first name: numbers of names in the table, and how far that can be trusted."""

    full: frozenset[int]
    short: frozenset[int]
    is_guess: bool = False
    """The word is in no line of the table; it is one slip away from these."""

    @property
    def any(self) -> frozenset[int]:
        """All names it can be."""
        return self.full | self.short


class _FirstNames:
    def __init__(self, table: str) -> None:
        self.sex: list[str] = []
        self.initials: list[frozenset[str]] = []
        self.full: dict[str, set[int]] = defaultdict(set)
        self.short: dict[str, set[int]] = defaultdict(set)
        self.bones: dict[str, set[int]] = defaultdict(set)
        self.typed: dict[str, set[int]] = defaultdict(set)
        self.fathers: dict[str, set[int]] = defaultdict(set)
        for number, line in enumerate(table.replace("\\\n", "").strip().splitlines()):
            self._add(number, line)

    def _add(self, number: int, line: str) -> None:
        sex, _, forms = line.partition(" ")
        full, _, short = forms.partition("/")
        self.sex.append(sex)
        self.initials.append(frozenset(s.fine[0] for word in full.casefold().split() for s in sounds(word)))
        for words, kept in ((full, self.full), (short, self.short)):
            for word in words.casefold().replace("'", "").split():
                self.typed[word].add(number)
                kept[_spelling(word)].add(number)
                for sound in sounds(word) if IS_CYRILLIC.search(word) else ():  # nothing sounds as Helen is written
                    kept[sound.fine].add(number)
                    self.bones[sound.bone].add(number)
                    if sex == "m" and words is full:
                        self.fathers[sound.bone.rstrip("iaj")].add(number)


def _spelling(word: str) -> str:
    """A key that no sound is equal to."""
    return f"={word if IS_CYRILLIC.search(word) else anyascii(word)}"


@cache
def _names() -> _FirstNames:
    return _FirstNames(TABLE)  # not while this is loaded: few commands look up a name


def _key(word: str, fine: str) -> str:
    """A Latin -ia may be -ия, as in Valeria, or -я, as in Tania."""
    return fine[:-1] + "ia" if word.endswith(("ia", "ja", "ya")) and fine[:-1] + "ia" in _names().full else fine


@lru_cache(maxsize=100_000)
def given(word: str) -> Given | None:
    """What this word can be, if it stands in the table."""
    full: set[int] = set()
    short: set[int] = set()
    if (spelled := _spelling(word)) in _names().full or spelled in _names().short:
        return Given(frozenset(_names().full.get(spelled, ())), frozenset(_names().short.get(spelled, ())))
    for key in {_key(word, sound.fine) for sound in sounds(word)}:
        full |= _names().full.get(key, set())
        short |= _names().short.get(key, set())
    return Given(frozenset(full), frozenset(short - full)) if full or short else None


@lru_cache(maxsize=100_000)
def guessed(word: str) -> Given | None:
    """What it can be if one letter of it is wrong, or an unstressed vowel."""
    found: set[int] = set()
    for sound in sounds(word):
        found |= _names().bones.get(sound.bone, set())
    if not found and len(word) >= SHORTEST_WITH_SLIP:
        for forms, tried in ((_names().bones, {sound.bone for sound in sounds(word)}), (_names().typed, {word})):
            for text in tried:
                similar = process.extract(text, forms.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
                found = found.union(*(forms[form] for form, _, _ in similar if len(form) >= SHORTEST_WITH_SLIP - 1))
    return Given(frozenset(found), frozenset(), is_guess=True) if found else None


def sex_of(found: Given) -> str:
    """ "m", "f", or nothing when it can be a man's name and a woman's."""
    sexes = {_names().sex[number] for number in found.full or found.short}
    return sexes.pop() if len(sexes) == 1 else ""


def of_sex(found: Given, sex: str) -> Given:
    """Only the names of that sex; all of them if there is none or `sex` is empty."""
    full, short = (frozenset(n for n in ids if _names().sex[n] == sex) for ids in (found.full, found.short))
    return Given(full, short, found.is_guess) if full or short else found


@lru_cache(maxsize=100_000)
def initials(word: str) -> frozenset[str]:
    """The sounds that this first name begins with, in any language; of an initial, its own."""
    found = given(word) or guessed(word) if len(word) > 1 else None
    own = (sound.fine[:1] for sound in sounds(word))
    return frozenset(own).union(*(_names().initials[number] for number in (found.any if found else ())))


@lru_cache(maxsize=100_000)
def fathers(stem: str) -> frozenset[int]:
    """The names of fathers from whose patronymic this was left when its ending was cut off."""
    return frozenset(_names().fathers.get(stem.rstrip("iaj"), ()))
