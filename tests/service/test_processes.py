"""Several service processes, one Redis for the envelopes, one for the limits: together they are one service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app, parse_store
from service.limits.counters import Counters
from service.limits.windows import Hit, Limit
from service.servers.connection import RedisAddress
from service.settings import Settings
from tests.support.paths import ROOT
from tests.support.redis_servers import Server, running, wait_until
from tests.support.sample_appeal import CODE, limits_of
from tests.support.service_process import Served, environment_for, free_port, serving


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """One for the envelopes, one for the limits."""
    folder = tmp_path_factory.mktemp("servers")
    with (
        running("redis", folder / "envelopes") as envelopes,
        running("valkey-8", folder / "limits", "limits") as limits,
    ):
        yield envelopes, limits


def post(served: Served, envelope: bytes) -> bytes:
    head = "POST /envelopes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(envelope)}\r\n\r\n"
    return served.ask(head.encode() + envelope)[9:12]


def envelopes(key: OrganizersKey, count: int) -> list[bytes]:
    signature = Signature("Марыя Прыклад", public=False)
    return [seal_signature(key.record, signature, bytes(32), commitment(CODE)) for _ in range(count)]


def test_all_processes_keep_in_one_store_and_count_in_one_place(
    settings: Settings, servers: tuple[Server, Server], tmp_path: Path, key: OrganizersKey
) -> None:
    """Of 40 sent over 8 connections at once to two processes, exactly the 15 that are allowed are kept."""
    several = replace(
        settings,
        store=parse_store(servers[0].url),
        limits_server=RedisAddress.parse(servers[1].url),
        processes=2,
        limits=limits_of(envelopes="15/minute", desk="100/minute", everyone="100/minute"),
    )
    sent = envelopes(key, 40)
    with serving(several, tmp_path / "log") as served, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda envelope: post(served, envelope), sent))
    assert sorted(set(answers)) == [b"201", b"429"]
    assert answers.count(b"201") == 15
    accepted = {envelope for envelope, answer in zip(sent, answers, strict=True) if answer == b"201"}
    with closing(parse_store(servers[0].url).open()) as store, closing(store.snapshot()) as snapshot:
        assert set(snapshot.envelopes) == accepted


def asked(server: Server, do: Callable[[], object]) -> Counter[str]:
    """The commands that a server was sent meanwhile, without what its scripts do by themselves."""
    found: Counter[str] = Counter()
    with server.client("admin") as admin, server.client("admin") as other:
        other.ping()
        with admin.monitor() as monitor:
            do()
            other.echo("that was all")
            for told in monitor.listen():
                if told["command"].startswith("ECHO"):
                    return found
                if told["client_type"] != "lua":
                    found[told["command"].split()[0].upper()] += 1
    raise AssertionError


def test_an_envelope_costs_two_questions_to_one_server_and_one_to_the_other(
    settings: Settings, servers: tuple[Server, Server], key: OrganizersKey
) -> None:
    """All limits in one, the same two commands for every addition; the control asks for each limit by itself."""
    told = replace(settings, limits_server=RedisAddress.parse(servers[1].url))
    with closing(parse_store(servers[0].url).open()) as store:
        client = create_app(told, store).test_client()
        sent = envelopes(key, 21)

        def send(some: list[bytes]) -> None:
            for envelope in some:
                answer = client.post("/envelopes", data=envelope, content_type="application/octet-stream")
                assert answer.status_code == 201

        send(sent[:1])
        additions = asked(servers[0], lambda: send(sent[1:11]))
        limits = asked(servers[1], lambda: send(sent[11:]))
    assert additions["HEXISTS"] == additions["HSETNX"] == limits["EVALSHA"] == 10
    # Once in a second the load is told, and every few seconds the doctor looks; neither is done for each envelope.
    assert set(limits) <= {"EVALSHA", "INCRBY", "EXPIRE", "CONFIG", "ACL", "AUTH", "SELECT", "SET", "GET"}
    assert set(additions) <= {"HEXISTS", "HSETNX", "HLEN", "CONFIG", "ACL", "AUTH", "SELECT"}
    counters = Counters(time.monotonic, told.limits_server)
    each = [Hit(Limit("control", 10, seconds), "a") for seconds in (1, 60, 3600, 86400)]
    assert asked(servers[1], lambda: counters.hit(*each))["EVALSHA"] == 1
    assert asked(servers[1], lambda: [counters.hit(hit) for hit in each])["EVALSHA"] == 4


@pytest.mark.long
def test_a_service_that_is_stopped_while_it_starts_ends(settings: Settings) -> None:
    """Ctrl-C in the moment in which its worker gets ready; long because it may wait for the worker in vain."""
    environment = environment_for(settings) | {"UNDERSIGNED_LISTEN": f"127.0.0.1:{free_port()}"}
    command = [sys.executable, "-m", "service"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_until(lambda: any(catches(child, signal.SIGTERM) for child in children(process.pid)))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()


def catches(process: str, signal_number: int) -> bool:
    """Whether a process has a handler of its own for a signal (proc(5), SigCgt); False when it is gone."""
    try:
        told = Path(f"/proc/{process}/status").read_text("utf-8")
    except FileNotFoundError:
        return False
    return bool(int(told.partition("SigCgt:")[2].split()[0], 16) >> (signal_number - 1) & 1)
