"""The order of names: right for each language alone, one defined order for all together, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from random import Random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.collation import collation, sort_people
from crypto.publication import PublishedSignature
from tests.support.paths import ROOT

VECTORS = json.loads((ROOT / "tests" / "crypto" / "collation.json").read_text("utf-8"))
"""For each language, names in the order of its readers; the tests in JavaScript compare some of them with ICU."""
LANGUAGES = ("be", "ru", "uk", "pl", "lt", "de", "en")

ALPHABETS = [
    ("be", "а б в г ґ д е ё ж з і й к л м н о п р с т у ў ф х ц ч ш ы ь э ю я"),
    ("ru", "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я"),
    ("uk", "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я"),
    ("pl", "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż"),
    ("be", "a b c ć č d e f g h i j k l ł m n ń o p r s ś š t u ŭ v y z ź ž"),
    ("lt", "a ą b c č d e ę ė f g h i į y j k l m n o p r s š t u ų ū v z ž"),
    ("de", "a ä b c d e f g h i j k l m n o ö p q r s t u ü v w x y z"),
    ("en", "a b c d e f g h i j k l m n o p q r s t u v w x y z"),
]


def by_name(names: list[str], language: str) -> list[str]:
    people = [PublishedSignature(name, "", "") for name in names]
    return [shown.name for shown in sort_people(people, language)]


@pytest.mark.parametrize(("language", "alphabet"), ALPHABETS)
def test_each_alphabet_keeps_its_order(language: str, alphabet: str) -> None:
    """In small letters and in capitals."""
    letters = alphabet.split()
    for written in (letters, [letter.upper() for letter in letters]):
        assert by_name(list(reversed(written)), language) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_stand_where_people_look_for_them(language: str) -> None:
    """Whatever order they came in."""
    assert VECTORS.keys() == set(LANGUAGES)
    for names in VECTORS[language].values():
        for seed in range(5):
            assert by_name(Random(seed).sample(names, len(names)), language) == names


def test_no_order_is_that_of_all_languages() -> None:
    """The same names stand otherwise for other readers: this is what the table of languages is for."""
    names = [name for language in LANGUAGES for some in VECTORS[language].values() for name in some]
    orders = {tuple(by_name(names, language)) for language in LANGUAGES}
    assert len(orders) == len(LANGUAGES) - 1  # German and English agree


def test_letters_decide_before_marks_and_capitals() -> None:
    """By name without regard to capitals, then by relation and prisoner; an absent relation comes first."""
    people = [
        PublishedSignature(*shown)
        for shown in (("Анна", "", ""), ("анна", "", ""), ("Анна", "маці", ""), ("А́нна", "", ""), ("Ева", "", "Ян"))
    ]
    assert sorted(reversed(people), key=collation("be").key) == people


NAMES = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.text("аАеЕіІуУцЦаАaAlLsSzZcC\u0301\u0302\u0306\u0308\u0328\u0338- ’", min_size=1, max_size=8))
def test_composed_and_decomposed_letters_are_the_same(name: str) -> None:
    """Telephones write ё as one character, some computers as two."""
    for language in LANGUAGES:
        order = collation(language)
        assert order.text_key(normalize("NFC", name)) == order.text_key(normalize("NFD", name))


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=6), st.randoms(use_true_random=False))
def test_one_order_whatever_came_first(shown: list[tuple[str, str, str]], random: Random) -> None:
    """Two lists of the same people are the same list: every difference between two of them decides."""
    people = [PublishedSignature(*one) for one in shown]
    shuffled = random.sample(people, len(people))
    assert sort_people(people, "lt") == sort_people(shuffled, "lt")


DIGESTS = {
    "be": "beddb9de3fa1ae93",
    "ru": "6aaf4be16d846f0d",
    "uk": "77da07db37cfc9f3",
    "pl": "272bee891c0c105f",
    "lt": "025ea14148623628",
    "de": "a3eaabf116428aab",
    "en": "a3eaabf116428aab",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_machine_gives_this_order(language: str) -> None:
    """The digest of the keys of all letters of the alphabets and scripts around them: a Python that differs fails."""
    texts = [chr(code) for code in (*range(0x20, 0x590), *range(0x10A0, 0x1100), *range(0x1E00, 0x2070))]
    texts += [a + b for a in "еуиіГaslzŁ" for b in "\u0300\u0301\u0306\u0308\u030c\u0328я "]
    keys = "\n".join("\t".join(collation(language).text_key(text)) for text in texts)
    assert hashlib.sha256(keys.encode("utf-8")).hexdigest()[:16] == DIGESTS[language]


SHORT = st.text("аАеЕ\u0301ёл -", max_size=3) | NAMES


@given(st.lists(st.tuples(SHORT, SHORT, SHORT), max_size=12), st.randoms(use_true_random=False))
def test_sorting_in_two_steps_is_sorting(people: list[tuple[str, str, str]], chance: Random) -> None:
    """Law: sort_people() is sorted() by the whole key, also with names equal in letters, and with equal people."""
    shown = [PublishedSignature(*one) for one in [*people, *people[:3]]]
    chance.shuffle(shown)
    assert sort_people(shown, "ru") == sorted(shown, key=collation("ru").key)
