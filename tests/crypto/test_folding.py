"""Folding: one list for the search on the site and for the organizers' comparison."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.folding import unmarked
from organizer.matching.duplicates import Person, compare
from organizer.matching.tokens import plain, words
from organizer.text import skeleton
from service.site.name_search import folded

APOSTROPHES = "'’‘ʼ`´‛ʹʻˈ′＇\"“”"
ALIKE = [
    *(("Дзямян Прыклад", f"Дзям{sign}ян Прыклад") for sign in APOSTROPHES),
    ("Ларыса Прыклад", "Ла́рыса Прыклад"),
    ("Ларыса Прыклад", "Ла\u0300рыса Прыкла\u0301д"),
    ("Лариса Пример", "Ларѝса Прѝмер"),
    ("Рыгор Прыклад", "Рыго\u00adр Пры\u200bклад"),
    ("Юрый Прыклад", "Юры\u0301\u0306 Прыклад".replace("ы\u0301\u0306", "ы\u0301й")),
    ("Андрей Мицкой", "Андре\u0301и\u0306 Мицко\u0301и\u0306"),
    ("Фёдор Ўладзіміраў", "Фе\u0308\u0301дор У\u0306ладзі\u0301міраў"),
    ("Лукʼяненко Їжак", "Лук'яне\u0301нко І\u0308жак"),
]
APART = [("Андрей", "Андреи"), ("Фёдор Прыклад", "Федар Прыклад"), ("Ławryś", "Ławrys"), ("Уладзімір", "Ўладзімір")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_people_add_to_a_name_makes_no_other_name(one: str, other: str) -> None:
    """Neither for who looks for it on the site, nor for who compares, nor for who filters a review."""
    assert unmarked(one) == unmarked(other)
    assert folded(one) == folded(other)
    assert (plain(one), words(one), skeleton(one)) == (plain(other), words(other), skeleton(other))
    found = compare(Person(b"1", one), Person(b"2", other))
    assert found is not None
    assert (found.score, found.reasons) == (1.0, ("same name",))


@pytest.mark.parametrize(("one", "other"), APART)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    """Control: й, ё, ў and the letters of Latin alphabets are letters."""
    assert unmarked(one) != unmarked(other)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    """Invariant: what is folded is in NFC, and folded already."""
    once = unmarked(text)
    assert unmarked(once) == once
    assert unicodedata.is_normalized("NFC", once)
