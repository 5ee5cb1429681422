"""Limits hold, and remember no address."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.sample_appeal import limits_of
from tests.support.service_process import serving


def limited(settings: Settings, store: FileStore, **limits: str) -> FlaskClient:
    values = {"envelopes": "1000/minute", "desk": "1000/minute", "everyone": "1000/minute"} | limits
    changed = Settings(**{**vars(settings), "limits": limits_of(**values), "trusted_hops": 1})
    return create_app(changed, store).test_client()


def send(client: FlaskClient, envelope: bytes, address: str) -> int:
    answer = client.post(
        "/envelopes", data=envelope, content_type="application/octet-stream", headers={"X-Forwarded-For": address}
    )
    assert not [name for name, _ in answer.headers if "ratelimit" in name.lower()]
    if answer.status_code == 429:
        assert answer.headers["Retry-After"] == "60"
        assert answer.json["type"] == "urn:undersigned:problem:too-many"
    return answer.status_code


def test_a_client_over_its_limit_is_asked_to_wait_and_others_are_not(
    settings: Settings, store: FileStore, envelope: bytes
) -> None:
    """Counted per client, without headers that tell how often anyone came."""
    client = limited(settings, store, envelopes="3/minute")
    assert [send(client, envelope, "203.0.113.7") for _ in range(5)] == [201, 201, 201, 429, 429]
    assert send(client, envelope, "203.0.113.8") == 201


def test_rotating_within_a_64_does_not_help(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """A phone network hands out a whole /64."""
    client = limited(settings, store, envelopes="3/minute")
    assert [send(client, envelope, f"2001:db8::{at:x}") for at in range(1, 6)] == [201, 201, 201, 429, 429]


def test_only_the_trusted_hop_is_believed(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """What a client writes into X-Forwarded-For stands left of what our proxy adds, and is ignored."""
    client = limited(settings, store, envelopes="3/minute")
    forged = [f"198.51.100.{at}, 203.0.113.7" for at in range(5)]
    assert [send(client, envelope, address) for address in forged] == [201, 201, 201, 429, 429]


def test_a_quote_does_not_hide_who_asks(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """An opened one does not make what our proxy adds a part of what the client wrote, as one of many at once."""
    client = limited(settings, store, envelopes="3/minute")
    forged = [f'"{at}, 203.0.113.7' for at in range(5)]
    assert [send(client, envelope, address) for address in forged] == [201, 201, 201, 429, 429]
    assert send(client, envelope, '"0, 203.0.113.8') == 201


def test_without_a_word_of_the_proxy_the_peer_counts(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """No header, an empty one, or fewer entries than proxies: nobody gets through uncounted."""
    client = limited(settings, store, envelopes="3/minute")
    assert [send(client, envelope, address) for address in ("", " ", ",", "203.0.113.7,", "")] == [201] * 3 + [429] * 2


def test_an_onion_circuit_over_its_limit_does_not_hold_up_the_others(
    settings: Settings, store: FileStore, envelope: bytes
) -> None:
    """Each circuit counts for itself, though all of them stand in one /64."""
    client = limited(settings, store, envelopes="3/minute")
    assert [send(client, envelope, "fc00:dead:beef:4dad::1:2") for _ in range(5)] == [201, 201, 201, 429, 429]
    assert send(client, envelope, "fc00:dead:beef:4dad::1:3") == 201


@pytest.mark.parametrize(("hops", "limited_at"), [(0, "peer"), (1, "last"), (2, "last but one")])
def test_the_number_of_hops_is_exact(
    settings: Settings, store: FileStore, envelope: bytes, hops: int, limited_at: str
) -> None:
    """Without a proxy the header means nothing; with so many, exactly that entry from the right is believed."""
    limits = limits_of(envelopes="1/minute", desk="9/minute", everyone="1000/minute")
    client = create_app(Settings(**{**vars(settings), "limits": limits, "trusted_hops": hops}), store).test_client()
    others = {
        "peer": ["203.0.113.1, 203.0.113.2", "198.51.100.1, 198.51.100.2"],
        "last": ["203.0.113.1, 203.0.113.9", "198.51.100.1, 203.0.113.9"],
        "last but one": ["203.0.113.1, 203.0.113.9, 203.0.113.3", "198.51.100.1, 203.0.113.9, 198.51.100.3"],
    }[limited_at]
    assert [send(client, envelope, address) for address in others] == [201, 429]


def test_without_the_proxys_header_all_share_one_key(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """A unix socket has no address: whoever gets past nginx is limited together, never unlimited."""
    client = limited(settings, store, envelopes="2/minute")
    sent = [
        client.post(
            "/envelopes",
            data=envelope,
            content_type="application/octet-stream",
            environ_base={"REMOTE_ADDR": peer},
        ).status_code
        for peer in ("", "unix:", "")
    ]
    assert sent == [201, 201, 429]


def test_the_desk_is_limited_before_its_token_is_looked_at(settings: Settings, store: FileStore) -> None:
    """Nobody may guess tokens quickly."""
    client = limited(settings, store, desk="3/minute")
    statuses = [client.get("/ledger", headers={"Authorization": f"Bearer {at}"}).status_code for at in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


def test_nothing_that_names_a_client_is_kept_or_logged(settings: Settings, tmp_path: Path, envelope: bytes) -> None:
    """After limits were hit and malformed requests sent, no log and no file holds an address or a client's words."""
    traces = (b"203.0.113.77", b"2001:db8:77", b"UniqueBrowser/7.7", b"elsewhere-77.example", b"secret-word-77")
    policies = limits_of(envelopes="5/minute", desk="5/minute", everyone="1000/minute")
    changed = Settings(**{**vars(settings), "limits": policies, "trusted_hops": 1})
    lines = (
        "Host: x\r\nConnection: close\r\nUser-Agent: UniqueBrowser/7.7\r\nReferer: https://elsewhere-77.example/\r\n"
        "Cookie: secret-word-77=1\r\nContent-Type: application/octet-stream\r\n"
    )
    with serving(changed, tmp_path / "log") as served:
        statuses = set()
        for address in ("203.0.113.77", "2001:db8:77::1"):
            named = (lines + f"X-Forwarded-For: {address}\r\n").encode()
            for start in (
                *[b"POST /envelopes HTTP/1.1\r\nContent-Length: 4096\r\n"] * 8,
                b"POST /envelopes HTTP/1.1\r\nContent-Length: 17\r\n",
                b"POST /envelopes HTTP/1.1\r\nContent-Length: secret-word-77\r\n",
                b"POST /publication HTTP/1.1\r\nContent-Length: 4096\r\n",
                *[b"GET /ledger HTTP/1.1\r\nAuthorization: Bearer secret-word-77\r\n"] * 8,
                b"GET /be/secret-word-77 HTTP/1.1\r\n",
                b"GET /%ff%00secret-word-77?q=secret-word-77 HTTP/1.1\r\n",
                b"BREW /secret-word-77 HTTP/1.1\r\n",
                b"secret-word-77\r\n",
            ):
                statuses.add(served.ask(start + named + b"\r\n" + envelope)[9:12])
    assert {b"201", b"400", b"401", b"404", b"429"} <= statuses
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()] + [tmp_path / "log"]
    assert len(files) >= 2
    found = [(path.name, trace) for path in files for trace in traces if trace in path.read_bytes()]
    assert found == []
