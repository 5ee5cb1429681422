"""The sound of one word: the same in all the alphabets and systems in which a Belarusian name gets written.

A word has one or two readings, and each reading two strings. `fine` keeps the vowels apart and is good for looking up a
first name. `bone` is coarse. What spellings of one surname disagree about is gone from it: а and о, е and я, г and х,
ц and т, ў and в, softness, doubled letters.
Capitals in them are single sounds: T ц or т, H г or х, Z ж, S ш, C ч.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from organizer.matching.tokens import IS_CYRILLIC

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "H", "ґ": "H", "д": "d", "е": "je", "ё": "jo", "є": "je", "ж": "Z", "з": "z",
    "и": "i", "і": "i", "ї": "ji", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "T", "у": "u", "ў": "v", "ф": "f", "х": "H", "ц": "T", "ч": "C", "ш": "S", "щ": "SC", "ъ": "",
    "ы": "i", "ь": "", "э": "e", "ю": "ju", "я": "ja", "дз": "d", "дж": "dZ", "сч": "SC", "зч": "SC", "жч": "SC",
    "ськ": "sk", "зьк": "zk", "кс": "ks", "ьо": "jo",
}  # fmt: skip

# What Latin letters are in every system that knows them.
_LATIN = {
    "a": "a", "b": "b", "c": "k", "d": "d", "e": "e", "f": "f", "g": "H", "h": "H", "i": "i", "j": "j", "k": "k",
    "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "k", "r": "r", "s": "s", "t": "T", "u": "u", "v": "v",
    "w": "v", "x": "ks", "y": "i", "z": "z",
    "schtsch": "SC", "shch": "SC", "stch": "SC", "szcz": "SC", "šč": "SC", "zhch": "SC", "tsch": "C", "tch": "C",
    "cz": "C", "č": "C", "sh": "S", "sz": "S", "š": "S", "ś": "s", "zh": "Z", "ž": "Z", "ż": "Z", "ź": "z", "kh": "H",
    "gh": "H", "th": "T", "ph": "f", "ts": "T", "tz": "T", "ć": "T", "ck": "k", "dz": "d", "dź": "d", "dż": "dZ",
    "dzh": "dZ", "dž": "dZ", "ł": "l", "ŭ": "v", "ń": "n", "ó": "u", "ą": "on", "ę": "en", "è": "e", "é": "e",
    "ë": "jo", "ü": "ju", "ö": "o", "ä": "e", "ï": "i", "ay": "aj", "ey": "ej", "oy": "oj", "uy": "uj",
}  # fmt: skip
# And what an English reader or a passport reads otherwise than łacinka, Polish or German.
_ENGLISH = _LATIN | {"ch": "C", "sch": "SC", "ck": "k"}
_SLAVIC = _LATIN | {"ch": "H", "sch": "S", "c": "T", "ck": "Tk", "ci": "Tj"}
_POLISH = _SLAVIC | {"rz": "r"}

# Which system a Latin word is written in: wałęsa is Polish, saŭka is łacinka; in chmara and car it can be two.
_ONLY_POLISH = re.compile("cz|sz|rz(?!h)|w|[łąęóżćśźń]")
_ONLY_SLAVIC = re.compile("[łąęóżćśźńčšžŭ]")
_AMBIGUOUS = re.compile("c(?!h)|ch|sch")
# What no table knows, such as β; é is in the tables.
_UNKNOWN = re.compile(f"[^{''.join(sorted(set(''.join(_POLISH))))}]")


def _tokens(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(table, key=lambda token: (-len(token), token))))


_TOKENS = {id(table): _tokens(table) for table in (_CYRILLIC, _ENGLISH, _SLAVIC, _POLISH)}

# Rules on how a word is spoken, each with what it makes of one word.
_SOFT = re.compile("(?<=.)[ij]+(?=[aeou])")  # i or j before a vowel goes: tania → tana
_FIRST_GLIDE = re.compile("^[ij](?=[aeou])")  # so does one at the start: jurij → urij
_DOUBLED = re.compile(r"(.)\1+")  # one letter for two: anna → ana
_SHORT_U = re.compile("(?<=[aeoi])u(?![aeiou])")  # u behind a vowel is v: kaunas → kavnas
_FIRST_U = re.compile("^u(?![aeiou])")  # so is one at the start: udalenka → vdalenka
# i or j behind a vowel goes: majkal → makal, vasilij → vasili
_GLIDE = re.compile("(?<=[aeou])[ij](?![aeiou])|(?<=i)[ij]+$")
_LATER_GLIDE = re.compile("(?<=[au])i")  # in a bone it stays, as j: nikalai → nikalaj
_TWO_SYLLABLES = re.compile("i[ij]+a$")  # an ending of two syllables: mariia, marija
_SAME_START = {"HriH": "riH", "nikal": "mikal"}
"""Surnames made of first names that begin otherwise in another language: Рыгораў is Григорьев, Мікалаеў Николаев."""
_OTHER_START = re.compile("^(HriH|nikal)")  # HriHarav → riHarav
_MAN = {"aa": "i", "ava": "av", "ina": "in", "ska": "ski", "Tka": "Tki"}
"""Endings of a woman's surname and of a man's. -ska is Polish; in Sauska or Łapitska it is no ending, which does no
harm: both spellings of such a name change in the same way."""
_WOMAN = re.compile("(?<=...)(aa|ava|ina|ska|Tka)$")  # ivanava → ivanav; slava stays
_VOWELS = str.maketrans({"o": "a", "e": "a"})


@dataclass(frozen=True)
class Sound:
    """One reading of a word. A surname's `bone` is that of the man's form; `woman` says that it was changed to it."""

    fine: str
    bone: str
    woman: bool


@lru_cache(maxsize=200_000)
def sounds(word: str) -> tuple[Sound, ...]:
    """The readings of a casefolded word, one or two; none if nothing in it is a letter."""
    found = dict.fromkeys(_sound(spoken) for spoken in _spoken(word))
    return tuple(sound for sound in found if sound.bone)


def _spoken(word: str) -> list[str]:
    if IS_CYRILLIC.search(word):
        return [_replace(word, _CYRILLIC)]
    if _UNKNOWN.search(word):
        plain = "".join(c if not _UNKNOWN.match(c) else anyascii(c).lower() for c in word)
        word = _UNKNOWN.sub("", plain)
    if _ONLY_POLISH.search(word):
        return [_replace(word, _POLISH)]
    if _ONLY_SLAVIC.search(word):
        return [_replace(word, _SLAVIC)]
    if _AMBIGUOUS.search(word):
        return [_replace(word, _ENGLISH), _replace(word, _SLAVIC)]
    return [_replace(word, _ENGLISH)]


def _replace(word: str, table: dict[str, str]) -> str:
    return "".join(table[token] for token in _TOKENS[id(table)].findall(word))


def _sound(spoken: str) -> Sound:
    start = "j" if _FIRST_GLIDE.match(spoken) and not spoken.startswith(("je", "ie")) else ""
    body = _SHORT_U.sub("v", _SOFT.sub("", _FIRST_GLIDE.sub("", spoken)))
    fine = start + _DOUBLED.sub(r"\1", _GLIDE.sub("", body))
    if _TWO_SYLLABLES.search(spoken):
        fine = fine[:-1] + "ia"
    bone = _FIRST_U.sub("v", body).translate(_VOWELS)
    bone = _LATER_GLIDE.sub("j", bone.replace("j", "i"))
    bone = _OTHER_START.sub(lambda start: _SAME_START[start[0]], bone)
    man = _WOMAN.sub(lambda ending: _MAN[ending[0]], bone)
    return Sound(fine, _DOUBLED.sub(r"\1", man), man != bone)
