"""The terminal: all output to a person and all questions. No other module prints.

It shows and reads text; what an answer means is decided elsewhere.
"""

# Terminal rules
# 1. Every text goes through harmless(), whoever wrote it: nothing to remember, nothing to forget.
# 2. A call of say() is one line. Strangers' words cannot begin another one.
# 3. Markup is off: square brackets are square brackets. Colour only repeats what the words say already.
# 4. A stranger's text stands last on its line, so letters written from right to left cannot move our words about.
#    Only layout.py sets two texts side by side, and not when such a letter is in one of them.
# 5. A passphrase is typed without echo, at a terminal or not at all; scripts give a file.
# 6. With --json, standard output carries one JSON object, errors too, and nothing is asked but a passphrase.
# 7. Signatures under review are shown on the alternate screen; when it is left, screen and scrollback are cleared, for
#    some terminals have only one screen. A terminal that cannot clear anything gets no names.
# 8. Secrets (an offered passphrase, a card) are shown so at a terminal or not at all.
# 9. What is pressed while the program computes answers no question where Enter alone does something, and decides about
#    nothing: it is forgotten. It is neither echoed nor left to the shell (quiet.py): it may be a passphrase.

from __future__ import annotations

import json
import sys
import termios
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from crypto.typed import number_in
from organizer.actions.sitting import Sitting
from organizer.cli.terminal import quiet
from organizer.cli.terminal.keyboard import MOVES
from organizer.cli.terminal.progress_columns import progress_columns
from organizer.cli.terminal.watching import watched
from organizer.cli.terminal.yes_no import hint, read_yes_no
from organizer.errors import OrganizerError
from organizer.keys.memory import not_swapped
from organizer.text import harmless

WIDEST_BAR_NAME = 24

# Erase the screen; erase what was scrolled out of it (ED 2, ED 3 of xterm).
_ERASED = "\x1b[H\x1b[2J\x1b[3J"


