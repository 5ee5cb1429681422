"""What the parts of `./run bench waits` share: a program's seconds, and the line that tells how long people wait."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
TOOL = (PYTHON, "-m", "organizer")


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of processors that a program took, and how many lines it wrote."""

    seconds: float
    processor: float
    lines: int = 0


@dataclass(frozen=True)
class Wait:
    """One thing that people wait for, beside a yardstick of the same run.

    `parts` are seconds of a processor of what it consists of, by name; what they leave is "the work itself".
    """

    what: str
    took: Took
    beside: str
    yardstick: Took
    parts: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        took = self.took
        work = max(0.0, took.processor - sum(self.parts.values()))
        largest, most = max({**self.parts, "the work itself": work}.items(), key=lambda part: part[1])
        share = min(1.0, most / took.processor)
        return (
            f"{self.what:<48}{took.seconds:9.3f} s{took.processor:9.3f} s of a core, {share:.0%} {largest}"
            f"; {took.seconds / self.yardstick.seconds:,.1f} × {self.beside}"
        )


def timed(*command: str | Path, **environment: str) -> Took:
    """Run a program to its end; what it says is counted, and shown only if it fails. Raises CalledProcessError."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        program = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        _, status, used = os.wait4(program.pid, 0)
        seconds = time.perf_counter() - began
        program.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    if program.returncode:
        print(output.decode("utf-8", "replace")[-2000:])
        raise subprocess.CalledProcessError(program.returncode, program.args)
    return Took(seconds, used.ru_utime + used.ru_stime, output.count(b"\n"))


def until(text: bytes, *command: str | Path, keys: bytes = b"") -> list[Took]:
    """Start a program at a terminal; the seconds until it shows this text, and until it does again after each key.

    Then `q` ends it; the time of processors is that of all of it. Raises ValueError.
    """
    began = time.perf_counter()
    pid, screen = pty.fork()
    if not pid:
        os.chdir(ROOT)
        os.execve(command[0], command, os.environ | {"TERM": "xterm", "LINES": "40", "COLUMNS": "120"})  # noqa: S606 - our own tool
    shown, seconds, left = b"", list[float](), list(keys + b"q")
    try:
        while more := os.read(screen, 1 << 16):
            shown += more
            if left and text in shown:
                seconds.append(time.perf_counter() - began)
                shown = b""
                # What is pressed before the program listens for a key is thrown away by design.
                while termios.tcgetattr(screen)[3] & termios.ICANON:
                    time.sleep(0.005)
                began = time.perf_counter()
                os.write(screen, bytes([left.pop(0)]))
    except OSError:  # how Linux says that nobody writes to this terminal any more
        pass
    os.close(screen)
    _, _, used = os.wait4(pid, 0)
    if left:
        raise ValueError(shown.decode("utf-8", "replace")[-2000:])
    return [Took(one, used.ru_utime + used.ru_stime) for one in seconds]
