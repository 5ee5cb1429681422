"""Counting together on a limits server, and alone when it does not answer: limited in any case."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from service import create_app
from service.limits import windows
from service.limits.client_keys import EPOCH_SECONDS, KEY_SIZE, ClientKeys
from service.limits.counters import NAMES_KEY, PAUSE_SECONDS, Counters
from service.limits.proof_of_work import ProofOfWork
from service.limits.windows import Hit, Limit, MemoryWindows
from service.servers.connection import RedisAddress
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.redis_servers import Server, running

LIMIT = Limit("test", 3, 60)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A limits server as config/valkey/limits.conf sets it up."""
    with running("valkey-8", tmp_path_factory.mktemp("limits"), "limits") as server:
        yield server


def together(server: Server, clock: Clock | None = None) -> Counters:
    return Counters(clock or Clock(), RedisAddress.parse(server.url))


def hits(counters: Counters, name: str, count: int = 5) -> list[bool]:
    return [counters.hit(Hit(LIMIT, name)) for _ in range(count)]


def test_a_process_alone_counts_in_its_memory() -> None:
    """Three a minute are three a minute, for each name."""
    counters = Counters(Clock())
    assert hits(counters, "a") == [True] * 3 + [False] * 2
    assert hits(counters, "b", 1) == [True]
    assert counters.secret("x", 10) is None


def test_processes_with_a_server_count_together(server: Server) -> None:
    """What one has let through, the other one counts."""
    first, second = together(server), together(server)
    assert hits(first, "together", 2) == [True, True]
    assert hits(second, "together", 2) == [True, False]


def test_processes_with_a_server_share_keys_and_work(server: Server) -> None:
    """The same client has the same name everywhere, for one epoch; a challenge of one is paid to the other."""
    clock = Clock(1e9)
    keys = [ClientKeys(clock, os.urandom, together(server).names_key) for _ in range(2)]
    assert len({each.key("203.0.113.7") for each in keys}) == 1
    before = keys[0].key("203.0.113.7")
    clock.now += EPOCH_SECONDS
    for each in keys:
        each.end()
    assert {each.key("203.0.113.7") for each in keys} != {before}
    assert len({each.key("203.0.113.7") for each in keys}) == 1
    works = [ProofOfWork(lambda: 1, Clock(4e9), together(server).secret) for _ in range(2)]
    assert works[0]._secret(b"challenge") == works[1]._secret(b"challenge")


DAY = 24 * 3600


@pytest.mark.parametrize("back", [3 * EPOCH_SECONDS, DAY, 400 * DAY])
def test_a_servers_clock_that_is_set_back_keeps_no_key_and_no_count(server: Server, back: int) -> None:
    """All it holds then ends that much later: the key ends in time all the same, for all, and no limit stays full."""
    clock = Clock(5.0)
    with closing(server.client("admin")) as client:
        client.flushall()
    keys = [ClientKeys(clock, os.urandom, together(server).names_key) for _ in range(2)]
    before, counters = keys[0].key("203.0.113.7"), together(server)
    assert hits(counters, "everyone", 4) == [True, True, True, False]
    with closing(server.client("admin")) as client:
        for name in client.keys("LIMITS:*"):
            client.pexpire(name, client.pttl(name) + back * 1000)
    assert hits(counters, "everyone", 4) == [True, True, True, False]
    clock.now += EPOCH_SECONDS - 1
    for each in keys:
        each.end()
    assert {each.key("203.0.113.7") for each in keys} == {before}
    clock.now += 1
    for each in keys:
        each.end()
    after = {each.key("203.0.113.7") for each in keys}
    assert len(after) == 1
    assert after != {before}


def test_a_key_that_was_replaced_on_the_server_is_overwritten_there(server: Server) -> None:
    """Who comes later gets the new one, also who held the old one; a server's clock set forward only ends it sooner."""
    counters = together(server)
    with closing(server.client("admin")) as client:
        client.delete(NAMES_KEY)
    first, left = counters.names_key(b"") or (b"", 0.0)
    assert (len(first), left) == (KEY_SIZE, EPOCH_SECONDS)
    assert (counters.names_key(b"") or (b"", 0.0))[0] == first
    second, _ = counters.names_key(first) or (b"", 0.0)
    assert second != first
    assert (counters.names_key(first) or (b"", 0.0))[0] == second
    with closing(server.client("admin")) as client:
        client.pexpire(NAMES_KEY, EPOCH_SECONDS * 1000)
    assert (counters.names_key(b"") or (b"", 0.0))[0] not in (first, second)


