"""The command line: names of commands, their options and help. What they do is in commands/.

Knows click. Must never print, and turns every error a person can meet into one sentence and the exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from crypto.errors import UndersignedError
from organizer.commands import Result, add, duplicates, keygen, open_ledgers, publish, review, status, verify, withdraw
from organizer.errors import OrganizerError
from organizer.talk import Talk
from organizer.workspace import DEFAULT_FOLDER

Command = TypeVar("Command", bound=Callable[..., Any])

_workspace = click.option(
    "-w",
    "--workspace",
    "folder",
    metavar="FOLDER",
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The workspace's folder.",
)
_passphrase = click.option("--passphrase-file", help="Read the passphrase from FILE, do not ask.", metavar="FILE")
_appeal = click.option("--appeal", "appeal_file", metavar="FILE", help="The appeal.json from the site; needed once.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and ask nothing.")


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def add_all(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


def _carry_out(as_json: bool, work: Callable[[Talk], Result]) -> None:
    talk = Talk(as_json)
    try:
        talk.result(work(talk))
    except (UndersignedError, OSError, MemoryError, KeyboardInterrupt) as error:
        found = _explain(error)
        talk.failure(found.reason, str(found), found.details)
        raise SystemExit(1) from error


def _explain(error: BaseException) -> OrganizerError:
    if isinstance(error, OrganizerError):
        return error
    if isinstance(error, UndersignedError):
        return OrganizerError(error.reason, str(error))
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        return OrganizerError("file", f"A file could not be read or written ({error.strerror or error}){place}")
    if isinstance(error, MemoryError):
        return OrganizerError("memory", "There is not enough free memory. Close other programs and try again.")
    return OrganizerError("stopped", "Stopped. What was finished before is kept; the same command goes on.")


class _Organizer(click.Group):
    """Commands in the order they are used; mistakes in the options are told as JSON too, when JSON was asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **extra: Any) -> Any:
        given = extra.get("args") or (args[0] if args else sys.argv[1:])
        try:
            return super().main(*args, **{**extra, "standalone_mode": False})
        except click.UsageError as error:
            if "--json" not in given:
                error.show()
                raise SystemExit(error.exit_code) from error
            Talk(as_json=True).failure("usage", error.format_message(), {})
            raise SystemExit(1) from error


