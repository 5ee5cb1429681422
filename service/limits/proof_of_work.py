"""Proof of work: under load, everyone who sends an envelope has to solve a challenge for it.

The challenge is altcha's (version 2, PBKDF2/SHA-256), made for one envelope and remembered nowhere.
Its HMAC says that it is ours, its data say for which envelope.
So a solution that is used again only brings the same envelope again, which changes nothing.
The secret lives in memory: this process's own, or the limits server's where several processes serve together.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from crypto.envelope import EnvelopeId, envelope_id
from service.limits.counters import SharedSecret

ALGORITHM = "PBKDF2/SHA-256"
# One try costs an old phone about a millisecond; the number of tries makes the price.
ITERATIONS = 500
LEAST_TRIES, MOST_TRIES = 500, 20_000
LIFETIME_SECONDS = 600
SECRET_SECONDS = 24 * 3600
MINUTE = 60.0
TELL_SECONDS = 1.0


def tries_for(load: float, free: int) -> int:
    """How many tries are owed at `load` envelopes a minute, of which `free` cost nothing."""
    return min(int(LEAST_TRIES * load / free), MOST_TRIES)


class Load:
    """How many envelopes came within the last minute, from two counters. `clock` gives seconds since 1970.

    `together` takes a minute and how many more came in it, adds them to a sum of all processes, and returns that sum,
    or None where nobody else counts.
    It is asked once in a second, not for every envelope, so the others' numbers are a second old.
    """

    def __init__(
        self, clock: Callable[[], float], together: Callable[[int, int], int | None] = lambda minute, more: None
    ) -> None:
        self._clock, self._together = clock, together
        self._lock = threading.Lock()
        self._minute, self._this, self._before = 0, 0, 0
        self._untold, self._told_at = 0, 0.0

    def add(self) -> float:
        """Count one more; returns how many came within the last minute."""
        with self._lock:
            now = self._clock()
            minute, part = divmod(now / MINUTE, 1)
            if minute != self._minute:
                self._begin(int(minute))
            self._this, self._untold = self._this + 1, self._untold + 1
            if abs(now - self._told_at) >= TELL_SECONDS:
                if (everyones := self._together(self._minute, self._untold)) is not None:
                    self._this, self._untold = everyones, 0
                self._told_at = now
            return self._this + self._before * (1 - part)

    def _begin(self, minute: int) -> None:
        mine, untold = (self._this, self._untold) if minute == self._minute + 1 else (0, 0)
        everyones = self._together(minute - 1, untold)
        self._before = mine if everyones is None else everyones
        self._minute, self._this, self._untold, self._told_at = minute, 0, 0, 0.0


class ProofOfWork:
    """Makes and checks challenges above a load of `free` envelopes a minute."""

    def __init__(
        self,
        free: int,
        load: Load,
        wall_clock: Callable[[], float],
        shared: SharedSecret = lambda purpose, seconds: None,
    ) -> None:
        self._free, self._load, self._wall_clock, self._shared = free, load, wall_clock, shared
        self._own = secrets.token_bytes(32)
        self._common: bytes | None = None
        self._asked_at: float | None = None

    def challenge_for(self, envelope: bytes, solution: str | None) -> dict[str, Any] | None:
        """The challenge that the sender of an envelope has to solve first, or None when the envelope can be taken."""
        load = self._load.add()
        if load <= self._free:
            return None
        own_id = envelope_id(envelope)
        if solution is not None and self._is_solved(own_id, solution):
            return None
        tries = tries_for(load, self._free)
        challenge = create_challenge(
            ALGORITHM,
            ITERATIONS,
            # Not from zero: everyone's work then takes about as long as anyone's.
            counter=tries // 2 + secrets.randbelow(tries // 2 + 1),
            expires_at=int(self._wall_clock()) + LIFETIME_SECONDS,
            data={"envelope": own_id.hex()},
            hmac_secret=self._secret(b"challenge"),
            hmac_key_secret=self._secret(b"solution"),
        )
        return challenge.to_dict()

    def _secret(self, purpose: bytes) -> bytes:
        now = self._wall_clock()
        # A clock that went back is no reason not to ask: what others share may have ended.
        if self._asked_at is None or not 0 <= now - self._asked_at < MINUTE:
            self._common, self._asked_at = self._shared("work", SECRET_SECONDS), now
        return hmac.digest(self._common or self._own, purpose, "sha256")

    def _is_solved(self, own_id: EnvelopeId, solution: str) -> bool:
        try:
            payload = Payload.from_base64(solution)
            result = verify_solution(payload, self._secret(b"challenge"), hmac_key_secret=self._secret(b"solution"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        data = payload.challenge.parameters.data
        return (
            result.verified and isinstance(data, dict) and hmac.compare_digest(str(data.get("envelope")), own_id.hex())
        )
