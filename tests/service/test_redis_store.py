"""What is particular to the store in Redis, Valkey and clusters; the contract is in test_stores.py."""

from __future__ import annotations

import os
import random
import re
import resource
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import redis
from redis.crc import key_slot
from redis.exceptions import NoPermissionError

from crypto.envelope import envelope_id
from service import parse_store
from service.servers.connection import RedisAddress
from service.stores.base import EnvelopeStore, StoreFull, StoreUnavailable
from service.stores.redis_store import KEYS, REPEATS, RedisStore
from service.stores.shuffle_schedule import ShuffleSchedule
from tests.support.paths import ROOT
from tests.support.rank_correlation import rank_correlation
from tests.support.redis_servers import (
    PROGRAMS,
    Server,
    cluster_url,
    running,
    running_cluster,
    wait_until,
    write_certificate,
)


def some(count: int) -> list[bytes]:
    return [os.urandom(4096) for _ in range(count)]


def held(store: EnvelopeStore) -> list[bytes]:
    with closing(store.snapshot()) as snapshot:
        envelopes = list(snapshot.envelopes)
        assert snapshot.count == len(envelopes)
        return envelopes


def accepts(store: EnvelopeStore, envelope: bytes) -> bool:
    try:
        store.add(envelope)
    except StoreUnavailable:
        return False
    return True


def add_all(store: EnvelopeStore, envelopes: list[bytes]) -> None:
    """From sixteen threads, as a service would."""
    threads = [
        threading.Thread(target=lambda own=envelopes[at::16]: [store.add(envelope) for envelope in own])
        for at in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def opened(url: str) -> Iterator[EnvelopeStore]:
    store = parse_store(url).open()
    try:
        yield store
    finally:
        store.close()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_what_the_server_holds_tells_neither_time_nor_order(empty: Callable[[str], list[Server]], kind: str) -> None:
    """Hashes for many envelopes each, none that expires, none kept as a list in the order of arrival."""
    (server,) = empty(kind)
    with opened(server.url) as store, server.client("admin") as admin:
        admin.acl_log_reset()
        for envelope in some(40):
            store.add(envelope)
        keys = list(admin.keys())
        assert {key.decode("ascii") for key in keys} <= set(KEYS)
        for key in keys:
            assert admin.type(key) == b"hash"
            assert admin.object("ENCODING", key) == b"hashtable"
            assert admin.ttl(key) == -1
        assert admin.slowlog_get() == []
        assert admin.latency_latest() == []
        assert admin.acl_log() == []


def test_a_cluster_shares_the_envelopes_evenly(empty: Callable[[str], list[Server]]) -> None:
    """The 256 hashes lie in as many slots, and each of three nodes holds about a third."""
    assert len({key_slot(key.encode("ascii")) for key in KEYS}) > 250
    # What is written for a repeated one goes to the same node.
    assert [key_slot(key.encode("ascii")) for key in REPEATS] == [key_slot(key.encode("ascii")) for key in KEYS]
    servers = empty("redis-cluster")
    with opened(cluster_url(servers)) as store:
        add_all(store, some(1200))
        assert store.count() == 1200
    kept = []
    for server in servers:
        with server.client("admin") as admin:
            kept.append(sum(int(admin.hlen(key)) for key in admin.scan_iter()))
    assert sum(kept) == 1200
    assert min(kept) > 300


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_full_memory_is_an_error_and_no_promise(tmp_path: Path, kind: str) -> None:
    """add raises, what was kept stays, and the store works again when there is room."""
    with running(kind, tmp_path / kind) as server, opened(server.url) as store, server.client("admin") as admin:
        kept = some(20)
        add_all(store, kept)
        admin.config_set("maxmemory", "1")
        with pytest.raises(StoreFull):  # people are told that the site is overloaded
            store.add(some(1)[0])
        admin.config_set("maxmemory", "0")
        assert held(store) == sorted(kept, key=envelope_id)
        assert accepts(store, some(1)[0])
        assert store.count() == 21


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_full_disk_is_an_error_and_no_promise(tmp_path: Path, kind: str) -> None:
    """The file may not grow: the server gives up, add raises; after a restart all acknowledged ones are there."""
    with running(kind, tmp_path / kind) as server, opened(server.url) as store:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (400_000, 400_000))
        kept = [envelope for envelope in some(200) if accepts(store, envelope)]
        assert 10 < len(kept) < 100
        server.process.wait(timeout=20)
        server.start()
        wait_until(lambda: accepts(store, kept[0]))
        assert set(kept) <= set(held(store))


