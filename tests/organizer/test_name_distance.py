"""How one name is folded and two are compared, rule by rule."""

from __future__ import annotations

import pytest

from organizer.matching.context import same_person, same_relation
from organizer.matching.first_names import given
from organizer.matching.name_distance import surname
from organizer.matching.name_parser import NameParts, understand
from organizer.matching.phonetics import sounds
from organizer.matching.tokens import plain, words


def bones(word: str) -> set[str]:
    return {sound.bone for sound in sounds(word)}


@pytest.mark.parametrize(
    "spellings",
    [
        "гарбузоў горбузов harbuzou gorbuzov harbuzoŭ harbuzow",
        "шчарбакоў щербаков shcharbakou shcherbakov ščarbakoŭ szczerbakow schtscherbakow",
        "цітоў титов tsitou titov citoŭ",
        "хадкевіч ходкевич khadkevich chadkievič chodkiewicz",
        "паўлюкевіч павлюкевич pauliukevich paŭlukievič",
        "рудзько рудько rudzko",
        "вянцкевіч венцкевич viantskevich więckiewicz",
        "рыгораў григорьев ryhorau grigoriev",
        "усовіч усович usovich",
        "гайдукевіч haidukevich haydukevich hajdukievič",
        "ёсіфаў іосіфаў",
    ],
)
def test_a_surname_sounds_the_same_in_every_alphabet(spellings: str) -> None:
    """Belarusian, Russian, Ukrainian, łacinka, Polish, German and both kinds of passport."""
    first, *others = spellings.split()
    assert all(bones(first) & bones(other) for other in others)


@pytest.mark.parametrize(("woman", "man"), [("іванова", "іваноў"), ("бароўская", "боровский"), ("белая", "белый")])
def test_a_womans_surname_is_folded_to_the_mans(woman: str, man: str) -> None:
    """And it is remembered that it was a woman's."""
    assert bones(woman) == bones(man)
    assert [sound.woman for sound in sounds(woman)] == [True]
    assert [sound.woman for sound in sounds(man)] == [False]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("петров", "петренко"), ("козлов", "козловский"), ("ковальчук", "коваленко"), ("жук", "жуков"),
        ("юркевич", "юшкевич"), ("хоміч", "фоміч"), ("рыжов", "рыжков"), ("михалёў", "міхайлаў"),
    ],
)  # fmt: skip
def test_similar_surnames_stay_apart(one: str, other: str) -> None:
    """An ending or another consonant makes another surname; it costs nearly all there is to spend, or more."""
    found = surname(*sorted((one, other)))
    assert found is None or found.cost > 0.3


@pytest.mark.parametrize(
    ("one", "other"),
    [("дубровин", "дубрвоин"), ("гайдукевіч", "гайдкевіч"), ("сямашка", "сясашка"), ("барысевіч", "барасевіч")],
)
def test_one_slip_of_the_finger_is_told_from_another_surname(one: str, other: str) -> None:
    """Neighbours changed places, a letter is missing, a key beside it was hit, a vowel was heard otherwise."""
    found = surname(*sorted((one, other)))
    assert found is not None
    assert 0 < found.cost <= 0.3
    assert found.reasons == ("a letter differs in the surname",)


