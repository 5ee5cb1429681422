"""Vouch words: counts the signatures that came with each, adds a word, and withdraws one that leaked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nacl.utils import random

from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.review import NOTHING_CHANGED
from organizer.errors import OrganizerError
from organizer.review.filters import ReviewStatus, status_of
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.vouch_words import Vouched, VouchWord, offer_word


@dataclass(frozen=True)
class CountedWord:
    """A vouch word, and how many signatures that came with it are accepted, undecided and so on."""

    word: VouchWord
    signatures: Counter[ReviewStatus]


@dataclass(frozen=True)
class CountedWords:
    """All words that were given out, by number; and the signatures with a word nobody gave out, and with none."""

    words: tuple[CountedWord, ...]
    unknown: int
    none: int


def count_words(queue: ReviewQueue) -> CountedWords:
    """Count the signatures that came with each word."""
    found: dict[int, Counter[ReviewStatus]] = {word.number: Counter() for word in queue.words}
    vouched: Counter[Vouched] = Counter()
    for envelope_id, facts in queue.facts.items():
        vouched[facts.vouched] += 1
        if facts.word:
            found[facts.word][status_of(queue.decisions.get(envelope_id))] += 1
    words = tuple(CountedWord(word, found[word.number]) for word in queue.words)
    return CountedWords(words, vouched[Vouched.UNKNOWN], vouched[Vouched.NO])


# A further word


def propose_word() -> str:
    """A random word that nobody can guess."""
    return offer_word(random)


def check_word(queue: ReviewQueue, word: str, note: str = "") -> VouchWord:
    """What would be kept as the next word. Raises OrganizerError: vouch-word, vouch-note."""
    return queue.words.new(word, note)


def add_word(queue: ReviewQueue, word: str, note: str) -> VouchWord:
    """Keep a further word; `note` says who gives it out. A queue opened later knows it.

    Raises OrganizerError: vouch-word, vouch-note.
    """
    made = check_word(queue, word, note)
    queue.records.decide({}, [made])
    return made


# A word that leaked


@dataclass(frozen=True)
class WordWithdrawal:
    """What withdrawing a word would mean: `on_hold` go on hold, `still_accepted` were looked at and stay accepted."""

    word: VouchWord
    on_hold: int
    still_accepted: int

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What becomes of the signatures that came with the word."""
        text = "Signatures that were accepted for this word alone, without a look: {signatures:,}."
        found = (
            Notice("accepted-unseen", text, {"signatures": self.on_hold}),
            Notice("on-hold", "They go on hold and are not counted until somebody has looked at them."),
        )
        if not self.still_accepted:
            return found
        text = "Signatures with this word that somebody looked at and accepted: {signatures:,}. They stay accepted."
        return (*found, Notice("accepted-seen", text, {"signatures": self.still_accepted}))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        asked = Notice("withdraw-word", "Withdraw vouch word number {number}?", {"number": self.word.number})
        return (Question(asked, NOTHING_CHANGED),)


def plan_word_withdrawal(review: Review, number: int) -> WordWithdrawal:
    """What it would mean for the signatures of this workspace. Raises OrganizerError: vouch-number."""
    word = review.queue.words.numbered(number)
    if word.withdrawn:
        raise OrganizerError("vouch-number", f"Vouch word number {number} is withdrawn already.")
    alone = len(review.accepted_for(number))
    signatures = next(one.signatures for one in count_words(review.queue).words if one.word == word)
    return WordWithdrawal(word, alone, signatures[ReviewStatus.ACCEPTED] - alone)


def withdraw_word(review: Review, plan: WordWithdrawal, answers: Answers) -> None:
    """Make the word count for nothing, in one step, which undo takes back. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    review.withdraw_word(plan.word.number)


def restore_word(review: Review, number: int) -> int:
    """Make the word count again; return how many signatures are accepted again. Raises OrganizerError: vouch-number."""
    if not review.queue.words.numbered(number).withdrawn:
        raise OrganizerError("vouch-number", f"Vouch word number {number} is not withdrawn.")
    return review.restore_word(number)
