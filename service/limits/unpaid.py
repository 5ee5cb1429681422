"""The door without a script while work is owed: a browser that cannot compute waits its turn, and draws lots.

Nothing here can be used up by some for all: a client has a turn a minute, and among all turns chance decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from service.limits.client_keys import ClientKeys
from service.limits.counters import Counters
from service.limits.load import MINUTE, Growth
from service.limits.rate_limit import RateLimits, rate_limit
from service.problems import OVERLOADED, Refused

TURNS = RateLimits.parse("1/minute")


class Lot:
    """Lets about `most` a minute through, however many try; in the first minute of a rush somewhat more.

    Nobody can use it up for the others: whoever comes has the chance of `most` in as many as tried within the last
    minute. `draw` gives 0 to below 1.
    """

    def __init__(self, most: int, clock: Callable[[], float], draw: Callable[[], float]) -> None:
        self._most, self._clock, self._draw = most, clock, draw
        self._tries, self._growth = 0, Growth(MINUTE)
        self._growth.of(0, clock())
        self._lock = threading.Lock()

    def wins(self) -> bool:
        """Try once."""
        with self._lock:
            self._tries += 1
            tries = self._growth.of(self._tries, self._clock())
        return self._draw() * tries < self._most


def unpaid_limit(counters: Counters, keys: ClientKeys, lot: Lot) -> Callable[[str | None], None]:
    """A function that lets an envelope without work from an address through, or raises Refused."""
    has_turn = rate_limit(counters, keys, "unpaid", TURNS, OVERLOADED)

    def check(address: str | None) -> None:
        has_turn(address)
        if not lot.wins():
            raise Refused(OVERLOADED)

    return check
