"""Destroying the key of a finished period, or the whole workspace, after showing what will be lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crypto.publication import read_publication
from organizer.actions.appeal import need_appeal
from organizer.actions.dates import day_questions, known_days, strange_day
from organizer.actions.draft import count, draft_publication
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.keys.periods import Period, secret_name
from organizer.results.burn_checks import BurnChecks, judge
from organizer.results.publication import Place
from organizer.results.tally import Tally
from organizer.workspace.files import minisigs_beside, read_file
from organizer.workspace.folder import BURNING_FILE, is_workspace, open_workspace

WORD = "burn"
NOTHING_BURNED = Notice("stopped", "Nothing was burned.")


@dataclass(frozen=True)
class BurnPlan:
    """What will be lost, and whether its published result is good. `whole`: the workspace and not one key."""

    whole: bool
    ending: tuple[Period, ...]
    tally: Tally
    publications: int
    checks: BurnChecks
    today: str
    strange: tuple[Notice, ...]
    """What speaks against `today`, the day by which a period is over."""

    @property
    def lost(self) -> tuple[Notice, ...]:
        """What is gone for ever afterwards."""
        text = "the key {key_id}, {days}: what is sealed to it opens only with enough of its cards"
        keys = tuple(Notice("key", text, {"key_id": one.hex_id, "days": str(one.days)}) for one in self.ending)
        return (*keys, *self._lost_with_the_workspace()) if self.whole else keys

    @property
    def kept(self) -> tuple[Notice, ...]:
        """What stays, and what does not come back without the key."""
        if self.whole:
            return ()
        return (
            Notice("rows", "What stays: all that was opened with it and what was decided, under the passphrase."),
            Notice("not-opened", "Envelopes that you have not fetched and opened yet are lost to you."),
        )

    def _lost_with_the_workspace(self) -> Iterator[Notice]:
        counts = self.tally.counts
        text = "{names:,} counted names that are not public, with contacts and messages"
        yield Notice("nonpublic", text, {"names": counts.nonpublic})
        text = "{signatures:,} counted public signatures with what else they wrote; the published names stay public"
        yield Notice("public", text, {"signatures": counts.public})
        text = "decisions, and {signatures:,} signatures not counted"
        yield Notice("decisions", text, {"signatures": counts.duplicates + counts.rejected + counts.withdrawn})
        text = "your minisign key; keep a copy of minisign.key, minisign.pub and signer.txt elsewhere if you go on"
        yield Notice("minisign", text)
        text = "{publications:,} published results as they lie here; keep copies elsewhere"
        yield Notice("publications", text, {"publications": self.publications})

    @property
    def questions(self) -> tuple[Question, ...]:
        """A word to type; before it, a strange day, and whether to go on although something speaks against it."""
        dated = day_questions(self.today, self.strange, str(NOTHING_BURNED))
        word = _burn_word(WORD if self.whole else self.ending[0].hex_id)
        if not self.checks.against:
            return (*dated, word)
        text = "Nothing was burned. Do what is missing first; who really wants to lose it gives --force."
        refusal = Notice("burn-not-yet", text, {"against": list(self.checks.against)})
        return (*dated, Question(Notice("burn-not-yet", "Burn it all the same?"), refusal, for_a_person=True), word)


def _burn_word(word: str) -> Question:
    """The last question, which nobody answers by mistake: a word must be typed."""
    asked = Notice("word", "To burn it, type the word {word}", {"word": word})
    return Question(asked, NOTHING_BURNED, word=word, for_a_person=True)


def plan_burning(session: Session, today: str, period: str | None, publication: str | None) -> BurnPlan:
    """What burning the key named `period`, or everything, would mean on that day, YYYY-MM-DD.

    `publication` is the path of the result as all organizers signed it, else the one kept here.
    Raises OrganizerError: burn-period, no-appeal.
    """
    appeal = need_appeal(session.appeal)
    ending = _ending(session, period)
    counted = count(session)
    numbers = session.workspace.publications()
    path = publication or (session.workspace.publication_path(numbers[-1]) if numbers else None)
    data = None if path is None else read_file(path)
    checks = _judge(session, counted, ending, today, path, data)
    strange = strange_day(today, known_days(appeal, None if data is None else read_publication(data), session))
    return BurnPlan(period is None, ending, counted, len(numbers), checks, today, strange)


def burn(session: Session, plan: BurnPlan, answers: Answers) -> None:
    """Destroy one key, or begin to destroy the whole workspace: finish_burning() ends that after the session is closed.

    Raises OrganizerError: burn-not-yet, stopped.
    """
    check_answered(plan.questions, answers)
    if plan.whole:
        session.workspace.write(BURNING_FILE, b"")
        return
    # The slot in the database goes first: if this is cut off in between, the key file is still here, so the same key
    # can be burned again, which finishes it.
    session.records.drop_lock(plan.ending[0].record.key_id)
    session.workspace.burn(secret_name(plan.ending[0].record.key_id))


@dataclass(frozen=True)
class Unfinished:
    """A workspace whose burning was begun and cut off: nothing is done with it any more but to end that."""

    folder: str

    @property
    def questions(self) -> tuple[Question, ...]:
        """The word once more."""
        return (_burn_word(WORD),)


def find_unfinished(folder: str) -> Unfinished | None:
    """Whether burning this workspace was begun."""
    if not is_workspace(folder):
        return None
    with open_workspace(folder) as workspace:
        return None if workspace.read(BURNING_FILE) is None else Unfinished(folder)


def burn_the_rest(plan: Unfinished, answers: Answers) -> None:
    """End what was cut off. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    finish_burning(plan.folder)


def finish_burning(folder: str) -> None:
    """Destroy a workspace whose burning was begun by burn(). Raises OrganizerError: stopped, when it was not."""
    with open_workspace(folder) as workspace:
        if workspace.read(BURNING_FILE) is None:
            raise OrganizerError(NOTHING_BURNED.reason, str(NOTHING_BURNED))
        workspace.burn_all()


def _ending(session: Session, name: str | None) -> tuple[Period, ...]:
    if name is None:
        return session.periods
    for period in session.periods:
        if period.hex_id == name:
            if period.record.key_id not in session.keys:
                raise OrganizerError("burn-period", "This key is not here any more: it was burned or lost before.")
            return (period,)
    known = ", ".join(period.hex_id for period in session.periods)
    raise OrganizerError("burn-period", f"There is no key with this id. The keys here are: {known}.")


def _judge(
    session: Session, counted: Tally, ending: tuple[Period, ...], today: str, path: str | None, data: bytes | None
) -> BurnChecks:
    appeal = need_appeal(session.appeal)
    if path is None or data is None:
        return judge(None, {}, appeal, counted, None, ending, today)
    minisigs = {name: read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)}
    public = read_publication(data)
    own = draft_publication(session, counted, Place(public.number, public.previous), public.date)
    return judge(data, minisigs, appeal, counted, own, ending, today)
