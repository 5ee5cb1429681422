"""`organizer open`: open envelopes of ledgers and texts, and what was entered by hand, into the workspace."""

from __future__ import annotations

from collections.abc import Sequence

import click

from organizer.actions.open_ledgers import OpenedLedgers, open_ledgers
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.ledgers import say_opened
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake.ledgers import Opening


@click.command("open")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def open_command(
    paths: tuple[str, ...], folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Open ledgers, and sealed texts in whatever files they come.

    A file may be a ledger of the site, a sealed text as the signing file saves it, a mail (.eml), a mailbox (mbox), an
    export of a chat (text, HTML, JSON, also packed as .zip), a word processor's file, or a folder with any of them.
    The two parts of one text may be in two files. What is found in texts becomes a ledger of its own in the workspace.

    What was opened before is recognised and skipped, so opening a file again is safe, and so is stopping in the
    middle. Envelopes that cannot be read are set aside and counted with the reason. A text that is not whole is named
    by its file, and holds up no other.

    \b
    Example:
      organizer open ledger.bin --appeal appeal.json
      organizer open mails/ chat.txt
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, paths, appeal_file, passphrase_file))


def run(
    terminal: Terminal, folder: str, paths: Sequence[str], appeal_file: str | None, passphrase_file: str | None
) -> JsonResult:
    """Open them. One that is malformed does not stop the others; the first error is raised at the end.

    Raises OrganizerError.
    """
    settle_appeal(terminal, folder, appeal_file)
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        opened = open_ledgers(session, paths, terminal.progress)
    say_opened(terminal, opened)
    result = _result(opened)
    if opened.problems:
        raise OrganizerError(opened.problems[0].reason, _what_is_wrong(opened), result)
    terminal.say("Next: organizer review")
    return result


def _what_is_wrong(opened: OpenedLedgers) -> str:
    texts = opened.texts.problems if opened.texts else ()
    files = len(opened.ledgers) + (opened.texts.files if opened.texts else 0)
    if len(opened.problems) == 1:
        return f"{'All others are opened. ' if files > 1 else ''}{opened.problems[0]}"
    wrong = len(opened.problems) - len(texts)
    ledgers = f"Not read to the end: {wrong:,} of {len(opened.ledgers):,} ledgers." if wrong else ""
    others = f"Not whole, or not read: {len(texts):,} texts or files; all others are opened." if texts else ""
    return " ".join(filter(None, [ledgers, others, "What is wrong with each stands above."]))


def _result(opened: OpenedLedgers) -> JsonResult:
    result: JsonResult = {"by_hand": opened.by_hand}
    result["ledgers"] = [_ledger_result(ledger.opening) for ledger in opened.ledgers]
    if opened.texts is not None:
        problems = [{"reason": one.reason, "text": str(one)} for one in opened.texts.problems]
        result["texts"] = {**vars(opened.texts), "problems": problems}
    return result


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
