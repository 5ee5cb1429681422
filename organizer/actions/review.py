"""Reviewing: the queue of a workspace, what is accepted many at a time, what is taken back, and what comes of it.

A decision about the one signature that is shown needs no plan: review.Review makes it, and undo() takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.envelope import EnvelopeId
from organizer.actions.counted_twice import counted_twice
from organizer.actions.draft import count
from organizer.actions.plan import Answers, Notice, Progress, Question, check_answered, no_progress
from organizer.actions.reachable import reachable
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_by_hand
from organizer.matching.pair_cache import SimilarPair, is_compared
from organizer.results.tally import Tally
from organizer.review.queue import ReviewQueue
from organizer.review.review import Bulk, Review, Shown
from organizer.workspace.entries import Reason, Verdict
from organizer.workspace.vouch_words import Vouched, VouchWord

NOTHING_DECIDED = Notice("stopped", "Nothing was decided.")
NOTHING_CHANGED = Notice("stopped", "Nothing was changed.")


def open_queue(session: Session, progress: Progress = no_progress) -> ReviewQueue:
    """All that can be reviewed in a workspace, what was entered by hand included, its names compared.

    Raises OrganizerError.
    """
    queue = _gather(session, progress)
    queue.finish_comparing()
    return queue


@contextmanager
def reviewing(session: Session, progress: Progress = no_progress) -> Iterator[ReviewQueue]:
    """The same for a person who should not wait: names are compared behind, once `queue.comparing.begin()` was called.

    Whoever shows signatures calls `queue.comparing.take_up()` between two steps. What is not `compared` yet is shown
    and can be refused and held, but is not accepted; all that is decided many at a time waits for the comparing. What
    is compared behind when this is left is lost, and compared anew the next time.
    """
    queue = _gather(session, progress)
    try:
        yield queue
    finally:
        queue.comparing.close()


def _gather(session: Session, progress: Progress) -> ReviewQueue:
    open_by_hand(session.records, session.keys)
    letters = None if session.appeal is None else set(session.appeal.letters.values())
    return ReviewQueue(session.records, letters, lambda: progress("Comparing names", "names compared"))


# One signature

_VOUCHED = {
    Vouched.YES: Notice("vouched", "Vouched for: this word was given out by someone you trust."),
    Vouched.WITHDRAWN: Notice("leaked", "Note: this vouch word leaked and was withdrawn. It says nothing any more."),
    Vouched.UNKNOWN: Notice("unknown-word", "Note: nobody gave out this vouch word."),
}


def notices(shown: Shown) -> tuple[Notice, ...]:
    """What an organizer should know before they decide about a signature."""
    facts, decided = shown.facts, shown.decided
    found = [_VOUCHED[facts.vouched]] if facts.vouched in _VOUCHED else []
    if facts.by_hand:
        found.append(Notice("by-hand", "Entered by hand."))
    found += reachable(shown.entry.signature)
    if facts.unknown_letter:
        text = "Note: signed under a text that is not among the letters of your appeal.json."
        found.append(Notice("unknown-letter", text))
    if decided and decided.verdict is Verdict.HELD and decided.against:
        found.append(Notice("decided-otherwise", "On hold: another organizer decided otherwise."))
    elif decided and decided.verdict is Verdict.HELD and decided.vouch:
        text = "On hold: it was accepted only for a vouch word that was withdrawn later."
        found.append(Notice("held-for-word", text))
    return tuple(found)


# Many at a time


@dataclass(frozen=True)
class BulkPlan:
    """What would be accepted at once, without a look at each: `ids`, in the order of the review.

    `chosen` are accepted; the others stay undecided, because they are similar to another signature.
    """

    ids: tuple[EnvelopeId, ...]
    chosen: tuple[EnvelopeId, ...]
    for_words: bool
    """Only what has a vouch word that counts, and for that word."""

    @property
    def left(self) -> int:
        """How many stay undecided."""
        return len(self.ids) - len(self.chosen)

    @property
    def accepted(self) -> int:
        """How many would be accepted."""
        return len(self.chosen)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to, when there is anything to accept."""
        if not self.accepted:
            return ()
        values = {"accepted": self.accepted}
        if self.for_words:
            text = "Accept for their vouch words, without a look at each: {accepted:,}?"
            return (Question(Notice("accept-vouched", text, values), NOTHING_DECIDED),)
        text = "Accept without a look at any of them: {accepted:,}?"
        return (Question(Notice("accept-all", text, values), NOTHING_DECIDED),)


