"""The review: which signature comes next, what to know about it, what was decided, what can be taken back.

Knows a pile and values. Must never ask or show anything: a terminal and a test drive the same object.

Whatever a person does at once (one key, thousands of decisions) is one step: it is on the disk, whole, before the next
is asked for, and undo takes it back whole, also in a later session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from organizer.review.filters import Facts, Filter, Standing, standing
from organizer.review.queue import Other, ReviewQueue, vouched_first
from organizer.workspace.entries import Decision, Reason, SignatureEntry, Verdict
from organizer.workspace.vouch_words import Vouched


@dataclass(frozen=True)
class Shown:
    """One signature under review: its place in the pile, and what the organizers should know before they decide."""

    entry: SignatureEntry
    place: int
    total: int
    decided: Decision | None
    facts: Facts
    others: tuple[Other, ...]


@dataclass(frozen=True)
class Bulk:
    """What was decided at once, and what was left because it resembles another signature."""

    decided: int
    left: int


class Review:
    """A pass over what is undecided, then over what is held; those vouched for come first in both.

    With `again`, the pass goes over all signatures, decided or not.
    """

    def __init__(self, queue: ReviewQueue, again: bool = False, wanted: Filter | None = None) -> None:
        self.queue = queue
        self._again = again
        self.filter = wanted or Filter()
        self.names: list[bytes] = []
        self.at = 0
        self.narrow(self.filter)

    @property
    def total(self) -> int:
        """How many signatures this pass goes over."""
        return len(self.names)

    @property
    def left(self) -> int:
        """How many of them are still to come."""
        return len(self.names) - self.at

    def narrow(self, wanted: Filter) -> None:
        """Go over those only that a filter lets through, from the first."""
        self.filter = wanted
        queue = self.queue
        names = list(queue.facts)
        if not (self._again or wanted.standing):
            at = {name: standing(queue.decisions.get(name)) for name in names}
            new = [name for name in names if at[name] is Standing.UNDECIDED]
            held = [name for name in names if at[name] is Standing.HELD]
            names = vouched_first(queue, new) + vouched_first(queue, held)
        else:
            names = vouched_first(queue, names)
        self.names = queue.names(wanted, names)
        self.at = 0

    def current(self) -> Shown | None:
        """The signature to decide about now; None when the pass is over."""
        if self.at >= len(self.names):
            return None
        name = self.names[self.at]
        return Shown(
            entry=self.queue.entry(name),
            place=self.at + 1,
            total=len(self.names),
            decided=self.queue.decisions.get(name),
            facts=self.queue.facts[name],
            others=tuple(self.queue.others(name)),
        )

    def decide(self, verdict: Verdict, reason: Reason | None = None) -> None:
        """Decide about the current signature and go on to the next. A refusal needs a reason (ValueError)."""
        name = self.names[self.at]
        self.queue.keep({name: self._made(name, Decision(verdict, reason, self.queue.next_step))})
        self.at += 1

    def only(self, names: Iterable[bytes]) -> None:
        """Go over these, in this order."""
        self.names, self.at = list(names), 0

    def move(self, by: int) -> None:
        """Go to another signature without deciding, as far as there are any; one beyond the last is the end."""
        self.at = min(max(self.at + by, 0), len(self.names))

    def latest(self) -> list[bytes]:
        """What was decided about in the latest step; empty when there is nothing to take back."""
        step = self.queue.step
        return [name for name, made in self.queue.decisions.items() if made.step == step] if step else []

    def undo(self) -> int:
        """Take back the latest step and show its signature again; how many decisions that was."""
        names = self.latest()
        self.queue.keep({name: self.queue.decisions[name].before for name in names})
        if len(names) == 1:
            self._show_again(names[0])
        elif names:
            self.narrow(self.filter)
        return len(names)

    def accept_all(self, even_alike: bool = False) -> Bulk:
        """Accept everything in this pass that is undecided. What is held stays held, and what resembles another stays
        undecided unless it was asked for."""
        return self._bulk(self.names[self.at :], Decision(Verdict.ACCEPTED), even_alike=even_alike)

    def with_word(self, word: int) -> list[bytes]:
        """All undecided signatures with one vouch word."""
        return self.queue.names(Filter(standing=Standing.UNDECIDED, word=word))

    def decide_word(self, word: int, verdict: Verdict, reason: Reason | None = None) -> Bulk:
        """Decide about all undecided ones with one vouch word; what resembles another is not accepted.

        Raises ValueError: a word that was withdrawn does not accept.
        """
        if verdict is Verdict.ACCEPTED and not any(
            one.number == word and not one.withdrawn for one in self.queue.words
        ):
            raise ValueError("Only a word that is given out, and not withdrawn, accepts.")
        return self._bulk(self.with_word(word), Decision(verdict, reason, vouch=word))

    def vouched(self) -> list[bytes]:
        """Those of this pass that are undecided and have a word that counts."""
        return self.queue.names(Filter(standing=Standing.UNDECIDED, vouched=Vouched.YES), self.names)

    def accept_vouched(self) -> Bulk:
        """Accept those, but what resembles another; all words in one step."""
        return self._bulk(self.vouched(), Decision(Verdict.ACCEPTED), by_word=True)

    def accepted_for(self, word: int) -> list[bytes]:
        """What was accepted for one vouch word alone, without a look."""
        accepted = self.queue.names(Filter(standing=Standing.ACCEPTED))
        return [name for name in accepted if self.queue.decisions[name].vouch == word]

    def withdraw_word(self, word: int) -> None:
        """A word leaked: it says nothing from now on, and what was accepted for it alone goes on hold; one step."""
        names = self.accepted_for(word)
        decision = Decision(Verdict.HELD, None, self.queue.next_step, word)
        changed = replace(self.queue.words.numbered(word), withdrawn=True)
        self.queue.keep({name: self._made(name, decision) for name in names}, [changed])
        self.narrow(self.filter)

    def restore_word(self, word: int) -> int:
        """The word counts again, and what is still on hold because of it is as it was before; how many those are."""
        held = self.queue.names(Filter(standing=Standing.HELD))
        names = [name for name in held if self.queue.decisions[name].vouch == word and self._was_accepted(name)]
        changed = replace(self.queue.words.numbered(word), withdrawn=False)
        self.queue.keep({name: self.queue.decisions[name].before for name in names}, [changed])
        self.narrow(self.filter)
        return len(names)

    def _was_accepted(self, name: bytes) -> bool:
        before = self.queue.decisions[name].before
        return before is not None and before.verdict is Verdict.ACCEPTED

    def doubtful(self, names: Iterable[bytes]) -> int:
        """How many of these resemble another signature, so that none of them is accepted together with it."""
        return sum(1 for name in names if self.queue.resembles(name))

    def _bulk(
        self, names: Iterable[bytes], decision: Decision, by_word: bool = False, even_alike: bool = False
    ) -> Bulk:
        names = [name for name in names if name not in self.queue.decisions]
        chosen = names
        if decision.verdict is Verdict.ACCEPTED and not even_alike:
            chosen = [name for name in names if not self.queue.resembles(name)]
        decision = replace(decision, step=self.queue.next_step)
        words = {name: self.queue.facts[name].word if by_word else decision.vouch for name in chosen}
        self.queue.keep({name: self._made(name, replace(decision, vouch=words[name])) for name in chosen})
        self.narrow(self.filter)
        return Bulk(len(chosen), len(names) - len(chosen))

    def _made(self, name: bytes, decision: Decision) -> Decision:
        before = self.queue.decisions.get(name)
        # Once a person has seen that another organizer decides otherwise, it is not asked again.
        against = before.against if before is not None and before.against != decision.code else ""
        return replace(decision, before=before, against=against)

    def _show_again(self, name: bytes) -> None:
        if name in self.names[: self.at]:
            self.at = self.names.index(name)
            return
        if name in self.names:
            self.names.remove(name)
        self.names.insert(self.at, name)
