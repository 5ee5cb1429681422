"""Shares of a master: SLIP-39 words on cards, any k of n of which bring the master back.

No error repeats what somebody typed: it could be a word of a card.
The passphrase of SLIP-39 is empty: it could not be checked, and a forgotten one would give another secret in silence.
For the same reason nothing here says that a master is the right one: whoever restores compares its fingerprint.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from shamir_mnemonic.constants import GROUP_PREFIX_LENGTH_WORDS, MAX_SHARE_COUNT, METADATA_LENGTH_WORDS
from shamir_mnemonic.recovery import RecoveryState
from shamir_mnemonic.shamir import combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share
from shamir_mnemonic.utils import MnemonicError, bits_to_words
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from crypto.keys import MASTER_SIZE
from crypto.signature import UNPRINTABLE
from organizer.errors import OrganizerError
from organizer.keys.memory import not_swapped
from organizer.text import latin_key, skeleton

WORDS_ON_A_CARD: int = METADATA_LENGTH_WORDS + bits_to_words(8 * MASTER_SIZE)
"""33: seven that say which card it is and catch mistakes, and 26 of the share itself."""

WORDS_IN_COMMON: int = GROUP_PREFIX_LENGTH_WORDS
"""All cards of one set begin with the same three words."""

_NUMBER_OR_WORD = re.compile(r"\d+|[^\W\d_]+")
_BREAKS = re.compile("[\t-\r\x85]")

LETTERS_ENOUGH = 4
"""No two words of the list begin with the same four letters."""

FEWEST, MOST = 2, MAX_SHARE_COUNT


@dataclass(frozen=True)
class Card:
    """One share on paper: card `number` of `count`, any `threshold` of which are needed."""

    number: int
    count: int
    threshold: int
    words: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Card({self.number} of {self.count})"


def check_plan(threshold: int, count: int) -> None:
    """Whether so many cards can be made. Raises OrganizerError: share-plan."""
    if not FEWEST <= threshold <= count <= MOST:
        text = f"Between {FEWEST} and {MOST} cards, and at least {FEWEST} but not more than all of them needed."
        raise OrganizerError("share-plan", text)


def split(master: bytes, threshold: int, count: int) -> list[Card]:
    """Cards of a master, proved to give it back before anyone writes them down. Raises OrganizerError: share-plan.

    Randomness comes from the operating system: the library takes no other.
    """
    check_plan(threshold, count)
    (texts,) = generate_mnemonics(1, [(threshold, count)], master)
    cards = [Card(number, count, threshold, tuple(text.split())) for number, text in enumerate(texts, start=1)]
    for chosen in (texts[:threshold], texts[-threshold:]):
        assert combine_mnemonics(chosen) == master
    return cards


def read_word(text: str) -> str:
    """The word of the list that was typed, whole or at least its first four letters. Raises OrganizerError.

    Its number, capitals, signs around it and a keyboard in another language make no other word.
    """
    typed = "".join(sign for sign in _plain(text) if sign.isalpha())
    for read in (typed, skeleton(typed), "".join(map(latin_key, typed))):
        if read in WORD_INDEX_MAP:
            return read
        found = [word for word in WORDLIST if word.startswith(read)] if len(read) >= LETTERS_ENOUGH else []
        if len(found) == 1:
            return str(found[0])
    close = get_close_matches(typed, WORDLIST, n=3)
    hint = f" Is it one of these: {', '.join(close)}?" if close else ""
    raise OrganizerError("share-word", f"This word is not in the list that cards are made of.{hint}")


def _plain(text: str) -> str:
    return UNPRINTABLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


class TypedCard:
    """A card while it is typed in: every word is checked at once, the whole when the last one is there."""

    def __init__(self) -> None:
        self.words: list[str] = []

    @property
    def missing(self) -> int:
        """How many words are still to come."""
        return WORDS_ON_A_CARD - len(self.words)

    def add(self, text: str) -> None:
        """One or more words, with their numbers or without; those before a wrong one are kept.

        Raises OrganizerError: share-word, share-length.
        """
        for typed in _NUMBER_OR_WORD.findall(_plain(_BREAKS.sub(" ", text))):
            if not self.missing:
                raise OrganizerError("share-length", f"A card has {WORDS_ON_A_CARD} words; these are more.")
            if not typed.isdecimal():
                self.words.append(read_word(typed))
            elif int(typed) != len(self.words) + 1:
                text = f"Word {len(self.words) + 1} comes next, and the number {int(typed)} was typed."
                raise OrganizerError("share-length", text)

    def correct(self, number: int, text: str) -> None:
        """Put another word in the place of one, counted from 1. Raises OrganizerError: share-word, share-length."""
        if not 1 <= number <= len(self.words):
            raise OrganizerError("share-length", f"There is no word {number}.")
        self.words[number - 1] = read_word(text)

    def back(self) -> None:
        """Take the last word away."""
        del self.words[-1:]


class Recovery:
    """Cards that were typed in so far, in any order, until they are enough."""

    def __init__(self) -> None:
        self._state = RecoveryState()
        self._shares: list[Share] = []

    @property
    def have(self) -> int:
        """How many different cards are here."""
        return len(self._shares)

    @property
    def needed(self) -> int | None:
        """How many more are needed; None before the first card, which says it."""
        return max(0, int(self._shares[0].member_threshold) - self.have) if self._shares else None

    @property
    def numbers(self) -> list[int]:
        """The numbers of the cards that are here, as they were typed."""
        return [share.index + 1 for share in self._shares]

    def check_start(self, words: Sequence[str]) -> None:
        """Whether a card that begins so can belong to these. Raises OrganizerError: share-set."""
        begun = list(words[:WORDS_IN_COMMON])
        if self._shares and begun != self._shares[0].words()[: len(begun)]:
            raise _other_set()

    def add(self, words: Iterable[str]) -> None:
        """A whole card. Raises OrganizerError: share-length, share-checksum, share-set, share-twice."""
        words = list(words)
        if len(words) != WORDS_ON_A_CARD:
            raise OrganizerError("share-length", f"A card has {WORDS_ON_A_CARD} words, this one has {len(words)}.")
        try:
            share = Share.from_mnemonic(" ".join(words))
        except MnemonicError as error:
            text = "All words are in the list, but together they are no card: one is wrong, or two changed places."
            raise OrganizerError("share-checksum", text) from error
        if share.group_count != 1:
            raise OrganizerError("share-set", "This card was made by another program, which divides in another way.")
        if share.index + 1 in self.numbers:
            known = share in self._shares
            text = f"Card {share.index + 1} is here already. Take another one." if known else str(_other_set())
            raise OrganizerError("share-twice" if known else "share-set", text)
        try:
            self._state.add_share(share)
        except MnemonicError as error:
            raise _other_set() from error
        self._shares.append(share)

    def master(self) -> bytes:
        """What the cards give; compare it with a fingerprint. Raises OrganizerError: share-few, share-set."""
        if self.needed != 0:
            raise OrganizerError("share-few", "There are not enough cards yet.")
        try:
            master: bytes = self._state.recover(b"")
        except MnemonicError as error:
            raise OrganizerError("share-set", "These cards do not fit together; one is of another set.") from error
        if len(master) != MASTER_SIZE:
            raise OrganizerError("share-length", "These cards hold something else than a key of an appeal.")
        return not_swapped(master)


def _other_set() -> OrganizerError:
    text = "This card is of another set: all cards of one set begin with the same three words. Look which key it names."
    return OrganizerError("share-set", text)