def test_the_server_learns_no_address(server: Server) -> None:
    """Its memory holds counters under keys, and secrets that expire."""
    keys = ClientKeys(Clock(1e9), os.urandom, together(server).names_key)
    hits(together(server), keys.key("203.0.113.77"))
    client = server.client("admin")
    names = client.keys("*")
    assert names
    assert not [name for name in names if b"203.0.113.77" in name]
    assert all(client.ttl(name) > 0 for name in names)


def test_a_dead_server_leaves_every_process_limited(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Told once, not for every request; asked again after a pause; told when it is back."""
    caplog.set_level(logging.WARNING, "undersigned")
    with running("redis", tmp_path, "limits") as server:
        clock = Clock()
        counters = together(server, clock)
        assert hits(counters, "alone", 1) == [True]
        server.kill()
        assert hits(counters, "alone") == [True] * 3 + [False] * 2
        assert counters.secret("x", 10) is None
        clock.now += 2 * PAUSE_SECONDS
        assert hits(counters, "alone", 1) == [False]
        assert [record.message for record in caplog.records if "does not count" in record.message][1:] == []
        server.start()
        clock.now += 2 * PAUSE_SECONDS
        assert hits(counters, "alone", 1) == [True]
        assert "counts again" in caplog.text
    assert "203.0.113" not in caplog.text


def test_a_full_memory_of_the_server_lifts_no_limit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It drops no count to make room; it refuses, and each process counts alone."""
    caplog.set_level(logging.WARNING, "undersigned")
    with running("redis", tmp_path, "limits") as server, server.client("admin") as admin:
        counters = together(server)
        assert hits(counters, "full", 2) == [True] * 2
        admin.config_set("maxmemory", 1)
        assert hits(counters, "full") == [True] * 3 + [False] * 2
    assert "does not count (OutOfMemoryError)" in caplog.text


def test_no_envelope_is_taken_while_the_limits_server_would_write_to_the_disk(
    tmp_path: Path, settings: Settings, envelope: bytes
) -> None:
    """503 as soon as it is looked at, and 201 once it is dead: then each process counts alone."""
    with (
        running("redis", tmp_path / "limits", "limits") as server,
        closing(FileStore(tmp_path / "envelopes")) as store,
    ):
        told = replace(settings, limits_server=RedisAddress.parse(server.url))
        answers = []
        for value in ("no", "yes"):
            with server.client("admin") as admin:
                admin.config_set("appendonly", value)
            client = create_app(told, store).test_client()
            answers.append(client.post("/envelopes", data=envelope, content_type="application/octet-stream"))
        server.kill()
        client = create_app(told, store).test_client()
        answers.append(client.post("/envelopes", data=envelope, content_type="application/octet-stream"))
    assert [answer.status_code for answer in answers] == [201, 503, 201]


@pytest.mark.parametrize("refused", ["ACL DELUSER doctor", "ACL SETUSER doctor -config|get"])
def test_a_limits_server_that_the_doctor_may_not_look_at_is_wrong_and_goes_on_counting(
    tmp_path: Path, settings: Settings, envelope: bytes, caplog: pytest.LogCaptureFixture, refused: str
) -> None:
    """Nobody knows then what it writes down: 503, told once and in words, while the limits are still its own."""
    caplog.set_level(logging.WARNING, "undersigned")
    with (
        running("valkey-8", tmp_path / "limits", "limits") as server,
        closing(FileStore(tmp_path / "envelopes")) as store,
    ):
        with server.client("admin") as admin:
            admin.execute_command(refused)
        client = create_app(replace(settings, limits_server=RedisAddress.parse(server.url)), store).test_client()
        for _ in range(3):
            answer = client.post("/envelopes", data=envelope, content_type="application/octet-stream")
            assert answer.status_code == 503
        assert together(server).faults() == together(server).faults() != []
        assert hits(together(server), "seen") == hits(together(server), "seen too") == [True] * 3 + [False] * 2
        assert hits(together(server), "seen", 1) == [False]
    (told,) = caplog.records
    assert "limits: The server does not let the user “doctor” look at it: " in told.message


@pytest.fixture(params=["memory", "server"])
def counted(request: pytest.FixtureRequest, server: Server) -> tuple[Counters, Callable[[float], None]]:
    """Counters of each kind, and a function that lets seconds pass for them. A turn of the clock's has just begun."""
    clock = Clock(6e8)
    if request.param == "memory":
        return Counters(clock), lambda seconds: setattr(clock, "now", clock.now + seconds)
    client = server.client("admin")
    client.flushall()

    def pass_by(seconds: float) -> None:
        for name in client.keys("*"):
            client.pexpire(name, max(client.pttl(name) - int(seconds * 1000), 0))

    return together(server, clock), pass_by


Counted = tuple[Counters, Callable[[float], None]]


def test_a_window_slides_over_its_edges(counted: Counted) -> None:
    """Who has used up a turn gets one more at its end and not 60, half of them after half a turn, then all.

    A turn is 100 minutes: the seconds that pass on the server meanwhile change nothing.
    """
    (counters, pass_by), limit = counted, Limit("test", 60, 6000)

    def more() -> int:
        return [counters.hit(Hit(limit, "a")) for _ in range(100)].count(True)

    assert counters.hit(Hit(limit, "a"))
    pass_by(5900)
    assert more() == 59
    pass_by(110)
    assert more() <= 1
    pass_by(2990)
    assert 28 <= more() <= 31
    pass_by(12000)
    assert more() == 60


def test_a_request_counts_for_all_its_limits_or_for_none(counted: Counted) -> None:
    """Who is over a limit of a minute uses up nothing of an hour; nor the other way round."""
    counters, _ = counted
    short, long = Limit("test", 3, 3600), Limit("test", 6, 86400)

    def sent(name: str, long_name: str, times: int) -> int:
        return [counters.hit(Hit(short, name), Hit(long, long_name)) for _ in range(times)].count(True)

    assert sent("a", "x", 50) == 3
    assert sent("b", "x", 2) == 2
    assert [sent(name, "x", 1) for name in "bcd"] == [1, 0, 0]
    assert [counters.hit(Hit(short, name)) for name in "bccccd"] == [False, True, True, True, False, True]


def test_counts_in_memory_are_dropped_after_two_turns() -> None:
    """Whoever came an hour ago is not kept, and nobody walks through the names to find that out."""
    clock, threads = Clock(6e8), threading.active_count()
    counted = MemoryWindows(clock)
    limit = Limit("test", 3, 60)
    for at in range(1000):
        counted.hit([Hit(limit, f"{at}")])
    (turns,) = counted._turns.values()
    assert len(turns.current) == 1000
    clock.now += 120
    counted.hit([Hit(limit, "late")])
    assert (turns.current, turns.before) == ({"late": 1}, {})
    assert threading.active_count() == threads


def test_a_flood_of_names_fills_no_memory_and_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With five times as many clients as have room, all are let through, and no more than two turns are kept."""
    monkeypatch.setattr(windows, "NAMES_MOST", 1000)
    counted, limit = MemoryWindows(Clock(6e8)), Limit("test", 1, 3600)
    assert all(counted.hit([Hit(limit, f"{at}")]) for at in range(5000))
    (turns,) = counted._turns.values()
    assert len(turns.current) == len(turns.before) == 1000
    assert not counted.hit([Hit(limit, "4999")])


@pytest.mark.parametrize("shared", [True, False])
def test_processes_that_hit_at_once_let_through_what_is_allowed(server: Server, shared: bool) -> None:
    """Of 200 from 16 threads of two counters, 50; the control counts apart, and lets through twice as many."""
    both = [together(server) if shared else Counters(Clock()) for _ in range(2)]
    limits = [Hit(Limit("at once", 50, 3600), "a"), Hit(Limit("at once", 1000, 86400), "a")]
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda at: both[at % 2].hit(*limits), range(200)))
    assert passed.count(True) == (50 if shared else 100)
