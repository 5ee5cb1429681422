"""Keeps what is typed too early, which may be a passphrase, off the screen and away from the shell that comes after.

A terminal echoes what is typed while nobody asks, and hands it to whoever reads next. So it echoes only while a
question is open, and what nobody has read when the program ends is forgotten.

It comes before all libraries are loaded, so it knows the standard library only.
"""

from __future__ import annotations

import atexit
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import getpgrp, isatty, tcgetpgrp
from types import FrameType
from typing import Any

_INPUT, _OUTPUT = 0, 1
_MODES = 3
"""Where the local modes stand in what termios gives."""

_before: list[Any] | None = None
"""How the terminal was; None while nothing was changed."""


def begin(before: list[Any] | None = None) -> None:
    """Be quiet from now on, until the program ends. `before` is how the terminal was, when it is quiet already."""
    global _before
    if not _is_ours():
        return
    atexit.register(_end)
    signal.signal(signal.SIGTERM, _ended)
    # A pager behind a pipe has the terminal, too, and sets it as it likes.
    if isatty(_OUTPUT):
        _before = before or termios.tcgetattr(_INPUT)
        _set_modes(0)


@contextmanager
def echoing(flag: int = termios.ECHO) -> Iterator[None]:
    """What is typed is seen: a question is open. With termios.ECHONL only that Enter was pressed."""
    if _before is None:
        yield
        return
    _set_modes(flag)
    try:
        yield
    finally:
        _set_modes(0)


def forget_keys() -> None:
    """Forget what was typed and not read yet. Input from a pipe is kept: it was prepared on purpose."""
    if isatty(_INPUT):
        termios.tcflush(_INPUT, termios.TCIFLUSH)


def _set_modes(wanted: int) -> None:
    if _is_ours():
        modes = termios.tcgetattr(_INPUT)
        modes[_MODES] = modes[_MODES] & ~(termios.ECHO | termios.ECHONL) | wanted
        termios.tcsetattr(_INPUT, termios.TCSANOW, modes)


def _end() -> None:
    if not _is_ours():
        return
    forget_keys()
    if _before is not None:
        termios.tcsetattr(_INPUT, termios.TCSAFLUSH, _before)


@contextmanager
def not_put_aside() -> Iterator[None]:
    """Ctrl-Z does nothing: the shell would come back on a screen with names."""
    before = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)


def _ended(number: int, frame: FrameType | None) -> None:
    # As an error: what is open is closed, a private screen is wiped.
    raise SystemExit(128 + number)


def _is_ours() -> bool:
    """Whether there is a terminal, and the program is not in the background, where changing it would stop it."""
    with suppress(OSError):
        return isatty(_INPUT) and tcgetpgrp(_INPUT) == getpgrp()
    return False
