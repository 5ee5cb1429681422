"""What all commands share: their common options, and carry_out(), which runs a command and tells its result.

Every error that a person can meet becomes one sentence and the exit code 1.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from crypto.errors import UndersignedError
from organizer.cli.json_results import JsonResult
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace.database import DISK_FULL
from organizer.workspace.folder import DEFAULT_FOLDER

Command = TypeVar("Command", bound=Callable[..., Any])

WORKSPACE = click.option(
    "-w",
    "--workspace",
    "folder",
    metavar="FOLDER",
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The workspace's folder.",
)
PASSPHRASE = click.option("--passphrase-file", help="Read the passphrase from FILE, do not ask.", metavar="FILE")
APPEAL = click.option("--appeal", "appeal_file", metavar="FILE", help="The appeal.json from the site; needed once.")
MINISIG = click.option("--minisig", "minisigs", multiple=True, metavar="FILE", help="Else all that lie beside it.")
TRUSTED = click.option("--appeal", "appeal_file", required=True, metavar="FILE", help="The appeal.json to trust.")
PREVIOUS = click.option("--previous", metavar="FILE", help="The publication.json before this one.")
# Eager, so that it is known when --version is met, wherever it stands.
JSON = click.option("--json", "as_json", is_flag=True, is_eager=True, help="Print one JSON object and ask nothing.")


def options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options for one command, in the order of its help."""

    def add_all(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


def pass_on_options(context: click.Context, commands: Iterable[str], folder: str, as_json: bool) -> None:
    """What was given before a command's name holds for the command."""
    context.default_map = {key: {"folder": folder, "as_json": as_json} for key in commands}


def carry_out(as_json: bool, work: Callable[[Terminal], JsonResult]) -> None:
    """Do the work of a command and tell its result, or why there is none."""
    terminal = Terminal(as_json)
    try:
        terminal.result(work(terminal))
    except (UndersignedError, OSError, MemoryError, KeyboardInterrupt) as error:
        found = _explain(error)
        terminal.failure(found.reason, str(found), found.details)
        raise SystemExit(1) from error


def _explain(error: BaseException) -> OrganizerError:
    if isinstance(error, OrganizerError):
        return error
    if isinstance(error, UndersignedError):
        return OrganizerError(error.reason, str(error))
    if isinstance(error, OSError):
        return _explain_file(error)
    if isinstance(error, MemoryError):
        return OrganizerError("memory", "There is not enough free memory. Close other programs and try again.")
    return OrganizerError("stopped", "Stopped. What was finished before is kept; the same command goes on.")


def _explain_file(error: OSError) -> OrganizerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OrganizerError("disk-full", f"{DISK_FULL} What was not finished was not kept.")
    place = f" {error.filename}" if error.filename else ""
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        text = f"This computer does not let you read or write{place or ' there'} ({error.strerror})."
        return OrganizerError("file", f"{text} Name another place; a stick may have a switch against writing.")
    text = f"The file{place} could not be read or written: {error.strerror or error}. Try again, or with another copy."
    return OrganizerError("file", text)
