"""What a column's heading says it holds, guessed in the seven languages of the letter; a person sees the guess.

A guess that makes a name public must be sure. So a heading with a word of refusal before that of publishing, such as
“Do not publish”, is taken for nothing, and so are two columns that say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crypto.cleaning import clean
from organizer.intake.paper import FIELDS

Places = tuple[int, ...]
"""Columns, counted from 0, whose texts are joined with a space."""

_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_APOSTROPHES = re.compile("['’ʼ`´‘*]")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST = 1000
"""Letters of a heading; nothing is guessed of what is longer."""

# Beginnings of words, lower case, without apostrophes.
_PUBLISH = (
    "публі", "апублік", "публик", "публич", "опублик", "обнарод", "опублік", "оприлюдн", "publik", "opublik",
    "public", "publish", "skelb", "paskelb", "vieš", "veröffentlich", "öffentlich", "адкрыт", "открыт",
    "відкрит",
)  # fmt: skip
_REFUSE = {
    "не", "ні", "ня", "нет", "без", "not", "no", "non", "dont", "never", "without", "nie", "bez", "ne", "nicht", "kein",
    "keine", "ohne", "against", "супраць", "против", "проти",
}  # fmt: skip
_HIDE = (
    "anonym", "anonim", "ананім", "аноним", "анонім", "hide", "hidden", "скры", "схав", "прыхав", "прихов", "privat",
    "прыват", "приват", "secret", "сакрэт", "секрет", "отказ", "адмо", "відмов", "odmow", "нельг", "нельз", "забар",
    "запрещ", "заборон", "zakaz", "verb", "draudž", "forbid", "prohibit", "unpub", "nonpub", "непуб", "nevieš",
    "neskelb", "niepub", "nichtöff", "refus", "opt",
)  # fmt: skip
_PICTURES = (
    "фота",
    "фото",
    "photo",
    "picture",
    "zdjęc",
    "nuotrauk",
    "foto",
    "bild",
    "відэа",
    "видео",
    "відео",
    "video",
)
_OR = {"или", "or", "ці", "чи", "або", "альбо", "arba", "lub", "oder", "да", "так", "yes", "tak", "taip", "ja"}
_PRISONER = (
    "палітвязн", "палітзняв", "вязн", "вязен", "увязн", "увязнен", "политзаключ", "политзэк", "політвязн", "політвязен",
    "заключ", "зняволен", "затрыман", "задержан", "затриман", "арыштав", "арестован", "заарештов", "узник", "узнік",
    "prisoner", "detain", "detainee", "więzi", "więź", "uwięzi", "kalin", "įkalin", "gefang", "häftling", "inhaft",
)  # fmt: skip
_RELATION = (
    "сваяц", "сваяк", "роднас", "родств", "степень", "ступен", "ступін", "стасун", "отношен", "спорідн", "родич",
    "прыход", "приход", "доводит", "relation", "kinship", "pokrew", "relacj", "stosun", "ryšys", "giminyst", "santyk",
    "beziehung", "verwandt", "verhältnis", "kim", "кім", "кем", "ким",
)  # fmt: skip
_CONTACT = (
    "кантакт", "контакт", "contact", "kontakt", "тэлеф", "телеф", "тел", "phone", "mobile", "telef", "tel", "handy",
    "email", "mail", "пошт", "почт", "poczt", "paštas", "pašto", "telegram", "тэлеграм", "телеграм", "signal", "сувяз",
    "связ", "звязк", "звяз", "адрас", "адрес", "address", "adres",
)  # fmt: skip
_MESSAGE = (
    "паведам", "камент", "сообщ", "коммент", "комент", "повідом", "message", "comment", "remark", "wiadom", "komentar",
    "uwag", "žinut", "praneš", "pastab", "nachricht", "anmerk", "bemerk", "заўваг", "нататк", "примеч", "замет",
    "приміт", "нотат", "пажадан", "пожелан", "побажан",
)  # fmt: skip
_OTHER = (
    "пользоват", "карыстальн", "користувач", "user", "login", "файл", "file", "organi", "организ", "арганіз", "організ",
    "company", "компан", "firm", "горад", "город", "місто", "city", "miasto", "miestas", "stadt", "краін", "стран",
    "країн", "country", "дата", "date", "data", "час", "врем", "time", "zeit", "laik", "czas", "znacznik", "пазнак",
    "отметк", "позначк",
)  # fmt: skip
_FULL = (
    "фіо", "фио", "піб", "full", "signatory", "signer", "падпісант", "подписант", "підписант", "podpisuj", "unterzeich",
)  # fmt: skip
_GIVEN = ("імя", "імен", "имя", "имен", "first", "given", "forename", "imię", "imie", "imiona", "vard", "vorname")
_SURNAME = (
    "прозвішч", "прозвищ", "фаміл", "фамил", "прізвищ", "surname", "last", "family", "nazwisk", "pavard", "nachname",
    "familienname", "zuname",
)  # fmt: skip
_PATRONYMIC = ("імя па бацьку", "бацьк", "отчеств", "батьков", "patronym", "middle")

_IN_PART = (
    "ініцыял", "инициал", "ініціал", "initial", "inicjał", "inicial", "псеўд", "псевд", "pseud", "slapyvard",
)  # fmt: skip
"""What a person may want to be published in place of the name."""

_OTHERS_THAN_NAME = (*_PRISONER, *_CONTACT, *_MESSAGE, *_PICTURES)
"""What may be published or not beside the signer's name."""

