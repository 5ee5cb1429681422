"""Limits that remember no address.

flask-limiter counts, in this process's memory, under a key that cannot be turned back into an address once ten
minutes have passed: the secret behind it is replaced by its own hash and the old one is gone.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import threading
from collections.abc import Callable, Iterable

from flask import Blueprint, Flask, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many

from service.problems import STANDARD

EPOCH_SECONDS = 600
EVERYONE = "everyone"
# tor tells nginx the number of a circuit as the last 32 bits of an address of this network; see its manual under
# HiddenServiceExportCircuitID. nginx passes it on like any address.
ONION_CIRCUITS = ipaddress.IPv6Network("fc00:dead:beef:4dad::/64")


class ClientKeys:
    """Turns addresses into keys that live for one epoch. `clock` gives seconds, `secret` is 32 random bytes."""

    def __init__(self, clock: Callable[[], float], secret: bytes) -> None:
        self._clock = clock
        self._secret = secret
        self._epoch = int(clock() // EPOCH_SECONDS)
        self._lock = threading.Lock()

    def key(self, address: str | None) -> str:
        """The key of a client; never empty, because flask-limiter does not limit an empty key."""
        with self._lock:
            self._ratchet()
            secret = self._secret
        return hmac.digest(secret, client_network(address).encode("ascii"), "sha256").hex()

    def _ratchet(self) -> None:
        now = int(self._clock() // EPOCH_SECONDS)
        while self._epoch < now:
            self._secret = hashlib.sha256(b"undersigned/limits/next\0" + self._secret).digest()
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


def start_limits(app: Flask, keys: ClientKeys, policies: Iterable[tuple[Blueprint, str, str | None]]) -> None:
    """Put limits on registered blueprints: (blueprint, limit per client, limit for all clients together).

    Sliding windows; no header tells anyone a count.
    """
    # flask-limiter reports exceeded limits with their keys at INFO; even such a key is nobody's business.
    logging.getLogger("flask-limiter").disabled = True
    # Its own hooks look every policy up again for every request, which costs more than all the rest of one
    # (docs/performance.md). So it stands on an application of its own and holds strategy and counters; we ask them.
    limiter = Limiter(
        lambda: EVERYONE,
        app=Flask("limits"),
        strategy="sliding-window-counter",
        storage_uri="memory://",
        headers_enabled=False,
        swallow_errors=False,
    )
    for blueprint, per_client, together in policies:
        check = _check(limiter, keys, blueprint.name, parse_many(per_client), parse_many(together) if together else [])
        # Before anything else of the blueprint: guessing a token is limited, too.
        app.before_request_funcs.setdefault(blueprint.name, []).insert(0, check)


def _check(
    limiter: Limiter, keys: ClientKeys, name: str, mine: list[RateLimitItem], everyones: list[RateLimitItem]
) -> Callable[[], None]:
    def check() -> None:
        key = keys.key(request.remote_addr)
        hit = limiter.limiter.hit
        if not all(hit(item, name, key) for item in mine) or not all(hit(item, name, EVERYONE) for item in everyones):
            raise STANDARD[429]

    return check