def test_the_service_may_start_before_its_server(tmp_path: Path) -> None:
    """Until the server is there, nothing is promised; a cluster's client is no different."""
    with running("redis", tmp_path / "late") as server:
        server.kill()
        with opened(server.url) as store:
            envelope = some(1)[0]
            assert not accepts(store, envelope)
            for call in (store.count, store.snapshot, store.check):
                with pytest.raises(StoreUnavailable):
                    call()
            server.start()
            wait_until(lambda: accepts(store, envelope))
            assert held(store) == [envelope]


def test_a_cluster_that_lost_a_node_promises_nothing_for_it(empty: Callable[[str], list[Server]]) -> None:
    """Envelopes whose hash lies there are refused until the node is back; none that was acknowledged is lost."""
    servers = empty("redis-cluster")
    with opened(cluster_url(servers)) as store:
        kept = some(200)
        add_all(store, kept)
        with servers[1].client("admin") as admin:
            there = {bytes(key).decode("ascii") for key in admin.scan_iter()}
        servers[1].kill()
        for_it = next(envelope for envelope in some(200) if KEYS[envelope_id(envelope)[0]] in there)
        assert not accepts(store, for_it)
        servers[1].start()
        wait_until(lambda: accepts(store, for_it))
        assert set(held(store)) == {*kept, for_it}


@pytest.mark.parametrize("kind", ["redis", "redis-cluster"])
def test_several_services_share_one_server(empty: Callable[[str], list[Server]], kind: str) -> None:
    """Two write, the same and different ones; a third exports meanwhile: what was acknowledged before is in it."""
    servers = empty(kind)
    url = servers[0].url if kind == "redis" else cluster_url(servers)
    first, second = some(400), some(400)
    with opened(url) as one, opened(url) as two, opened(url) as third:
        add_all(one, first)
        writer = threading.Thread(target=add_all, args=(two, second + first))
        writer.start()
        exported = [held(third) for _ in range(4)]
        writer.join()
        for envelopes in exported:
            assert set(first) <= set(envelopes) <= set(first + second)
            assert envelopes == sorted(envelopes, key=envelope_id)
        assert held(third) == sorted(first + second, key=envelope_id)
        assert one.count() == two.count() == 800


def test_what_somebody_slips_in_as_the_web_user_stops_nothing(empty: Callable[[str], list[Server]]) -> None:
    """Whoever broke into the service can write nonsense beside the envelopes; the ledger leaves it out."""
    (server,) = empty("redis")
    envelope, other = some(2)
    other_id = envelope_id(other)
    with opened(server.url) as store, server.client("web") as web:
        store.add(envelope)
        web.hsetnx("envelopes:00", "nonsense", "x")
        web.hsetnx("envelopes:00", b"", b"")
        with pytest.raises(NoPermissionError):
            web.hsetnx("envelopes:zz", other_id + other[:8], other[8:])
        web.hsetnx(KEYS[other_id[0]], other_id + other[:8], other[8:-1])
        web.hsetnx(KEYS[other_id[0]], other_id + other[1:9], other[9:])
        web.hsetnx(KEYS[other_id[0] ^ 1], other_id + other[:8], other[8:])
        assert held(store) == [envelope]


def test_an_envelope_that_goes_while_it_is_read_is_an_error(empty: Callable[[str], list[Server]]) -> None:
    """A ledger that is shorter than its first line says must not look finished."""
    (server,) = empty("redis")
    envelopes = sorted(some(300), key=envelope_id)
    with opened(server.url) as store, server.client("admin") as admin:
        add_all(store, envelopes)
        with closing(store.snapshot()) as snapshot:
            last_id = envelope_id(envelopes[-1])
            admin.hdel(KEYS[last_id[0]], last_id + envelopes[-1][:8])
            with pytest.raises(StoreUnavailable, match="has gone"):
                list(snapshot.envelopes)


def test_a_large_ledger_needs_little_memory(empty: Callable[[str], list[Server]]) -> None:
    """4,000 envelopes are 16 MB; exporting them takes less than 3 MB at any moment."""
    (server,) = empty("redis")
    with opened(server.url) as store:
        add_all(store, some(4000))
        held(store)
        tracemalloc.start()
        with closing(store.snapshot()) as snapshot:
            assert sum(1 for _ in snapshot.envelopes) == snapshot.count == 4000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 3_000_000