class Terminal:
    """A dialogue in words, or, with `as_json`, one JSON object at its end; every wait in it may end its `sitting`."""

    def __init__(self, as_json: bool = False, sitting: Sitting | None = None) -> None:
        self.as_json = as_json
        self.sitting = sitting
        self._settings: list[Any] = []
        for stream in (sys.stdout, sys.stderr):
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(errors="replace")  # a terminal without Cyrillic must not stop the work
        self._out, self._err = _console(stderr=False), _console(stderr=True)

    @property
    def is_at_terminal(self) -> bool:
        """Whether a person sees what is said, screen by screen, and can press a key."""
        return self._out.is_terminal and sys.stdin.isatty() and not self.as_json

    def say(self, text: str = "", style: str = "") -> None:
        """One line, wrapped at a terminal. With --json nothing is said."""
        if self.as_json:
            return
        if self._out.is_terminal:
            self._out.print(Text(harmless(text), style))
        else:  # what rich would write, in a hundredth of its time: a list can have a million lines
            self._out.file.write(f"{harmless(text)}\n")
            self._out.file.flush()

    def say_exactly(self, text: str, style: str = "") -> None:
        """Lines of ours to copy, never wrapped."""
        if not self.as_json:
            for line in text.splitlines():
                self._out.print(Text(harmless(line), style), soft_wrap=True)

    @property
    def size(self) -> tuple[int, int]:
        """Characters in a line, lines on the screen."""
        return self._out.size.width, self._out.size.height

    def show(self, table: Table) -> None:
        """A table of layout.py, which made every text in it harmless."""
        if not self.as_json:
            self._out.print(table)

    def heading(self, text: str) -> None:
        """The title of a new part of a dialogue."""
        self.say()
        self.say(text, "bold underline")
        self.say()

    def table(self, rows: Iterable[tuple[str, object]]) -> None:
        """Label and value, a line each; at a terminal a long value goes on in its own column."""
        rows = list(rows)
        if self.as_json or not rows:
            return
        if not self._out.is_terminal:
            width = max(len(label) for label, _ in rows)
            for label, value in rows:
                self.say(f"  {label:<{width}}  {value}")
            return
        grid = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 2), pad_edge=True)
        for label, value in rows:
            grid.add_row(Text(harmless(label)), Text(harmless(str(value))))
        self._out.print(grid)

    def pages(self, lines: Sequence[str], ask: bool = True) -> bool:
        """Many lines; at a terminal a screenful at a time, and a person may stop looking. Elsewhere all of them.

        Whether all were shown.
        """
        step = max(self._out.size.height - 2, 1) if ask and self.is_at_terminal else len(lines)
        for shown in range(0, len(lines), step or 1):
            if shown:
                self.say(f"Lines {shown:,} of {len(lines):,}. Space: go on. q: enough.", "bold")
                if self.key() in ("q", "й", None):
                    return False
            for line in lines[shown : shown + step]:
                self.say(line)
        return True

    def result(self, data: dict[str, Any]) -> None:
        """Print the result of a command for scripts; without --json this prints nothing."""
        if self.as_json:
            click.echo(json.dumps(data))

    def failure(self, reason: str, text: str, details: dict[str, Any]) -> None:
        """Print why a command did not do all that was asked."""
        if self.as_json:
            click.echo(json.dumps({"error": reason, "text": text, **details}))
        else:
            self._err.print(Text(harmless(text), "bold red"), soft_wrap=not self._err.is_terminal)

    def ask(self, question: str, default: str | None = "") -> str:
        """A line of text. Raises OrganizerError: question, stopped, not-text."""
        self.check_may_ask()
        with self._answers(), quiet.echoing():
            return str(click.prompt(harmless(question), default=default, show_default=bool(default)))

    def confirm(self, question: str) -> bool:
        """Yes or no, as yes_no.py reads it; Enter alone is no. Raises OrganizerError: question, stopped, not-text."""
        self.check_may_ask()
        quiet.forget_keys()
        while True:
            with self._answers(), quiet.echoing():
                typed = str(click.prompt(harmless(question), "", prompt_suffix=" [y/N]: ", show_default=False))
            if (meant := read_yes_no(typed)) is not None:
                return meant
            self.say(hint(typed))

    def wait(self, text: str = "Press Enter to go on") -> None:
        """Wait until Enter is pressed. Raises OrganizerError: question, stopped."""
        self.check_may_ask()
        quiet.forget_keys()
        with self._answers(), quiet.echoing(termios.ECHONL):
            click.prompt(harmless(text), default="", show_default=False, prompt_suffix=" ")

    def choose(self, question: str, answers: Sequence[str]) -> int:
        """Which of some numbered answers, counted from 1. Raises OrganizerError: question, stopped."""
        for number, answer in enumerate(answers, start=1):
            self.say(f"  {number}  {answer}")
        while True:
            chosen = number_in(self.ask(question, default=None))
            if chosen is not None and 1 <= chosen <= len(answers):
                return chosen
            self.say(f"Type a number from 1 to {len(answers)}.")

    def passphrase(self, question: str, may_be_empty: bool = False) -> str:
        """A line typed without echo, kept from the disk. Raises OrganizerError: question, stopped, not-text."""
        if not sys.stdin.isatty():
            raise OrganizerError(
                "question", "There is no terminal to type the passphrase at. Give it in a file: --passphrase-file."
            )
        with self._answers():
            default = "" if may_be_empty else None
            typed = click.prompt(harmless(question), hide_input=True, default=default, show_default=False, err=True)
        return not_swapped(str(typed))

    def key(self) -> str | None:
        """One key, or the first letter of a line when there is no terminal; None at Ctrl-C and at the end of input.

        The keys up, down, page-up, page-down, home and end are given by these names, every other special key as "".
        """
        self.check_may_ask()
        try:
            if sys.stdin.isatty():
                with watched(self.sitting):
                    typed = click.getchar()
                # An arrow key is an escape sequence, not a decision.
                return typed if len(typed) == 1 else MOVES.get(typed, "")
            line = sys.stdin.readline()
        except (KeyboardInterrupt, EOFError):
            return None
        except UnicodeDecodeError:
            return ""
        return line.strip()[:1] if line else None

    @contextmanager
    def private_screen(self) -> Iterator[Callable[[], None]]:
        """A screen whose content leaves no trace in the scrollback; gives a function that clears it.

        Raises OrganizerError: question, when somebody at a terminal sends what is shown elsewhere, and when the
        terminal cannot erase it.
        """
        if sys.stdin.isatty() and not self._out.is_terminal:
            text = "This shows names that are not public, so it needs a terminal: leave out what stands behind > or |."
            raise OrganizerError("question", text)
        if not self._out.is_terminal:
            yield self.say
            return
        if self._out.is_dumb_terminal:
            text = (
                "This terminal cannot erase what it has shown (TERM=dumb), and names must not stay on it. Take another."
            )
            raise OrganizerError("question", text)
        self._out.set_alt_screen(True)
        try:
            with quiet.not_put_aside():
                self._out.clear()
                yield self._out.clear
        finally:
            self._write(_ERASED)
            self._out.set_alt_screen(False)

    @contextmanager
    def secret_screen(self) -> Iterator[Callable[[], None]]:
        """A private screen for secrets, scrollback wiped at its end. Raises OrganizerError: question."""
        if not self.is_at_terminal:
            text = "This shows a secret, so it needs a terminal: the output must not go into a file or another program."
            raise OrganizerError("question", text)
        with self.private_screen() as clear:
            yield clear

    def command(self, prompt: str) -> str:
        """A line at the prompt of `organizer work`. Raises EOFError, KeyboardInterrupt, UnicodeDecodeError."""
        self._settings = termios.tcgetattr(sys.stdin)
        quiet.forget_keys()
        with quiet.echoing():
            return input(prompt)

    def forget(self) -> None:
        """Erase the screen and what was scrolled out of it; the terminal is as it was before the last command."""
        if self.is_at_terminal:
            # A wait that ended in the middle of a key may have left it as it was for keys.
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._settings)
            self._write(_ERASED)

    def _write(self, codes: str) -> None:
        self._out.file.write(codes)
        self._out.file.flush()

    @contextmanager
    def progress(self, what: str, unit: str = "envelopes read") -> Iterator[Callable[[int, int], None]]:
        """A bar with rate and time left, or one plain line at the end. Gives a function (more done, total)."""
        done = total = 0
        bar = Progress(*progress_columns(), console=self._err, disable=not self._err.is_terminal, expand=True)
        # Names of ledgers are as wide as a screen, which amount, rate and time left need, too.
        told = what if len(what) <= WIDEST_BAR_NAME else f"{what[: WIDEST_BAR_NAME - 1]}…"
        task = bar.add_task(harmless(told), total=None)

        def advance(more: int, of: int) -> None:
            nonlocal done, total
            done, total = done + more, of
            bar.update(task, completed=done, total=total)

        try:
            with bar:
                yield advance
        finally:
            if not self._err.is_terminal:
                self.say(f"{what}: {done:,} of {total:,} {unit}.")

    @contextmanager
    def _answers(self) -> Iterator[None]:
        try:
            with watched(self.sitting):
                yield
        except click.Abort as error:
            raise OrganizerError("stopped", "Stopped. Nothing more was done.") from error
        except UnicodeDecodeError as error:
            raise OrganizerError("not-text", "What was typed is not text in UTF-8. Try again.") from error

    def check_may_ask(self) -> None:
        """Refuse to go on where no question can be asked. Raises OrganizerError: question."""
        if self.as_json:
            text = "With --json nothing is asked. Give the answer as an option; --help names it."
            raise OrganizerError("question", text)


def _console(stderr: bool) -> Console:
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