@pytest.mark.parametrize(
    "forms",
    [
        "аляксандр александр олександр aliaksandr aleksandr aljaksandr alexander alaksandr саша",
        "сяргей сергей сергій siarhei sergei siarhiej sergej серёжа",
        "вольга ольга volha olga оля",
        "мікалай николай микола mikalai nikolai коля",
        "кацярына екатерина катерина katsiaryna ekaterina kaciaryna катя",
        "святлана светлана сьвятлана sviatlana svetlana света",
        "наталля наталья наталия natallia natalia наташа",
        "яўген евгений євген yauhen evgeni jaŭhien женя",
        "дзмітрый дмитрий зміцер dzmitry dmitri zmicier дима",
    ],
)
def test_a_first_name_is_known_in_every_language(forms: str) -> None:
    """In four languages, in passports of both kinds, and short."""
    found = [given(form) for form in forms.split()]
    assert frozenset.intersection(*(known.any for known in found if known)), found
    assert None not in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("валерый", "валерыя"), ("марыя", "марына"), ("ганна", "жанна"), ("анна", "яна"), ("ала", "алена"),
        ("аляксандр", "аляксандра"), ("яўген", "яўгенія"), ("іна", "яна"), ("лідзія", "лілія"), ("юлія", "юліяна"),
    ],
)  # fmt: skip
def test_other_first_names_stay_other(one: str, other: str) -> None:
    """However close they sound."""
    a, b = given(one), given(other)
    assert a is not None
    assert b is not None
    assert not a.any & b.any


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Boльгa ПЯТРАШЭВIЧ", ("вольга", "пятрашэвіч")),
        ("Иpинa Mopoз", ("ирина", "мороз")),
        ("МіхаілЗубрыцкі", ("міхаіл", "зубрыцкі")),
        ("  Павел\u00a0 Казлоўскі. ", ("павел", "казлоўскі")),
        ("Дар'я", ("даря",)),
        ("Дар’я", ("даря",)),
        ("Голубева А.С.", ("голубева", "а", "с")),
        ("Яўгенія-Марыя", ("яўгенія", "марыя")),
        ("!!! …", ()),
    ],
)
def test_words_come_out_of_what_was_typed(typed: str, meant: tuple[str, ...]) -> None:
    """Letters of another alphabet that look the same, spaces too many or too few, dots and apostrophes."""
    assert words(typed) == meant


@pytest.mark.parametrize("typed", ["Bdfy Gtnhjd", "Шмфт Зуекщм"])
def test_a_keyboard_in_another_language_is_noticed(typed: str) -> None:
    """By the first name that comes out with the other one."""
    (parts,) = understand(typed)
    assert parts.retyped
    assert parts.firsts in {("иван",), ("ivan",)}
    assert parts.surnames in {("петров",), ("petrov",)}


@pytest.mark.parametrize(
    "name",
    ["Анна Сергеевна Голубева", "Голубева Анна Сергеевна", "ГОЛУБЕВА АННА СЕРГЕЕВНА"],
)
def test_the_parts_of_a_name_are_found_in_any_order(name: str) -> None:
    """First name, patronymic, surname."""
    assert understand(name) == (NameParts(("анна",), "сергеевна", ("голубева",), "f"),)


def test_a_surname_that_looks_like_a_patronymic_is_a_surname() -> None:
    """A patronymic stands behind a first name, and there is a surname besides."""
    assert understand("Іван Абрамовіч") == (NameParts(("іван",), "", ("абрамовіч",), "m"),)
    assert understand("Павлюкевич Алексей Петрович")[0].surnames == ("павлюкевич",)


def test_two_first_names_can_be_understood_in_two_ways() -> None:
    """One of them is the surname, nobody knows which."""
    assert {parts.surnames for parts in understand("Роман Мартын")} == {("роман",), ("мартын",)}


def test_plain_forgets_only_capitals_spaces_and_composition() -> None:
    """Another letter is another name."""
    assert plain(" Йосиф\u00a0ПРЫКЛАД ") == plain("и\u0306осиф прыклад")
    assert plain("Іван") != plain("Иван")


def test_prisoners_are_compared_like_signers() -> None:
    """Same in another language; unknown when one is missing."""
    assert same_person("Антон Паўлоўскі", "Антон Павловский") is True
    assert same_person("Антон Паўлоўскі", "Глеб Рудак") is False
    assert same_person("", "Глеб Рудак") is None


def test_relations_are_compared_by_what_they_mean() -> None:
    """In four languages; words that are not known say nothing."""
    assert same_relation("маці", "мать Антона") is True
    assert same_relation("sister", "брат") is False
    assert same_relation("маці", "магілёўская моладзь") is None
    assert same_relation("", "") is None
