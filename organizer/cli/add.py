"""`organizer add`: signatures from paper and messengers, sealed like any other."""

from __future__ import annotations

from typing import Any

import click

from organizer.actions.add import choose_letter
from organizer.actions.add_table import TablePlan, add_table, write_empty_table
from organizer.actions.sealing import open_sealing
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.entering import type_signatures
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.tables import say_left_out, settle_table
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper
from organizer.intake.tables.choices import TableChoices, parse_columns, parse_words
from organizer.intake.tables.encodings import ENCODINGS

_HELP = f"""Enter signatures that came on paper or by messenger.

Type them in one by one, or give a table: an Excel or LibreOffice file (.xlsx, .ods), or CSV, as Google Forms and other
programs write it. You see what its columns are taken for, which words count as a yes, and every name that may be
published, and say whether that is right, before anything is added. Without a yes a name is not public. A row that
cannot be read is left out and named with its number, and what was entered before is recognised. What you enter counts
as accepted. A table needs the passphrase, typing one by one does not.

The columns may be {", ".join(paper.COLUMNS[:-1])} and {paper.COLUMNS[-1]}. For scripts: --columns says which column
holds what, as a heading, a number or letters, with + between several that are joined.

\b
Example:
  organizer add --table paper.xlsx --letter be
  organizer add --table form.csv --columns "name=Імя+Прозвішча; public=7" --yes
  organizer add --template empty.xlsx
"""


@click.command("add", short_help="Enter signatures from paper or messenger.", help=_HELP)
@click.option("--table", "--csv", "table", metavar="FILE", help="A table: .xlsx, .ods or CSV.")
@click.option("--letter", metavar="LANG", help="The language of the letter that was signed.")
@click.option("--columns", multiple=True, metavar="NAME=HEADING", help="Which columns hold what.")
@click.option(
    "--heading-row", type=click.IntRange(0), metavar="NUMBER", help="The row that names the columns; 0: none."
)
@click.option("--yes-words", multiple=True, metavar="WORDS", help="Answers that are a yes, with ; between them.")
@click.option("--no-words", multiple=True, metavar="WORDS", help="Answers that are a no.")
@click.option("--sheet", metavar="NAME", help="The sheet of a spreadsheet, if not the first.")
@click.option("--encoding", type=click.Choice(ENCODINGS), metavar="NAME", help="The encoding of a CSV file.")
@click.option("--template", metavar="FILE", help="Write an empty table to fill in: .xlsx or CSV.")
@click.option("--yes", is_flag=True, help="Do not ask before adding a table.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def add_command(
    folder: str,
    table: str | None,
    letter: str | None,
    template: str | None,
    yes: bool,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Enter signatures that came on paper or by messenger."""
    if template is not None:
        carry_out(as_json, lambda terminal: run_template(terminal, template))
    elif table is None:
        carry_out(as_json, lambda terminal: run(terminal, folder, letter, appeal_file))
    else:
        path = table
        carry_out(
            as_json, lambda terminal: run_table(terminal, folder, path, letter, appeal_file, passphrase_file, yes, said)
        )


def run(terminal: Terminal, folder: str, language: str | None, appeal_file: str | None) -> JsonResult:
    """Add signatures typed in; needs no passphrase. Raises OrganizerError: no-appeal, appeal-letter, question, …"""
    settle_appeal(terminal, folder, appeal_file)
    with open_sealing(folder) as sealing:
        letter = choose_letter(sealing.appeal, language)
        terminal.check_may_ask()
        added = type_signatures(terminal, sealing, letter)
    terminal.say(f"Signatures added: {added:,}.")
    return {"added": added, "bad": []}


def run_template(terminal: Terminal, path: str) -> JsonResult:
    """Write an empty table. Raises OrganizerError: file-exists."""
    write_empty_table(path)
    terminal.say("Written. In the column “public”, yes means that the name may be published; anything empty is a no:")
    terminal.say(path)
    return {"written": path}


def run_table(
    terminal: Terminal,
    folder: str,
    path: str,
    language: str | None,
    appeal_file: str | None,
    passphrase_file: str | None,
    yes: bool,
    said: dict[str, Any],
) -> JsonResult:
    """Add the signatures of a table. Needs the passphrase, to recognise signatures that were entered before.

    Raises OrganizerError: no-appeal, appeal-letter, csv-header, csv-lines, stopped, …
    """
    choices = TableChoices(
        said["encoding"],
        said["sheet"],
        said["heading_row"],
        parse_columns(said["columns"]),
        parse_words(said["yes_words"]),
        parse_words(said["no_words"]),
    )
    settle_appeal(terminal, folder, appeal_file, yes)
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        plan, answers = settle_table(terminal, session, path, language, choices, yes)
        added = add_table(session, plan, answers)
    return _tell(terminal, plan, added)


def _what_was_added(plan: TablePlan, added: int) -> str:
    """In one line: a table is often given again."""
    text = f"Signatures added: {added:,}." if added else "There is nothing new in this table. Nothing was added."
    before = f" Rows left out because they were entered before: {len(plan.repeated):,}." if plan.repeated else ""
    return text + before


def _tell(terminal: Terminal, plan: TablePlan, added: int) -> JsonResult:
    say_left_out(terminal, plan)
    terminal.say(_what_was_added(plan, added))
    layout = plan.look.layout
    result = {
        "added": added,
        "repeated": [line.number for line in plan.repeated],
        "similar": [line.number for line in plan.similar],
        "columns": {name: layout.shown(name) for name in layout.columns},
        "not_taken": list(layout.not_taken),
        "not_read": [notice.reason for notice in plan.look.not_read],
        "bad": [{"line": wrong.number, "reason": wrong.reason, "text": wrong.text} for wrong in plan.bad],
    }
    if plan.bad:
        text = f"Rows left out: {len(plan.bad):,}. Correct them and add the table again; the others are recognised."
        raise OrganizerError("csv-lines", text, result)
    return result
