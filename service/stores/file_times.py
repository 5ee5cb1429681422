"""The times of files, and why none of them tells when an envelope came.

A kernel notes in every file when it was last written to (mtime) and last changed in any way (ctime), and in a folder
when a name in it came or went; nobody can forbid it, and a ctime cannot be set.
So what is written for an envelope is written at other moments, too, in the same way: at random ones, a second apart on
average, whoever signs. Their number in any second says nothing of any other second (a Poisson process), so that the
last write was the same short while ago whether it was an envelope's or not.
What is written once, such as a publication or a backup, shows the year 1970. See docs/decisions/0030-file-times.md.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path

MEAN_SECONDS = 1.0
_generator = random.SystemRandom()


class RandomMoments:
    """A thread that calls `act` at random moments until it is closed; it must not raise."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act, self._closed = act, threading.Event()
        self._thread = threading.Thread(target=self._run, name="random-moments", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Call no more; returns once a call that has begun is over."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(_generator.expovariate(1 / MEAN_SECONDS)):
            self._act()


def is_drawn(one_in: int) -> bool:
    """True once in so many calls, by chance."""
    return _generator.randrange(one_in) == 0


def hide_time(path: Path | int, shown: int = 0) -> None:
    """Have a file or folder show so many seconds of 1970 in place of when it was read and written. Raises OSError."""
    os.utime(path, (0, shown))


def open_quietly(path: str | Path, flags: int) -> int:
    """A descriptor for reading that leaves no time of reading behind, where the kernel lets us. Raises OSError."""
    try:
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOATIME)
    except PermissionError:  # it is another user's; the kernel notes the first reading of a day, then
        return os.open(path, flags | os.O_CLOEXEC)


def read_quietly(path: Path) -> bytes:
    """The bytes of a file, in the same way."""
    with open(path, "rb", opener=open_quietly) as file:
        return file.read()
