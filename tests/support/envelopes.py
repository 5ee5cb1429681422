"""Envelopes for tests of the service: random ones, sending one, and what a store holds."""

from __future__ import annotations

import http.client
import os
from contextlib import closing
from typing import Any

from flask.testing import FlaskClient

from crypto.envelope import SIZE
from service.stores.base import EnvelopeSource, Snapshot, StoreAddress

TYPE = "application/octet-stream"


def some(count: int) -> list[bytes]:
    return [os.urandom(4096) for _ in range(count)]


def sealed_by_nobody(header: bytes) -> bytes:
    """Random bytes that a service takes for an envelope with this header; the last byte of a point is below 128."""
    return header + os.urandom(31) + b"\0" + os.urandom(SIZE - len(header) - 32)


def keep_one_by_one(port: int, header: bytes, count: int) -> list[bytes]:
    """Send so many different envelopes, each after the one before was acknowledged; in the order in which they came."""
    sent = [sealed_by_nobody(header) for _ in range(count)]
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for envelope in sent:
            connection.request("POST", "/envelopes", envelope, {"Content-Type": TYPE})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 201
    return sent


def held(store: EnvelopeSource) -> list[bytes]:
    with closing(store.snapshot()) as snapshot:
        envelopes = list(snapshot.envelopes)
        assert snapshot.count == len(envelopes)
        return envelopes


class Arrived:
    """An EnvelopeSource: what came into a store since this was made, while a service has the store open."""

    def __init__(self, address: StoreAddress) -> None:
        self._address = address
        self._before: frozenset[bytes] = frozenset()
        self._before = frozenset(held(self))

    def snapshot(self) -> Snapshot:
        with closing(self._address.read()) as store:
            came = [envelope for envelope in held(store) if envelope not in self._before]
        return Snapshot(len(came), lambda: iter(came), lambda: None)

    def count(self) -> int:
        return self.snapshot().count

    def close(self) -> None:
        pass


def post(client: FlaskClient, body: bytes, **changes: Any) -> Any:
    return client.post("/envelopes", data=body, **({"content_type": TYPE} | changes))
