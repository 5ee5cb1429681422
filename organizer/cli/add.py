"""`organizer add`: signatures from paper and messengers, sealed like any other."""

from __future__ import annotations

import click

from organizer.actions.add import add_table, choose_letter, plan_table
from organizer.actions.sealing import open_sealing
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.entering import ask_about_table, say_left_out, type_signatures
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper

_HELP = f"""Enter signatures that came on paper or by messenger.

Type them in one by one, or give a table (CSV, UTF-8) with some of the columns {", ".join(paper.COLUMNS[:-1])} and
{paper.COLUMNS[-1]}; {" and ".join(paper.REQUIRED)} must be there, and public must be yes or no. A bad line is left out
and named with its number, and so is a line that was entered before. You see what will be added before it is. What you
enter counts as accepted. A table needs the passphrase, typing one by one does not.

\b
Example:
  organizer add --csv paper.csv --letter be
"""


@click.command("add", short_help="Enter signatures from paper or messenger.", help=_HELP)
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
    """Enter signatures that came on paper or by messenger."""
    if csv is None:
        carry_out(as_json, lambda terminal: run(terminal, folder, letter, appeal_file))
    else:
        carry_out(as_json, lambda terminal: run_table(terminal, folder, csv, letter, appeal_file, passphrase_file, yes))


def run(terminal: Terminal, folder: str, language: str | None, appeal_file: str | None) -> JsonResult:
    """Add signatures typed in; needs no passphrase. Raises OrganizerError: no-appeal, appeal-letter, question, …"""
    with open_sealing(folder, appeal_file) as sealing:
        letter = choose_letter(sealing.appeal, language)
        terminal.check_may_ask()
        added = type_signatures(terminal, sealing, letter)
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
    """Add the signatures of a table. Needs the passphrase, to recognise signatures that were entered before.

    Raises OrganizerError: no-appeal, appeal-letter, csv-header, csv-lines, stopped, …
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        plan = plan_table(session, csv, language)
        added = add_table(session, plan, ask_about_table(terminal, plan, yes))
    say_left_out(terminal, plan)
    terminal.say(f"Signatures added: {added:,}." if added else "There is nothing new in this table. Nothing was added.")
    result = {"added": added, "repeated": [line.number for line in plan.repeated], "bad": []}
    if plan.bad:
        lines = [{"line": wrong.number, "reason": wrong.reason, "text": wrong.text} for wrong in plan.bad]
        text = f"Lines left out: {len(plan.bad):,}. Correct them and add the table again; the others are recognised."
        raise OrganizerError("csv-lines", text, {**result, "bad": lines})
    return result
