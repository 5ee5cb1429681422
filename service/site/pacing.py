"""Turns at work that costs more than it should when many ask for it: one at a time, and never all of a processor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType


class PacedTurns:
    """`with turns:` waits for its turn; after it, nobody's begins for `rest` times the processor time that it took.

    `spent` gives the seconds of processor that a thread has taken, `clock` those that have passed, `wait` waits.
    """

    def __init__(
        self,
        rest: float,
        spent: Callable[[], float] = time.thread_time,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rest, self._spent, self._clock, self._wait = rest, spent, clock, wait
        self._lock = threading.Lock()
        self._free_at = self._began = 0.0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._wait(max(0.0, self._free_at - self._clock()))
        self._began = self._spent()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free_at = self._clock() + self._rest * (self._spent() - self._began)
        self._lock.release()
