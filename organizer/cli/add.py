"""`organizer add`: signatures from paper and messengers, sealed like any other."""

from __future__ import annotations

import click

from crypto.errors import RecordError
from crypto.publication import line as in_one_line
from organizer.actions.add import (
    Letter,
    TablePlan,
    add_signature,
    add_table,
    check_fields,
    choose_letter,
    plan_signature,
    plan_table,
)
from organizer.actions.plan import Answers
from organizer.actions.sealing import Sealing, open_sealing
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper

PREVIEWED = 30
"""Lines of a table that are shown before it is added."""

_QUESTIONS = {
    "name": "Name (Enter ends)",
    "relation": "Relation, such as “sister of” or “former political prisoner”",
    "prisoner": "Name of the prisoner",
    "public": "May the name be published? (yes/no)",
}
"""How some fields are asked for. The others are asked for by their names."""


@click.command("add", short_help="Enter signatures from paper or messenger.")
@click.option("--csv", metavar="FILE", help="A table whose first line names its columns.")
@click.option("--letter", metavar="LANG", help="The language of the letter that was signed.")
@click.option("--yes", is_flag=True, help="Do not ask before adding a table.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def add_command(
    folder: str,
    csv: str | None,
    letter: str | None,
    yes: bool,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Enter signatures that came on paper or by messenger.

    Type them in one by one, or give a table (CSV, UTF-8) with some of the columns name, relation, prisoner, public,
    contact, message and language; name and public must be there, and public must be yes or no. A bad line is
    left out and named with its number, and so is a line that was entered before. You see what will be added before
    it is. What you enter counts as accepted. A table needs the passphrase, typing one by one does not.

    \b
    Example:
      organizer add --csv paper.csv --letter be
    """
    if csv is None:
        carry_out(as_json, lambda terminal: run(terminal, folder, letter, appeal_file))
    else:
        carry_out(as_json, lambda terminal: run_table(terminal, folder, csv, letter, appeal_file, passphrase_file, yes))


def run(terminal: Terminal, folder: str, language: str | None, appeal_file: str | None) -> JsonResult:
    """Signatures typed in; needs no passphrase. Raises OrganizerError: no-appeal, appeal-letter, question, …"""
    with open_sealing(folder, appeal_file) as sealing:
        letter = choose_letter(sealing.appeal, language)
        terminal.check_may_ask()
        # Names that are not public are typed, so they leave no trace in the scrollback.
        with terminal.private_screen():
            terminal.say("Type one signature after another. What may stay empty, leave empty with Enter.")
            added = _ask_all(terminal, sealing, letter)
    terminal.say(f"Signatures added: {added:,}.")
    return {"added": added, "bad": []}


def run_table(
    terminal: Terminal,
    folder: str,
    csv: str,
    language: str | None,
    appeal_file: str | None,
    passphrase_file: str | None,
    yes: bool,
) -> JsonResult:
    """A table; needs the passphrase, for only who can read what was entered before can recognise it.

    Raises OrganizerError: no-appeal, appeal-letter, csv-header, csv-lines, stopped, …
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        plan = plan_table(session, csv, language)
        added = add_table(session, plan, _ask_about(terminal, plan, yes))
    _say_left_out(terminal, plan)
    terminal.say(f"Signatures added: {added:,}." if added else "There is nothing new in this table. Nothing was added.")
    result = {"added": added, "repeated": [line.number for line in plan.repeated], "bad": []}
    if plan.bad:
        lines = [{"line": wrong.number, "reason": wrong.reason, "text": wrong.text} for wrong in plan.bad]
        text = f"Lines left out: {len(plan.bad):,}. Correct them and add the table again; the others are recognised."
        raise OrganizerError("csv-lines", text, {**result, "bad": lines})
    return result


def _ask_about(terminal: Terminal, plan: TablePlan, yes: bool) -> Answers:
    if yes or not plan.questions:
        return ask_questions(terminal, plan.questions, yes)
    terminal.check_may_ask()
    # Names that are not public are on it, so it leaves no trace in the scrollback.
    with terminal.private_screen():
        for line in plan.new[:PREVIEWED]:
            signature = line.signature
            shown = "PUBLIC" if signature.public else "not public"
            terminal.say(f"Line {line.number:,}, {shown}: {in_one_line(signature)}")
        if len(plan.new) > PREVIEWED:
            terminal.say(f"… and {len(plan.new) - PREVIEWED:,} more lines.")
        _say_left_out(terminal, plan)
        terminal.say(f"New signatures: {len(plan.new):,}, {len(plan.public):,} of them public.", "bold")
        return ask_questions(terminal, plan.questions)


def _say_left_out(terminal: Terminal, plan: TablePlan) -> None:
    for wrong in plan.bad:
        terminal.say(f"Line {wrong.number:,} is left out: {wrong.text}")
    for line in plan.repeated[:PREVIEWED]:
        where = "it was entered before" if line.first is None else f"it is the same as line {line.first:,}"
        differs = ", but with another answer to “public”. Look at it with organizer review --again"
        terminal.say(f"Line {line.number:,} is left out: {where}{differs if line.other_public else ''}.")
    if plan.repeated:
        terminal.say(f"Lines left out because they are there already: {len(plan.repeated):,}.", "bold")


def _ask_all(terminal: Terminal, sealing: Sealing, letter: Letter) -> int:
    added = 0
    while (fields := _ask_one(terminal, letter)) is not None:
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


def _ask_one(terminal: Terminal, letter: Letter) -> dict[str, str] | None:
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
