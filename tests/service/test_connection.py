"""How servers are named and spoken to, and what each of their users can do: its own work and nothing else."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError
from redis.retry import Retry

from service.limits.windows import Hit, Limit, ServerWindows
from service.servers.connection import LazyClient, RedisAddress
from tests.support.redis_servers import PROGRAMS, Server, running, wait_until

# The server lets everyone say who they are and hang up (CMD_NO_AUTH in its sources); no ACL can forbid it.
FOR_EVERYONE = {"auth", "hello", "quit", "reset"}
MAY = {
    "web": {"hsetnx", "hlen", "ping"},
    "export": {"hkeys", "hmget", "hlen", "ping"},
    "forget": {"bgrewriteaof", "ping"},
    "doctor": {"config|get", "acl|getuser", "ping"},
}
IN_A_CLUSTER = {"cluster|slots", "command"}


@pytest.mark.parametrize(
    ("url", "nodes"),
    [
        ("redis://127.0.0.1:7000?passwords=/x", (("127.0.0.1", 7000),)),
        ("redis://store?passwords=/x", (("store", 6379),)),
        ("rediss://[::1]:1?passwords=/x&ca=/ca.pem", (("::1", 1),)),
        ("redis://[::1]?passwords=/x", (("::1", 6379),)),
        ("redis-cluster://a:1,b:2,c?passwords=/x", (("a", 1), ("b", 2), ("c", 6379))),
        ("rediss-cluster://a:1?passwords=/x", (("a", 1),)),
        ("unix:///run/redis.sock?passwords=/x", ()),
    ],
)
def test_an_address_names_servers_and_a_folder(url: str, nodes: tuple[tuple[str, int], ...]) -> None:
    """One server, a socket, or some nodes of a cluster; TLS is a matter of the scheme."""
    address = RedisAddress.parse(url)
    assert address.nodes == nodes
    assert address.passwords == Path("/x")
    assert address.cluster == url.partition(":")[0].endswith("-cluster")
    assert address.tls == url.startswith("rediss")
    assert address.socket == ("/run/redis.sock" if url.startswith("unix") else "")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://a:1?passwords=/x", "must begin with"),
        ("redis://web:secret@a:1?passwords=/x", "no password"),  # pragma: allowlist secret
        ("redis://a:1", "folder with the passwords"),
        ("redis://a:1?passwords=", "folder with the passwords"),
        ("redis://a:1?passwords=/x&db=1", "unknown option: db"),
        ("redis://a:1/1?passwords=/x", "must be SCHEME"),
        ("redis:///run/x?passwords=/x", "must be SCHEME"),
        ("unix://a/run/x?passwords=/x", "must be SCHEME"),
        ("unix:?passwords=/x", "must be SCHEME"),
        ("redis://a:b?passwords=/x", "HOST:PORT"),
        ("redis://a:0?passwords=/x", "HOST:PORT"),
        ("redis://:1?passwords=/x", "HOST:PORT"),
        ("redis://a:1,b:2?passwords=/x", "only a cluster"),
        ("redis-cluster://a:1,?passwords=/x", "HOST:PORT"),
        ("redis://a:1?passwords=/x&ca=/ca.pem", "rediss"),
    ],
)
def test_an_address_that_cannot_work_is_refused_in_words(url: str, words: str) -> None:
    """Passwords in addresses would end up in process lists and shell histories."""
    with pytest.raises(ValueError, match=words):
        RedisAddress.parse(url)


def commands_of(server: Server) -> Iterator[tuple[str, list[str]]]:
    """Every command and subcommand of the server, with as many arguments as it asks for."""
    with server.client("admin") as client:
        connection = client.connection_pool.get_connection()
        connection.send_command("COMMAND")
        told = connection.read_response()
        client.connection_pool.release(connection)
    for command in told:
        subcommands: list[Any] = command[9]
        for name, arity, *_ in subcommands or [command]:
            words = name.decode("ascii").split("|")
            yield name.decode("ascii"), words + ["envelopes:00"] * (abs(arity) - len(words))


@pytest.mark.parametrize("kind", [*PROGRAMS, "redis-cluster"])
@pytest.mark.parametrize("user", MAY)
def test_a_user_is_refused_every_command_that_is_not_its_work(
    empty: Callable[[str], list[Server]], kind: str, user: str
) -> None:
    """All commands that this server has are tried on it, as this user."""
    server = empty(kind)[0]
    mine = MAY[user] | FOR_EVERYONE | (IN_A_CLUSTER if kind == "redis-cluster" else set())
    tried = set()
    with server.client(user) as client:
        for name, words in commands_of(server):
            if name not in mine and name.split("|")[0] not in mine:
                # DEBUG and MODULE are refused to everyone, by the server's own configuration.
                with pytest.raises(redis.ResponseError, match=r"no permissions|command not allowed"):
                    client.execute_command(*words)
                tried.add(name)
    assert len(tried) > 300
    assert {"flushall", "hdel", "hset", "hgetall", "config|set", "acl|setuser", "bgsave", "eval"} <= tried


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_user_reaches_no_keys_but_those_of_its_work(empty: Callable[[str], list[Server]], kind: str) -> None:
    """The web user keeps envelopes and cannot read one; the exporting user reads and cannot keep one."""
    (server,) = empty(kind)
    web, export, doctor = (server.client(user) for user in ("web", "export", "doctor"))
    assert web.hsetnx("envelopes:00", "a", "b") == 1
    assert web.hsetnx("envelopes:00", "a", "c") == 0
    assert export.hmget("envelopes:00", ["a"]) == [b"b"]
    refused: tuple[Callable[[], Any], ...] = (
        lambda: web.hsetnx("other", "a", "b"),
        lambda: web.hlen("other"),
        lambda: export.hkeys("other"),
        lambda: export.hsetnx("envelopes:00", "d", "e"),
        lambda: doctor.hlen("envelopes:00"),
    )
    for call in refused:
        with pytest.raises(NoPermissionError):
            call()
    for client in (web, export, doctor):
        client.close()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_nobody_gets_in_without_a_password(started: Callable[[str], list[Server]], kind: str) -> None:
    """The server's default user is off."""
    once = Retry(NoBackoff(), 0)
    with redis.Redis(port=started(kind)[0].port, retry=once) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_our_greeting_is_a_password_and_nothing_else(started: Callable[[str], list[Server]], kind: str) -> None:
    """A connection costs its user no right: the server logs not one refused command."""
    (server,) = started(kind)
    with server.client("admin") as admin:
        admin.acl_log_reset()
        for user in ("web", "export", "doctor"):
            client = RedisAddress.parse(server.url).connect(user)
            assert client.ping()
            client.close()
        assert admin.acl_log() == []


