"""The passphrase at a terminal, typed without echo, or read from a file for scripts."""

from __future__ import annotations

from crypto.errors import UndersignedError
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace.files import read_file

ATTEMPTS = 3
MISTYPED = "Small letters, the hyphens, and a Latin keyboard? Where keys lie otherwise, y and z may be exchanged."


class TerminalPassphrases:
    """Asks up to three times; with a file it is read once, for a file does not correct itself."""

    def __init__(self, terminal: Terminal, file: str | None) -> None:
        self._terminal = terminal
        self._file = file
        self._asked = 0

    def passphrase(self, wrong: UndersignedError | None) -> str:
        """Raises `wrong` after the last attempt; OrganizerError: no-file, not-text, question, stopped."""
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
        """Only a person who typed waits for something."""
        if self._file is None:
            self._terminal.say("Opening the key. This takes some seconds.")

    def signing(self) -> None:
        """The last thing that is waited for."""
        self._terminal.say("Signing. This takes some seconds.")


def read_passphrase_file(path: str) -> str:
    """The passphrase in a file, one newline at its end left out. Raises OrganizerError: no-file, not-text."""
    try:
        text = read_file(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrganizerError("not-text", "The passphrase file is not text in UTF-8.") from error
    return text.removesuffix("\n").removesuffix("\r")
