"""The contract that every store of envelopes obeys, and what is particular to the SQLite one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service import open_store
from service.stores.base import EnvelopeStore, StoreUnavailable
from service.stores.sqlite_store import SqliteStore
from tests.support.envelopes import held, some
from tests.support.redis_servers import Server, cluster_url

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "redis", "redis-8", "valkey-8", "redis-cluster"])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, empty: Callable[[str], list[Server]]
) -> Iterator[Callable[[], EnvelopeStore]]:
    """Opens the same store again and again."""
    if request.param == "sqlite":
        url = f"sqlite:{tmp_path / 'deep' / 'envelopes.sqlite'}"
    else:
        servers = empty(request.param)
        url = servers[0].url if len(servers) == 1 else cluster_url(servers)
    stores: list[EnvelopeStore] = []

    def again() -> EnvelopeStore:
        stores.append(open_store(url))
        return stores[-1]

    yield again
    for store in stores:
        store.close()


class TestContract:
    """What holds for every store."""

    def test_a_new_store_is_empty(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Nothing was added, so nothing is there."""
        store = opened()
        assert store.count() == 0
        assert held(store) == []
        store.check()

    def test_what_was_added_comes_out_sorted_by_id(self, opened: Callable[[], EnvelopeStore]) -> None:
        """The order of arrival is not the order of the ledger."""
        store, envelopes = opened(), some(300)
        for envelope in envelopes:
            store.add(envelope)
        assert held(store) == sorted(envelopes, key=envelope_id)
        assert store.count() == 300

    def test_adding_the_same_envelope_again_changes_nothing(self, opened: Callable[[], EnvelopeStore]) -> None:
        """A phone that did not hear the answer sends again."""
        store, (envelope,) = opened(), some(1)
        for _ in range(3):
            store.add(envelope)
        assert held(store) == [envelope]
        assert store.count() == 1

    def test_envelopes_outlive_the_process(self, opened: Callable[[], EnvelopeStore]) -> None:
        """What was acknowledged is there after a restart."""
        store, envelopes = opened(), some(20)
        for envelope in envelopes:
            store.add(envelope)
        store.close()
        again = opened()
        assert again.count() == 20
        assert held(again) == sorted(envelopes, key=envelope_id)

    def test_many_may_add_at_once(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Each of eight threads finds its envelopes kept, among them one that all of them add."""
        store, shared = opened(), some(1)
        per_thread = [some(40) + shared for _ in range(8)]
        threads = [threading.Thread(target=lambda own=own: [store.add(e) for e in own]) for own in per_thread]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.count() == 321
        assert set(held(store)) == {envelope for own in per_thread for envelope in own}

    def test_a_snapshot_does_not_change_and_holds_nobody_up(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Somebody downloads slowly, and again; meanwhile people sign."""
        store, before, after = opened(), some(200), some(50)
        for envelope in before:
            store.add(envelope)
        with closing(store.snapshot()) as snapshot:
            reading = snapshot.envelopes
            first = next(reading)
            for envelope in after:
                store.add(envelope)
            rest = list(reading)
            assert [first, *rest] == sorted(before, key=envelope_id)
            assert list(snapshot.envelopes) == [first, *rest]
        assert snapshot.count == 200
        assert len(held(store)) == 250

    def test_a_closed_store_refuses(self, opened: Callable[[], EnvelopeStore]) -> None:
        """After the end nothing is promised."""
        store = opened()
        store.close()
        for call in (lambda: store.add(bytes(4096)), store.count, store.snapshot, store.check):
            with pytest.raises(StoreUnavailable):
                call()


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """A process that prints an id after each add and is killed in the middle has lost none of the printed ones."""
    path = tmp_path / "envelopes.sqlite"
    program = (
        "import os, sys, pathlib\n"
        "from crypto.envelope import envelope_id\n"
        "from service.stores.sqlite_store import SqliteStore\n"
        "store = SqliteStore(pathlib.Path(sys.argv[1]))\n"
        "while True:\n"
        "    envelope = os.urandom(4096)\n"
        "    store.add(envelope)\n"
        "    print(envelope_id(envelope).hex(), flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(200)]
        process.kill()
        acknowledged += process.stdout.read().splitlines(keepends=True)
    with closing(SqliteStore(path)) as store:
        kept = {envelope_id(envelope).hex() for envelope in held(store)}
    # The last line may be cut: it was being printed, not yet heard.
    assert {line.decode().strip() for line in acknowledged if line.endswith(b"\n")} <= kept


def test_a_full_disk_is_an_error_and_no_promise(tmp_path: Path) -> None:
    """The file may not grow: add raises, what was kept stays, and the store works again when there is room."""
    program = (
        "import os, sys, pathlib, resource, signal\n"
        "from service.stores.base import StoreUnavailable\n"
        "from service.stores.sqlite_store import SqliteStore\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "store = SqliteStore(pathlib.Path(sys.argv[1]))\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))\n"
        "kept = 0\n"
        "try:\n"
        "    for kept in range(1000):\n"
        "        store.add(os.urandom(4096))\n"
        "except StoreUnavailable:\n"
        "    pass\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
        "store.add(os.urandom(4096))\n"
        "print(kept, store.count(), sum(1 for _ in store.snapshot().envelopes))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "envelopes.sqlite")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    kept, count, read = map(int, done.stdout.split())
    assert 0 < kept < 100
    assert count == read == kept + 1


def test_nothing_in_the_file_counts_arrivals(tmp_path: Path) -> None:
    """No row id, no sequence table, no log beside the database."""
    path = tmp_path / "envelopes.sqlite"
    with closing(SqliteStore(path)) as store:
        for envelope in some(20):
            store.add(envelope)
        assert [other.name for other in tmp_path.iterdir() if other.stat().st_size] == ["envelopes.sqlite"]
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            connection.execute("SELECT rowid FROM envelopes")
        tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
        columns = connection.execute("PRAGMA table_info(envelopes)").fetchall()
    assert tables == [("envelopes",)]
    assert [column[1] for column in columns] == ["id", "envelope"]


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    """Other accounts of the machine see nothing."""
    path = tmp_path / "data" / "envelopes.sqlite"
    SqliteStore(path).close()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_newer_data_is_refused_in_words(tmp_path: Path) -> None:
    """An older service must not write into what it does not understand."""
    path = tmp_path / "envelopes.sqlite"
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreUnavailable, match="newer version"):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    path = tmp_path / "envelopes.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreUnavailable):
        SqliteStore(path)
    assert path.read_bytes() == b"not a database" * 1000
