"""`organizer status`: what the workspace holds, in numbers."""

from __future__ import annotations

import click

from organizer.actions.draft import count
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult, counts_result, period_result
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.numbers import say_counts, say_periods
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal


@click.command("status")
@options(WORKSPACE, PASSPHRASE, JSON)
def status_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Show in numbers what the workspace holds.

    How many envelopes came, how many signatures are undecided, accepted, refused or withdrawn, how many ledgers
    were read and how many results published.

    \b
    Example:
      organizer status
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, passphrase_file))


def run(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        found = count(session, listed=False)
        ledgers, publications = session.records.ledgers(), session.workspace.publications()
        remembered = session.appeal is not None
    appeal = session.periods[0].record.appeal_id.hex()
    terminal.say(f"Appeal {appeal}{'' if remembered else ', appeal.json not known yet'}")
    say_periods(terminal, session.periods, session.keys)
    terminal.say()
    say_counts(terminal, found)
    terminal.table([("ledgers read", f"{len(ledgers):,}"), ("publications", f"{len(publications):,}")])
    return {
        "keys": [{**period_result(period), "here": period.record.key_id in session.keys} for period in session.periods],
        "appeal": appeal,
        "appeal_known": remembered,
        "ledgers": ledgers,
        "publications": publications,
        **counts_result(found),
    }
