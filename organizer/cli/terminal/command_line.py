"""The line that commands are typed on: arrow keys, completion with Tab, earlier lines with ↑. Nothing is written.

Lines are kept here and lent to readline for the time of the prompt, so that what answers a question, such as a name, is
never among them, and ↑ at a question brings no command.
"""

from __future__ import annotations

import readline
import shlex
from collections.abc import Callable

from organizer.cli.terminal.words import split
from organizer.workspace.files import beginning_with, with_home

Options = Callable[[str], list[str]]
"""The options of a command."""


class CommandLine:
    """Reads lines; `commands` are what a line may begin with."""

    def __init__(self, commands: list[str], options: Options) -> None:
        self.commands = commands
        self._options = options
        self._lines: list[str] = []
        readline.set_auto_history(False)
        readline.set_completer_delims("")  # the whole line is completed: only here it is known what is quoted
        readline.parse_and_bind("set enable-bracketed-paste off")  # of pasted lines, each is a command

    def read(self, ask: Callable[[str], str], prompt: str) -> str:
        """One line that `ask` reads. Raises EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C, UnicodeDecodeError."""
        readline.clear_history()
        for line in self._lines:
            readline.add_history(line)
        readline.set_completer(self._offer)
        readline.parse_and_bind("tab: complete")
        try:
            return ask(prompt)
        finally:
            readline.clear_history()
            readline.set_completer(None)
            readline.parse_and_bind("tab: self-insert")

    def remember(self, line: str) -> None:
        """Bring this line back at ↑."""
        if self._lines[-1:] != [line]:
            self._lines.append(line)

    def forget(self) -> None:
        """Bring nothing back any more."""
        self._lines.clear()

    def _offer(self, line: str, number: int) -> str | None:
        return dict(enumerate(self.complete(line))).get(number)

    def complete(self, line: str) -> list[str]:
        """The lines that this one can go on as: a command, an option of it, or the name of a file."""
        words = split(line)
        last = words[-1] if words and words[-1].end == len(line) else None
        before, typed = (line[: last.start], last.text) if last else (line, "")
        if not before.strip():
            return [f"{before}{name} " for name in self.commands if name.startswith(typed)]
        if typed.startswith("-"):
            return [f"{before}{name} " for name in self._options(words[0].text) if name.startswith(typed)]
        return [before + _as_typed(name) for name in beginning_with(with_home(typed))]


def _as_typed(path: str) -> str:
    quoted = shlex.quote(path)
    if path.endswith("/"):
        return quoted.removesuffix("'") if quoted != path else path  # it goes on behind the "/"
    return f"{quoted} "
