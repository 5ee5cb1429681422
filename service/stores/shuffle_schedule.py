"""When a server is asked to write its file anew, in an order that says nothing: at random times.

A Redis writes envelopes into its append-only file in the order of their arrival, until the file is written anew.
The times are random so that none of them tells which envelopes were added before it.
A `ShuffleTimer` asks the server at the times of a schedule. A file of places needs none (place_file.py).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

# What arrived since the last pass may still lie in order on the disk: at most so many envelopes, for at most so long.
# A pass comes after half of it at the earliest, so that a busy hour does not mean one pass after another.
MOST_ADDITIONS = 200
MOST_SECONDS = 15 * 60.0
# A pass rewrites the whole file. After one that took long, the disk belongs to the signers for this many times as long.
REST = 4


class ShuffleSchedule:
    """Says when the next pass is due. `clock` gives seconds; `generator` must be the system's outside of tests.

    `least_rest`: how many seconds at least lie between two passes. Not for several threads at once.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        generator: random.Random,
        most_additions: int = MOST_ADDITIONS,
        most_seconds: float = MOST_SECONDS,
        least_rest: float = 0.0,
    ) -> None:
        self.generator, self._least_rest = generator, least_rest
        self._clock, self._most_additions, self._most_seconds = clock, most_additions, most_seconds
        self._began = self._rested = clock()
        self._due_at: float | None = None
        self._left = self._draw()

    def added(self, count: int) -> None:
        """Count envelopes that were added since the last call."""
        if self._due_at is None and count:
            self._due_at = self._clock() + self.generator.uniform(self._most_seconds / 2, self._most_seconds)
        self._left -= count

    def seconds_left(self) -> float | None:
        """Until the next pass: 0 when it is due, None while no envelope was added since the last one."""
        if self._due_at is None:
            return None
        now = self._clock()
        wished = now if self._left <= 0 else self._due_at
        return max(0.0, max(wished, self._rested) - now)

    def begin(self) -> None:
        """A pass begins; what is added from now on is for the next one."""
        self._began = self._clock()
        self._due_at, self._left = None, self._draw()

    def end(self) -> None:
        """The pass is over, finished or given up."""
        now = self._clock()
        self._rested = now + max(REST * (now - self._began), self._least_rest)

    def _draw(self) -> int:
        """After how many additions the next pass is due."""
        return self.generator.randint((self._most_additions + 1) // 2, self._most_additions)


def system_schedule(least_rest: float = 0.0) -> ShuffleSchedule:
    """A schedule that nobody can foresee: the system's clock and the system's random numbers."""
    return ShuffleSchedule(time.monotonic, random.SystemRandom(), least_rest=least_rest)


class ShuffleTimer:
    """A thread that calls `shuffle` at the times of a schedule, one call at a time; it must not raise."""

    def __init__(self, schedule: ShuffleSchedule, shuffle: Callable[[], None]) -> None:
        self._schedule, self._shuffle = schedule, shuffle
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="shuffle-timer", daemon=True)
        self._thread.start()

    def added(self, count: int = 1) -> None:
        """Count envelopes that were added."""
        with self._changed:
            self._schedule.added(count)
            self._changed.notify()

    def close(self) -> None:
        """Call no more; returns once a call that has begun is over."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while self._wait():
            self._shuffle()
            with self._changed:
                self._schedule.end()

    def _wait(self) -> bool:
        """Until the next pass is due; False at the end."""
        with self._changed:
            while not self._closed and (left := self._schedule.seconds_left()) != 0:
                self._changed.wait(left)
            if not self._closed:
                self._schedule.begin()
            return not self._closed