def test_newer_envelopes_are_refused_in_words(empty: Callable[[str], list[Server]]) -> None:
    """An older service must not write into what it does not understand."""
    (server,) = empty("redis")
    with server.client("admin") as admin:
        admin.hset("undersigned:format", "2", "")
    with opened(server.url) as store:
        for call in (store.check, store.snapshot):
            with pytest.raises(StoreUnavailable, match="newer version"):
                call()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_whoever_broke_into_the_service_cannot_close_it_for_good(
    empty: Callable[[str], list[Server]], kind: str
) -> None:
    """No user of the service may write the key of the format, and that of earlier versions closes nothing any more."""
    (server,) = empty(kind)
    with opened(server.url) as store, server.client("admin") as admin:
        for user in ("web", "export", "forget", "doctor"):
            with server.client(user) as client:
                for key in ("undersigned:format", "envelopes:format"):
                    with pytest.raises(NoPermissionError):
                        client.hsetnx(key, "2", "")
        admin.hset("envelopes:format", "2", "")  # as an earlier version let anybody do who had broken in
        (envelope,) = some(1)
        store.add(envelope)
        store.check()
        assert held(store) == [envelope]


def test_a_store_that_is_closed_is_opened_as_the_guide_says(tmp_path: Path) -> None:
    """The operator's own line among the users may take one key away, and nothing else."""
    guide = (ROOT / "docs" / "operator.md").read_text("utf-8")
    (line,) = re.findall("^user operator .*$", guide, re.M)
    (command,) = re.findall("^.*valkey-cli.* DEL .*$", guide, re.M)
    with running("valkey-8", tmp_path) as server:
        with opened(server.url) as store, server.client("admin") as admin:
            store.add(some(1)[0])
            admin.hset("undersigned:format", "2", "")
            users = server.folder / "users.acl"
            users.write_text(users.read_text("ascii") + line + "\n")
            admin.execute_command("ACL LOAD")
            typed = re.findall(">(.*?) ", line)[0]
            with redis.Redis(port=server.port, username="operator", password=typed) as operator:
                with pytest.raises(NoPermissionError):
                    operator.delete("envelopes:00")
                assert operator.execute_command(*command.split()[command.split().index("DEL") :]) == 1
        with opened(server.url) as store:
            store.check()
            assert store.count() == 1


def appended(server: Server, add: Callable[[bytes], object], envelopes: list[bytes]) -> list[int]:
    """By how many bytes the append-only file grows for each of these envelopes."""
    path = next((server.folder / "appendonlydir").glob("*.incr.aof"))
    sizes = [path.stat().st_size]
    for envelope in envelopes:
        add(envelope)
        sizes.append(path.stat().st_size)
    return [after - before for before, after in pairwise(sizes)]


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_repeated_envelope_costs_what_a_new_one_costs(tmp_path: Path, kind: str) -> None:
    """As many questions and bytes to the server, as many bytes to its disk, whatever was kept before."""
    with (
        running(kind, tmp_path / kind) as server,
        closing(RedisStore(RedisAddress.parse(server.url), clock=lambda: 0.0)) as store,
        server.client("admin") as admin,
    ):
        store.add(some(1)[0])
        envelopes, costs = some(20), []
        for _ in range(3):
            before = admin.info("stats")
            costs.append(appended(server, store.add, envelopes))
            after = admin.info("stats")
            costs[-1] += [after[name] - before[name] for name in ("total_net_input_bytes", "total_commands_processed")]
        assert costs[0] == costs[1] == costs[2]
        assert len(set(costs[0][:20])) == 1
        assert costs[0][0] > 4096
        assert costs[0][-1] == 2 * 20 + 1
        assert store.count() == 21


def test_a_repeated_envelope_that_costs_nothing_is_found(tmp_path: Path) -> None:
    """The control: HSETNX alone, as it was before, makes the file grow for the first one only."""
    with running("redis", tmp_path) as server, server.client("web") as web:

        def add(envelope: bytes) -> None:
            own_id = envelope_id(envelope)
            web.hsetnx(KEYS[own_id[0]], own_id + envelope[:8], envelope[8:])

        first, *envelopes = some(3)
        add(first)
        assert min(appended(server, add, envelopes)) > 4096
        assert appended(server, add, envelopes) == [0, 0]


