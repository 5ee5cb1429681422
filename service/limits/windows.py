"""Sliding windows: how many requests came within the last seconds, estimated from two counts for each limit and name.

The count of the turn that is under way is added to that of the turn before, as far as it is still within the window:
a quarter into a minute, three quarters of what came in the minute before still count.
A request counts under several limits at once, in all of them or, when one is used up, in none.

In this process's memory, a turn begins for all names at once, so the counts of the turn before are dropped at once.
It ends early when so many names came in it that they would fill the memory: whoever has that many addresses is let
through more often, and nobody else is kept out.
On a server, it begins with a name's first request, and the server drops its counts when their time is over; no clock
of ours is asked, so machines whose clocks differ count together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from math import floor
from typing import NamedTuple, Protocol

import redis

# Of one turn; each takes about 250 bytes.
NAMES_MOST = 50_000


class Limit(NamedTuple):
    """At most `amount` requests in `seconds`. `scope` tells it from the limits of other requests."""

    scope: str
    amount: int
    seconds: int


class Hit(NamedTuple):
    """What a request counts for: a limit, and the name that it counts under."""

    limit: Limit
    name: str


class Windows(Protocol):
    """Where requests are counted."""

    def hit(self, hits: Sequence[Hit]) -> bool:
        """Count one request in all of these and return True, or in none when it is one too many for any of them."""


class MemoryWindows:
    """Windows in this process's memory. `clock` gives seconds and never goes back."""

    # `limits`, the library, walks through all names in a thread of its own after a hit, up to a hundred times a second:
    # with 50,000 people in an hour that took more than the request (docs/performance.md).

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turns: dict[Limit, _Turns] = {}
        self._lock = threading.Lock()

    def hit(self, hits: Sequence[Hit]) -> bool:
        """See Windows."""
        now = self._clock()
        with self._lock:
            counts = []
            for limit, name in hits:
                turns = self._turns.setdefault(limit, _Turns())
                if turns.weighted(name, now / limit.seconds) >= limit.amount:
                    return False
                counts.append((turns, name))
            for turns, name in counts:
                turns.add(name)
        return True


class _Turns:
    """The counts of the turn that is under way and of the one before, by name."""

    __slots__ = ("before", "current", "number")

    def __init__(self) -> None:
        self.number, self.current, self.before = 0.0, dict[str, int](), dict[str, int]()

    def weighted(self, name: str, turn: float) -> int:
        """How many came within the window, at a time that is given in turns."""
        number, passed = divmod(turn, 1)
        if number != self.number:
            self.before = self.current if number == self.number + 1 else {}
            self.number, self.current = number, {}
        return floor(self.before.get(name, 0) * (1 - passed)) + self.current.get(name, 0)

    def add(self, name: str) -> None:
        """Count one more."""
        if len(self.current) >= NAMES_MOST and name not in self.current:
            self.before, self.current = self.current, {}
        self.current[name] = self.current.get(name, 0) + 1


# KEYS: for each limit the count of the turn before and that of this one. ARGV: for each its amount, and milliseconds.
# A count lives for two turns, so its time left tells how far its turn is; as long as one turn or less: it is over.
# More than two turns: the server's clock was set back, and the count would be full for as long; it begins anew.
_SCRIPT = """
local counts = redis.call('MGET', unpack(KEYS))
for at = 1, #KEYS, 2 do
  local amount, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local left = redis.call('PTTL', KEYS[at + 1])
  if left > 2 * length then
    redis.call('DEL', KEYS[at], KEYS[at + 1])
    left, counts[at], counts[at + 1] = 0, false, false
  end
  if left > 0 and left <= length then
    redis.call('RENAME', KEYS[at + 1], KEYS[at])
    left = left + length
    redis.call('SET', KEYS[at + 1], 0, 'PX', left)
    counts[at], counts[at + 1] = counts[at + 1], 0
  end
  local before = (counts[at] or 0) * math.max(left - length, 0) / length
  if math.floor(before) + (counts[at + 1] or 0) >= amount then
    return 0
  end
end
for at = 2, #KEYS, 2 do
  if counts[at] then
    redis.call('INCR', KEYS[at])
  else
    redis.call('SET', KEYS[at], 1, 'PX', 2 * ARGV[at])
  end
end
return 1
"""


class ServerWindows:
    """Windows on a limits server, in one question for all limits of a request. Raises ERRORS of servers/connection.

    `client` gives the one that the calling thread asks.
    """

    def __init__(self, client: Callable[[], redis.Redis]) -> None:
        self._client = client
        self._script = client().register_script(_SCRIPT)

    def hit(self, hits: Sequence[Hit]) -> bool:
        """See Windows."""
        keys, values = list[str](), list[int]()
        for (scope, amount, seconds), name in hits:
            current = f"LIMITS:{scope}:{amount}/{seconds}:{name}"
            keys += (f"{current}:before", current)
            values += (amount, seconds * 1000)
        return bool(self._script(keys, values, self._client()))
