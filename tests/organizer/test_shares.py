"""Shares: any k cards bring the master back, fewer or foreign ones never do, and every mistake is told early."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.shamir import EncryptedMasterSecret, generate_mnemonics, split_ems
from shamir_mnemonic.wordlist import WORDLIST

from crypto.keys import OrganizersKey
from organizer.errors import OrganizerError
from organizer.keys.cards import ASKED_BACK, asked_back, facts, print_file, word_lines
from organizer.keys.periods import Days, Period
from organizer.keys.recovery import Expected, expect, read_digits
from organizer.keys.shares import (
    LETTERS_ENOUGH,
    WORDS_IN_COMMON,
    WORDS_ON_A_CARD,
    Card,
    Recovery,
    TypedCard,
    check_plan,
    read_word,
    split,
)
from tests.support.organizer_workspace import APPEAL_ID, MASTER, RECORD

ROOT = Path(__file__).parents[2]
CARDS = split(MASTER, 3, 5)
OTHERS = split(MASTER[::-1], 3, 5)
EXPECTED = Expected((Period(RECORD),))


def recover(*cards: Card) -> bytes:
    recovery = Recovery()
    for card in cards:
        recovery.add(card.words)
    return recovery.master()


def reason(work: object) -> str:
    assert callable(work)
    with pytest.raises(OrganizerError) as caught:
        work()
    return caught.value.reason


@pytest.mark.parametrize(("threshold", "count"), [(2, 2), (2, 3), (3, 5), (2, 16), (16, 16)])
def test_any_k_of_n_cards_bring_the_master_back(threshold: int, count: int) -> None:
    """Every subset of k cards, and the library's own function agrees with ours on the number of words."""
    cards = split(MASTER, threshold, count)
    assert [len(card.words) for card in cards] == [WORDS_ON_A_CARD] * count
    for chosen in combinations(cards, threshold):
        assert recover(*chosen) == MASTER


def test_the_order_of_cards_does_not_matter() -> None:
    """All orders of three cards of five, and how many are missing is said after each."""
    for chosen in permutations(CARDS[1:4]):
        recovery = Recovery()
        assert recovery.needed is None
        for left, card in zip((2, 1, 0), chosen, strict=True):
            recovery.add(card.words)
            assert recovery.needed == left
        assert recovery.numbers == [card.number for card in chosen]
        assert recovery.master() == MASTER


def test_one_card_too_few_is_refused() -> None:
    """No subset of k - 1 cards gives anything, and more than k give the same as k."""
    for chosen in combinations(CARDS, 2):
        assert reason(lambda chosen=chosen: recover(*chosen)) == "share-few"
    assert recover(*CARDS) == MASTER


def test_cards_of_another_set_are_refused_at_once() -> None:
    """As soon as the third word is there, and again when the card is whole; the cards before stay good."""
    recovery = Recovery()
    recovery.add(CARDS[0].words)
    assert reason(lambda: recovery.check_start(OTHERS[1].words[:WORDS_IN_COMMON])) == "share-set"
    for known in range(WORDS_ON_A_CARD + 1):
        recovery.check_start(CARDS[1].words[:known])
    for other in (OTHERS[0], OTHERS[1]):
        assert reason(lambda other=other: recovery.add(other.words)) == "share-set"
    assert reason(lambda: recovery.add(CARDS[0].words)) == "share-twice"
    recovery.add(CARDS[1].words)
    recovery.add(CARDS[2].words)
    assert recovery.master() == MASTER


def one_name_two_sets() -> list[list[str]]:
    """Words of two sets that carry the same identifier, as a bad copy or a cheat could make them."""
    sets = []
    for master in (MASTER, MASTER[::-1]):
        secret = EncryptedMasterSecret.from_master_secret(master, b"", 7, True, 1)
        sets.append([share.mnemonic() for share in split_ems(1, [(2, 3)], secret)[0]])
    return sets


