"""`organizer open`: open the envelopes of ledgers, and what was entered by hand, into the workspace."""

from __future__ import annotations

from collections.abc import Sequence

import click

from organizer.actions.open_ledgers import OpenedLedgers, open_ledgers
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.ledgers import say_opened
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake.ledgers import Opening


@click.command("open")
@click.argument("ledgers", nargs=-1, required=True, metavar="LEDGER...")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def open_command(
    ledgers: tuple[str, ...], folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Open the envelopes of one or more ledgers.

    What was opened before is recognised and skipped, so opening a ledger again is safe, and so is stopping in the
    middle. Envelopes that cannot be read are set aside and counted with the reason.

    \b
    Example:
      organizer open ledger.bin --appeal appeal.json
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, ledgers, appeal_file, passphrase_file))


def run(
    terminal: Terminal, folder: str, paths: Sequence[str], appeal_file: str | None, passphrase_file: str | None
) -> JsonResult:
    """Open the ledgers. A malformed one does not stop the others; the first error is raised at the end.

    Raises OrganizerError.
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        opened = open_ledgers(session, paths, terminal.progress)
    say_opened(terminal, opened)
    result = _result(opened)
    if opened.problems:
        first, count = opened.problems[0], len(opened.ledgers)
        text = (
            f"Not read to the end: {len(opened.problems):,} of {count:,} ledgers. What is wrong with each stands above."
        )
        raise OrganizerError(first.reason, text if count > 1 else str(first), result)
    terminal.say("Next: organizer review")
    return result


def _result(opened: OpenedLedgers) -> JsonResult:
    return {"by_hand": opened.by_hand, "ledgers": [_ledger_result(ledger.opening) for ledger in opened.ledgers]}


def _ledger_result(opening: Opening) -> JsonResult:
    return {
        "digest": opening.digest,
        "error": opening.error.reason if opening.error else None,
        "envelopes": opening.announced,
        "signatures": opening.signatures,
        "withdrawals": opening.withdrawals,
        "seen_before": opening.seen_before,
        "key_came": opening.key_came,
        "set_aside": dict(sorted(opening.set_aside.items())),
    }
