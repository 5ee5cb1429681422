"""Entering signatures at a terminal: typed one after another, or a table that is looked at before it is added."""

from __future__ import annotations

from crypto.errors import RecordError
from crypto.publication import line as in_one_line
from organizer.actions.add import SignedLetter, TablePlan, add_signature, check_fields, plan_signature
from organizer.actions.plan import Answers
from organizer.actions.sealing import Sealing
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper

PREVIEWED = 30
"""Lines of a table that are shown before it is added, of those that are not public; of the public ones all are."""

_QUESTIONS = {
    "name": "Name (Enter ends)",
    "relation": "Relation, such as “sister of” or “former political prisoner”",
    "prisoner": "Name of the prisoner",
    "public": "May the name be published? (yes/no)",
}
"""How some fields are asked for. The others are asked for by their names."""


def type_signatures(terminal: Terminal, sealing: Sealing, letter: SignedLetter) -> int:
    """One signature after another, until no name is typed; how many were kept. Raises OrganizerError."""
    # Names that are not public are typed, so they leave no trace in the scrollback.
    with terminal.private_screen():
        terminal.say("Type one signature after another. What may stay empty, leave empty with Enter.")
        return _type_all(terminal, sealing, letter)


def _type_all(terminal: Terminal, sealing: Sealing, letter: SignedLetter) -> int:
    added = 0
    while (fields := _type_one(terminal, letter)) is not None:
        plan = plan_signature(fields, letter)
        for warning in plan.warnings:
            terminal.say(str(warning), "bold")
        answers = ask_questions(terminal, plan.questions)
        try:
            add_signature(sealing, plan, answers)
            added += 1
        except RecordError as error:
            terminal.say(f"It was not kept: {error}")
        except OrganizerError as error:
            if error.reason != "not-kept":
                raise
            terminal.say(str(error))
    return added


def _type_one(terminal: Terminal, letter: SignedLetter) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    for field in paper.COLUMNS:
        question = _QUESTIONS.get(field, field.capitalize())
        while True:
            fields[field] = terminal.ask(question, default=letter.language if field == "language" else "")
            if field == "name" and not fields[field].strip():
                return None
            try:
                check_fields(fields, letter)
                break
            except (RecordError, OrganizerError) as error:
                terminal.say(str(error))
    return fields


def ask_about_table(terminal: Terminal, plan: TablePlan, yes: bool) -> Answers:
    """The answers of a person who saw what will be added; with `yes` nothing is shown. Raises OrganizerError."""
    if yes or not plan.questions:
        return ask_questions(terminal, plan.questions, yes)
    terminal.check_may_ask()
    # Names that are not public are on it, so it leaves no trace in the scrollback.
    with terminal.private_screen():
        _show_nonpublic(terminal, [line for line in plan.new if not line.signature.public])
        if not _show_public(terminal, [line for line in plan.new if line.signature.public]):
            terminal.say("Not every public name was shown.", "bold")
            return {}
        say_left_out(terminal, plan)
        terminal.say(f"New signatures: {len(plan.new):,}, {len(plan.public):,} of them public.", "bold")
        return ask_questions(terminal, plan.questions)


def _show_nonpublic(terminal: Terminal, lines: list[paper.GoodLine]) -> None:
    for line in lines[:PREVIEWED]:
        terminal.say(f"Line {line.number:,}, not public: {in_one_line(line.signature)}")
    if len(lines) > PREVIEWED:
        terminal.say(f"… and {len(lines) - PREVIEWED:,} more that are not public.")


def _show_public(terminal: Terminal, lines: list[paper.GoodLine]) -> bool:
    """Whether a person let all of them be shown: each of these names may be published."""
    return terminal.pages([f"Line {line.number:,}, PUBLIC: {in_one_line(line.signature)}" for line in lines])


def say_left_out(terminal: Terminal, plan: TablePlan) -> None:
    """Why some lines are not added."""
    for wrong in plan.bad:
        terminal.say(f"Line {wrong.number:,} is left out: {wrong.text}")
    for line in plan.repeated[:PREVIEWED]:
        where = "it was entered before" if line.first is None else f"it is the same as line {line.first:,}"
        differs = ", but with another answer to “public”. Look at it with organizer review --again"
        terminal.say(f"Line {line.number:,} is left out: {where}{differs if line.other_public else ''}.")
    if plan.repeated:
        terminal.say(f"Lines left out because they are there already: {len(plan.repeated):,}.", "bold")
