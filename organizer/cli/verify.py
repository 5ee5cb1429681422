"""`organizer verify`: check a publication in words; works for anyone, without a workspace and without a key."""

from __future__ import annotations

import click

from organizer.actions.verify import PublicationFiles, need_verified, verify
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, MINISIG, PREVIOUS, TRUSTED, WORKSPACE, carry_out, options
from organizer.cli.terminal.appeal import settle_trusted
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.terminal.verification import say_steps, say_verified


@click.command("verify")
@click.argument("publication")
@options(MINISIG, TRUSTED, PREVIOUS, WORKSPACE, JSON)
def verify_command(
    publication: str,
    minisigs: tuple[str, ...],
    appeal_file: str | None,
    previous: str | None,
    folder: str,
    as_json: bool,
) -> None:
    """Check a publication, step by step in words.

    Anyone can do this; it needs no key and no workspace, but where one is, its appeal.json need not be named again.
    The exit code is 0 only when everything fits.

    \b
    Example:
      organizer verify publication.json --appeal appeal.json
    """

    def files(terminal: Terminal) -> PublicationFiles:
        return PublicationFiles(publication, minisigs, settle_trusted(terminal, appeal_file, folder), previous)

    carry_out(as_json, lambda terminal: run(terminal, files(terminal)))


def run(terminal: Terminal, files: PublicationFiles) -> JsonResult:
    """Check and show each step. Raises OrganizerError with the reason of the check that failed; AppealError."""
    checks = verify(files)
    say_steps(terminal, checks)
    found = need_verified(checks)
    say_verified(terminal, found)
    return {
        "number": found.publication.number,
        "total": found.publication.total,
        "digest": found.digest,
        "appeal": files.appeal,
        "signed_by": list(found.signed_by),
        "commands": list(found.commands),
        "steps": checks.checked.steps,
    }
