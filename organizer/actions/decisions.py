"""Two organizers review apart: handing over what was decided, merging it, and settling where both differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nacl.utils import random

from crypto.keys import KeyId
from organizer.actions.own_keys import own_minisign
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.session import Session, open_masters
from organizer.errors import OrganizerError
from organizer.review.merge import Decisions, Disagreement, Merge, collect, merge, read_decisions, write_decisions
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.entries import VERDICTS
from organizer.workspace.files import read_file, write_new


@dataclass(frozen=True)
class DecisionsPlan:
    """What another organizer would get, and the key of the period that locks it."""

    decisions: Decisions
    key_id: KeyId


def plan_export(session: Session, queue: ReviewQueue) -> DecisionsPlan:
    """All decisions made here; the key of the latest period locks them. Raises OrganizerError: no-key, no-file."""
    signer, _ = own_minisign(session.workspace)
    here = [period.record.key_id for period in session.periods if period.record.key_id in session.keys]
    if not here:
        text = "Decisions are locked with the key of a period, and none is in this workspace."
        raise OrganizerError("no-key", text)
    return DecisionsPlan(collect(queue, signer), here[-1])


def export_decisions(session: Session, plan: DecisionsPlan, out: str) -> None:
    """Write it into a file that is not there yet. Raises OrganizerError: file-exists."""
    master = open_masters(session.workspace, session.root, session.periods)[plan.key_id]
    write_new(out, write_decisions(plan.decisions, plan.key_id, master, random))


@dataclass(frozen=True)
class MergePlan:
    """What becomes of another organizer's decisions here."""

    signer: str
    found: Merge
    warnings: tuple[Notice, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to, who saw how many they are: their yes counts here as one's own does."""
        if not self.found.changes and not self.found.words:
            return ()
        text = "Take over what {signer} decided: {changes:,} decisions, {words:,} vouch words?"
        values = {"signer": self.signer, "changes": len(self.found.changes), "words": len(self.found.words)}
        return (Question(Notice("merge", text, values), Notice("stopped", "Nothing was taken over.")),)


def plan_merge(session: Session, queue: ReviewQueue, path: str) -> MergePlan:
    """Compare the decisions in the file at `path` with those made here.

    Raises OrganizerError: no-file, decisions-file, decisions-key.
    """
    theirs = read_decisions(read_file(path), open_masters(session.workspace, session.root, session.periods))
    text = "Note: this file was made by an organizer with your own short name."
    warnings = (Notice("own-name", text),) if theirs.signer == _own_name(session) else ()
    return MergePlan(theirs.signer, merge(queue, theirs), warnings)


def merge_decisions(queue: ReviewQueue, plan: MergePlan, answers: Answers) -> None:
    """Keep what both agree on or one decided, and put on hold where they differ; one step. Raises: stopped."""
    check_answered(plan.questions, answers)
    queue.keep(plan.found.changes, plan.found.words)


def open_settling(queue: ReviewQueue, disagreements: Iterable[Disagreement]) -> Review:
    """A review of those signatures that are on hold because two organizers differ, in this order."""
    review = Review(queue, again=True)
    review.only(one.envelope_id for one in disagreements)
    return review


def settle(review: Review, disagreement: Disagreement, theirs: bool) -> None:
    """Decide about this disagreement, the current one of the review: with `theirs` as the other organizer did."""
    here = disagreement.here
    review.decide(*(VERDICTS[disagreement.there] if theirs else (here.verdict, here.reason)))


def _own_name(session: Session) -> str:
    try:
        return own_minisign(session.workspace)[0]
    except OrganizerError:
        return ""  # a workspace restored from cards has no minisign key, and can merge all the same
