"""When a store forgets the order of arrival: at random moments, so that no moment tells what was added before it.

Knows a clock and a generator that are passed in; must never know an envelope.
"""

from __future__ import annotations

import random
from collections.abc import Callable

# What arrived since the last pass may still lie in order on the disk: at most so many envelopes, for at most so long.
# A pass comes after half of it at the earliest, so that a busy hour does not mean one pass after another.
MOST_ADDITIONS = 200
MOST_SECONDS = 15 * 60.0
# A pass rewrites the whole file. After one that took long, the disk belongs to the signers for this many times as long.
REST = 4
# A server is only asked, and goes on by itself; this is left to it before it is asked again.
SERVER_REST_SECONDS = 60.0


class Moments:
    """Says when the next pass is due. `clock` gives seconds; `generator` must be the system's outside of tests.

    Not for several threads at once.
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
        """So many envelopes were added since the last call."""
        if self._due_at is None and count:
            self._due_at = self._clock() + self.generator.uniform(self._most_seconds / 2, self._most_seconds)
        self._left -= count

    def seconds_left(self) -> float | None:
        """Until the next pass: 0 when it is due, None while nothing is there to be forgotten."""
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
