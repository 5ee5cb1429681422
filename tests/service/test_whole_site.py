"""The site as docker-compose.yml starts it: with honest traffic, with strangers, and with parts of it gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from crypto.code import commitment
from crypto.envelope import envelope_id
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service.settings import Settings
from tests.support.compose_site import WholeSite, valkey, whole_site
from tests.support.envelopes import held
from tests.support.moments import Use, others_first
from tests.support.nginx_site import Front
from tests.support.paths import ROOT
from tests.support.raw_http import BEARER, body_of, exchange, headers_of, request, sealed, status
from tests.support.redis_servers import wait_until
from tests.support.sample_appeal import CODE, limits_of
from tests.support.service_process import START_SECONDS, environment_for


@pytest.fixture
def whole(settings: Settings) -> Iterator[WholeSite]:
    """All parts, with limits that no ordinary test reaches."""
    with whole_site(settings) as running:
        yield running


def some_sealed(key: OrganizersKey, count: int) -> list[bytes]:
    signature = Signature("Марыя Прыклад", public=False)
    return [seal_signature(key.record, signature, bytes(32), commitment(CODE)) for _ in range(count)]


def test_all_parts_together_keep_limit_and_give_out(settings: Settings, key: OrganizersKey) -> None:
    """The doctor is content; of twelve from one address, five are kept whichever process is asked; so through tor."""
    limits = limits_of(envelopes="5/minute", desk="100/minute", everyone="1000/minute")
    sent = some_sealed(key, 24)
    with whole_site(replace(settings, limits=limits)) as whole:
        site, told = whole.front, whole.settings
        about = f"This looks after {told.store} and {told.limits_server}.\n"
        assert doctor(told) == (0, f"{about}All is well.\n")
        assert status(exchange(site.connect(), request("GET /be/"))) == 200
        answers = [status(exchange(site.connect(), sealed(each))) for each in sent[:12]]
        answers += [status(exchange(site.connect_as_tor(9), sealed(each))) for each in sent[12:]]
        assert answers == ([201] * 5 + [429] * 7) * 2
        kept = sorted(sent[:5] + sent[12:17], key=envelope_id)
        ledger = body_of(exchange(site.connect(), request("GET /ledger", BEARER)))
        assert ledger.partition(b"\n")[2] == b"".join(kept)
        with closing(told.store.open()) as store:
            assert held(store) == kept
        stop(whole.valkeys["limits"])
        code, words = doctor(told)
        assert (code, words.count("\n  - ")) == (1, 1)
        assert "  - limits: The server cannot be examined: " in words


def doctor(told: Settings) -> tuple[int, str]:
    """What ./run doctor says to the operator of this site: both servers stand in the settings."""
    command = [sys.executable, "-m", "service.admin", "doctor"]
    asked = subprocess.run(command, cwd=ROOT, env=environment_for(told), capture_output=True, text=True, check=False)
    return asked.returncode, asked.stdout


def test_without_the_limits_server_people_stay_limited_and_without_the_other_nothing_is_promised(
    settings: Settings, key: OrganizersKey
) -> None:
    """Each process counts alone; 503 with the time to wait; the pages stay; afterwards all is as it was."""
    limits = limits_of(envelopes="5/minute", desk="100/minute", everyone="1000/minute")
    sent = some_sealed(key, 30)
    with whole_site(replace(settings, limits=limits)) as whole, ExitStack() as stack:
        site = whole.front
        stop(whole.valkeys["limits"])
        answers = [status(exchange(site.connect(), sealed(each))) for each in sent[:20]]
        assert set(answers) == {201, 429}
        assert 5 <= answers.count(201) <= 10
        stop(whole.valkeys["envelopes"])
        refused = exchange(site.connect(source="127.0.0.9"), sealed(sent[20]))
        assert status(refused) == 503
        assert dict(headers_of(refused))["retry-after"] == "30"
        assert json.loads(body_of(refused))["type"] == "urn:undersigned:problem:store"
        assert status(exchange(site.connect(), request("GET /healthz"))) == 503
        assert status(exchange(site.connect(), request("GET /ru/"))) == 200
        stack.enter_context(valkey("envelopes", site.folder))
        deadline = time.monotonic() + 20
        # No limit counts this question; afterwards from ever other addresses, for one alone soon sends too much.
        while status(exchange(site.connect(), request("GET /healthz"))) != 200:
            assert time.monotonic() < deadline
        others = (f"127.0.{at // 250 + 1}.{at % 250 + 1}" for at in count())
        while status(exchange(site.connect(source=next(others)), sealed(sent[21]))) != 201:
            assert time.monotonic() < deadline
        with closing(whole.settings.store.open()) as store:
            assert store.count() == answers.count(201) + 1


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)


@pytest.mark.parametrize("most_seconds", [START_SECONDS, pytest.param(1, marks=pytest.mark.long)])
def test_500_slow_connections_do_not_hold_up_an_honest_person(
    whole: WholeSite, envelope: bytes, most_seconds: float
) -> None:
    """Half a handshake, half a header, half an envelope, byte by byte: page and receipt come, when quiet within 1 s."""
    site = whole.front
    half_header = request("GET /be/")[:-3]
    half_envelope = sealed(envelope)[:-2000]
    with ExitStack() as stack:
        slow = []
        for at in range(500):
            if at % 5 == 0:
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", site.tls_port), timeout=30))
                connection.sendall(b"\x16\x03\x01")
                continue
            connection = stack.enter_context(site.connect_as_tor(at) if at % 5 == 4 else site.connect())
            connection.sendall(half_header if at % 2 else half_envelope)
            slow.append(connection)
        assert len(slow) == 400
        for at in range(3):
            for connection in slow:
                connection.sendall(b"x")
            begun = time.monotonic()
            page = exchange(site.connect(), request("GET /ru/how" if at else "GET /ru/"))
            kept = exchange(site.connect(), sealed(envelope[:-1] + bytes([at])))
            took = time.monotonic() - begun
            assert (status(page), status(kept)) == (200, 201)
            assert took < most_seconds, f"{took:.2f} s"


def test_no_file_of_the_site_names_a_client_or_tells_when_one_came(settings: Settings, envelope: bytes) -> None:
    """After good, refused and broken requests: no address, browser, referer or word of a client lies anywhere.

    Nor does a file or folder show a time of the moment in which an envelope came (tests/service/test_file_times.py).
    """
    traces = (b"127.0.0.77", bytes((127, 0, 0, 77)), b"UniqueBrowser/7.7", b"elsewhere-77.example", b"secret-word-77")
    named = ("User-Agent: UniqueBrowser/7.7", "Referer: https://elsewhere-77.example/", "Cookie: secret-word-77=1")
    limits = limits_of(envelopes="5/minute", desk="5/minute", everyone="1000/minute")
    statuses = set()
    with whole_site(replace(settings, limits=limits)) as whole:
        site = whole.front
        for sent in (
            *[sealed(envelope, *named)] * 8,
            sealed(envelope, *named).replace(b"4096", b"4097") + b"x",
            request("POST /envelopes", "Content-Length: secret-word-77", *named),
            *[request("GET /ledger", "Authorization: Bearer secret-word-77", *named)] * 8,
            request("POST /publication", "Content-Length: 70000", *named, body=b"secret-word-77" * 5000),
            request("GET /be/?q=secret-word-77", *named),
            request("GET /secret-word-77", *named),
            request("GET /%ff%00secret-word-77", *named),
            request("BREW /secret-word-77", *named),
            b"secret-word-77\r\n\r\n",
        ):
            statuses.add(status(exchange(site.connect(source="127.0.0.77"), sent)))
            statuses.add(status(exchange(site.connect_as_tor(77), sent)))
        with site.connect(source="127.0.0.77") as cut:
            cut.sendall(sealed(envelope, *named)[:-1])
        # A page that was not kept before shows the moment until it is touched, also when that comes at once.
        pages = (f"GET /{language}/{page}" for language in ("ru", "lt", "pl") for page in ("", "how", "letter"))
        wait_until(lambda: told_by_reading(site, next(pages)))
        others_first(site.folder, settings.data)
        with Use() as use:
            exchange(site.connect(), request("GET /be/why"))
            assert status(exchange(site.connect(), sealed(envelope[:-1] + bytes([envelope[-1] ^ 1])))) == 201
        wait_until(lambda: not use.told_by(site.folder, settings.data))
        written = [path for root in (site.folder, settings.data) for path in root.rglob("*") if path.is_file()]
        appended = [path for path in written if path.name.startswith("appendonly")]
        assert appended
        assert any(envelope[100:] in path.read_bytes() for path in appended)
        logs = [
            site.folder / f"{name}.log" for name in ("nginx", "service", "tor", "valkey-envelopes", "valkey-limits")
        ]
        assert {*logs} <= {*written}
        found = [(str(path), trace) for path in written for trace in traces if trace in path.read_bytes()]
        assert found == []
        assert [path.read_bytes() for path in (logs[0], logs[2])] == [b"", b""]
        for pid in site.processes():
            for opened in Path(f"/proc/{pid}/fd").iterdir():
                assert is_expected(os.readlink(opened), site.folder), os.readlink(opened)
    assert {201, 400, 401, 404, 413, 429} <= statuses


def told_by_reading(site: Front, line: str) -> set[str]:
    with Use() as use:
        exchange(site.connect(), request(line))
    return use.told_by(site.folder / "run" / "pages")


def is_expected(opened: str, folder: Path) -> bool:
    """Sockets and the like, nothing, or a file that was searched above."""
    return opened.startswith(("socket:", "anon_inode:", "pipe:", "/dev/", str(folder)))
