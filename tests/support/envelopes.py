"""Envelopes for tests of the service: random ones, sending one, and what a store holds."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Any

from flask.testing import FlaskClient

from service.stores.base import EnvelopeStore


def some(count: int) -> list[bytes]:
    return [os.urandom(4096) for _ in range(count)]


def held(store: EnvelopeStore) -> list[bytes]:
    with closing(store.snapshot()) as snapshot:
        envelopes = list(snapshot.envelopes)
        assert snapshot.count == len(envelopes)
        return envelopes


TYPE = "application/octet-stream"


def post(client: FlaskClient, body: bytes, **changes: Any) -> Any:
    return client.post("/envelopes", data=body, **({"content_type": TYPE} | changes))
