"""The counters of the rate limits: in this process's memory, or on a limits server that several processes share.

While a limits server does not answer, this process counts for itself, so requests are limited in any case.
The names that are counted name nobody (rate_limit.py).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import redis

from service.limits.client_keys import EPOCH_SECONDS, KEY_SIZE
from service.limits.windows import Hit, MemoryWindows, ServerWindows
from service.servers.checks import examine_limits
from service.servers.connection import ERRORS, REFUSALS, LazyClient, RedisAddress

# For how long a server that did not answer is left alone.
PAUSE_SECONDS = 10.0
SECRET_SIZE = 32
NAMES_KEY = "LIMITS:secret:names"

# Gives, for a purpose and seconds of life, 32 random bytes that several processes have in common, or None.
SharedSecret = Callable[[str, int], "bytes | None"]

# KEYS: the key of clients' names. ARGV: the one that the caller held for its whole time, or nothing; a new one; how
# many milliseconds a key is used. It is kept for twice as long, so that its age can be told; a process that finds its
# time over, by the server's clock or by its own, replaces it for all. The old one is overwritten, not only dropped.
_NAMES_KEY = """
local key, left, length = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]), tonumber(ARGV[3])
if key and key ~= ARGV[1] and left > length and left <= 2 * length then
  return {key, left - length}
end
if key then
  redis.call('SETRANGE', KEYS[1], 0, string.rep('\\0', #key))
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', 2 * length)
return {ARGV[2], length}
"""

_log = logging.getLogger("undersigned")


class Counters:
    """Counters with sliding windows. `clock` gives seconds; `server` is the limits server, if there is one."""

    def __init__(self, clock: Callable[[], float], server: RedisAddress | None = None) -> None:
        self._clock = clock
        self._local = MemoryWindows(clock)
        self._client = LazyClient(partial(server.connect, "limits")) if server else None
        self._doctor = LazyClient(partial(server.connect, "doctor")) if server else None
        self._shared: ServerWindows | None = None
        self._paused_until = 0.0
        self._is_down = False

    def hit(self, *hits: Hit) -> bool:
        """Count one more request for all of these, or for none and return False when one of the limits is used up.

        That is one question to the server, however many limits there are.
        """
        answer = self._ask(lambda: self._windows().hit(hits))
        return self._local.hit(hits) if answer is None else bool(answer)

    def faults(self) -> list[str]:
        """What is wrong with the limits server; nothing without one, or while it does not answer.

        A server that answers, but does not let the doctor look, is at fault: it may write down what it counts.
        """
        if self._doctor is None or self._clock() < self._paused_until:
            return []
        try:
            found = examine_limits(self._doctor())
        except REFUSALS as error:
            found = [f"The server does not let the user “doctor” look at it: {error}"]
        except ERRORS:
            # Whoever counts there next finds that out as well, and says so.
            return []
        return [f"limits: {sentence}" for sentence in found]

    def secret(self, purpose: str, seconds: int) -> bytes | None:
        """32 random bytes that all processes share for so long, kept in the server's memory; None without a server."""

        def shared() -> bytes:
            assert self._client is not None
            client, key = self._client(), f"LIMITS:secret:{purpose}"
            client.set(key, secrets.token_bytes(SECRET_SIZE), nx=True, ex=seconds)
            return cast(bytes, client.get(key))

        return cast("bytes | None", self._ask(shared))

    def names_key(self, held: bytes) -> tuple[bytes, float] | None:
        """The key of clients' names that all processes share, and for how many seconds more it is used.

        None without a server. `held` is one whose time is over, or empty.
        """

        def shared() -> tuple[bytes, int]:
            assert self._client is not None
            replace, new = self._client().register_script(_NAMES_KEY), secrets.token_bytes(KEY_SIZE)
            return cast("tuple[bytes, int]", replace((NAMES_KEY,), (held, new, EPOCH_SECONDS * 1000)))

        answer = self._ask(shared)
        return None if answer is None else (answer[0], answer[1] / 1000)

    def _ask(self, question: Callable[[], Any]) -> Any:
        """What the server answers, or None when there is none or it does not answer."""
        if self._client is None or self._clock() < self._paused_until:
            return None
        try:
            answer = question()
        except ERRORS as error:
            self._paused_until = self._clock() + PAUSE_SECONDS
            if not self._is_down:  # once, not for every request
                _log.warning("The limits server does not count (%s); each process counts alone.", type(error).__name__)
            self._is_down = True
            return None
        if self._is_down:
            _log.warning("The limits server counts again.")
            self._is_down = False
        return answer

    def _windows(self) -> ServerWindows:
        if self._shared is None:
            assert self._client is not None
            self._shared = ServerWindows(cast("Callable[[], redis.Redis]", self._client.of_this_thread))  # no cluster
        return self._shared
