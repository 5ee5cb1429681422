"""How servers are named and spoken to, and what each of their users can do: its own work and nothing else."""

from __future__ import annotations

import gc
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError
from redis.retry import Retry

from service.limits.counters import Counters
from service.limits.windows import Hit, Limit
from service.servers.connection import LazyClient, RedisAddress
from tests.support.redis_servers import PROGRAMS, Server, running, wait_until

# The server lets everyone say who they are and hang up (CMD_NO_AUTH in its sources); no ACL can forbid it.
FOR_EVERYONE = {"auth", "hello", "quit", "reset"}
ENVELOPES, FORMAT, REPEATS, COUNTS = "envelopes:a7", "undersigned:format", "repeats:{envelopes:a7}", "LIMITS:count"
# The last ones are nobody's: what looks like ours, what closed the store in earlier versions, and anything.
KEYS = (ENVELOPES, FORMAT, REPEATS, COUNTS, "envelopes:a", "envelopes:A7", "envelopes:a7a", "envelopes:format")
KEYS += ("repeats:a7", "repeats:{envelopes:format}", "limits:count", "other")
MAY = {
    "web": {"hsetnx": {ENVELOPES}, "hexists": {ENVELOPES, FORMAT}, "hlen": {ENVELOPES, FORMAT}, "set": {REPEATS}},
    "export": {command: {ENVELOPES, FORMAT} for command in ("hkeys", "hmget", "hlen")},
    "forget": {"bgrewriteaof": set(KEYS)},
    "doctor": {command: set(KEYS) for command in ("config|get", "acl|getuser", "acl|users")},
    "limits": {
        "script|load": set(KEYS),
        **{name: {COUNTS} for name in ("evalsha", "mget", "pttl", "rename", "set", "get", "incr", "del", "setrange")},
    },
}
"""What each user may do, and on which of KEYS; commands without a key are the same for all."""
ROLES = [("envelopes", user) for user in MAY if user != "limits"] + [("limits", "limits"), ("limits", "doctor")]
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


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Starts a limits server of a kind, once."""
    with ExitStack() as stack:
        kept: dict[str, Server] = {}

        def start(kind: str) -> Server:
            if kind not in kept:
                kept[kind] = stack.enter_context(running(kind, tmp_path_factory.mktemp(kind), "limits"))
            return kept[kind]

        yield start


@pytest.fixture
def emptied(empty: Callable[[str], list[Server]], counting: Callable[[str], Server]) -> Callable[[str, str], Server]:
    """A server of a kind, for the envelopes or for the limits, with nothing in it."""

    def start(kind: str, role: str) -> Server:
        server = empty(kind)[0] if role == "envelopes" else counting(kind)
        with server.client("admin") as admin:
            admin.flushall()
        return server

    return start


def commands_of(server: Server) -> dict[str, int]:
    """Every command and subcommand of the server, and how many words it asks for at least."""
    with server.client("admin") as client:
        connection = client.connection_pool.get_connection()
        connection.send_command("COMMAND")
        told = connection.read_response()
        client.connection_pool.release(connection)
    found: dict[str, int] = {}
    for command in told:
        subcommands: list[Any] = command[9]
        found |= {name.decode("ascii"): abs(arity) for name, arity, *_ in subcommands or [command]}
    return found


def powers(server: Server, user: str) -> dict[str, set[str]]:
    """What a user is not refused: every command is tried on every one of KEYS."""
    commands = {name: words for name, words in commands_of(server).items() if name not in FOR_EVERYONE}
    assert len(commands) > 300
    assert {"flushall", "hdel", "hset", "hgetall", "config|set", "acl|setuser", "bgsave", "eval"} <= commands.keys()
    found: dict[str, set[str]] = {}
    with server.client(user) as client, client.pipeline(transaction=False) as pipeline:
        client.response_callbacks.clear()  # answers as they come
        for key in KEYS:
            for name, count in commands.items():
                words = name.split("|")
                keys = ["sha", "1", key] if name.startswith(("eval", "fcall")) else [key] * (count - len(words))
                pipeline.execute_command(*words, *keys)
        answers = pipeline.execute(raise_on_error=False)
    tried = ((key, name) for key in KEYS for name in commands)
    for (key, name), answer in zip(tried, answers, strict=True):
        # DEBUG and MODULE are refused to everyone, by the server's own configuration.
        if not re.search("no permissions|command not allowed", str(answer), re.I):
            found.setdefault(name, set()).add(key)
    return found


def expected(user: str, *, cluster: bool = False) -> dict[str, set[str]]:
    """What `powers` must find."""
    everywhere = {"ping"} | (IN_A_CLUSTER if cluster else set())
    return MAY[user] | {name: set(KEYS) for name in everywhere}


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize(("role", "user"), ROLES)
def test_a_user_is_refused_all_that_is_not_its_work(
    emptied: Callable[[str, str], Server], kind: str, role: str, user: str
) -> None:
    """All commands that this server has are tried on it, on all kinds of keys, as this user."""
    assert powers(emptied(kind, role), user) == expected(user)


@pytest.mark.parametrize("user", ["web", "export", "forget", "doctor"])
def test_a_user_of_a_cluster_has_the_two_commands_more_that_a_client_needs(
    empty: Callable[[str], list[Server]], user: str
) -> None:
    """The same on one of its nodes; the library asks for the other ones."""
    found = powers(empty("redis-cluster")[0], user)
    # COMMAND has subcommands, and stands for itself as well.
    others = {name: keys for name, keys in found.items() if not name.startswith("command|")}
    assert others | {"command": set(KEYS)} == expected(user, cluster=True)


@pytest.mark.parametrize("kind", ["redis", "valkey-8"])
@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("~envelopes:*", {"hsetnx": {"envelopes:format", "envelopes:a"}}),
        ("~undersigned:*", {"hsetnx": {FORMAT}}),
        ("+hset", {"hset": {ENVELOPES}}),
        ("+@hash", {"hdel": {ENVELOPES}, "hgetall": {ENVELOPES}}),
        ("(~* +del)", {"del": set(KEYS)}),
    ],
)
def test_a_user_that_is_too_wide_is_found(
    emptied: Callable[[str, str], Server], kind: str, rule: str, more: dict[str, set[str]]
) -> None:
    """The control: what was shipped before, and what somebody may have added."""
    server = emptied(kind, "envelopes")
    with server.client("admin") as admin:
        try:
            admin.execute_command("ACL SETUSER", "web", rule)
            found = powers(server, "web")
            assert all(keys <= found[name] for name, keys in more.items())
            assert found != expected("web")
        finally:
            admin.execute_command("ACL LOAD")


@pytest.mark.parametrize("kind", PROGRAMS)
def test_what_was_kept_cannot_be_changed_by_who_may_keep(empty: Callable[[str], list[Server]], kind: str) -> None:
    """The web user keeps envelopes and cannot change or read one; the exporting user reads and cannot keep one."""
    (server,) = empty(kind)
    web, export = server.client("web"), server.client("export")
    assert web.hsetnx(ENVELOPES, "a", "b") == 1
    assert web.hsetnx(ENVELOPES, "a", "c") == 0
    assert export.hmget(ENVELOPES, ["a"]) == [b"b"]
    assert web.set(REPEATS, "x")
    with pytest.raises(NoPermissionError):
        web.set(REPEATS, "x", get=True)
    web.close()
    export.close()


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
def test_the_user_of_the_limits_can_count(emptied: Callable[[str, str], Server], kind: str) -> None:
    """Our counting works as this user, with a server that does not know its script yet; the disk gets nothing."""
    server = emptied(kind, "limits")
    with server.client("admin") as admin:
        admin.script_flush()
    counters = Counters(time.monotonic, RedisAddress.parse(server.url))
    hits = [Hit(Limit("test", 2, 60), "somebody"), Hit(Limit("test", 9, 60), "everyone")]
    assert [counters.hit(*hits) for _ in range(3)] == [True, True, False]
    secret = counters.secret("test", 60)
    assert secret
    assert counters.secret("test", 60) == secret
    with server.client("admin") as admin:
        assert {key.split(b":")[1] for key in admin.scan_iter()} == {b"test", b"secret"}
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
