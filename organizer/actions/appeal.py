"""The appeal.json that a workspace trusts: it says whose results count, so another one is never taken over by the way.

A plan compares it with the one that is remembered. What makes it weaker needs a word that is typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto.appeal import Appeal, read_appeal
from crypto.errors import AppealError
from organizer.actions.fewer import remember_promise
from organizer.actions.own_keys import check_listed, own_minisign, read_periods
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.errors import OrganizerError
from organizer.keys.periods import Period
from organizer.results.appeal_changes import Change, appeal_changes, first_facts, own_changes
from organizer.workspace.files import read_file
from organizer.workspace.folder import Workspace, open_workspace

APPEAL_FILE = "appeal.json"
CHANGED = "appeal-changed"
WORD = "weaker"


@dataclass(frozen=True)
class AppealPlan:
    """An appeal.json to trust, and what it says otherwise than the one before, `before`; None: there was none."""

    data: bytes
    before: bytes | None
    appeal: Appeal
    changes: tuple[Change, ...]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is new; where nothing was known before, whose results it lets count."""
        if self.before is not None:
            return tuple(Notice(CHANGED, "{change}", {"change": change.text}) for change in self.changes)
        text = "Nothing was trusted here before. From now on, by this appeal.json, a result counts when {threshold} of "
        text += "these {count} organizers signed it: {signers}"
        lines = ", ".join(key.line for key in self.appeal.minisign)
        values = {"threshold": self.appeal.threshold, "count": len(self.appeal.minisign), "signers": lines}
        facts = (Notice("appeal-lists", "{fact}", {"fact": fact}) for fact in first_facts(self.appeal))
        own = (Notice(CHANGED, "{change}", {"change": change.text}) for change in self.changes)
        return (Notice("appeal-first", text, values), *facts, *own)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to: a word when anything gets weaker, else a yes to what changed."""
        if not self.changes:
            return ()
        text = "This appeal.json says otherwise than what is known here, so nothing was done. If all organizers "
        text += "know why, give it once more at a terminal, and answer there."
        changes = {"changes": [change.text for change in self.changes]}
        if not any(change.weakens for change in self.changes):
            text += " A script says yes to it with --yes, such as “organizer publish --yes --appeal FILE”."
            trust = Notice(CHANGED, "Trust this appeal.json from now on?")
            return (Question(trust, Notice(CHANGED, text, changes)),)
        refusal = Notice(CHANGED, text, changes)
        asked = "This is how somebody could make a result count that you do not know of. Only if all organizers know "
        asked += "why, type the word {word}"
        return (Question(Notice(CHANGED, asked, {"word": WORD}), refusal, word=WORD, for_a_person=True),)


def plan_appeal(workspace: Workspace, path: str) -> AppealPlan:
    """What it means that this workspace trusts the file at `path` from now on.

    Raises OrganizerError: no-file, appeal-key, appeal-signer, appeal-json, appeal-shape.
    """
    periods, before = read_periods(workspace), workspace.read(APPEAL_FILE)
    plan = compare_appeal(read_file(path), path, before, workspace.path(APPEAL_FILE), periods)
    _check_own(workspace, plan, periods)
    return plan


def compare_appeal(
    data: bytes, path: str, before: bytes | None, before_path: str, own: tuple[Period, ...] = ()
) -> AppealPlan:
    """What it means to trust these bytes instead of those. Raises OrganizerError: appeal-json, appeal-key, …"""
    appeal = read_appeal_of(data, path)
    if before is None:
        return AppealPlan(data, None, appeal, own_changes(appeal, own))
    try:
        known = read_appeal(before)
    except AppealError:
        return AppealPlan(data, before, appeal, (Change(f"{before_path} is damaged: nothing can be compared.", True),))
    if known.appeal_id != appeal.appeal_id:
        text = "This appeal.json is of another appeal than the one that this workspace is for. Take another folder."
        raise OrganizerError("appeal-key", text)
    return AppealPlan(data, before, appeal, appeal_changes(known, appeal, own))


def remembered_appeal(workspace: Workspace) -> Appeal | None:
    """The appeal that this workspace trusts. Raises OrganizerError: appeal-json, appeal-shape."""
    data = workspace.read(APPEAL_FILE)
    return None if data is None else read_appeal_of(data, workspace.path(APPEAL_FILE))


def keep_appeal(workspace: Workspace, plan: AppealPlan, answers: Answers) -> None:
    """Trust it from now on. Raises OrganizerError: appeal-changed."""
    check_answered(plan.questions, answers)
    if workspace.read(APPEAL_FILE) != plan.before:
        raise OrganizerError(CHANGED, "Another command changed the appeal.json meanwhile. Nothing was done.")
    workspace.write(APPEAL_FILE, plan.data)
    remember_promise(workspace, plan.appeal)


def plan_taking(folder: str, path: str) -> AppealPlan:
    """As plan_appeal(), for the workspace in this folder. Raises OrganizerError."""
    with open_workspace(folder) as workspace:
        return plan_appeal(workspace, path)


def take_appeal(folder: str, plan: AppealPlan, answers: Answers) -> None:
    """As keep_appeal(), for the workspace in this folder. Raises OrganizerError: appeal-changed."""
    with open_workspace(folder) as workspace:
        keep_appeal(workspace, plan, answers)


def read_appeal_of(data: bytes, path: str) -> Appeal:
    """What is in an appeal.json. Raises OrganizerError, with the reason of AppealError, that names the file."""
    try:
        return read_appeal(data)
    except AppealError as error:
        text = f"{path} is no appeal.json of a site, or is damaged: {error} Fetch it again and give it with --appeal."
        raise OrganizerError(error.reason, text) from error


def need_appeal(appeal: Appeal | None) -> Appeal:
    """The appeal, which this command cannot do without. Raises OrganizerError: no-appeal."""
    if appeal is None:
        text = "This needs the appeal.json of your appeal once. Fetch it from the site and give it with --appeal FILE."
        raise OrganizerError("no-appeal", text)
    return appeal


def _check_own(workspace: Workspace, plan: AppealPlan, periods: tuple[Period, ...]) -> None:
    """A workspace has the keys of one appeal, or a minisign key that its results are signed with."""
    if not periods:
        check_listed(plan.appeal, own_minisign(workspace)[1])
    own = [period.record for period in periods]
    if own and not set(own) & {key.record for key in plan.appeal.keys}:
        known = " nor ".join(record.digits for record in own)
        text = f"This appeal.json does not list your key {known}. Take the one of your own appeal."
        raise OrganizerError("appeal-key", text)
