"""`organizer work`: a prompt at which the other commands are typed, with the passphrase asked once.

What is kept and when it is forgotten stands in organizer/actions/sitting.py.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click

from organizer.actions.sitting import IDLE, Sitting
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, WORKSPACE, Start, carry_out, options, started
from organizer.cli.terminal.command_line import CommandLine
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.terminal.watching import SittingOver, watched
from organizer.cli.terminal.words import words_of
from organizer.errors import OrganizerError

PROGRAM = "organizer"
OWN = ("help", "lock", "quit")
"""Words that only the prompt knows."""
WITHOUT_COMMAND = ("--help", "-h", "--version")

APART = frozenset({"ceremony", "keygen", "restore", "burn", "export-nonpublic", "rehearse"})
"""Commands that make, hand out or destroy keys, or write names down. They ask as if started by themselves, and the
root is forgotten before them: writing cards takes longer than ten minutes, and whoever finds an unlocked prompt should
not be able to make any."""

Run = Callable[[Sequence[str], Sitting | None], None]
"""Carries out a command as typed, without the program's name."""


@click.command("work", short_help="Type commands one after another, the passphrase once.")
@options(WORKSPACE, JSON)
@click.pass_context
def work_command(context: click.Context, folder: str, as_json: bool) -> None:
    """Type commands one after another, without “organizer” before them.

    The passphrase is asked for by the first command that needs it, and forgotten when nothing was typed for ten
    minutes, in the middle of a command, too: what was decided is kept. Then the screen is wiped. “lock” does so at
    once; “quit” or Ctrl-D ends it. The Tab key completes names, ↑ brings earlier lines back. Nothing of it is written
    to the disk. Commands that make or destroy keys, or write down names that are not public, ask for the passphrase
    each time.

    \b
    Example:
      organizer work
    """
    start, whole = started(context), context.find_root().command

    def run_command(words: Sequence[str], sitting: Sitting | None) -> None:
        whole.main(["-w", folder, *words], prog_name="", obj=replace(start, sitting=sitting))

    carry_out(as_json, lambda terminal: run(terminal, start, _line(whole, context), run_command))


def _line(whole: click.Command, context: click.Context) -> CommandLine:
    assert isinstance(whole, click.Group)

    def options_of(name: str) -> list[str]:
        command = whole.get_command(context, name)
        return [] if command is None else [one for param in command.params for one in param.opts if one[:2] == "--"]

    return CommandLine([*(name for name in whole.list_commands(context) if name != "work"), *OWN], options_of)


def run(terminal: Terminal, start: Start, line: CommandLine, run_command: Run) -> JsonResult:
    """Read and carry out commands until the person has enough. Raises OrganizerError: question."""
    terminal.check_may_ask()
    if not terminal.is_at_terminal:
        raise OrganizerError("question", "Commands are typed here one after another, so it needs a terminal.")
    sitting = Sitting(start.clock)
    terminal.say("Type commands without “organizer”, such as “status”. help lists them, quit or Ctrl-D ends.")
    terminal.say(f"The passphrase is asked once, and forgotten after {IDLE / 60:.0f} minutes without a key.")
    with _as_long_as_the_terminal():
        prompt = Prompt(terminal, sitting, line, run_command)
        while prompt.next():
            pass
    sitting.lock()
    return {}


class Prompt:
    """One line after another."""

    def __init__(self, terminal: Terminal, sitting: Sitting, line: CommandLine, run_command: Run) -> None:
        self._terminal = terminal
        self._sitting = sitting
        self._line = line
        self._run = run_command

    def next(self) -> bool:
        """Read a line and do what it says; False at the end."""
        try:
            return self._do(self._read())
        except SittingOver:
            self._lock(f"Locked: nothing was typed for {IDLE / 60:.0f} minutes. What was finished before is kept.")
        except EOFError:
            self._terminal.say()
            return False
        except KeyboardInterrupt:
            self._terminal.say()
        except (OrganizerError, UnicodeDecodeError) as error:
            text = str(error) if isinstance(error, OrganizerError) else "This is not text in UTF-8. Try again."
            self._terminal.failure("usage", text, {})
        return True

    def _read(self) -> str:
        state = "unlocked" if self._sitting.is_unlocked else "locked"
        with watched(self._sitting):
            return self._line.read(self._terminal.command, f"{PROGRAM} ({state})> ")

    def _do(self, typed: str) -> bool:
        words = words_of(typed)
        if words[:1] == [PROGRAM]:
            words = words[1:]
        if not words:
            return True
        if words[0] not in (*self._line.commands, *WITHOUT_COMMAND):
            # It is neither repeated nor remembered: perhaps it was a passphrase, typed too early.
            raise OrganizerError("usage", "This is not a command. “help” lists those that can be typed here.")
        self._line.remember(typed)
        if words[0] == "quit":
            return False
        if words[0] == "lock":
            self._lock("Locked.")
        elif words[0] == "help":
            self._carry_out([*words[1:2], "--help"])
            self._terminal.say("\nOnly here: “help COMMAND” explains one, “lock” forgets the passphrase, “quit” ends.")
        else:
            self._carry_out(words)
        return True

    def _carry_out(self, words: Sequence[str]) -> None:
        if words[0] in APART and "--help" not in words:
            self._sitting.lock()
        try:
            self._run(words, None if words[0] in APART else self._sitting)
        except (SystemExit, click.Abort):
            return  # it has said why

    def _lock(self, text: str) -> None:
        self._sitting.lock()
        self._line.forget()
        self._terminal.forget()
        self._terminal.say(text, "bold")


@contextmanager
def _as_long_as_the_terminal() -> Iterator[None]:
    """Ctrl-Z does nothing: a stopped program cannot look at the clock and forget. A closed window ends it for sure."""
    wanted = {signal.SIGTSTP: signal.SIG_IGN, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
