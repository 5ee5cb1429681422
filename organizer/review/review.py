"""The review: which signature comes next, what to know about it, what was decided, what can be taken back.

It neither asks nor shows anything, so that a terminal, a window and a test drive the same object.

Whatever a person does at once (one key, thousands of decisions) is one step: it is on the disk, whole, before the next
is asked for, and undo takes it back whole, also in a later session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crypto.envelope import EnvelopeId
from organizer.errors import OrganizerError
from organizer.review.filters import Facts, Filter, ReviewStatus, status_of
from organizer.review.queue import ReviewQueue, SimilarSignature, vouched_first
from organizer.workspace.entries import Decision, Reason, SignatureEntry, Verdict
from organizer.workspace.vouch_words import Vouched


@dataclass(frozen=True)
class Shown:
    """One signature under review, and what the organizers should know before they decide."""

    entry: SignatureEntry
    decided: Decision | None
    facts: Facts
    similar: tuple[SimilarSignature, ...]
    compared: bool = True
    """Whether it was compared with all others; if not yet, more similar ones may be found."""


@dataclass(frozen=True)
class Bulk:
    """What was decided at once, and what was left because it is similar to another signature."""

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
        self.ids: list[EnvelopeId] = []
        self.at = 0
        self.narrow(self.filter)

    @property
    def total(self) -> int:
        """How many signatures this pass goes over."""
        return len(self.ids)

    def narrow(self, wanted: Filter) -> None:
        """Go over those only that a filter lets through, from the first."""
        self.filter = wanted
        queue = self.queue
        ids = list(queue.facts)
        if not (self._again or wanted.status):
            at = {envelope_id: status_of(queue.decisions.get(envelope_id)) for envelope_id in ids}
            new = [envelope_id for envelope_id in ids if at[envelope_id] is ReviewStatus.UNDECIDED]
            held = [envelope_id for envelope_id in ids if at[envelope_id] is ReviewStatus.HELD]
            ids = vouched_first(queue, new) + vouched_first(queue, held)
        else:
            ids = vouched_first(queue, ids)
        self.ids = queue.ids(wanted, ids)
        self.at = 0

    def current(self) -> Shown | None:
        """The signature to decide about now; None when the pass is over."""
        if self.at >= len(self.ids):
            return None
        envelope_id = self.ids[self.at]
        return Shown(
            entry=self.queue.entry(envelope_id),
            decided=self.queue.decisions.get(envelope_id),
            facts=self.queue.facts[envelope_id],
            similar=tuple(self.queue.similar_signatures(envelope_id)),
            compared=self.queue.comparing.is_known(envelope_id),
        )

    def decide(self, verdict: Verdict, reason: Reason | None = None) -> None:
        """Decide about the current signature and go on to the next. A refusal needs a reason (ValueError).

        Raises OrganizerError: still-comparing, for what was not compared with all others is not accepted.
        """
        envelope_id = self.ids[self.at]
        if verdict is Verdict.ACCEPTED and not self._is_compared(envelope_id):
            text = "Names are still being compared. It can be accepted when that is done; refuse it or hold it now."
            raise OrganizerError("still-comparing", text)
        self.queue.keep({envelope_id: self._made(envelope_id, Decision(verdict, reason, self.queue.next_step))})
        self.at += 1

    def _is_compared(self, envelope_id: EnvelopeId) -> bool:
        self.queue.compare_too(envelope_id)
        if not self.queue.comparing.is_begun:
            self.queue.finish_comparing()
        return self.queue.comparing.is_known(envelope_id)

    def only(self, ids: Iterable[EnvelopeId]) -> None:
        """Go over these, in this order."""
        self.ids, self.at = list(ids), 0

    def move(self, by: int) -> None:
        """Go to another signature without deciding, as far as there are any; one beyond the last is the end."""
        self.at = min(max(self.at + by, 0), len(self.ids))

    def latest(self) -> list[EnvelopeId]:
        """What was decided about in the latest step; empty when there is nothing to take back."""
        step = self.queue.step
        return [envelope_id for envelope_id, made in self.queue.decisions.items() if made.step == step] if step else []

    def undo(self) -> int:
        """Take back the latest step and show its signature again; how many decisions that was."""
        ids = self.latest()
        self.queue.keep({envelope_id: self.queue.decisions[envelope_id].before for envelope_id in ids})
        if len(ids) == 1:
            self._show_again(ids[0])
        elif ids:
            self.narrow(self.filter)
        return len(ids)

    def undecided(self) -> list[EnvelopeId]:
        """Those of this pass, from the current one on, about which nobody decided."""
        return [one for one in self.ids[self.at :] if one not in self.queue.decisions]

    def unlike_others(self, ids: Iterable[EnvelopeId]) -> list[EnvelopeId]:
        """Those of these that are similar to no other signature: only they are accepted many at a time.

        Waits until all names are compared.
        """
        self.queue.finish_comparing()
        return [one for one in ids if not self.queue.similar_to(one)]

    def accept(self, ids: Iterable[EnvelopeId], for_words: bool = False) -> int:
        """Accept what of these is undecided, in one step; how many those are. `for_words`: for their vouch words."""
        numbers = {one: self.queue.facts[one].word if for_words else 0 for one in ids}
        return self._decide_at_once(Decision(Verdict.ACCEPTED), numbers)

    def with_word(self, word: int) -> list[EnvelopeId]:
        """All undecided signatures with one vouch word."""
        return self.queue.ids(Filter(status=ReviewStatus.UNDECIDED, word=word))

    def decide_for_word(
        self, ids: Iterable[EnvelopeId], word: int, verdict: Verdict, reason: Reason | None = None
    ) -> int:
        """Decide about those of these that are undecided, for one vouch word, in one step; how many those are."""
        return self._decide_at_once(Decision(verdict, reason), dict.fromkeys(ids, word))

    def vouched(self) -> list[EnvelopeId]:
        """Those of this pass that are undecided and have a word that counts."""
        return self.queue.ids(Filter(status=ReviewStatus.UNDECIDED, vouched=Vouched.YES), self.ids)

    def accepted_for(self, word: int) -> list[EnvelopeId]:
        """What was accepted for one vouch word alone, without a look."""
        accepted = self.queue.ids(Filter(status=ReviewStatus.ACCEPTED))
        return [envelope_id for envelope_id in accepted if self.queue.decisions[envelope_id].vouch == word]

    def withdraw_word(self, word: int) -> None:
        """A word leaked: it says nothing from now on, and what was accepted for it alone goes on hold; one step."""
        ids = self.accepted_for(word)
        decision = Decision(Verdict.HELD, None, self.queue.next_step, word)
        changed = replace(self.queue.words.numbered(word), withdrawn=True)
        self.queue.keep({envelope_id: self._made(envelope_id, decision) for envelope_id in ids}, [changed])
        self.narrow(self.filter)

    def restore_word(self, word: int) -> int:
        """The word counts again, and what is still on hold because of it is as it was before; how many those are."""
        held = self.queue.ids(Filter(status=ReviewStatus.HELD))
        ids = [one for one in held if self.queue.decisions[one].vouch == word and self._was_accepted(one)]
        changed = replace(self.queue.words.numbered(word), withdrawn=False)
        self.queue.keep({envelope_id: self.queue.decisions[envelope_id].before for envelope_id in ids}, [changed])
        self.narrow(self.filter)
        return len(ids)

    def _was_accepted(self, envelope_id: EnvelopeId) -> bool:
        before = self.queue.decisions[envelope_id].before
        return before is not None and before.verdict is Verdict.ACCEPTED

    def doubtful(self, ids: Iterable[EnvelopeId]) -> int:
        """How many of these are similar to another signature, so that none of them is accepted together with it."""
        return sum(1 for envelope_id in ids if self.queue.similar_to(envelope_id))

    def _decide_at_once(self, decision: Decision, words: Mapping[EnvelopeId, int]) -> int:
        """One step for all of these that are undecided, each with the number of the vouch word it is made for."""
        decision = replace(decision, step=self.queue.next_step)
        new = [one for one in words if one not in self.queue.decisions]
        self.queue.keep({one: self._made(one, replace(decision, vouch=words[one])) for one in new})
        self.narrow(self.filter)
        return len(new)

    def _made(self, envelope_id: EnvelopeId, decision: Decision) -> Decision:
        before = self.queue.decisions.get(envelope_id)
        # Once a person has seen that another organizer decides otherwise, it is not asked again.
        against = before.against if before is not None and before.against != decision.symbol else ""
        return replace(decision, before=before, against=against)

    def _show_again(self, envelope_id: EnvelopeId) -> None:
        if envelope_id in self.ids[: self.at]:
            self.at = self.ids.index(envelope_id)
            return
        if envelope_id in self.ids:
            self.ids.remove(envelope_id)
        self.ids.insert(self.at, envelope_id)
