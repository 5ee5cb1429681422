"""`organizer status`: what the workspace holds, in numbers."""

from __future__ import annotations

import click

from organizer.actions.session import open_session
from organizer.actions.status import Status, read_status
from organizer.cli.json_results import JsonResult, counts_result, period_result
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.numbers import say_status
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
    """Count and show. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        status = read_status(session)
    say_status(terminal, status)
    return _result(status)


def _result(status: Status) -> JsonResult:
    keys = [{**period_result(period), "here": period.record.key_id in status.here} for period in status.periods]
    return {
        "keys": keys,
        "appeal": status.appeal_id.hex(),
        "appeal_known": status.appeal_known,
        "ledgers": list(status.ledgers),
        "publications": list(status.publications),
        **counts_result(status.tally),
    }
