"""Proof of work: under load, everyone who sends an envelope has to solve a challenge for it.

The challenge is altcha's (version 2, PBKDF2/SHA-256), made for one envelope and remembered nowhere.
Its HMAC says that it is ours, its data say for which envelope.
So a solution that is used again only brings the same envelope again, which changes nothing.
The secret lives in memory: this process's own, or the limits server's where several processes serve together.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from crypto.envelope import EnvelopeId, envelope_id
from service.limits.counters import SharedSecret

ALGORITHM = "PBKDF2/SHA-256"
# One try costs an old phone about a millisecond; the number of tries makes the price.
ITERATIONS = 500
LEAST_TRIES, MOST_TRIES = 500, 32_000
LIFETIME_SECONDS = 600
SECRET_SECONDS = 24 * 3600
MINUTE = 60.0


def tries_for(steps: int) -> int:
    """How many tries a number of steps costs: 500 for the first, twice as many for each further one."""
    return min(LEAST_TRIES << (steps - 1), MOST_TRIES)


class ProofOfWork:
    """Makes and checks challenges. `steps` says how much is owed, 0 for nothing, and raises when nobody knows."""

    def __init__(
        self,
        steps: Callable[[], int],
        wall_clock: Callable[[], float],
        shared: SharedSecret = lambda purpose, seconds: None,
    ) -> None:
        self._steps, self._wall_clock, self._shared = steps, wall_clock, shared
        self._own = secrets.token_bytes(32)
        self._common: bytes | None = None
        self._asked_at: float | None = None

    def challenge_for(self, envelope: bytes, solution: str | None) -> dict[str, Any] | None:
        """The challenge that the sender of an envelope has to solve first, or None when the envelope can be taken."""
        steps = self._steps()
        if not steps:
            return None
        own_id = envelope_id(envelope)
        if solution is not None and self._is_solved(own_id, solution):
            return None
        tries = tries_for(steps)
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

    def is_owed(self) -> bool:
        """Whether anything is owed now."""
        return self._steps() > 0

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