_PARTS = ("full", "given", "patronymic", "surname", "name")


def guess_columns(headings: Sequence[str]) -> dict[str, Places]:
    """Which columns hold which field, as far as the headings say it; nothing is guessed from what stands below."""
    exact: dict[str, list[int]] = {field.name: [] for field in FIELDS}
    likely: dict[str, list[int]] = {**{field.name: [] for field in FIELDS}, **{part: [] for part in _PARTS}}
    for place, heading in enumerate(headings):
        text = heading_key(heading)
        if text in exact:
            exact[text].append(place)
        elif (kind := _kind(text)) is not None:
            likely[kind].append(place)
    found: dict[str, Places] = {}
    for field in FIELDS:
        columns = exact[field.name] or likely[field.name]
        if len(columns) == 1:
            found[field.name] = (columns[0],)
    likely["name"] += exact["name"]
    name = _name(likely)
    if name is None:
        found.pop("name", None)
        return found
    return {"name": name, **{field: places for field, places in found.items() if field != "name"}}


def is_template(headings: Sequence[str], columns: Mapping[str, Places]) -> bool:
    """Whether the headings are the fields' own names, so that nothing was guessed."""
    return all(len(places) == 1 and heading_key(headings[places[0]]) == field for field, places in columns.items())


def heading_key(heading: str) -> str:
    """Equal for headings that are taken for the same."""
    return clean(heading).casefold()


def _kind(text: str) -> str | None:
    """The field, or the part of a name, that a heading names; None when it is none or not sure."""
    if len(text) > _LONGEST:
        return None
    text = _APOSTROPHES.sub("", text).replace("e-mail", "email").replace("non-pub", "nonpub")
    every = _WORDS.findall(text)
    words = _WORDS.findall(_IN_BRACKETS.sub(" ", text)) or every
    if _has(words, _PUBLISH):
        # A refusal may stand in brackets, too.
        return "public" if _agrees(every) and not _has(words, _OTHERS_THAN_NAME) and not _has(every, _IN_PART) else None
    if _has(words, _HIDE):
        return None
    for kind, starts in (
        ("relation", _RELATION),
        ("prisoner", _PRISONER),
        ("contact", _CONTACT),
        ("message", _MESSAGE),
    ):
        if _has(words, starts):
            return kind
    return None if _has(words, _OTHER) else _part(words)


def _agrees(words: list[str]) -> bool:
    """Whether no word turns the yes to this heading into a no; “public or not” and “yes/no” only name the choice."""
    first = next(at for at, word in enumerate(words) if word.startswith(_PUBLISH))
    for at, word in enumerate(words):
        if word not in _REFUSE and not word.startswith(_HIDE):
            continue
        names_choice = at > first and words[at - 1] in _OR
        ends = at + 1 == len(words) or words[at + 1].startswith(_PUBLISH)
        if not (names_choice and ends):
            return False
    return True


def _part(words: list[str]) -> str | None:
    given, surname, patronymic = (_has(words, starts) for starts in (_GIVEN, _SURNAME, _PATRONYMIC))
    if _has(words, _FULL) or (given and surname):
        return "full"
    if patronymic:
        return "patronymic"
    if given or surname:
        return "given" if given else "surname"
    return "name" if {"name", "names"} & set(words) else None


def _name(found: Mapping[str, list[int]]) -> Places | None:
    """The columns of the name: one that holds all of it, or given name, patronymic and surname, in this order."""
    full, given, patronymic, surname, bare = (found[part] for part in _PARTS)
    if len(full) == 1:
        return (full[0],)
    if full or any(len(part) > 1 for part in (given, patronymic, surname, bare)):
        return None
    if given and bare and not surname:
        surname, bare = bare, []  # “Vorname” and “Name”
    if surname and bare and not given:
        given, bare = bare, []  # “Name” and “Surname”
    if bare and not given and not surname:
        return (bare[0],)
    parts = (*given, *patronymic, *surname)
    return parts if (given or surname) and not bare else None


def _has(words: Sequence[str], starts: tuple[str, ...]) -> bool:
    return any(word.startswith(starts) for word in words)
