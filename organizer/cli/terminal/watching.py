"""Looks at the clock of a sitting while a command waits for a person, and ends the wait when its time is over."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from organizer.actions.sitting import Sitting

EVERY = 1.0
"""Seconds between two looks. A timer for the whole time would stand still while the computer sleeps."""


class SittingOver(BaseException):
    """Nobody typed anything for too long: the command ends where it waits, and all that it has open is closed.

    Not an Exception: whoever explains mistakes and asks again must not catch it.
    """


@contextmanager
def watched(sitting: Sitting | None) -> Iterator[None]:
    """A wait for a person. Raises SittingOver, also when something is typed too late, as after a sleep.

    Raises KeyboardInterrupt at Ctrl-C.
    """
    if sitting is None:
        yield
        return

    def look(number: int = 0, frame: FrameType | None = None) -> None:
        if sitting.is_over:
            raise SittingOver

    sitting.used()
    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        yield
    except SystemError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        # After Ctrl-C at a question CPython handles signals once more: look() is called with that exception raised.
        raise KeyboardInterrupt from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    look()
    sitting.used()
