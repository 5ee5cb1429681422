"""Asks before an appeal.json is trusted that says otherwise than the one before, and says which one is."""

from __future__ import annotations

from organizer.actions.appeal import AppealPlan, plan_taking, take_appeal
from organizer.actions.plan import check_answered
from organizer.actions.verify import trusted_appeal
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal


def settle_appeal(terminal: Terminal, folder: str, path: str | None, yes: bool = False) -> None:
    """Let the workspace trust the file at `path` from now on, where one is named; `yes` as in ask_questions().

    Raises OrganizerError: appeal-changed, appeal-key, appeal-signer, no-file, …
    """
    if path is not None:
        plan = plan_taking(folder, path)
        _say_what_is_new(terminal, plan)
        take_appeal(folder, plan, ask_questions(terminal, plan.questions, yes))


def settle_trusted(terminal: Terminal, path: str | None, folder: str) -> str:
    """The path of the appeal.json that a check trusts: the one that is named, else the remembered one.

    Raises OrganizerError: appeal-changed, no-appeal, no-file, …
    """
    trusted = trusted_appeal(path, folder)
    if trusted.plan.questions:
        _say_what_is_new(terminal, trusted.plan)
    check_answered(trusted.plan.questions, ask_questions(terminal, trusted.plan.questions))
    terminal.say(f"Results are judged by {trusted.path}" + ("" if path else ", which this workspace remembers."))
    return trusted.path


def _say_what_is_new(terminal: Terminal, plan: AppealPlan) -> None:
    if plan.questions:
        terminal.say("This appeal.json says otherwise than what this workspace knows:", "bold")
    for notice in plan.notices:
        terminal.say(f"  {notice}" if plan.questions else str(notice))
