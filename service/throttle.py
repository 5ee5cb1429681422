"""Limits that remember no address.

Hits are counted (counters.py) under a key that cannot be turned back into an address once its secret is gone. A process
alone replaces the secret by its own hash every ten minutes. Processes that count together share one for each ten
minutes, which lies in the limits server's memory and is dropped there after twenty.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
from collections.abc import Callable, Iterable

from flask import Blueprint, Flask, request
from limits import RateLimitItem, parse_many

from service.counters import Counters, SharedSecret
from service.problems import STANDARD

EPOCH_SECONDS = 600
EVERYONE = "everyone"
# tor tells nginx the number of a circuit as the last 32 bits of an address of this network; see its manual under
# HiddenServiceExportCircuitID. nginx passes it on like any address.
ONION_CIRCUITS = ipaddress.IPv6Network("fc00:dead:beef:4dad::/64")


class ClientKeys:
    """Turns addresses into keys that live for one epoch.

    `clock` gives seconds since 1970, `secret` is 32 random bytes for this process alone; `shared` gives what several
    processes have in common.
    """

    def __init__(
        self, clock: Callable[[], float], secret: bytes, shared: SharedSecret = lambda name, seconds: None
    ) -> None:
        self._clock, self._secret, self._shared = clock, secret, shared
        self._epoch = int(clock() // EPOCH_SECONDS)
        self._common: bytes | None = None
        self._lock = threading.Lock()

    def key(self, address: str | None) -> str:
        """The key of a client; never empty, because flask-limiter does not limit an empty key."""
        with self._lock:
            self._ratchet()
            if self._common is None:
                self._common = self._shared(f"epoch:{self._epoch}", 2 * EPOCH_SECONDS)
            secret = self._common or self._secret
        return hmac.digest(secret, client_network(address).encode("ascii"), "sha256").hex()

    def _ratchet(self) -> None:
        now = int(self._clock() // EPOCH_SECONDS)
        while self._epoch < now:
            self._secret = hashlib.sha256(b"undersigned/limits/next\0" + self._secret).digest()
            self._common = None
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


def start_limits(
    app: Flask, counters: Counters, keys: ClientKeys, policies: Iterable[tuple[list[Blueprint], str, str | None]]
) -> None:
    """Put limits on registered blueprints: (those that count together, limit per client, limit for all clients).

    No header tells anyone a count.
    """
    for blueprints, per_client, together in policies:
        everyones = parse_many(together) if together else []
        check = _check(counters, keys, blueprints[0].name, parse_many(per_client), everyones)
        for blueprint in blueprints:
            # Before anything else of the blueprint: guessing a token is limited, too.
            app.before_request_funcs.setdefault(blueprint.name, []).insert(0, check)


def _check(
    counters: Counters, keys: ClientKeys, name: str, mine: list[RateLimitItem], everyones: list[RateLimitItem]
) -> Callable[[], None]:
    def check() -> None:
        key = keys.key(request.remote_addr)
        hit = counters.hit
        if not all(hit(item, name, key) for item in mine) or not all(hit(item, name, EVERYONE) for item in everyones):
            raise STANDARD[429]

    return check
