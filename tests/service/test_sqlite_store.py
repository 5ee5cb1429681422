"""What is particular to the store in an SQLite file; the contract is in test_stores.py."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service.stores.base import StoreUnavailable
from service.stores.sqlite_store import SqliteStore
from tests.support.envelopes import held, some

ROOT = Path(__file__).parents[2]


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
