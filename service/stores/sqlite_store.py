"""Envelopes in one SQLite file: the store for one machine and one service process.

One thread writes, in groups (group_commit.py).
Between groups, the same thread removes the order of arrival from the file, a piece at a time (shuffle.py).
The SQLite settings and the measurements behind them are in docs/decisions/0002-sqlite-store.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from crypto.envelope import EnvelopeId, envelope_id
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.group_commit import GroupCommit
from service.stores.shuffle import shuffle_piece
from service.stores.shuffle_schedule import ShuffleSchedule, system_schedule
from service.stores.snapshot_index import SnapshotIndex

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
_IDS = "SELECT id FROM envelopes WHERE id > ? ORDER BY id LIMIT 2000"
_ENVELOPES = "SELECT id, envelope FROM envelopes WHERE id > ? ORDER BY id LIMIT 64"


@dataclass(frozen=True)
class SqliteAddress:
    """A StoreAddress: `sqlite:PATH`, a file on this machine."""

    path: Path
    schemes: ClassVar[tuple[str, ...]] = ("sqlite",)
    is_shared: ClassVar[bool] = False
    remark: ClassVar[str] = "The store is a file; the service sets it up by itself whenever it starts."

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `sqlite:PATH`. Raises ValueError."""
        path = text.partition(":")[2]
        if not path:
            raise ValueError("must name a file: sqlite:PATH.")
        return cls(Path(path))

    def open(self, *, shuffles: bool = False, must_exist: bool = False) -> SqliteStore:
        """The store in this file, which is made when absent, unless it `must_exist`. Raises StoreUnavailable."""
        if must_exist and not self.path.exists():
            raise StoreUnavailable(f"There is no store {self.path}.")
        return SqliteStore(self.path, system_schedule() if shuffles else None)

    def faults(self) -> list[str]:
        """None: there is no server that someone could have set otherwise."""
        return []

    def __str__(self) -> str:
        return f"sqlite:{self.path}"


class SqliteStore:
    """An EnvelopeStore in the file `path`, which is made when absent. Raises StoreUnavailable.

    With a schedule, it shuffles its envelopes in the file at the times of that schedule; without one, never.
    """

    def __init__(self, path: Path, schedule: ShuffleSchedule | None = None) -> None:
        self._path, self._schedule = path, schedule
        self._shuffled_until: bytes | None = None  # how far a pass has come; None: no pass is under way
        self._closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = self._connect()
            self._prepare()
            if schedule and self._connection.execute("SELECT 1 FROM envelopes LIMIT 1").fetchone():
                schedule.added(1)  # the process before this one may have been stopped before its next pass
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error}") from error
        self._groups = GroupCommit(self._keep, self._shuffle_a_piece)

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
                index = SnapshotIndex(EnvelopeId(row[0]) for row in _rows(connection, _IDS))
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store cannot be read: {error}") from error
        return Snapshot(index.count, partial(self._read, index), index.close)

    def check(self) -> None:
        """Return if an envelope could be kept now."""
        self._require_open()
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable("The store cannot be written to.") from error

    def close(self) -> None:
        """Finish what was begun; afterwards every call raises StoreUnavailable."""
        if not self._closed:
            self._closed = True
            self._groups.close()
            self._connection.close()

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
        if self._schedule:
            self._schedule.added(fresh)

    def _shuffle_a_piece(self) -> float | None:
        """Between two groups; returns for how many seconds nothing is to be done, None: until something was added."""
        if (schedule := self._schedule) is None:
            return None
        if self._shuffled_until is None:
            if (left := schedule.seconds_left()) != 0:
                return left
            schedule.begin()
        try:
            self._shuffled_until = shuffle_piece(self._connection, self._shuffled_until or b"", schedule.generator)
        except Exception:  # the writer must live on: a full disk now may have room later
            self._shuffled_until = None
            schedule.added(1)  # what could not be shuffled is shuffled in the next pass
        if self._shuffled_until is None:
            schedule.end()
        return 0

    # What a reader does, with a connection of its own.

    def _read(self, index: SnapshotIndex) -> Iterator[bytes]:
        try:
            with closing(self._connect()) as connection:
                yield from index.select(row[1] for row in _rows(connection, _ENVELOPES))
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store cannot be read: {error}") from error


def _rows(connection: sqlite3.Connection, select: str) -> Iterator[tuple[bytes, ...]]:
    """All rows in the order of their ids."""
    last = b""
    while page := connection.execute(select, (last,)).fetchall():
        yield from page
        last = page[-1][0]
