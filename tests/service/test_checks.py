"""The doctor finds every wrong setting of a live server, names it, and says what to set; meanwhile nothing is taken."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from service import create_app, parse_store
from service.servers.checks import ENVELOPE_RULES, LIMIT_RULES, examine_envelopes, examine_limits, findings
from service.servers.connection import RedisAddress
from service.settings import Settings
from service.stores.redis_store import RedisStore
from tests.support.paths import ROOT
from tests.support.redis_servers import PROGRAMS, Server, cluster_url, running, wait_until
from tests.support.sample_appeal import TODAY
from tests.support.service_process import serving

WRONG = {
    "appendonly": "no",
    "appendfsync": "everysec",
    "no-appendfsync-on-rewrite": "yes",
    "cluster-replica-no-failover": "no",
    "maxmemory-policy": "allkeys-lru",
    "save": "3600 1",
    "aof-timestamp-enabled": "yes",
    "hash-max-listpack-value": "8192",
    "slowlog-log-slower-than": "10000",
    "slowlog-max-len": "128",
    "latency-monitor-threshold": "100",
    "notify-keyspace-events": "AKE",
}
WRONG_ON_VALKEY = {"commandlog-request-larger-than": "1048576", "commandlog-reply-larger-than": "1048576"}
WRONG_FOR_LIMITS = {
    name: value for name, value in WRONG.items() if name.startswith(("slow", "lat", "save", "notify"))
} | {"appendonly": "yes"}
MORE, LESS = "may do more than its work: ", "may not do its work: "
WRONG_USERS = {
    "web +hgetall": f"“web” {MORE}+hgetall.",
    "web +@all": f"“web” {MORE}+@all",
    "web +config|get": f"“web” {MORE}+config|get.",
    "web +hset": f"“web” {MORE}+hset.",
    "web -hlen": f"“web” {LESS}+hlen is missing",
    "web ~*": f"“web” {MORE}~*.",
    "web ~envelopes:*": f"“web” {MORE}~envelopes:*.",
    "web ~undersigned:format": f"“web” {MORE}~undersigned:format.",
    "web &*": f"“web” {MORE}&*.",
    "web (+get ~*)": f"“web” {MORE}(+get ~*).",
    "web (+set ~repeats:*)": f"“web” {MORE}(+set ~repeats:*).",
    "web clearselectors": f"“web” {LESS}(%W~repeats:{{envelopes:[0-9a-f][0-9a-f]}} +set) is missing",
    "web nopass": "“web” needs no password",
    "web off": "There is no user “web”",
    "export +hsetnx": f"“export” {MORE}+hsetnx.",
    "export ~envelopes:[0-9a-f][0-9a-f]": f"“export” {MORE}~envelopes:[0-9a-f][0-9a-f].",
    "forget +flushall": f"“forget” {MORE}+flushall.",
    "forget ~*": f"“forget” {MORE}~*.",
    "doctor +hkeys ~*": f"“doctor” {MORE}+hkeys ~*.",
    "doctor -acl|getuser": "cannot be examined",
    "doctor -acl|users": "cannot be examined",
    "doctor -config|get": "cannot be examined",
    "doctor off": "cannot be examined",
    "default on nopass +@all ~*": "without a password",
    "someone on nopass +@all ~*": "“someone” needs no password",
}
WRONG_USERS_FOR_LIMITS = {
    "limits +@read +@write": f"“limits” {MORE}+@read +@write.",
    "limits +eval": f"“limits” {MORE}+eval.",
    "limits ~*": f"“limits” {MORE}~*.",
    "limits (+scan ~*)": f"“limits” {MORE}(+scan ~*).",
    "limits -rename": f"“limits” {LESS}+rename is missing",
    "limits nopass": "“limits” needs no password",
    "limits off": "There is no user “limits”",
    "doctor +scan": f"“doctor” {MORE}+scan.",
    "default on nopass +@all ~*": "without a password",
    "someone on nopass": "“someone” needs no password",
}


def found(server: Server) -> list[str]:
    address = RedisAddress.parse(server.url)
    client = address.connect("doctor")
    try:
        return findings(lambda: examine_envelopes(client, address.cluster))
    finally:
        client.close()


@pytest.fixture
def set_to(started: Callable[[str], list[Server]]) -> Iterator[Callable[[Server, str, str], None]]:
    """Changes settings of live servers, and changes them back at the end."""
    before: list[tuple[Server, str, str]] = []

    def change(server: Server, name: str, value: str) -> None:
        with server.client("admin") as admin:
            before.append((server, name, str(admin.config_get(name)[name])))
            admin.config_set(name, value)

    yield change
    for server, name, value in reversed(before):
        with server.client("admin") as admin:
            admin.config_set(name, value)


@pytest.mark.parametrize("kind", PROGRAMS)
def test_servers_with_our_configuration_are_well(started: Callable[[str], list[Server]], kind: str) -> None:
    """What config/valkey/ sets is what the doctor asks for, on every kind of server."""
    assert found(started(kind)[0]) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((kind, name) for kind in ("redis", "valkey-8") for name in WRONG),
        *(("valkey-8", name) for name in WRONG_ON_VALKEY),
    ],
)
def test_each_wrong_setting_is_named_with_what_to_set(
    started: Callable[[str], list[Server]], set_to: Callable[[Server, str, str], None], kind: str, name: str
) -> None:
    """One sentence: the setting, its value, the danger, the line that makes it right."""
    (server,) = started(kind)
    value = {**WRONG, **WRONG_ON_VALKEY}[name]
    set_to(server, name, value)
    (sentence,) = found(server)
    assert sentence.startswith(f"{name} is “{value}”: ")
    assert f"Set “{name} " in sentence


def test_every_rule_was_broken_once() -> None:
    """A rule that no test breaks proves nothing."""
    assert {rule.name for rule in ENVELOPE_RULES} == WRONG.keys() | WRONG_ON_VALKEY.keys()
    assert {rule.name for rule in LIMIT_RULES} == WRONG_FOR_LIMITS.keys() | WRONG_ON_VALKEY.keys()


@contextmanager
def changed(server: Server, change: str) -> Iterator[None]:
    """One user of a server otherwise, until the end of the block."""
    user, rules = change.split(" ", 1)
    with server.client("admin") as admin:
        try:
            admin.execute_command("ACL SETUSER", user, *re.findall(r"\(.*\)|\S+", rules))
            yield
        finally:
            admin.execute_command("ACL LOAD")


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize("change", WRONG_USERS)
def test_each_wrong_user_is_named(started: Callable[[str], list[Server]], kind: str, change: str) -> None:
    """More power than its work, by name; less, no password, or not there at all."""
    (server,) = started(kind)
    with changed(server, change):
        assert any(WRONG_USERS[change] in sentence for sentence in found(server))
    assert found(server) == []


def test_a_user_of_the_operator_is_the_operator_s(started: Callable[[str], list[Server]]) -> None:
    """With a password, it is no fault; the servers of these tests have one."""
    (server,) = started("redis")
    with server.client("admin") as admin:
        assert admin.acl_getuser("admin")["categories"] == ["+@all"]
    assert found(server) == []


def test_every_node_of_a_cluster_is_examined(
    started: Callable[[str], list[Server]], set_to: Callable[[Server, str, str], None]
) -> None:
    """One careless node is enough to lose envelopes, so it is named."""
    servers = started("redis-cluster")
    address = RedisAddress.parse(cluster_url(servers))
    client = address.connect("doctor")
    assert examine_envelopes(client, cluster=True) == []
    set_to(servers[2], "appendfsync", "no")
    (sentence,) = examine_envelopes(client, cluster=True)
    assert sentence.startswith(f"127.0.0.1:{servers[2].port}: appendfsync is “no”")
    client.close()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_limits_server_that_is_wrong_is_named(tmp_path: Path, kind: str) -> None:
    """It counts clients; what it knows must be gone when it stops, and its user can count and nothing else."""
    with running(kind, tmp_path / kind, "limits") as server, server.client("admin") as admin:
        client = RedisAddress.parse(server.url).connect("doctor")
        assert examine_limits(client) == []
        for name, value in WRONG_FOR_LIMITS.items():
            before = str(admin.config_get(name)[name])
            admin.config_set(name, value)
            (sentence,) = examine_limits(client)
            assert sentence.startswith(f"{name} is “{value}”: ")
            admin.config_set(name, before)
        for change, words in WRONG_USERS_FOR_LIMITS.items():
            with changed(server, change):
                told = examine_limits(client)
                assert len(told) == 1, told
                assert words in told[0]
        client.close()


def doctor(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "run", "doctor", *arguments]
    # With no variable at all, ./run would examine the trial that somebody made in this folder.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
    environment = kept | {"UNDERSIGNED_DATA": "/nowhere"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_command_says_what_is_wrong_and_ends_with_1(
    started: Callable[[str], list[Server]], set_to: Callable[[Server, str, str], None], tmp_path: Path
) -> None:
    """Both servers at once; 0 when all is well, 2 when it does not know whom to ask."""
    (server,) = started("redis")
    with running("valkey-8", tmp_path / "limits", "limits") as limits:
        assert doctor("--store", server.url, "--limits", limits.url) == (0, "All is well.\n")
        with limits.client("admin") as admin:
            admin.config_set("appendonly", "yes")
        set_to(server, "appendfsync", "everysec")
        code, words = doctor("--store", server.url, "--limits", limits.url)
    assert code == 1
    assert "  - appendfsync is “everysec”" in words
    assert "  - limits: appendonly is “yes”" in words
    assert doctor("--store", server.url, "--limits", limits.url)[0] == 1
    assert doctor("--store", f"sqlite:{tmp_path}/x")[0] == 0
    assert doctor("--store", "redis://127.0.0.1:1")[0] == 2
    assert doctor()[0] == 2


def test_no_envelope_is_accepted_while_the_store_is_wrong(
    empty: Callable[[str], list[Server]],
    set_to: Callable[[Server, str, str], None],
    settings: Settings,
    envelope: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503 and not 201, in /healthz too; the operator reads why once; afterwards all goes on by itself."""
    (server,) = empty("redis")
    now = [0.0]
    store = RedisStore(RedisAddress.parse(server.url), clock=lambda: now[0])
    client = create_app(settings, store, today=lambda: TODAY).test_client()

    def answers() -> tuple[int, int]:
        headers = {"Content-Type": "application/octet-stream"}
        return client.post("/envelopes", data=envelope, headers=headers).status_code, client.get("/healthz").status_code

    with caplog.at_level(logging.WARNING, logger="undersigned"):
        assert answers() == (201, 200)
        set_to(server, "appendfsync", "everysec")
        now[0] += 10
        assert answers() == answers() == (503, 503)
        now[0] += 5
        assert answers() == (503, 503)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "appendfsync is “everysec”" in caplog.text
        set_to(server, "appendfsync", "always")
        now[0] += 1
        assert answers() == (201, 200)
        assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    store.close()


