"""Rate limits that remember no address.

Requests are counted (counters.py) under a key, which is a keyed hash of the client's address.
Once the secret of the hash is gone, nobody can turn the key back into the address.
A process alone replaces the secret by its own hash every ten minutes.
Processes that count together share a secret for each ten minutes.
It lies in the limits server's memory and is dropped there after twenty.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, request
from limits import RateLimitItem, parse_many

from service.limits.counters import Counters, SharedSecret
from service.limits.windows import Hit, Limit
from service.problems import STANDARD, Problem, Refused

EPOCH_SECONDS = 600
# tor tells nginx the number of a circuit as the last 32 bits of an address of this network; see its manual under
# HiddenServiceExportCircuitID. nginx passes it on like any address.
ONION_CIRCUITS = ipaddress.IPv6Network("fc00:dead:beef:4dad::/64")


@dataclass(frozen=True)
class RateLimits:
    """How many requests are allowed in which times, such as "60/minute;600/hour": all of them must hold."""

    items: tuple[RateLimitItem, ...]

    @classmethod
    def parse(cls, text: str) -> RateLimits:
        """From the notation of `limits`. Raises ValueError with a sentence that goes on after the name of a setting."""
        try:
            return cls(tuple(parse_many(text)))
        except ValueError as error:
            raise ValueError("must be limits such as 60/minute;600/hour.") from error

    def under(self, scope: str) -> list[Limit]:
        """What is counted for them."""
        return [Limit(scope, item.amount, item.get_expiry()) for item in self.items]

    def __str__(self) -> str:
        return ";".join(str(item) for item in self.items)


class ClientKeys:
    """Turns addresses into keys that live for one epoch.

    `clock` gives seconds since 1970. `secret` is 32 random bytes for this process alone.
    `shared` gives the secret that several processes have in common.
    """

    def __init__(
        self, clock: Callable[[], float], secret: bytes, shared: SharedSecret = lambda purpose, seconds: None
    ) -> None:
        self._clock, self._secret, self._shared = clock, secret, shared
        self._epoch = int(clock() // EPOCH_SECONDS)
        self._keyed: hmac.HMAC | None = None
        self._lock = threading.Lock()

    def key(self, address: str | None) -> str:
        """The key of a client, 64 hex digits."""
        with self._lock:
            self._ratchet()
            if self._keyed is None:
                secret = self._shared(f"epoch:{self._epoch}", 2 * EPOCH_SECONDS) or self._secret
                self._keyed = hmac.new(secret, digestmod="sha256")
            # Preparing the secret costs ten times as much as a copy of what was prepared.
            digest = self._keyed.copy()
        digest.update(client_network(address).encode("ascii"))
        return digest.hexdigest()

    def _ratchet(self) -> None:
        now = int(self._clock() // EPOCH_SECONDS)
        while self._epoch < now:
            self._secret = hashlib.sha256(b"undersigned/limits/next\0" + self._secret).digest()
            self._keyed = None
            self._epoch += 1


def client_network(address: str | None) -> str:
    """The part of an address that one household or phone holds: IPv4 whole, IPv6 its first 64 bits.

    An onion circuit counts by its number, or all who come through Tor would share one key.
    What is not an address (a unix socket, a broken proxy) shares one key: limited together, never unlimited.
    """
    try:
        parsed = ipaddress.ip_address((address or "").split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed in ONION_CIRCUITS:
            return f"circuit {int(parsed) & 0xFFFFFFFF}"
        if parsed.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def rate_limit(
    counters: Counters, keys: ClientKeys, scope: str, limits: RateLimits, refusal: Problem = STANDARD[429]
) -> Callable[[str | None], None]:
    """A function that counts a request from an address, and raises Refused, with `refusal`, when it is one too many.

    Requests are counted under `scope`, for each client by itself: nobody can use up what others need, so this may
    stand before everything else. No header tells anyone a count.
    """
    counted = limits.under(scope)

    def check(address: str | None) -> None:
        key = keys.key(address)
        if not counters.hit(*(Hit(limit, key) for limit in counted)):
            raise Refused(refusal)

    return check


def limit_blueprint(app: Flask, blueprint: Blueprint, check: Callable[[str | None], None]) -> None:
    """Count every request to a registered blueprint before anything else is done: guessing a token is limited, too."""
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, lambda: check(request.remote_addr))
