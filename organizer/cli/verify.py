"""`organizer verify`: check a publication in words; works for anyone, without a workspace and without a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from crypto.publication import Publication, digest, read_publication
from organizer.actions.session import read_appeal_of
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, MINISIG, PREVIOUS, TRUSTED, carry_out, options
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.results.publication import Checked, check_publication, stock_command
from organizer.workspace.files import minisigs_beside, read_file


@click.command("verify")
@click.argument("publication")
@options(MINISIG, TRUSTED, PREVIOUS, JSON)
def verify_command(
    publication: str, minisigs: tuple[str, ...], appeal_file: str, previous: str | None, as_json: bool
) -> None:
    """Check a publication, step by step in words.

    Anyone can do this; it needs no key and no workspace. The exit code is 0 only when everything fits.

    \b
    Example:
      organizer verify publication.json --appeal appeal.json
    """
    files = Files(publication, minisigs, appeal_file, previous)
    carry_out(as_json, lambda terminal: run(terminal, files))


@dataclass(frozen=True)
class Files:
    """The files that a reader has: publication, its minisigs (else those beside it), appeal.json, the one before."""

    publication: str
    minisigs: Sequence[str]
    appeal: str
    previous: str | None = None


@dataclass(frozen=True)
class Verified:
    """A publication that holds in everything that can be checked."""

    publication: Publication
    digest: str
    checked: Checked


def run(terminal: Terminal, files: Files) -> JsonResult:
    """Raises OrganizerError with the reason of the check that failed; AppealError."""
    found = verified(terminal, files)
    publication, checked = found.publication, found.checked
    commands = [stock_command(key, files.publication, minisig) for minisig, key in checked.signed_by.items()]
    terminal.say()
    terminal.say(f"This is the organizers' publication {publication.number}: {publication.total:,} signatures.", "bold")
    terminal.say(
        "All that can be checked holds, if this appeal.json is the right one: compare its keys with other places."
    )
    terminal.say(
        "That each signature is a person's, only the organizers can know: they have read them and signed this."
    )
    terminal.say()
    terminal.say("To check the minisign signature with the stock program and nothing of ours:")
    terminal.say_exactly("\n".join(commands))
    return {
        "number": publication.number,
        "total": publication.total,
        "digest": found.digest,
        "signed_by": [key.line for key in checked.signed_by.values()],
        "commands": commands,
        "steps": checked.steps,
    }


def verified(terminal: Terminal, files: Files) -> Verified:
    """Check, and say each step. Raises OrganizerError with the reason of the check that failed; AppealError."""
    data, appeal = read_file(files.publication), read_appeal_of(read_file(files.appeal), files.appeal)
    beside = files.minisigs or minisigs_beside(files.publication)
    texts = {name: read_file(name).decode("utf-8", "replace") for name in beside}
    if not texts:
        text = f"There is no .minisig file beside {files.publication}. Name one with --minisig."
        raise OrganizerError("no-minisig", text)
    previous = None if files.previous is None else read_file(files.previous)
    checked = check_publication(data, texts, appeal, previous)
    for number, step in enumerate(checked.steps, start=1):
        terminal.say(f"{number}. {step}")
    if checked.error:
        text = f"This publication must not be trusted. {checked.error}"
        raise OrganizerError(checked.error.reason, text, {"steps": checked.steps})
    return Verified(read_publication(data), digest(data), checked)