@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_user_of_the_limits_can_count_and_nothing_else(tmp_path: Path, kind: str) -> None:
    """Our counting works as this user; other keys and the server's settings are out of reach."""
    with running(kind, tmp_path / kind, "limits") as server:
        windows = ServerWindows(lambda: server.client("limits"))
        hits = [Hit(Limit("test", 2, 60), "somebody"), Hit(Limit("test", 9, 60), "somebody")]
        assert [windows.hit(hits) for _ in range(3)] == [True, True, False]
        with server.client("limits") as client:
            for words in (("SET", "other", "x"), ("CONFIG", "GET", "save"), ("FLUSHALL",), ("KEYS", "*")):
                with pytest.raises(NoPermissionError):
                    client.execute_command(*words)
        assert [name for name in os.listdir(server.folder) if name.startswith(("dump", "append"))] == []


def test_each_thread_keeps_one_connection_and_leaves_it_to_others(tmp_path: Path) -> None:
    """Forty commands of four threads, twice, over four connections; the server may be started again in between."""
    with running("redis", tmp_path, "limits") as server, server.client("admin") as admin:
        lazy = LazyClient(lambda: RedisAddress.parse(server.url).connect("limits"))
        barrier = Barrier(4)

        def ask(_: int) -> None:
            for _ in range(10):
                lazy.of_this_thread().get("LIMITS:x")
                barrier.wait()

        def opened() -> int:
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(ask, range(4)))
            gc.collect()
            return len([each for each in admin.client_list() if each["user"] == "limits"])

        assert [opened(), opened()] == [4, 4]
        assert admin.info("stats")["total_connections_received"] <= 8
        server.kill()
        server.start()
        assert opened() == 4
        lazy.close()
        wait_until(lambda: not [each for each in admin.client_list() if each["user"] == "limits"])
