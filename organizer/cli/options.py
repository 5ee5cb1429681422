"""What all commands share: their common options, and carry_out(), which runs a command and tells its result.

Every error that a person can meet becomes one sentence and the exit code 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from organizer.actions.failures import EXPECTED, explain_failure
from organizer.actions.sitting import Sitting
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace import DEFAULT_FOLDER

if TYPE_CHECKING:  # it knows keys and tallies, which --help must not wait for
    from organizer.cli.json_results import JsonResult

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
TRUSTED = click.option(
    "--appeal",
    "appeal_file",
    metavar="FILE",
    help="The appeal.json to trust; else the one that the workspace remembers.",
)
PREVIOUS = click.option("--previous", metavar="FILE", help="The publication.json before this one.")


class _Day(click.ParamType[datetime]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The day that was typed; anything else is told calmly."""
        try:
            found = datetime.strptime(value, "%Y-%m-%d")
            if found.date().isoformat() != value:
                raise ValueError(value)
            return found
        except ValueError:
            self.fail("A day is written like 2027-01-31: year, month, day.", param, ctx)


TODAY = click.option(
    "--today",
    type=_Day(),
    metavar="YYYY-MM-DD",
    help="The day, if the clock of this computer is wrong.",
)
# Eager, so that it is known when --version is met, wherever it stands.
JSON = click.option("--json", "as_json", is_flag=True, is_eager=True, help="Print one JSON object and ask nothing.")


def seconds_since_boot() -> float:
    """A clock that nobody sets, and that counts the time in which the computer slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Start:
    """What a command is started with, beside what was typed."""

    program: str | None = None
    """The path of the one file that the tool runs from, if it does."""
    sitting: Sitting | None = None
    """That of the prompt that the command was typed at."""
    clock: Callable[[], float] = seconds_since_boot


def started(context: click.Context | None) -> Start:
    """How the command of this context was started; the one file tells its path only."""
    given: Start | str | None = None if context is None else context.obj
    return given if isinstance(given, Start) else Start(given)


def day_of(given: datetime | None) -> str:
    """The day by which a command judges, YYYY-MM-DD in UTC: the one given, or the clock's."""
    return (given or datetime.now(UTC)).date().isoformat()


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
    terminal = Terminal(as_json, started(click.get_current_context(silent=True)).sitting)
    try:
        terminal.result(work(terminal))
    except (*EXPECTED, KeyboardInterrupt) as error:
        found = _explain(error)
        terminal.failure(found.reason, str(found), found.details)
        raise SystemExit(1) from error


def _explain(error: BaseException) -> OrganizerError:
    if isinstance(error, Exception):
        return explain_failure(error)
    return OrganizerError("stopped", "Stopped. What was finished before is kept; the same command goes on.")