def test_mixed_sets_of_one_name_give_nothing() -> None:
    """The digest inside tells that the cards do not fit together."""
    one, two = one_name_two_sets()
    for first, second in ((0, 1), (1, 2), (2, 0)):
        recovery = Recovery()
        recovery.add(one[first].split())
        recovery.add(two[second].split())
        assert reason(recovery.master) == "share-set"
    recovery = Recovery()
    recovery.add(one[0].split())
    assert reason(lambda: recovery.add(two[0].split())) == "share-set"


def test_a_set_under_a_passphrase_gives_another_key_and_is_refused() -> None:
    """SLIP-39 opens it in silence; only the fingerprint tells."""
    (texts,) = generate_mnemonics(1, [(2, 2)], MASTER, passphrase=b"TREZOR")
    recovery = Recovery()
    for text in texts:
        recovery.add(text.split())
    master = recovery.master()
    assert master != MASTER
    assert reason(lambda: EXPECTED.match(master)) == "share-key"
    assert EXPECTED.match(MASTER) == Period(RECORD)


def test_cards_of_other_kinds_are_refused() -> None:
    """Twenty words, groups of groups, and a secret of another size are made by other programs for other things."""
    (short,) = generate_mnemonics(1, [(2, 2)], bytes(16))
    assert reason(lambda: Recovery().add(short[0].split())) == "share-length"
    groups = generate_mnemonics(2, [(2, 2), (2, 2)], MASTER)
    assert reason(lambda: Recovery().add(groups[0][0].split())) == "share-set"


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 3), (0, 3), (4, 3), (2, 17), (17, 17)])
def test_a_plan_that_protects_nothing_is_refused(threshold: int, count: int) -> None:
    """One card alone must never be enough."""
    assert reason(lambda: check_plan(threshold, count)) == "share-plan"


# Words typed in


def test_four_letters_of_a_word_are_enough() -> None:
    """Every word of the list by its first four letters, in any case, and by more of them."""
    for word in WORDLIST:
        assert [read_word(word), read_word(word[:LETTERS_ENOUGH]), read_word(f" {word.upper()} ")] == [word] * 3


def test_a_wrong_word_is_told_at_once_and_not_repeated() -> None:
    """With words that are close to it; what was typed before it stays."""
    typed = TypedCard()
    with pytest.raises(OrganizerError) as caught:
        typed.add("academic acid akademic acne")
    assert caught.value.reason == "share-word"
    assert "academic" in str(caught.value)
    assert "akademic" not in str(caught.value)
    assert (typed.words, typed.missing) == (["academic", "acid"], WORDS_ON_A_CARD - 2)
    for text in ("aca", "", "Ірына", "\ud800", "aca\0"):
        assert reason(lambda text=text: read_word(text)) == "share-word"


def test_a_typed_card_can_be_corrected() -> None:
    """By the number of a word, by taking the last away; a card has no 34th word."""
    typed = TypedCard()
    typed.add(" ".join(CARDS[0].words[:-1]))
    typed.correct(3, "zero")
    typed.add(CARDS[0].words[-1][:4])
    assert typed.missing == 0
    assert reason(lambda: Recovery().add(typed.words)) == "share-checksum"
    typed.correct(3, CARDS[0].words[2])
    Recovery().add(typed.words)
    assert reason(lambda: typed.add("acid")) == "share-length"
    for number in (0, 34):
        assert reason(lambda number=number: typed.correct(number, "acid")) == "share-length"
    typed.back()
    assert typed.words == list(CARDS[0].words[:-1])
    assert reason(lambda: Recovery().add(typed.words)) == "share-length"


@given(st.integers(0, WORDS_ON_A_CARD - 1), st.sampled_from(WORDLIST))
def test_one_wrong_word_never_makes_a_card(place: int, word: str) -> None:
    """The checksum of a card tells any single wrong word."""
    words = list(CARDS[0].words)
    if words[place] != word:
        words[place] = word
        assert reason(lambda: Recovery().add(words)) == "share-checksum"


