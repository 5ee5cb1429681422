"""Runs the organizers' tool in a pseudo-terminal, for tests that type and read the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.support import cheap_guesses

ROOT = Path(__file__).parents[2]


def _own_terminal() -> None:
    """Make the terminal the one that the program and what it starts belong to, as a window does."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class PseudoTerminal:
    """A real terminal with a program in it: read until a text appears, type, look at what came.

    `shell` is a command of sh that is run instead, with the program's own in `$@`.
    """

    def __init__(
        self,
        *arguments: str,
        lines: int = 40,
        columns: int = 120,
        module: str = "organizer",
        program: Sequence[str] | None = None,
        cwd: Path | None = None,
        shell: str = "",
        kind: str = "xterm",
        full_price: bool = False,
    ) -> None:
        """Begin; with `full_price`, a guess at a passphrase costs what it costs a person."""
        command = [sys.executable, "-m", module] if full_price else cheap_guesses.command(module)
        self._screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("=4H", lines, columns, 0, 0))
        # Of another terminal, which may be around the tests, it knows nothing.
        outer = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        own = [*(program or command), *arguments]
        self.program = subprocess.Popen(
            ["/bin/sh", "-c", shell, "sh", *own] if shell else own,
            cwd=cwd,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=outer | {"PYTHONPATH": str(ROOT), "TERM": kind},
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(inside)
        self.seen = ""
        self.all = b""

    def until(self, text: str) -> str:
        """What came since the last call, up to and with `text`."""
        raw = self.seen.encode()
        while text not in raw.decode("utf-8", "ignore"):
            raw += self._more(text, raw)
        shown, _, self.seen = raw.decode("utf-8", "ignore").partition(text)
        return shown + text

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def until_it_listens(self) -> None:
        """Return once the program waits for a single key."""
        while termios.tcgetattr(self._screen)[3] & termios.ICANON:
            select.select([], [], [], 0.005)

    def press(self, key: str) -> None:
        """A key for a program that reads single keys; what comes before it listens is thrown away by design."""
        self.until_it_listens()
        self.type(key)

    def interrupt(self) -> None:
        """Ctrl-C, once the program waits for what is typed; between question and waiting Python would oversee it."""
        while Path(f"/proc/{self.program.pid}/stat").read_text().rpartition(") ")[2][0] != "S":
            select.select([], [], [], 0.005)
        self.program.send_signal(signal.SIGINT)

    def end(self) -> str:
        """What came until the program ended, which it must do well."""
        raw = self.seen.encode()
        with suppress(OSError):  # so a terminal tells that nobody is left on the other side
            while True:
                raw += self._more("the end", raw)
        assert self.program.wait() == 0, raw.decode()
        return raw.decode()

    def _more(self, text: str, raw: bytes) -> bytes:
        ready, _, _ = select.select([self._screen], [], [], 60)
        assert ready, f"{text!r} did not come; this did: {raw.decode()!r}"
        came = os.read(self._screen, 65536)
        self.all += came
        return came

    def close(self) -> None:
        """Leave nothing running behind."""
        self.program.kill()
        self.program.wait()
        os.close(self._screen)
