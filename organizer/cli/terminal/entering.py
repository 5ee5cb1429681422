"""Entering signatures at a terminal, typed one after another."""

from __future__ import annotations

from crypto.errors import RecordError
from organizer.actions.add import SignedLetter, add_signature, check_fields, plan_signature
from organizer.actions.sealing import Sealing
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper

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
