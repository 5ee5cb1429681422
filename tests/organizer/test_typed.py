"""What people type from paper is read in whatever case, grouping, dash, keyboard or invisible mark it comes."""

from __future__ import annotations

import secrets

import pytest
from shamir_mnemonic.wordlist import WORDLIST

from crypto.code import check_code
from organizer.actions.plan import Notice, Question, check_answered
from organizer.cli.terminal.prompts import _take
from organizer.errors import OrganizerError
from organizer.keys.generate import check_appeal_id
from organizer.keys.passphrase import check_passphrase, normalise, offer_passphrase
from organizer.keys.recovery import read_digits
from organizer.keys.shares import TypedCard, read_word
from organizer.text import latin_key

MADE = "acdef-ghjkm-npqrt-uvwxy-23456"
RUSSIAN = dict(zip("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить", strict=True))
CODE, DIGITS, APPEAL = (
    "48291 03377 59021 88412 70536",
    "46569 46588 12345 00000 98765 43210 13579 24680",
    "0123456789abcdef" * 2,
)
HABITS = {
    "as it is": lambda text: text,
    "capitals": str.upper,
    "a capital": str.capitalize,
    "nothing between": lambda text: text.replace("-", "").replace(" ", ""),
    "spaces": lambda text: text.replace("-", " "),
    "two spaces": lambda text: text.replace("-", "  ").replace(" ", "  "),
    "dashes": lambda text: text.replace("-", "–").replace(" ", "–"),
    "a minus": lambda text: text.replace("-", "−").replace(" ", "−"),
    "hyphens that do not break": lambda text: text.replace("-", "‑").replace(" ", "‑"),
    "no-break spaces": lambda text: text.replace("-", "\u00a0").replace(" ", "\u202f"),
    "full stops": lambda text: text.replace("-", ".").replace(" ", "."),
    "groups of four": lambda text: " ".join(_groups(text.replace("-", "").replace(" ", ""), 4)),
    "quotation marks": lambda text: f"«{text}»",
    "a line end": lambda text: f"{text}\r\n",
    "a mark of a file": lambda text: f"\ufeff{text}",
    "marks of direction": lambda text: f"\u2068{text}\u2069\u200e",
    "soft hyphens": lambda text: "\u00ad".join(text),
    "wide": lambda text: "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in text),
}


def _groups(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("habit", HABITS)
def test_what_was_made_is_read_however_it_is_typed(habit: str) -> None:
    """A passphrase, a code, a fingerprint, the word of a card."""
    typed = HABITS[habit]
    assert normalise(typed(MADE)) == MADE
    assert check_code(typed(CODE)) == CODE.replace(" ", "")
    assert read_digits(typed(DIGITS)) == DIGITS
    assert read_word(typed("guest")) == "guest"
    if habit != "wide":
        assert check_appeal_id(typed(APPEAL)).hex() == APPEAL


def test_a_passphrase_is_read_from_the_keys_that_were_pressed() -> None:
    """On a Russian keyboard, on a German one, and with letters that only look right."""
    made = offer_passphrase(secrets.token_bytes)
    for typed in (made.upper(), "".join(RUSSIAN.get(sign, sign) for sign in made), made.replace("y", "z")):
        assert normalise(typed) == made
    assert normalise("асdеf-ghjkm-nрqrt-uvwху-23456".upper()) == MADE


@pytest.mark.parametrize(
    "typed", [MADE[:-1], MADE + "7", MADE.replace("a", "b"), MADE.replace("2", "1"), MADE.replace("a", "ж")]
)
def test_another_passphrase_stays_another_one(typed: str) -> None:
    """Control: a sign too few, too many, or one that none has."""
    assert normalise(typed) == typed


@pytest.mark.parametrize(
    "chosen", ["Мой кот ест 3 селёдки!", "correct horse battery staple", "ABC-def-123-XYZ", "á" * 12]
)
def test_of_a_chosen_passphrase_every_sign_counts(chosen: str) -> None:
    """It keeps its capitals, spaces and signs."""
    assert normalise(check_passphrase(chosen)) == chosen
    assert normalise(chosen.swapcase()) != chosen


@pytest.mark.parametrize(
    "typed",
    [
        "guest academic acid",
        "1. guest\n2. academic\n3. acid",
        "1 guest 2 academic 3 acid",
        "1) GUEST, 2) Academic; 3) acid.",
        "guest-academic–acid",
        "1.guest 2.acad 3.acid",
        "пгуые фсфвуьшс фсшв",
        "\u2066guest\u2069 \u200bacademic acid\u00a0",
        "• guest • academic • acid",
    ],
)
def test_words_of_a_card_are_read_with_numbers_and_signs(typed: str) -> None:
    """As they stand on the card, and as people write them."""
    card = TypedCard()
    card.add(typed)
    assert card.words == ["guest", "academic", "acid"]


def test_a_number_that_does_not_come_next_is_told() -> None:
    """Who reads across the three columns of a card would type a wrong one; nothing is guessed."""
    card = TypedCard()
    with pytest.raises(OrganizerError, match="Word 2 comes next, and the number 12"):
        card.add("1 guest 12 acid")
    assert card.words == ["guest"]


def test_a_number_and_a_word_correct_or_go_on() -> None:
    """“1. guest” is the first word of a card before there is one, and a correction afterwards; a dash takes away."""
    card = TypedCard()
    for typed in ("1 guest", "2. academic", "2. acid", "3: acne", "–"):
        _take(card, typed)
    assert card.words == ["guest", "acid"]


def test_every_word_of_the_list_is_read_on_a_russian_keyboard() -> None:
    """By its place, and none for another one."""
    for word in WORDLIST:
        typed = "".join(RUSSIAN[sign] for sign in word)
        assert "".join(map(latin_key, typed)) == word
        assert read_word(typed) == word


@pytest.mark.parametrize("typed", ["4D2129141DFFBC", "4d21 2914 1dff bc", "«4d2129141dffbc».", " 4d2129-141dffbc"])
def test_a_word_that_confirms_is_read_in_any_case_and_grouping(typed: str) -> None:
    """And no other word is taken for it."""
    question = Question(Notice("word", "?"), Notice("stopped", "Nothing."), word="4d2129141dffbc")
    check_answered([question], {"word": typed})
    for other in ("", "yes", typed[:-3]):
        with pytest.raises(OrganizerError):
            check_answered([question], {"word": other})


@pytest.mark.parametrize("typed", ["", "7.", "guset", "сова", "—"])
def test_what_is_no_word_is_none(typed: str) -> None:
    """Control."""
    with pytest.raises(OrganizerError):
        read_word(typed)
