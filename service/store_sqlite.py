"""Envelopes in one SQLite file: the store for one machine and one service process.

One thread writes, in groups: whoever waits while a group is being committed is part of the next one, in random order.
The settings and the measurements behind them are in docs/decisions/0002-sqlite-store.md.
"""

from __future__ import annotations

import queue
import random
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path

from crypto.envelope import envelope_id
from service.store import Snapshot, StoreUnavailable

FORMAT = 1
GROUP_MOST = 512
PAGE_ROWS = 64
WAIT_SECONDS = 10.0

# TRUNCATE rather than WAL: a write-ahead log keeps envelopes in the order of their arrival.
# secure_delete: what SQLite frees is overwritten. trusted_schema: a changed file cannot run functions here.
_PRAGMAS = (
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
)
# Without a row id there is no counter that tells which envelope came first.
_TABLE = "CREATE TABLE IF NOT EXISTS envelopes (id BLOB PRIMARY KEY, envelope BLOB NOT NULL) WITHOUT ROWID"

_Waiting = tuple[bytes, "Future[None]"]


class SqliteStore:
    """An EnvelopeStore in the file `path`, which is made when absent. Raises StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # held while a group is committed and while a snapshot begins
        self._arrived_since: list[set[bytes]] = []
        self._shuffle = random.SystemRandom().shuffle
        self._closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = self._connect()
            self._prepare()
            self._count = int(self._connection.execute("SELECT count(*) FROM envelopes").fetchone()[0])
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error}") from error
        self._writer = threading.Thread(target=self._write_groups, name="envelope-writer", daemon=True)
        self._writer.start()

    def add(self, envelope: bytes) -> None:
        done: Future[None] = Future()
        self._require_open()
        self._waiting.put((envelope, done))
        try:
            done.result(timeout=WAIT_SECONDS)
        except (sqlite3.Error, OSError, TimeoutError) as error:
            raise StoreUnavailable("The envelope could not be written.") from error

    def count(self) -> int:
        self._require_open()
        return self._count

    def snapshot(self) -> Snapshot:
        self._require_open()
        arrived: set[bytes] = set()
        with self._lock:
            self._arrived_since.append(arrived)
            return Snapshot(self._count, self._read(arrived), partial(self._forget, arrived))

    def check(self) -> None:
        self._require_open()
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable("The store cannot be written to.") from error

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._writer.join()
            self._connection.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    def _prepare(self) -> None:
        found = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if found > FORMAT:
            raise StoreUnavailable(f"The store {self._path} was made by a newer version of this service.")
        self._connection.execute(_TABLE)
        self._connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _write_groups(self) -> None:
        while group := self._next_group():
            try:
                self._commit([envelope for envelope, _ in group])
            except Exception as error:  # whatever happened, whoever waits must hear of it
                for _, done in group:
                    done.set_exception(error)
            else:
                for _, done in group:
                    done.set_result(None)

    def _next_group(self) -> list[_Waiting]:
        first = self._waiting.get()
        group = [] if first is None else [first]
        while group and len(group) < GROUP_MOST and not self._waiting.empty():
            following = self._waiting.get()
            if following is None:
                self._waiting.put(None)
                break
            group.append(following)
        self._shuffle(group)
        return group

    def _commit(self, envelopes: Sequence[bytes]) -> None:
        rows = [(envelope_id(envelope), envelope) for envelope in envelopes]
        with self._lock:
            fresh: set[bytes] = set()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for row in rows:
                    if self._connection.execute("INSERT OR IGNORE INTO envelopes VALUES (?, ?)", row).rowcount:
                        fresh.add(row[0])
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._count += len(fresh)
            for arrived in self._arrived_since:
                arrived |= fresh

    def _read(self, arrived: set[bytes]) -> Iterator[bytes]:
        # Page by page: a reader that held one long transaction would keep the writer from committing.
        select = "SELECT id, envelope FROM envelopes WHERE id > ? ORDER BY id LIMIT ?"
        last = b""
        try:
            with closing(self._connect()) as connection:
                while rows := connection.execute(select, (last, PAGE_ROWS)).fetchall():
                    yield from (envelope for name, envelope in rows if name not in arrived)
                    last = rows[-1][0]
        except sqlite3.Error as error:
            raise StoreUnavailable("The store cannot be read.") from error

    def _forget(self, arrived: set[bytes]) -> None:
        with self._lock:
            # By identity: two snapshots without arrivals hold equal sets.
            self._arrived_since = [other for other in self._arrived_since if other is not arrived]