@given(st.integers(0, WORDS_ON_A_CARD - 2))
def test_two_words_that_changed_places_never_make_a_card(place: int) -> None:
    """The commonest slip of a hand."""
    words = list(CARDS[0].words)
    words[place : place + 2] = reversed(words[place : place + 2])
    if words != list(CARDS[0].words):
        assert reason(lambda: Recovery().add(words)) == "share-checksum"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=8) | st.sampled_from(WORDLIST), max_size=6))
def test_whatever_is_typed_is_answered_calmly(texts: list[str]) -> None:
    """Any text gives words of the list or an OrganizerError, and nothing else is kept."""
    typed = TypedCard()
    for text in texts:
        with suppress(OrganizerError):
            typed.add(text)
    assert set(typed.words) <= set(WORDLIST)


# What is expected


def test_a_key_is_known_by_its_fingerprint_alone() -> None:
    """Typed with any spaces; with nothing to compare, nothing is restored."""
    digits = read_digits(RECORD.digits.replace(" ", "  \n"))
    assert digits == RECORD.digits
    assert expect([], None, digits, APPEAL_ID).match(MASTER).record == RECORD
    assert reason(lambda: expect([], None, digits, bytes(16)).match(MASTER)) == "share-key"
    assert reason(lambda: expect([], None, digits, None)) == "no-appeal"
    assert reason(lambda: expect([], None, None, APPEAL_ID)) == "no-appeal"
    assert reason(lambda: read_digits("12345")) == "fingerprint"
    other = OrganizersKey.derive(MASTER[::-1], APPEAL_ID).record
    assert reason(lambda: expect([Period(RECORD)], None, other.digits, APPEAL_ID).match(MASTER)) == "share-key"


# Cards to look at


def test_a_card_fits_on_a_terminal() -> None:
    """Words with their numbers, downwards in three columns, at most 80 characters wide and 24 lines with the rest."""
    lines = word_lines(CARDS[0].words)
    assert max(map(len, lines)) <= 80
    assert len(lines) == 11
    words = {int(n): word for line in lines for n, word in zip(*[iter(line.split())] * 2, strict=True)}
    assert [words[number] for number in range(1, 34)] == list(CARDS[0].words)


def test_a_printed_card_says_all_that_restoring_needs() -> None:
    """One card on each page with key, fingerprint, appeal id; nothing is loaded from anywhere."""
    period = Period(RECORD, Days("2027-01-01", None))
    page = print_file([(card, period) for card in CARDS]).decode()
    assert page.count("<section>") == 5
    for word in (RECORD.digits, APPEAL_ID.hex(), period.hex_id, "from 2027-01-01 on", *CARDS[4].words):
        assert f">{word}<" in page or word in page
    assert not [word for word in ("http", "src=", "<script", "url(") if word in page]
    assert dict(facts(CARDS[0], period))["needed"] == "any 3 of the 5 cards of this key"


@given(st.randoms())
def test_the_words_asked_back_are_own_words_of_the_card(source: object) -> None:
    """Two different ones, never those that every card of the set begins with."""
    chosen = asked_back(CARDS[0], source.randbytes)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert len(set(chosen)) == ASKED_BACK
    assert all(WORDS_IN_COMMON < number <= WORDS_ON_A_CARD for number in chosen)


def test_no_secret_is_shown_by_accident() -> None:
    """A card in a traceback or a log names its number and nothing else."""
    assert repr(CARDS[0]) == "Card(1 of 5)"


def test_shares_bring_no_network_with_them() -> None:
    """A fresh program that can divide and restore has loaded no module that talks to a network."""
    code = (
        "import sys, organizer.keys.shares, organizer.keys.cards, organizer.keys.recovery\n"
        "print([name for name in ('socket', 'ssl', 'http.client', 'urllib.request', 'asyncio') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
