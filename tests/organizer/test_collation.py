"""The order of names: right for each language alone, one defined order for all together, the same on every machine."""

from __future__ import annotations

import hashlib
from random import Random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.publication import PublishedSignature
from organizer.results.collation import CYRILLIC, LATIN, collation_key, sort_people, text_key

ALPHABETS = {
    "be": "а б в г ґ д е ё ж з і й к л м н о п р с т у ў ф х ц ч ш ы ь э ю я",
    "ru": "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
    "pl": "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż",
    "łacinka": "a b c ć č d e f g h i j k l ł m n ń o p r s ś š t u ŭ v y z ź ž",
    "lt, but for y and marked vowels": "a b c č d e f g h i j k l m n o p r s š t u v z ž",
    "de": "a ä b c d e f g h i j k l m n o ö p q r s t u ü v w x y z",
    "en": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
}

SORTED = {
    "be: ё after е, і before й": ["Ева", "Еўдакія", "Ёва", "Жанна", "Зоя", "Ірына", "Йосіф"],
    "be: ў after у": ["Улля", "Уля", "Ўля", "Фядос"],
    "be: also inside a name": ["Саўка", "Сафія", "Сева", "Сёва", "Сідар"],
    "ru: ё is a letter after е": ["Елена", "Ерофей", "Ёлкина", "Жуков", "Ирина", "Йорданова"],
    "uk: ґ after г, є after е, і and ї after и": ["Гнат", "Ґанна", "Ева", "Єва", "Игор", "Іван", "Їжак", "Йосип"],
    "pl: ł after l, ś after s, ż after ź": ["Lwow", "Łukasz", "Marek", "Sztuka", "Śliwa", "Tomasz", "Źrebak", "Żaba"],
    "łacinka: č after ć, ŭ after u": ["Cimoch", "Ćviardoŭski", "Čarnuška", "Uładzimir", "Ŭłada", "Vasil"],
    "lt: marks on vowels break ties only": ["Elena", "Ėrika", "Eva", "Ieva", "Žana"],
    "de: umlauts with their vowels, ß as ss": ["Müller", "Mulzer", "Straß", "Strasse", "Straßen", "Strauß"],
    "a word ends before a letter": ["Ян", "Ян Зубр", "Яна", "Яна Аб", "Янка"],
    "a hyphen parts words as a space does": ["Анна Аб", "Анна-Вера", "Анна Яб", "Аннавера"],
    "an apostrophe is skipped": ["Маркаў", "Марыя", "Мар’ян", "Мар'яна", "Мацей"],
    "first Cyrillic, then Latin, other scripts, digits, signs":
        ["Юлія", "Яна", "Adam", "Żaneta", "Ωμέγα", "Անի", "გია", "中文", "3 сябры", "...", "★ Анна"],
}  # fmt: skip


def by_name(names: list[str]) -> list[str]:
    return [shown.name for shown in sorted((PublishedSignature(name, "", "") for name in names), key=collation_key)]


@pytest.mark.parametrize("language", ALPHABETS)
def test_each_alphabet_keeps_its_order(language: str) -> None:
    """In small letters and in capitals."""
    letters = ALPHABETS[language].split()
    for alphabet in (letters, [letter.upper() for letter in letters]):
        assert by_name(list(reversed(alphabet))) == alphabet


@pytest.mark.parametrize("case", SORTED)
def test_names_stand_where_people_look_for_them(case: str) -> None:
    """Whatever order they came in."""
    names = SORTED[case]
    for seed in range(5):
        assert by_name(Random(seed).sample(names, len(names))) == names


def test_letters_decide_before_marks_and_capitals() -> None:
    """By name without regard to capitals, then by relation and prisoner; an absent relation comes first."""
    people = [
        PublishedSignature(*shown)
        for shown in (("Анна", "", ""), ("анна", "", ""), ("Анна", "маці", ""), ("А́нна", "", ""), ("Ева", "", "Ян"))
    ]
    assert sorted(reversed(people), key=collation_key) == people


def test_no_two_letters_share_a_place() -> None:
    """One alphabet for each script, and each letter in it once."""
    for alphabet in (CYRILLIC, LATIN):
        letters = alphabet.split()
        assert len({text_key(letter)[0] for letter in letters}) == len(letters)


NAMES = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.text("аАеЕіІуУцЦаАaAlLsSzZcC\u0301\u0302\u0306\u0308\u0328\u0338- ’", min_size=1, max_size=8))
def test_composed_and_decomposed_letters_are_the_same(name: str) -> None:
    """Telephones write ё as one character, some computers as two."""
    assert text_key(normalize("NFC", name)) == text_key(normalize("NFD", name))


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=6), st.randoms(use_true_random=False))
def test_one_order_whatever_came_first(shown: list[tuple[str, str, str]], random: Random) -> None:
    """Two lists of the same people are the same list: every difference between two of them decides."""
    people = [PublishedSignature(*one) for one in shown]
    shuffled = random.sample(people, len(people))
    assert sorted(people, key=collation_key) == sorted(shuffled, key=collation_key)


def test_every_machine_gives_this_order() -> None:
    """The digest of the keys of all letters of the alphabets and scripts around them: a Python that differs fails."""
    texts = [chr(code) for code in (*range(0x20, 0x590), *range(0x10A0, 0x1100), *range(0x1E00, 0x2070))]
    texts += [a + b for a in "еуиіГaslzŁ" for b in "\u0300\u0301\u0306\u0308\u030c\u0328я "]
    keys = "\n".join("\t".join(text_key(text)) for text in texts)
    assert hashlib.sha256(keys.encode("utf-8")).hexdigest() == (
        "beddb9de3fa1ae9338d6ca6e1a83fad72788f98c8d1d15dc6518d66e72d2b05b"
    )


SHORT = st.text("аАеЕ\u0301ёл -", max_size=3) | NAMES


@given(st.lists(st.tuples(SHORT, SHORT, SHORT), max_size=12), st.randoms(use_true_random=False))
def test_sorting_in_two_steps_is_sorting(people: list[tuple[str, str, str]], chance: Random) -> None:
    """Law: sort_people() is sorted() by collation_key, also with names equal in letters, and with equal people."""
    shown = [PublishedSignature(*one) for one in [*people, *people[:3]]]
    chance.shuffle(shown)
    assert sort_people(shown) == sorted(shown, key=collation_key)
