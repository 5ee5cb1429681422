"""`organizer open`: open the envelopes of ledgers, and what was entered by hand, into the workspace."""

from __future__ import annotations

from collections.abc import Sequence

import click

from crypto.errors import UndersignedError
from organizer.actions.session import Session, need_keys, open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake.blocks import BlockOpener
from organizer.intake.ledgers import NO_KEY, Opening, explain, open_by_hand, open_ledger
from organizer.intake.workers import Crew, cores, hired
from organizer.workspace.files import file_name
from organizer.workspace.ledger_file import open_ledger_file


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
    """A malformed ledger stops none of the others; the first error is raised at the end. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        need_keys(session)
        by_hand = open_by_hand(session.records, session.keys)
        # Before any progress bar: a program that runs a thread should not make copies of itself.
        with hired(BlockOpener(session.keys, session.records.boxes), cores()) as crew:
            opened = [(path, _open(terminal, session, path, crew)) for path in paths]
    for path, opening in opened:
        _say(terminal, path, opening, several=len(opened) > 1)
    if by_hand:
        terminal.say(f"Signatures entered by hand, opened and accepted: {by_hand:,}.")
    result = {"by_hand": by_hand, "ledgers": [_result(opening) for _, opening in opened]}
    failed = [(path, opening.error) for path, opening in opened if opening.error]
    if failed:
        path, error = failed[0]
        text = f"Not read to the end: {len(failed):,} of {len(opened):,} ledgers. What is wrong with each stands above."
        raise OrganizerError(error.reason, text if len(opened) > 1 else _explain(path, error), result)
    terminal.say("Next: organizer review")
    return result


def _open(terminal: Terminal, session: Session, path: str, crew: Crew) -> Opening:
    try:
        with open_ledger_file(path) as file, terminal.progress(file_name(path)) as progress:
            return open_ledger(session.records, session.keys, file, progress, crew)
    except OrganizerError as error:
        if error.reason != "no-file":
            raise
        return Opening(error=error)


def _explain(path: str, error: UndersignedError) -> str:
    if isinstance(error, OrganizerError):
        return str(error)
    return f"{path}: {error} What could be read of it is kept. Fetch it again and open it once more."


def _say(terminal: Terminal, path: str, opening: Opening, several: bool) -> None:
    if opening.announced or not opening.error:
        _say_counts(terminal, path, opening)
    if opening.error and several:
        terminal.say(_explain(path, opening.error), "bold")


def _say_counts(terminal: Terminal, path: str, opening: Opening) -> None:
    terminal.say(f"Opened {path}:")
    terminal.table(
        [
            ("new signatures", f"{opening.signatures:,}"),
            ("new withdrawals", f"{opening.withdrawals:,}"),
            ("seen before", f"{opening.seen_before:,}"),
            *([("tried again, the key is here now", f"{opening.key_came:,}")] if opening.key_came else []),
            ("set aside", f"{sum(opening.set_aside.values()):,}"),
            *((f"  {reason}", f"{n:,}  ({explain(reason)})") for reason, n in sorted(opening.set_aside.items())),
        ]
    )
    if opening.set_aside[NO_KEY]:
        terminal.say("For the missing key: once it is in this workspace, open the same ledger again.")


def _result(opening: Opening) -> JsonResult:
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
