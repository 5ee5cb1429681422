"""Asks the questions of a plan at a terminal, except those that options of the command have answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from organizer.actions.plan import YES, Answers, Question
from organizer.cli.terminal.terminal import Terminal

STOPPED = "stopped"
"""The reason of a refusal that says nothing but that nothing was done."""


def ask_questions(
    terminal: Terminal, questions: Iterable[Question], yes: bool = False, given: Mapping[str, str] | None = None
) -> Answers:
    """Ask a plan's questions and return the answers; the first refusal ends it.

    `yes` answers what a script may answer, `given` has answers from options by the question's reason.
    Raises OrganizerError: question, stopped.
    """
    answers: dict[str, str] = dict(given or {})
    for question in questions:
        reason = question.asked.reason
        if reason not in answers:
            answers[reason] = _ask(terminal, question, yes)
        if not question.is_answered_by(answers[reason]):
            break
    return answers


def _ask(terminal: Terminal, question: Question, yes: bool) -> str:
    if terminal.as_json and question.refusal.reason != STOPPED and (question.for_a_person or not yes):
        return ""  # nobody can be asked, and the refusal says what it was about
    if not question.is_yes_or_no:
        return terminal.ask(str(question.asked), default="")
    if not question.for_a_person:
        return YES if yes or terminal.confirm(str(question.asked)) else ""
    # --yes does not answer this question, and there is no terminal to ask at: the answer is no.
    return YES if not (yes or terminal.as_json) and terminal.confirm(str(question.asked)) else ""