def test_without_its_password_a_process_cannot_read(
    empty: Callable[[str], list[Server]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that only takes envelopes is given the passwords of web and doctor, and no more; its log says so."""
    (server,) = empty("redis")
    folder = tmp_path / "passwords"
    folder.mkdir()
    for user in ("web", "doctor"):
        (folder / user).write_bytes((server.passwords / user).read_bytes())
    with opened(f"redis://127.0.0.1:{server.port}?passwords={folder}") as store:
        store.add(some(1)[0])
        assert store.count() == 1
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            store.snapshot()
        assert f"{folder}/export" in caplog.text
    (folder / "doctor").unlink()
    with opened(f"redis://127.0.0.1:{server.port}?passwords={folder}") as store:
        assert not accepts(store, some(1)[0])


def test_a_socket_will_do(empty: Callable[[str], list[Server]]) -> None:
    """On one machine, without a port."""
    (server,) = empty("redis")
    with opened(server.socket_url) as store:
        envelope = some(1)[0]
        store.add(envelope)
        store.check()
        assert held(store) == [envelope]


@pytest.mark.parametrize("kind", PROGRAMS)
def test_over_a_network_the_server_shows_its_certificate(tmp_path: Path, kind: str) -> None:
    """rediss: with the CA that signed it, envelopes pass; with another CA, or at another address, none does."""
    ours, other = tmp_path / "ours", tmp_path / "other"
    files = write_certificate(ours)
    write_certificate(other)
    with running(kind, tmp_path / "tls", tls=files) as server:
        address = f"rediss://127.0.0.1:{server.tls_port}?passwords={server.passwords}"
        with opened(f"{address}&ca={ours}/cert.pem") as store:
            envelope = some(1)[0]
            store.add(envelope)
            assert held(store) == [envelope]
        for url in (
            f"{address}&ca={other}/cert.pem",
            address.replace("127.0.0.1", "127.0.0.2") + f"&ca={ours}/cert.pem",
        ):
            with opened(url) as store:
                assert not accepts(store, some(1)[0])


def test_a_cluster_over_a_network_shows_its_certificates(tmp_path: Path) -> None:
    """rediss-cluster: each node is spoken to by TLS, also those that only the first one named; no other CA will do."""
    ours, other = tmp_path / "ours", tmp_path / "other"
    files = write_certificate(ours)
    write_certificate(other)
    with running_cluster("redis", tmp_path / "cluster", tls=files) as servers:
        address = f"rediss-cluster://127.0.0.1:{servers[0].tls_port}?passwords={servers[0].passwords}"
        envelopes = some(60)
        with opened(f"{address}&ca={ours}/cert.pem") as store:
            add_all(store, envelopes)
            assert held(store) == sorted(envelopes, key=envelope_id)
            for server in servers:
                with server.client("admin") as admin:
                    ours_there = [each for each in admin.client_list() if each["user"] in ("web", "export", "doctor")]
                assert {each["laddr"] for each in ours_there} == {f"127.0.0.1:{server.tls_port}"}
        with opened(f"{address}&ca={other}/cert.pem") as store:
            assert not accepts(store, envelopes[0])


@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_file_forgets_the_order_of_arrival(tmp_path: Path, kind: str) -> None:
    """2,000 envelopes one after the other: the append-only file tells their order until it is written anew."""
    arrived = some(2000)

    def correlation(server: Server) -> float:
        data = b"".join(path.read_bytes() for path in sorted((server.folder / "appendonlydir").glob("*.[0-9]*.*.*")))
        return abs(rank_correlation([data.index(envelope[100:164]) for envelope in arrived]))

    with running(kind, tmp_path / kind) as server, opened(server.url) as store:
        for envelope in arrived:
            store.add(envelope)
        assert correlation(server) > 0.99
        assert isinstance(store, RedisStore)
        store.rewrite()
        wait_until(lambda: is_rewritten(server))
        assert correlation(server) < 0.1
        assert held(store) == sorted(arrived, key=envelope_id)


def is_rewritten(server: Server) -> bool:
    """Whether the base of the file is a new one and the old one is gone."""
    names = [path.name for path in (server.folder / "appendonlydir").iterdir() if ".base." in path.name]
    return len(names) == 1 and ".1.base." not in names[0]


def test_it_rewrites_its_file_by_itself_at_random_times(tmp_path: Path) -> None:
    """After as many additions as the generator drew, without anybody asking."""
    schedule = ShuffleSchedule(time.monotonic, random.Random(1), most_additions=20)
    with (
        running("redis", tmp_path) as server,
        closing(RedisStore(RedisAddress.parse(server.url), schedule=schedule)) as store,
    ):
        for envelope in some(40):
            store.add(envelope)
        wait_until(lambda: is_rewritten(server))


def test_not_being_able_to_forget_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without the password of its user, the file keeps the order, and the log says so."""
    with running("redis", tmp_path) as server:
        (server.passwords / "forget").unlink()
        schedule = ShuffleSchedule(time.monotonic, random.Random(1), most_additions=1)
        with closing(RedisStore(RedisAddress.parse(server.url), schedule=schedule)) as store:
            store.add(os.urandom(4096))
            wait_until(lambda: "was not forgotten" in caplog.text)
