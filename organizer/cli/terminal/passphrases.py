"""Asks for the passphrase at a terminal, without echo, or reads it from a file for scripts."""

from __future__ import annotations

from crypto.errors import UndersignedError
from organizer.actions.plan import Notice
from organizer.actions.sitting import Sitting
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace.files import read_secret

ATTEMPTS = 3
MISTYPED = (
    "Is it the paper of this workspace? In one that was made for you, capitals, hyphens and a Cyrillic keyboard do no "
    "harm; in one of your own, every sign counts, and where keys lie otherwise, y and z may be exchanged."
)


class TerminalPassphrases:
    """The passphrase: asked for up to three times, or read once from a file, which would be the same the next time."""

    def __init__(self, terminal: Terminal, file: str | None) -> None:
        self._terminal = terminal
        self._file = file
        self._asked = 0

    @property
    def sitting(self) -> Sitting | None:
        """That of the prompt that the command was typed at; None when the command was started by itself."""
        return self._terminal.sitting

    def passphrase(self, wrong: UndersignedError | None) -> str:
        """Ask, after saying why the last answer was `wrong`; that error is raised after the last attempt.

        Raises OrganizerError: no-file, not-text, question, stopped.
        """
        if wrong is not None:
            if self._file is not None or self._asked == ATTEMPTS:
                raise wrong
            self._terminal.say(str(wrong))
            self._terminal.say(MISTYPED)
        if self._file is not None:
            return read_passphrase_file(self._file)
        self._asked += 1
        return self._terminal.passphrase("Passphrase")

    def opening(self) -> None:
        """Say that the key is being opened, to a person who typed the passphrase; a script need not be told."""
        if self._file is None:
            self._terminal.say("Opening the key. This takes some seconds.")

    def signing(self) -> None:
        """Say that the minisign key is being opened."""
        self._terminal.say("Signing. This takes some seconds.")

    def tell(self, notice: Notice) -> None:
        """Say it."""
        self._terminal.say(str(notice))


def read_passphrase_file(path: str) -> str:
    """The passphrase in a file, one newline at its end left out. Raises OrganizerError: no-file, not-text."""
    try:
        text = read_secret(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrganizerError("not-text", "The passphrase file is not text in UTF-8.") from error
    return text.removesuffix("\n").removesuffix("\r")
