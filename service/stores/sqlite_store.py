"""Envelopes in one SQLite file: the store for one machine and one service process.

One thread writes, in groups (groups.py).
Between groups the same thread lets the file forget the order of arrival, a piece at a time (mixing.py).
The settings and the measurements behind them are in docs/decisions/0002-sqlite-store.md.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path

from crypto.envelope import envelope_id
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.group_commit import Groups
from service.stores.shuffle import mix_piece
from service.stores.shuffle_schedule import Moments
from service.stores.snapshot_index import Marks

FORMAT = 1
# How long to wait for another process that writes to the same file (restore, move); less than an `add` may take.
BUSY_SECONDS = 8.0

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

# A page is one short transaction: a reader that held a long one would keep the writer from committing.
_NAMES = "SELECT id FROM envelopes WHERE id > ? ORDER BY id LIMIT 2000"
_ENVELOPES = "SELECT id, envelope FROM envelopes WHERE id > ? ORDER BY id LIMIT 64"


class SqliteStore:
    """An EnvelopeStore in the file `path`, which is made when absent. Raises StoreUnavailable.

    With `moments` it forgets the order of arrival by itself; without, when `forget_order` is called.
    """

    def __init__(self, path: Path, moments: Moments | None = None) -> None:
        self._path, self._moments = path, moments
        self._generator = moments.generator if moments else random.SystemRandom()
        self._wishes: list[Future[None]] = []
        self._mixed_until: bytes | None = None  # where a pass stands; None: no pass is under way
        self._granted: list[Future[None]] = []
        self._closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = self._connect()
            self._prepare()
            if moments and self._connection.execute("SELECT 1 FROM envelopes LIMIT 1").fetchone():
                moments.added(1)  # the process before this one may have been stopped before it forgot
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error}") from error
        self._groups = Groups(self._keep, self._forget_a_piece)

    def add(self, envelope: bytes) -> None:
        """Keep it; returns once it has reached the disk."""
        self._require_open()
        try:
            self._groups.add(envelope)
        except (sqlite3.Error, OSError, TimeoutError) as error:
            raise StoreUnavailable("The envelope could not be written.") from error

    def count(self) -> int:
        """How many different envelopes are kept."""
        self._require_open()
        try:
            with closing(self._connect()) as connection:
                return int(connection.execute("SELECT count(*) FROM envelopes").fetchone()[0])
        except sqlite3.Error as error:
            raise StoreUnavailable("The store cannot be read.") from error

    def snapshot(self) -> Snapshot:
        """What a first reading finds: the file may have other writers, whose additions nobody tells us."""
        self._require_open()
        try:
            with closing(self._connect()) as connection:
                marks = Marks(row[0] for row in _rows(connection, _NAMES))
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store cannot be read: {error}") from error
        return Snapshot(marks.count, partial(self._read, marks), marks.close)

    def check(self) -> None:
        """Return if an envelope could be kept now."""
        self._require_open()
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable("The store cannot be written to.") from error

    def forget_order(self) -> None:
        """Mix all envelopes now; returns when places in the file say nothing about arrival. Raises StoreUnavailable."""
        wish: Future[None] = Future()
        self._require_open()
        self._wishes.append(wish)
        self._groups.wake()
        try:
            wish.result()
        except sqlite3.Error as error:
            raise StoreUnavailable("The envelopes could not be mixed.") from error

    def close(self) -> None:
        """Finish what was begun; afterwards every call raises StoreUnavailable."""
        if not self._closed:
            self._closed = True
            self._groups.close()
            self._connection.close()
            for wish in [*self._granted, *self._wishes]:
                wish.set_exception(StoreUnavailable("The store is closed."))

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    def _prepare(self) -> None:
        found = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if found > FORMAT:
            raise StoreUnavailable(f"The store {self._path} was made by a newer version of this service.")
        # A process that was killed can have left a journal, with envelopes in their old places: any write cuts it off.
        journal = self._path.with_name(f"{self._path.name}-journal")
        if found < FORMAT or (journal.exists() and journal.stat().st_size):
            self._connection.execute(_TABLE)
            self._connection.execute(f"PRAGMA user_version = {FORMAT}")

    # What the writer does.

    def _keep(self, envelopes: Sequence[bytes]) -> None:
        fresh = 0
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for envelope in envelopes:
                row = (envelope_id(envelope), envelope)
                fresh += self._connection.execute("INSERT OR IGNORE INTO envelopes VALUES (?, ?)", row).rowcount
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        if self._moments:
            self._moments.added(fresh)

    def _forget_a_piece(self) -> float | None:
        """Between two groups; returns for how many seconds nothing is to be done, None: until something was added."""
        if self._mixed_until is None and not self._begin_pass():
            return self._moments.seconds_left() if self._moments else None
        assert self._mixed_until is not None
        try:
            self._mixed_until = mix_piece(self._connection, self._mixed_until, self._generator)
        except Exception as error:  # the writer must live on: a full disk now may have room later
            self._end_pass(error)
        else:
            if self._mixed_until is None:
                self._end_pass(None)
        return 0

    def _begin_pass(self) -> bool:
        """Begin one if somebody wishes it or its moment has come."""
        if not self._wishes and (self._moments is None or self._moments.seconds_left() != 0):
            return False
        self._mixed_until = b""
        self._granted, self._wishes = self._wishes, []
        if self._moments:
            self._moments.begin()
        return True

    def _end_pass(self, error: Exception | None) -> None:
        self._mixed_until = None
        for wish in self._granted:
            wish.set_result(None) if error is None else wish.set_exception(error)
        self._granted = []
        if self._moments:
            self._moments.end()
            self._moments.added(1 if error else 0)  # what could not be forgotten is forgotten at the next moment

    # What a reader does, with a connection of its own.

    def _read(self, marks: Marks) -> Iterator[bytes]:
        try:
            with closing(self._connect()) as connection:
                yield from marks.only(row[1] for row in _rows(connection, _ENVELOPES))
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store cannot be read: {error}") from error


def _rows(connection: sqlite3.Connection, select: str) -> Iterator[tuple[bytes, ...]]:
    """All rows in the order of their ids."""
    last = b""
    while page := connection.execute(select, (last,)).fetchall():
        yield from page
        last = page[-1][0]
