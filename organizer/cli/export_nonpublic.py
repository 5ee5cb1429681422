"""`organizer export-nonpublic`: write down the names that are not public, after saying what that means."""

from __future__ import annotations

import click

from organizer.actions.nonpublic import WARNINGS, plan_nonpublic, write_nonpublic
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.workspace.files import check_no_file


@click.command("export-nonpublic", short_help="Write down the names that are NOT public.")
@click.option("--out", required=True, metavar="FILE", help="Write the table into FILE, which must not be there yet.")
@options(WORKSPACE, PASSPHRASE, JSON)
def export_nonpublic_command(folder: str, out: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write down the names that are NOT public, in a file that is not encrypted.

    Do this only if you must: whoever gets the file can harm the people in it. You are told what it means, and asked
    to type a sentence before anything is written, so no script can do it. The file is a table (CSV) of all accepted
    non-public signatures, with contact and message.

    \b
    Example:
      organizer export-nonpublic --out /media/encrypted/names.csv
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, passphrase_file, out))


def run(terminal: Terminal, folder: str, passphrase_file: str | None, out: str) -> JsonResult:
    """Write the table after a sentence was typed, which no script can do. Raises OrganizerError: question, stopped …"""
    terminal.check_may_ask()
    check_no_file(out)
    for warning in WARNINGS:
        terminal.say(str(warning), "bold")
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        plan = plan_nonpublic(session)
        for change in plan.changes:
            terminal.say(str(change))
        write_nonpublic(plan, out, ask_questions(terminal, plan.questions))
    written = len(plan.people)
    terminal.say(f"Written to {out}, readable only for you: {written:,} names that are not public.")
    return {"written": written, "file": out}