@click.group(cls=_Organizer, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@_options(_workspace, _json)
@click.pass_context
def organizer(context: click.Context, folder: str, as_json: bool) -> None:
    """Open, review and publish the signatures of an appeal, offline.

    The commands in the order they are used: keygen once; then open, review and publish as often as you like.
    Each explains itself with --help. Nothing here uses the network.
    The options below may stand before the command or after it.
    """
    given = {"folder": folder, "as_json": as_json}
    context.default_map = dict.fromkeys(organizer.commands, given)


@organizer.command("keygen")
@click.option("--signer", required=True, help="Your short name, a-z, 0-9 and -; it names your minisign signatures.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if it has one already; else a new one is made.")
@_options(_workspace, _passphrase, _json)
def _keygen(folder: str, signer: str, appeal_id: str | None, passphrase_file: str | None, as_json: bool) -> None:
    """Make the organizers' keys, once per appeal.

    A passphrase is offered; write it on paper. The keys are kept in a new folder, locked with it: one key that
    opens the signatures, one that signs what you publish. At the end you see the lines that the site needs.

    \b
    Example:
      organizer keygen --signer anna
    """
    _carry_out(as_json, lambda talk: keygen.run(talk, folder, signer, appeal_id, passphrase_file))


@organizer.command("open")
@click.argument("ledgers", nargs=-1, required=True, metavar="LEDGER...")
@_options(_workspace, _appeal, _passphrase, _json)
def _open(
    ledgers: tuple[str, ...], folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Open the envelopes of one or more ledgers.

    What was opened before is recognised and skipped, so opening a ledger again is safe, and so is stopping in the
    middle. Envelopes that cannot be read are set aside and counted with the reason.

    \b
    Example:
      organizer open ledger.bin --appeal appeal.json
    """
    _carry_out(as_json, lambda talk: open_ledgers.run(talk, folder, ledgers, appeal_file, passphrase_file))


@organizer.command("review")
@click.option("--accept-all", is_flag=True, help="Accept all that is undecided without showing it.")
@click.option("--again", is_flag=True, help="Go over everything once more, what was entered by hand included.")
@_options(_workspace, _passphrase, _json)
def _review(folder: str, accept_all: bool, again: bool, passphrase_file: str | None, as_json: bool) -> None:
    """Look at one signature at a time and accept, refuse or hold it.

    Press one key for each signature. Stop whenever you like; the next time it goes on where you stopped. What is
    held comes back the next time. Signatures that look like one accepted before are marked; you decide.

    \b
    Example:
      organizer review
    """
    _carry_out(as_json, lambda talk: review.run(talk, folder, accept_all, again, passphrase_file))


@organizer.command("duplicates")
@_options(_workspace, _passphrase, _json)
def _duplicates(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """List signatures that may be of one person, two by two, with the reason.

    Looks at all that is accepted, held or undecided, however a name is spelled: in another alphabet, short, with or
    without patronymic, with a slip. Relatives and namesakes look alike, too, so nothing is changed here: you decide
    in “organizer review”. At a terminal one pair is shown at a time. With --json, pairs are named by envelope ids.

    \b
    Example:
      organizer duplicates
    """
    _carry_out(as_json, lambda talk: duplicates.run(talk, folder, passphrase_file))


@organizer.command("add")
@click.option("--csv", metavar="FILE", help="A table whose first line names its columns.")
@click.option("--letter", metavar="LANG", help="The language of the letter that was signed.")
@_options(_workspace, _appeal, _json)
def _add(folder: str, csv: str | None, letter: str | None, appeal_file: str | None, as_json: bool) -> None:
    """Enter signatures that came on paper or by messenger.

    Type them in one by one, or give a table (CSV, UTF-8) with some of the columns name, relation, prisoner, public,
    contact, message and language; name and public must be there, and public must be yes or no. A bad line is
    left out and named with its number. What you enter counts as accepted. No passphrase is needed.

    \b
    Example:
      organizer add --csv paper.csv --letter be
    """
    _carry_out(as_json, lambda talk: add.run(talk, folder, csv, letter, appeal_file))


@organizer.command("withdraw")
@click.option("--code-file", metavar="FILE", help="Read the code from FILE instead of asking for it.")
@_options(_workspace, _appeal, _json)
def _withdraw(folder: str, code_file: str | None, appeal_file: str | None, as_json: bool) -> None:
    """Take back the signature of a person who wrote to you with their code.

    The signature need not have been opened yet. No passphrase is needed.

    \b
    Example:
      organizer withdraw
    """
    _carry_out(as_json, lambda talk: withdraw.run(talk, folder, code_file, appeal_file))


@organizer.command("publish")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Copy the files to hand over into DIR.")
@_options(_workspace, _appeal, _passphrase, _json)
def _publish(
    folder: str, yes: bool, out: str | None, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Count what is accepted, show the result, sign it.

    You see the numbers and every name that will be public before anything is written. Names that are not public
    never get into the file.

    \b
    Example:
      organizer publish --out /media/stick
    """
    today = datetime.now(UTC).date().isoformat()
    _carry_out(as_json, lambda talk: publish.run(talk, folder, today, appeal_file, passphrase_file, yes, out))


@organizer.command("verify")
@click.argument("publication")
@click.option("--minisig", "minisigs", multiple=True, metavar="FILE", help="Else all that lie beside it.")
@click.option("--appeal", "appeal_file", required=True, metavar="FILE", help="The appeal.json to trust.")
@click.option("--previous", metavar="FILE", help="The publication.json before this one.")
@_json
def _verify(publication: str, minisigs: tuple[str, ...], appeal_file: str, previous: str | None, as_json: bool) -> None:
    """Check a publication, step by step in words.

    Anyone can do this; it needs no key and no workspace. The exit code is 0 only when everything fits.

    \b
    Example:
      organizer verify publication.json --appeal appeal.json
    """
    _carry_out(as_json, lambda talk: verify.run(talk, publication, minisigs, appeal_file, previous))


@organizer.command("status")
@_options(_workspace, _passphrase, _json)
def _status(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Show in numbers what the workspace holds.

    How many envelopes came, how many signatures are undecided, accepted, refused or withdrawn, how many ledgers
    were read and how many results published.

    \b
    Example:
      organizer status
    """
    _carry_out(as_json, lambda talk: status.run(talk, folder, passphrase_file))
