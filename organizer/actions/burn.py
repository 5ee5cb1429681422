"""Destroying the key of a finished period, or the whole workspace, after showing what will be lost."""

from __future__ import annotations

from dataclasses import dataclass

from crypto.publication import read_publication
from organizer.actions.draft import count, draft_publication
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.session import Session, need_appeal
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

    @property
    def questions(self) -> tuple[Question, ...]:
        """A word to type; before it, whether to go on although something speaks against it."""
        word = burn_word(WORD if self.whole else self.ending[0].hex_id)
        if not self.checks.against:
            return (word,)
        text = "Nothing was burned. Do what is missing first; who really wants to lose it gives --force."
        refusal = Notice("burn-not-yet", text, {"against": list(self.checks.against)})
        return (Question(Notice("burn-not-yet", "Burn it all the same?"), refusal, for_a_person=True), word)


def burn_word(word: str) -> Question:
    """The last question, which nobody answers by mistake: a word must be typed."""
    asked = Notice("word", "To burn it, type the word {word}", {"word": word})
    return Question(asked, NOTHING_BURNED, word=word, for_a_person=True)


def plan_burning(session: Session, today: str, period: str | None, publication: str | None) -> BurnPlan:
    """What burning the key named `period`, or everything, would mean on that day, YYYY-MM-DD.

    `publication` is the path of the result as all organizers signed it, else the one kept here.
    Raises OrganizerError: burn-period, no-appeal.
    """
    need_appeal(session.appeal)
    ending = _ending(session, period)
    counted = count(session)
    checks = _judge(session, counted, ending, today, publication)
    return BurnPlan(period is None, ending, counted, len(session.workspace.publications()), checks)


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


def is_burning(folder: str) -> bool:
    """Whether burning this workspace was begun; if so, what is left of it cannot open anything."""
    if not is_workspace(folder):
        return False
    with open_workspace(folder) as workspace:
        return workspace.read(BURNING_FILE) is not None


def finish_burning(folder: str) -> None:
    """Destroy what is left of a workspace whose burning was begun."""
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
    session: Session, counted: Tally, ending: tuple[Period, ...], today: str, publication: str | None
) -> BurnChecks:
    workspace, appeal = session.workspace, need_appeal(session.appeal)
    numbers = workspace.publications()
    path = publication or (workspace.publication_path(numbers[-1]) if numbers else None)
    if path is None:
        return judge(None, {}, appeal, counted, None, ending, today)
    data = read_file(path)
    minisigs = {name: read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)}
    public = read_publication(data)
    own = draft_publication(session, counted, Place(public.number, public.previous), public.date)
    return judge(data, minisigs, appeal, counted, own, ending, today)
