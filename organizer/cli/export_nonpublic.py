"""`organizer export-nonpublic`: write down the names that are not public, after saying what that means."""

from __future__ import annotations

import click

from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_by_hand
from organizer.results import nonpublic
from organizer.workspace.files import check_no_file, write_new

_WARNING = (
    "These people asked not to be named. Whoever gets this file can harm them.",
    "The file is NOT encrypted: anyone who opens this computer, or the stick it is copied to, can read it, and a "
    "deleted file can often be brought back.",
    "Write it only to a disk that is encrypted itself, never send it, and delete it as soon as it has served.",
    "The workspace has all of this already, locked: to look at a name, “organizer review --again” is enough.",
)


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
    """Asks always, so a script cannot do it. Raises OrganizerError: question, stopped, file-exists, …"""
    terminal.check_may_ask()
    check_no_file(out)
    for line in _WARNING:
        terminal.say(line, "bold")
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        open_by_hand(session.records, session.keys)
        people = nonpublic.counted(session.records.judged(), session.records.withdrawn())
        if not people:
            raise OrganizerError("stopped", "No accepted signature is non-public. Nothing was written.")
        words = f"write {len(people)} names"
        typed = terminal.ask(f"To write name, relation, prisoner, contact and message of all of them, type “{words}”")
        if typed.strip() != words:
            raise OrganizerError("stopped", "Nothing was written.")
        write_new(out, nonpublic.table(people))
    terminal.say(f"Written to {out}, readable only for you: {len(people):,} names that are not public.")
    return {"written": len(people), "file": out}