def plan_accept_all(review: Review, include_similar: bool = False) -> BulkPlan:
    """Everything in this pass that is undecided; with `include_similar` also what is similar to another signature.

    Waits until all names are compared.
    """
    review.queue.finish_comparing()
    ids = review.undecided()
    return BulkPlan(tuple(ids), tuple(ids if include_similar else review.unlike_others(ids)), for_words=False)


def plan_accept_vouched(review: Review) -> BulkPlan:
    """What is undecided in this pass and has a vouch word that counts."""
    ids = review.vouched()
    return BulkPlan(tuple(ids), tuple(review.unlike_others(ids)), for_words=True)


def accept(review: Review, plan: BulkPlan, answers: Answers) -> Bulk:
    """Accept what was planned and is undecided still, in one step. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    return Bulk(review.accept(plan.chosen, plan.for_words), plan.left)


@dataclass(frozen=True)
class WordDecision:
    """What would be decided at once about the undecided signatures with one vouch word.

    It is decided about those that are `chosen`; `left` stay undecided, because they are similar to another signature.
    """

    word: VouchWord
    verdict: Verdict
    reason: Reason | None
    chosen: tuple[EnvelopeId, ...]
    left: int

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        text = "Vouch word number {number}: {verdict} at once, without a look at each: {count:,}?"
        values = {"number": self.word.number, "verdict": str(self.verdict), "count": len(self.chosen)}
        return (Question(Notice("decide-word", text, values), NOTHING_DECIDED),)


def plan_word_decision(review: Review, number: int, verdict: Verdict, reason: Reason | None = None) -> WordDecision:
    """A refusal needs a reason, and concerns the similar ones, too. Raises OrganizerError: vouch-number.

    A word that was withdrawn says nothing, so nothing is accepted for it.
    """
    word = review.queue.words.numbered(number)
    if word.withdrawn and verdict is Verdict.ACCEPTED:
        raise OrganizerError("vouch-number", f"Vouch word number {number} is withdrawn: it accepts nothing.")
    ids = review.with_word(number)
    chosen = review.unlike_others(ids) if verdict is Verdict.ACCEPTED else ids
    return WordDecision(word, verdict, reason, tuple(chosen), len(ids) - len(chosen))


def decide_for_word(review: Review, plan: WordDecision, answers: Answers) -> Bulk:
    """Decide as planned about what is undecided still, in one step. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    return Bulk(review.decide_for_word(plan.chosen, plan.word.number, plan.verdict, plan.reason), plan.left)


# Taking back


@dataclass(frozen=True)
class UndoPlan:
    """What was decided last, and would be taken back: one decision, or all that was decided at once."""

    ids: tuple[EnvelopeId, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        asked = Notice("undo", "Take back what was decided last, {count:,} at once?", {"count": len(self.ids)})
        return (Question(asked, NOTHING_CHANGED),)


def plan_undo(review: Review) -> UndoPlan:
    """The latest step, whatever it was. Raises OrganizerError: nothing."""
    ids = review.latest()
    if not ids:
        raise OrganizerError("nothing", "There is no decision to take back.")
    return UndoPlan(tuple(ids))


def undo(review: Review, plan: UndoPlan, answers: Answers) -> int:
    """Take it back whole; how many decisions that was. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    return review.undo()


# What comes of it


@dataclass(frozen=True)
class Reviewed:
    """How far the review is: the tally, and the pairs that may be one person of which both are accepted."""

    tally: Tally
    accepted_pairs: Counter[str]
    """How many there are, by what speaks for one person."""

    @property
    def accepted(self) -> int:
        """Signatures that count, public or not."""
        return self.tally.counts.public + self.tally.counts.nonpublic

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What may want a second look."""
        return counted_twice(self.accepted_pairs)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to decide about."""
        return not (self.tally.undecided or self.tally.held)


def read_reviewed(session: Session, queue: ReviewQueue) -> Reviewed:
    """Count what was decided so far."""
    return Reviewed(count(session, listed=False), queue.accepted_pairs())


@dataclass(frozen=True)
class Duplicates:
    """Pairs of signatures that may be of one person, the likeliest first, among `compared` signatures."""

    pairs: tuple[SimilarPair, ...]
    compared: int


def find_duplicates(queue: ReviewQueue) -> Duplicates:
    """All that is accepted, held or undecided, two by two where one may be the other; changes nothing."""
    compared = sum(1 for envelope_id in queue.facts if is_compared(queue.decisions.get(envelope_id)))
    return Duplicates(tuple(queue.pairs()), compared)
