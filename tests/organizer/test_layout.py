"""Tables of strangers' words: nothing tricks the terminal, and no text moves what stands beside it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from organizer.cli.terminal.layout import is_right_to_left, listing, shortened, side_by_side
from organizer.text import harmless

HEAD = ("", "this one", "the other")
ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]), max_size=60)


def drawn(table: object, width: int = 80) -> list[str]:
    console = Console(width=width, markup=False, highlight=False, emoji=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def test_two_texts_stand_side_by_side_and_differences_are_marked() -> None:
    """In one line each, with a sign that needs no colour."""
    lines = drawn(side_by_side(HEAD, [("name", "Ева", "Eva"), ("language", "be", "be"), ("vouch", "", "x")], 90))
    assert [line.split() for line in lines[1:]] == [
        ["name", "≠", "Ева", "Eva"],
        ["language", "=", "be", "be"],
        ["vouch", "≠", "-", "x"],
    ]


@pytest.mark.parametrize("text", ["אבג", "نص", "latin and עברית"])
def test_letters_from_right_to_left_stand_alone_on_their_line(text: str) -> None:
    """A terminal that turns them round would move the text beside them; so all stand one above the other."""
    assert is_right_to_left(text)
    lines = drawn(side_by_side(HEAD, [("name", text, "Eva"), ("language", "be", "en")], 90))
    assert [line.rstrip().endswith(text) for line in lines if text in line] == [True]
    assert not [line for line in lines if text in line and "Eva" in line]


def test_a_line_of_the_list_stays_one_line() -> None:
    """Cut where the screen ends; what a stranger wrote stands last."""
    lines = drawn(listing(("no.", "who"), [("1", "Х" * 500), ("2", "Ева")], cursor=1))
    assert len(lines) == 3
    assert lines[1].rstrip().endswith("…")
    assert lines[2].split() == [">", "2", "Ева"]


@given(st.lists(st.tuples(ANYTHING, ANYTHING), min_size=1, max_size=3))
def test_no_table_prints_what_could_trick_a_terminal(rows: list[tuple[str, str]]) -> None:
    """Whatever the texts: each line is harmless, and a list has as many lines as rows."""
    as_list = drawn(listing(("a", "b"), [(str(number), two) for number, (_, two) in enumerate(rows)]))
    as_pair = drawn(side_by_side(HEAD, [("x", one, two) for one, two in rows], 90))
    for line in as_list + as_pair:
        assert harmless(line) == line
        assert not {"Cc", "Cf"} & {unicodedata.category(character) for character in line}
    assert len(as_list) == len(rows) + 1


def test_a_long_text_is_cut_and_says_so() -> None:
    """Short ones stay as they are."""
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcd …"
