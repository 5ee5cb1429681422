"""POST /envelopes takes exactly one kind of request, and answers a good one always the same."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature, seal_withdrawal
from crypto.signature import Signature
from service import create_app
from service.settings import Settings
from service.stores.base import EnvelopeStore, Snapshot, StoreUnavailable
from service.stores.file_store import FileStore
from tests.support.envelopes import TYPE, held, post
from tests.support.sample_appeal import CODE
from tests.support.service_process import serving


def test_a_good_envelope_is_kept_and_answered_with_nothing(
    client: FlaskClient, store: FileStore, envelope: bytes
) -> None:
    """201, no body, and the very bytes in the store."""
    answer = post(client, envelope)
    assert (answer.status_code, answer.data) == (201, b"")
    assert held(store) == [envelope]


def test_every_good_envelope_gets_the_same_answer(client: FlaskClient, key: OrganizersKey, envelope: bytes) -> None:
    """New, repeated, public, non-public, withdrawal: whoever watches the answer learns nothing."""
    public = Signature(name="Ян", public=True, message="доўгі тэкст " * 30)
    envelopes = [
        envelope,
        envelope,
        seal_signature(key.record, public, bytes(32), commitment(CODE)),
        seal_withdrawal(key.record, bytes(32), CODE),
    ]
    answers = [post(client, each) for each in envelopes]
    assert {(answer.status, answer.data, tuple(answer.headers)) for answer in answers} == {
        (answers[0].status, b"", tuple(answers[0].headers))
    }


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"content_type": "text/plain"}, 415, "media-type"),
        ({"content_type": "application/octet-stream; charset=utf-8"}, 415, "media-type"),
        ({"content_type": "multipart/form-data; boundary=x"}, 415, "media-type"),
        ({"headers": {"Content-Encoding": "gzip"}}, 415, "media-type"),
        ({"headers": {"Origin": "https://elsewhere.example"}}, 403, "origin"),
        ({"headers": {"Origin": "http://localhost.elsewhere.example"}}, 403, "origin"),
    ],
)
def test_another_kind_of_request_is_refused(
    client: FlaskClient, store: FileStore, envelope: bytes, changes: dict[str, Any], status: int, kind: str
) -> None:
    """A good envelope in a wrong request is not kept, and the problem has a stable name."""
    answer = post(client, envelope, **changes)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["type"] == f"urn:undersigned:problem:{kind}"
    assert answer.json["status"] == status
    assert store.count() == 0


@pytest.mark.parametrize("origin", [None, "null", "http://localhost"])
def test_our_own_page_a_file_and_old_browsers_may_send(
    client: FlaskClient, envelope: bytes, origin: str | None
) -> None:
    """Our own origin, Origin: null, and no Origin at all."""
    headers = {} if origin is None else {"Origin": origin}
    assert post(client, envelope, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        (lambda e: b"", 411, "length"),
        (lambda e: e[:-1], 400, "envelope-size"),
        (lambda e: e + b"\0", 413, "envelope-size"),
        (lambda e: e * 100, 413, "envelope-size"),
        (lambda e: b"\x02" + e[1:], 400, "envelope-version"),
        (lambda e: e[:1] + bytes(7) + e[8:], 409, "envelope-key"),
        (lambda e: e[:8] + bytes(32) + e[40:], 400, "envelope-point"),
    ],
)
def test_what_is_no_envelope_is_refused(
    client: FlaskClient, store: FileStore, envelope: bytes, change: Any, status: int, kind: str
) -> None:
    """Everything that can be checked without a key is checked before anything is kept."""
    answer = post(client, change(envelope))
    assert answer.status_code == status
    assert answer.json["type"].endswith(f":{kind}")
    assert store.count() == 0


def test_the_answer_comes_only_after_the_store_has_kept_it(settings: Settings, envelope: bytes) -> None:
    """A store that cannot promise gives 503 and Retry-After, never 201."""

    class BrokenStore(EnvelopeStore):
        def add(self, envelope: bytes) -> None:
            raise StoreUnavailable("no")

        def count(self) -> int:
            raise StoreUnavailable("no")

        def add_all(self, envelopes: Iterable[bytes], most: int) -> None:
            raise StoreUnavailable("no")

        def snapshot(self) -> Snapshot:
            raise StoreUnavailable("no")

        def check(self) -> None:
            raise StoreUnavailable("no")

        def close(self) -> None: ...

    client = create_app(settings, BrokenStore()).test_client()
    answer = post(client, envelope)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize(("day", "status"), [("2027-06-30", 201), ("2027-07-02", 201), ("2027-07-03", 403)])
def test_after_the_closing_day_nothing_is_taken(
    settings: Settings, store: FileStore, envelope: bytes, day: str, status: int
) -> None:
    """Two days of grace for wrong clocks and slow networks, then the letter is closed."""
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2027-06-30\n" + path.read_text("utf-8"), "utf-8")
    client = create_app(settings, store, today=lambda: date.fromisoformat(day)).test_client()
    assert post(client, envelope).status_code == status


def raw(body: bytes, *headers: str) -> bytes:
    lines = ("POST /envelopes HTTP/1.1", "Host: x", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_no_trick_of_http_gets_a_wrong_body_in(settings: Settings, tmp_path: Path, envelope: bytes) -> None:
    """Chunked, cut, over-long and doubled bodies on the real server: refused, or only the honest bytes kept."""
    typed = f"Content-Type: {TYPE}"
    chunked = b"1000\r\n" + envelope + b"\r\n0\r\n\r\n"
    long_chunked = b"1001\r\n" + envelope + b"x\r\n0\r\n\r\n"
    with serving(settings, tmp_path / "log") as served:
        assert served.ask(raw(envelope, typed, "Content-Length: 4096")).startswith(b"HTTP/1.1 201")
        for request in (
            raw(chunked, typed, "Transfer-Encoding: chunked"),
            raw(long_chunked, typed, "Transfer-Encoding: chunked"),
            raw(chunked, typed, "Transfer-Encoding: chunked", "Content-Length: 4096"),
            raw(envelope[::-1], typed, "Content-Length: 4095"),
            raw(envelope[::-1] + b"x", typed, "Content-Length: 4097"),
            raw(b"", typed, "Content-Length: 0"),
            raw(envelope, typed, "Content-Length: 4096", "Content-Length: 5"),
            raw(envelope, typed),
        ):
            assert not served.ask(request).startswith(b"HTTP/1.1 2"), request[:200]
        cut = raw(envelope[:-1], typed, "Content-Length: 4096")
        assert not served.ask(cut, hang_up=True).startswith(b"HTTP/1.1 2")
    assert held(settings.store.read()) == [envelope]


def test_an_envelope_may_come_in_pieces(settings: Settings, tmp_path: Path, envelope: bytes) -> None:
    """On a bad line the body arrives bit by bit; only the whole of it is an envelope."""
    request = raw(envelope, f"Content-Type: {TYPE}", "Content-Length: 4096")
    with (
        serving(settings, tmp_path / "log") as served,
        socket.create_connection(("127.0.0.1", served.port), timeout=20) as line,
    ):
        line.sendall(request[:1000])
        # Another request in between: what came so far has arrived by then.
        assert served.ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200")
        line.sendall(request[1000:])
        assert line.recv(100).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_nothing_but_handing_in_happens_at_the_address(client: FlaskClient, method: str) -> None:
    """Another method is refused like everything else that is wrong, with the headers of every answer."""
    answer = client.open("/envelopes", method=method)
    assert answer.status_code == 405
    assert "Content-Security-Policy" in answer.headers
