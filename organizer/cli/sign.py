"""`organizer sign`: show a second organizer what a publication says, then add their minisig to it."""

from __future__ import annotations

from datetime import datetime

import click

from organizer.actions.fewer import agreed_to_fewer
from organizer.actions.session import Passphrases
from organizer.actions.sign import open_cosigning, plan_signing, sign
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, TODAY, WORKSPACE, carry_out, day_of, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.publication import say_sign_plan, say_signed
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal


@click.command("sign", short_help="Sign what another organizer published.")
@click.argument("publication")
@click.option("--previous", metavar="FILE", help="The publication.json before this one, to see what changed.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--fewer", is_flag=True, help="Sign the first one although it counts fewer than the site promised.")
@click.option("--sha256", metavar="HEX", help="The file's SHA-256, as the other organizer told it.")
@click.option("--out", metavar="DIR", help="Put the minisig into DIR instead of beside the publication.")
@options(TODAY, WORKSPACE, APPEAL, PASSPHRASE, JSON)
def sign_command(
    publication: str,
    previous: str | None,
    yes: bool,
    fewer: bool,
    sha256: str | None,
    out: str | None,
    today: datetime | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Sign what another organizer published, on your own computer.

    You see all that is in it, what changed since the last result, and every name that came or went. Each field is
    compared with what your workspace knows; if it has the keys and the ledgers, too, it is counted again and must
    agree. For what it cannot know you type the beginning of the SHA-256 that the other organizer told you. A second
    file with the same number is never signed. Then a .minisig of yours is put beside the publication.

    \b
    Example:
      organizer sign publication.json --appeal appeal.json
    """
    carry_out(
        as_json,
        lambda terminal: run(
            terminal,
            folder,
            day_of(today),
            publication,
            appeal_file,
            previous,
            passphrase_file,
            yes,
            out,
            fewer,
            sha256,
        ),
    )


def run(
    terminal: Terminal,
    folder: str,
    today: str,
    path: str,
    appeal_file: str | None,
    previous: str | None,
    passphrase_file: str | None,
    yes: bool,
    out: str | None,
    fewer: bool = False,
    sha256: str | None = None,
) -> JsonResult:
    """Show, ask, sign. `today` is YYYY-MM-DD.

    Raises OrganizerError: no-appeal, appeal-signer, signed-another, …; PublicationError.
    """
    passphrases: Passphrases = TerminalPassphrases(terminal, passphrase_file)
    settle_appeal(terminal, folder, appeal_file, yes)
    with open_cosigning(passphrases, folder) as at:
        plan = plan_signing(at, path, previous, today, terminal.progress)
        say_sign_plan(terminal, plan, page=not yes)
        given = {**agreed_to_fewer(fewer), **plan.told(sha256)}
        signed = sign(at, plan, ask_questions(terminal, plan.questions, yes, given), out)
    say_signed(terminal, signed)
    publication = plan.publication
    return {
        "number": publication.number,
        "total": publication.total,
        "pairs": plan.pairs.total(),
        "digest": plan.digest,
        "minisig": signed.name,
        "same": {with_what: list(words) for with_what, words in plan.findings.same.items()},
        "unknown": list(plan.findings.unknown),
    }
