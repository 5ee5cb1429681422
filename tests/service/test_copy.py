"""Moving envelopes between stores of every kind, cut off in the middle and begun again; every failure in words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service import parse_store
from service.servers.connection import RedisAddress
from service.settings import Settings
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.copy import copy_missing, missing_from
from service.stores.file_store import FileStore
from tests.support import killed
from tests.support.envelopes import held, some
from tests.support.forked import begin, command, end_of
from tests.support.redis_servers import Server, cluster_url, password, running
from tests.support.run_command import run
from tests.support.service_process import environment_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(store: FileStore) -> list[bytes]:
    """300 envelopes in the store of the settings, sorted by id."""
    envelopes = sorted(some(300), key=envelope_id)
    store.add_all(envelopes, 300)
    return envelopes


def url_of(servers: list[Server]) -> str:
    return servers[0].url if len(servers) == 1 else cluster_url(servers)


def holds(url: str) -> list[bytes]:
    with closing(parse_store(url).read()) as store:
        return held(store)


@pytest.mark.parametrize("kind", ["file", "redis", "valkey-8", "redis-cluster"])
def test_envelopes_move_there_and_back_and_a_killed_move_is_finished(
    settings: Settings, filled: list[bytes], tmp_path: Path, empty: Callable[[str], list[Server]], kind: str
) -> None:
    """kill -9 while envelopes are being added; the next move adds the rest, the one after that nothing."""
    there, back = f"file:{tmp_path / 'there'}", f"file:{tmp_path / 'back'}"
    if kind != "file":
        there = url_of(empty(kind))
    for source, target in ((str(settings.store), there), (there, back)):
        assert end_of(begin(killed.moves, source, target)) == -signal.SIGKILL
        arrived = holds(target)
        assert 0 < len(arrived) < 300
        for missing in (300 - len(arrived), 0):
            done = move(settings, source, target)
            assert done.returncode == 0, done.stderr
            assert f"Moved: {missing} envelopes" in done.stdout
            assert done.stdout.count(" 300 envelopes; SHA-256") == 2
            assert "Both digests are equal" in done.stdout
        assert holds(target) == filled


def move(settings: Settings, source: str, target: str) -> subprocess.CompletedProcess[str]:
    """The command, but not as a program of its own; that is tried below."""
    return command(["move", "--from", source, "--to", target], environment_for(settings), settings.data)


def test_a_server_that_dies_during_a_move_loses_nothing(tmp_path: Path) -> None:
    """The move ends with an error; begun again when the server is back, it finishes."""
    envelopes = sorted(some(300), key=envelope_id)
    with running("redis", tmp_path / "redis") as server:

        def dying() -> Iterator[bytes]:
            yield from envelopes[:100]
            server.kill()
            yield from envelopes[100:]

        with closing(parse_store(server.url).open()) as target, pytest.raises(StoreUnavailable):
            copy_missing(target, Snapshot(300, dying, lambda: None))
        server.start()
        with closing(parse_store(server.url).open()) as target:
            copy_missing(target, Snapshot(300, lambda: iter(envelopes), lambda: None))
        assert holds(server.url) == envelopes


def test_a_file_moves_to_where_several_processes_will_serve(
    settings: Settings, filled: list[bytes], tmp_path: Path
) -> None:
    """The settings are those of the servers already; the file is only where the envelopes come from."""
    told = replace(
        settings,
        store=parse_store("redis://127.0.0.1:1?passwords=/nowhere"),
        limits_server=RedisAddress.parse("redis://127.0.0.1:1?passwords=/nowhere"),
        processes=2,
    )
    there = f"file:{tmp_path / 'there'}"
    command = [sys.executable, "-m", "service.admin", "move", "--from", str(settings.store), "--to", there]
    subprocess.run(command, cwd=ROOT, env=environment_for(told), check=True, stdout=subprocess.DEVNULL)
    assert holds(there) == filled


@pytest.mark.slow  # programs are started and killed
def test_a_move_into_a_store_with_others_says_so(settings: Settings, filled: list[bytes], tmp_path: Path) -> None:
    """Nothing is taken away there; the digests differ, and the reason is told."""
    target = tmp_path / "other"
    with closing(FileStore(target)) as other:
        other.add(os.urandom(4096))
    done = run(settings, "move", "--from", str(settings.store), "--to", f"file:{target}")
    assert done.returncode == 0, done.stderr
    assert "holds others too" in done.stdout


def test_a_store_that_is_not_there_is_not_moved(settings: Settings, tmp_path: Path) -> None:
    """A misspelt name must not look like an empty store."""
    done = run(settings, "move", "--from", f"file:{tmp_path / 'nowhere'}", "--to", f"file:{tmp_path / 'b'}")
    assert done.returncode == 2
    assert "There is no store" in done.stderr
    assert not list(tmp_path.glob("nowhere*")) + list(tmp_path.glob("b*"))


@contextmanager
def told(server: Server, name: str, value: str) -> Iterator[None]:
    """The server set otherwise, and back again."""
    with server.client("admin") as admin:
        before = admin.config_get(name)[name]
        admin.config_set(name, value)
        yield
        admin.config_set(name, before)


def test_what_is_wrong_with_a_server_is_said_before_anything_moves(
    settings: Settings, filled: list[bytes], tmp_path: Path, empty: Callable[[str], list[Server]]
) -> None:
    """Not reached, not let in, not the right one, not safe, full, newer: one sentence with the reason, exit code 2."""
    (server,) = empty("redis")
    passwords = tmp_path / "passwords"
    passwords.mkdir()
    for user in ("export", "web", "doctor"):
        (passwords / user).write_text("wrong")
    strange = f"redis://127.0.0.1:{server.port}?passwords={passwords}"
    nobody = f"redis://127.0.0.1:1?passwords={server.passwords}"
    unnamed = f"redis://127.0.0.1:{server.port}?passwords={tmp_path / 'nowhere'}"

    def refused(source: str, target: str) -> str:
        done = move(settings, source, target)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        assert password("web") not in done.stderr
        return done.stderr

    here, elsewhere = str(settings.store), f"file:{tmp_path / 'elsewhere'}"
    assert "“--to” must begin with" in refused(here, "http://x")
    assert "“--from” must name the folder" in refused("redis://x", here)
    for named in (nobody, strange, unnamed):
        reason = {nobody: "refused", strange: "invalid username-password", unnamed: "No such file"}[named]
        assert reason in refused(here, named)
        assert reason in refused(named, elsewhere)
    assert "There is no envelope in redis://" in refused(server.url, elsewhere)
    with told(server, "appendfsync", "everysec"):
        assert "Set “appendfsync always”" in refused(here, server.url)
    with told(server, "maxmemory", "1"):
        assert "maxmemory" in refused(here, server.url)
    assert not (tmp_path / "elsewhere").exists()
    with server.client("admin") as admin:
        admin.hset("undersigned:format", "2", "")
    assert "newer version" in refused(server.url, elsewhere)
    assert "newer version" in refused(here, server.url)
    assert holds(here) == filled


def test_what_is_missing_is_found_in_sorted_sets() -> None:
    """Nothing twice, nothing forgotten, whichever side is empty or longer."""
    all_of_them = sorted(some(40), key=envelope_id)
    for present in ([], all_of_them, all_of_them[:10], all_of_them[10:], all_of_them[::3]):
        for wanted in ([], all_of_them, all_of_them[::2], all_of_them[:5]):
            assert list(missing_from(wanted, present)) == [each for each in wanted if each not in present]