def test_a_service_whose_store_is_wrong_runs_and_refuses(
    empty: Callable[[str], list[Server]],
    set_to: Callable[[Server, str, str], None],
    settings: Settings,
    tmp_path: Path,
    envelope: bytes,
) -> None:
    """The real service: it starts, shows the letter, answers 503 to envelopes, tells why once, and recovers."""
    (server,) = empty("valkey-8")
    set_to(server, "appendonly", "no")
    log = tmp_path / "log"

    def status(path: str, body: bytes | None = None) -> int:
        headers = {"Content-Type": "application/octet-stream"}
        try:
            with urlopen(Request(served.url + path, data=body, headers=headers), timeout=20) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code

    with serving(replace(settings, store=parse_store(server.url)), log) as served:
        assert [status("/envelopes", envelope) for _ in range(3)] == [503, 503, 503]
        assert (status("/healthz"), status("/be/")) == (503, 200)
        set_to(server, "appendonly", "yes")
        wait_until(lambda: status("/envelopes", envelope) == 201)
        assert status("/healthz") == 200
    words = log.read_text("utf-8")
    assert words.count("appendonly is “no”") == 1
    assert "config/valkey" not in words
    with closing(parse_store(server.url).open()) as store, closing(store.snapshot()) as snapshot:
        assert list(snapshot.envelopes) == [envelope]
