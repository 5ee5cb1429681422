"""What everyone shares: how fast the store grows, and how many steps of work are owed for that.

Nothing is charged for asking. The store itself says how many different envelopes it has, so what was refused, what
was kept already and what nobody worked for counts for nothing, and all processes at one store see the same.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence

from service.limits.windows import Limit

MINUTE = 60
# The store is asked this often at most; what is owed changes in these moments only.
LOOK_SECONDS = 1.0
# How much more there seems to be than there is: a gamma distribution, 0.3 on average, nothing below 0. Below its
# smallest values it is so flat that one envelope in 600 changes the chance of what is seen by 1.2 % at most.
BLUR = (3.0, 0.1)
# Above a limit of everyone, so many steps are owed for each that would be owed otherwise.
ABOVE_LIMIT = 2


class Growth:
    """How much a number grew within the last seconds, estimated as in windows.py. For one thread at once."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._turn: float | None = None
        self._first = self._last = 0
        self._before = 0

    def of(self, number: int, now: float) -> float:
        """The growth up to `number`, at a time in seconds that never goes back."""
        turn, passed = divmod(now / self._seconds, 1)
        if turn != self._turn:
            is_next = self._turn is not None and turn == self._turn + 1
            self._before = max(self._last - self._first, 0) if is_next else 0
            # What came while nobody looked for longer than a turn may be old.
            self._first = self._last if is_next else number
            self._turn = turn
        self._last = number
        return max(number - self._first, 0) + self._before * (1 - passed)


class Load:
    """Steps of work, by how many envelopes were stored for the first time.

    More than `free` a minute cost a step, and each doubling another one; above a limit of `everyone`, two for each.
    `count` says how many the store has, and raises when it cannot. `clock` gives seconds that never go back.
    `blur` draws by how much more there seem to be each time that is looked at, 0 or more parts of one: so nobody can
    find out whether one envelope was new by looking whether what is owed has changed
    (docs/decisions/0025-limits.md).
    """

    def __init__(
        self,
        free: int,
        everyone: Sequence[Limit],
        count: Callable[[], int],
        clock: Callable[[], float],
        blur: Callable[[], float],
    ) -> None:
        self._free, self._count, self._clock, self._blur = free, count, clock, blur
        self._minute = Growth(MINUTE)
        self._everyone = [(limit.amount, Growth(limit.seconds)) for limit in everyone]
        self._lock = threading.Lock()
        self._look_again_at: float | None = None
        self._steps = 0

    def steps(self) -> int:
        """How many steps are owed now, 0 for none. Raises what `count` raises."""
        # While one looks, which can take a while, the others go on with what was seen last.
        if self._lock.acquire(blocking=False):
            try:
                now = self._clock()
                if self._look_again_at is None or now >= self._look_again_at:
                    self._look(self._count(), now)
                    self._look_again_at = now + LOOK_SECONDS
            finally:
                self._lock.release()
        return self._steps

    def _look(self, number: int, now: float) -> None:
        more = 1 + self._blur()
        above = [doublings(growth.of(number, now) * more, amount) for amount, growth in self._everyone]
        steps = doublings(self._minute.of(number, now) * more, self._free)
        self._steps = steps + ABOVE_LIMIT * max(above, default=0)


def doublings(amount: float, bound: int) -> int:
    """0 up to a bound, 1 above it, 2 above twice as much, 3 above four times as much."""
    return math.ceil(math.log2(amount / bound)) if amount > bound else 0
