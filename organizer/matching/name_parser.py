"""The words of a name by their part: first names, patronymic, surnames. Often there is more than one way to read it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from organizer.matching.first_names import Given, fathers, given, guessed, of_sex, sex_of
from organizer.matching.phonetics import sounds
from organizer.matching.tokens import retyped, words

SHORTEST_GLUED, LONGEST_GLUED = 9, 40

# Endings in the sound of a word (phonetics.py): ivanaviC leaves ivan, paTravna leaves paTr.
_PATRONYMIC = {"m": re.compile("(av|iv)?iC$"), "f": re.compile("(a|i)?(niC|v|iC)na$")}
_MAN = re.compile("(av|in|ski|Tki)$")  # ivanav, puSkin, kavalski, valiTki


@dataclass(frozen=True, slots=True)
class NameParts:
    """One way to understand a name, in casefolded words; a first name or a patronymic can be an initial.

    `sex` is "m", "f" or empty. `retyped`: on a keyboard in another language.
    """

    firsts: tuple[str, ...]
    patronymic: str
    surnames: tuple[str, ...]
    sex: str
    retyped: bool = False


@lru_cache(maxsize=4096)
def understand(name: str) -> tuple[NameParts, ...]:
    """All ways to understand a name, the likeliest first; none if it has no letter that can be spoken."""
    spoken = [word for word in words(name) if sounds(word)]
    if not any(given(word) for word in spoken):
        for other in retyped(name):
            if any(_is_whole(word) for word in other):
                return tuple(replace(parts, retyped=True) for parts in _understand([w for w in other if sounds(w)]))
    return _understand(spoken)


def meaning(word: str, sex: str) -> Given | None:
    """What a first name can be when its bearer's sex is known."""
    found = given(word) or guessed(word)
    return found and of_sex(found, sex)


def father(patronymic: str) -> tuple[str, frozenset[int]]:
    """What is left of a patronymic without its ending, and the names of fathers it can come from."""
    bone = sounds(patronymic)[0].bone
    for ending in _PATRONYMIC.values():
        if ending.search(bone):
            stem = ending.sub("", bone)
            return stem, fathers(stem)
    return bone, frozenset()


def _is_whole(word: str) -> bool:
    """Whether this is surely a first name, and not one by chance that wrong keys gave."""
    found = given(word)
    return found is not None and len(word) > 2


def _understand(spoken: list[str]) -> tuple[NameParts, ...]:
    if len(spoken) == 1:
        spoken = _unglued(spoken[0])
    initials = [at for at, word in enumerate(spoken) if len(word) == 1]
    named = [at for at, word in enumerate(spoken) if len(word) > 1 and given(word)]
    for at in named:
        if _is_patronymic(spoken, at):
            return (_parts(spoken, [at], at + 1),)
    if len(named) == len(spoken):
        return _one_is_surname(spoken)
    if named or len(spoken) == 1:
        return (_parts(spoken, named, initials[0] if initials else None),)
    if initials and len(initials) < len(spoken):
        return (_parts(spoken, initials[:1], initials[1] if len(initials) > 1 else None),)
    guesses = [at for at, word in enumerate(spoken) if guessed(word)]
    return tuple(_parts(spoken, [at], None) for at in dict.fromkeys([*guesses, 0, len(spoken) - 1]))


def _one_is_surname(spoken: list[str]) -> tuple[NameParts, ...]:
    """Every word is a first name, and the last or the first of them is a surname, too."""
    if len(spoken) < 2:
        return tuple(_parts(spoken, [at], None) for at in range(len(spoken)))
    places = range(len(spoken))
    return tuple(_parts(spoken, [at for at in places if at != end], None) for end in (places[-1], places[0]))


def _unglued(word: str) -> list[str]:
    """A first name and a surname without a space between them."""
    if SHORTEST_GLUED <= len(word) <= LONGEST_GLUED:
        for at in range(len(word) - 4, 3, -1):
            if (found := given(word[:at])) and found.full and sounds(word[at:]):
                return [word[:at], word[at:]]
    return [word]


def _is_patronymic(spoken: list[str], at: int) -> bool:
    """Whether the word behind the first name at `at` is a patronymic, and a surname is left."""
    if at + 1 >= len(spoken) or len(spoken) < 3:
        return False
    found = given(spoken[at])
    sex = sex_of(found) if found else ""
    bone = sounds(spoken[at + 1])[0].bone
    endings = [_PATRONYMIC[sex]] if sex else list(_PATRONYMIC.values())
    return any(ending.search(bone) for ending in endings)


def _parts(spoken: list[str], firsts: list[int], patronymic: int | None) -> NameParts:
    surnames = tuple(word for at, word in enumerate(spoken) if at not in firsts and at != patronymic)
    first_words = tuple(spoken[at] for at in firsts)
    middle = "" if patronymic is None else spoken[patronymic]
    return NameParts(first_words, middle, surnames, _sex(first_words, middle, surnames))


def _sex(firsts: tuple[str, ...], patronymic: str, surnames: tuple[str, ...]) -> str:
    for word in firsts:
        if (found := given(word) or guessed(word)) and (sex := sex_of(found)):
            return sex
    if patronymic:
        for sex, ending in _PATRONYMIC.items():
            if ending.search(sounds(patronymic)[0].bone):
                return sex
    for word in surnames:
        sound = sounds(word)[0]
        if sound.woman:
            return "f"
        if _MAN.search(sound.bone):
            return "m"
    return ""
