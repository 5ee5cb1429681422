"""Envelopes for tests of the service: random ones, sending one, and what a store holds."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Any

from flask.testing import FlaskClient

from service.stores.base import EnvelopeSource, Snapshot, StoreAddress


def some(count: int) -> list[bytes]:
    return [os.urandom(4096) for _ in range(count)]


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


TYPE = "application/octet-stream"


def post(client: FlaskClient, body: bytes, **changes: Any) -> Any:
    return client.post("/envelopes", data=body, **({"content_type": TYPE} | changes))
