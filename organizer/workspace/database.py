"""The database of a workspace: encrypted boxes by table and id, written whole or not at all.

Rows do not keep the order they came in, for that would say who signed when.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from organizer.errors import OrganizerError

DATABASE = "workspace.sqlite"
"""The file in a workspace."""

DISK_FULL = "The disk or the stick is full. Make room on it, then type the same command again."

_CANNOT_WRITE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM)

TABLES = (
    "entries", "decisions", "ledgers", "by_hand", "keys", "locks", "waiting", "words", "compared", "surnames",
    "layouts",
)  # fmt: skip

# TRUNCATE: a write-ahead log would replay rows in the order they came in. secure_delete: what is undone is gone.
# page_size: a row must fit into a page many times over, or each takes a page of its own beside it.
_SETTINGS = (
    "PRAGMA page_size = 16384",
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)
_CREATE = "CREATE TABLE IF NOT EXISTS {} (id BLOB PRIMARY KEY, box BLOB NOT NULL) WITHOUT ROWID"
_PUT = {table: f"INSERT OR REPLACE INTO {table} VALUES (?, ?)" for table in TABLES}  # noqa: S608 our own names
_GET = {table: f"SELECT box FROM {table} WHERE id = ?" for table in TABLES}  # noqa: S608 our own names
_DROP = {table: f"DELETE FROM {table} WHERE id = ?" for table in TABLES}  # noqa: S608 our own names
_FIND = {table: f"SELECT id FROM {table} WHERE id IN (%s)" for table in TABLES}  # noqa: S608 our own names
_SOME = {table: f"SELECT id, box FROM {table} WHERE id IN (%s) ORDER BY id" for table in TABLES}  # noqa: S608 our own
_NEXT = {
    table: f"SELECT id, box FROM {table} WHERE id > ? ORDER BY id LIMIT 1000"  # noqa: S608 our own names
    for table in TABLES
}
_LAST = {table: f"SELECT max(id) FROM {table}" for table in TABLES}  # noqa: S608 our own names

SOME = 500
"""So many rows are asked for at once."""

_PATIENCE = 600.0
"""Seconds that a second thread waits while the first one writes, which on a slow stick can take long."""

Row = tuple[str, bytes, bytes]
"""Table, id, box."""

RowId = TypeVar("RowId", bound=bytes)
"""The id of a row, whatever it is the id of."""


class Tables:
    """Boxes by table and id. What is in a box, and who can open it, is the business of records.py."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @contextmanager
    def for_reading(self) -> Iterator[Tables]:
        """The same tables for another thread, which only reads. Raises sqlite3.Error."""
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield Tables(connection, self._path)

    def put(self, rows: Iterable[Row]) -> None:
        """Write all of them or, when anything goes wrong, none."""
        with _transaction(self._connection):
            for table, row_id, box in rows:
                self._connection.execute(_PUT[table], (row_id, box))

    def put_many(
        self,
        table: str,
        pairs: Iterable[tuple[bytes, bytes]],
        rows: Iterable[Row] = (),
        dropped: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Write ids and boxes of one table and, in the same transaction, a few rows; forget a few by table and id."""
        with _transaction(self._connection):
            self._connection.executemany(_PUT[table], pairs)
            for table, row_id, box in rows:
                self._connection.execute(_PUT[table], (row_id, box))
            for table, row_id in dropped:
                self._connection.execute(_DROP[table], (row_id,))

    def drop(self, table: str, row_id: bytes) -> None:
        """Forget one row."""
        with _transaction(self._connection):
            self._connection.execute(_DROP[table], (row_id,))

    def get(self, table: str, row_id: bytes) -> bytes | None:
        """The box of one row, None when there is none."""
        found = self._connection.execute(_GET[table], (row_id,)).fetchone()
        return None if found is None else bytes(found[0])

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """All ids and boxes in the order of ids, page by page: neither memory nor a lock grows with the table."""
        last = b""
        while page := self._connection.execute(_NEXT[table], (last,)).fetchall():
            yield from page
            last = page[-1][0]

    def some_rows(self, table: str, ids: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The rows of these ids, which exist; ids and answer in their order."""
        for at in range(0, len(ids), SOME):
            some = ids[at : at + SOME]
            yield from self._connection.execute(_SOME[table] % ",".join("?" * len(some)), some).fetchall()

    def last(self, table: str) -> bytes:
        """The greatest id of a table, empty when it has no rows."""
        return bytes(self._connection.execute(_LAST[table]).fetchone()[0] or b"")

    def missing(self, table: str, ids: Sequence[RowId]) -> set[RowId]:
        """Those of `ids` (some hundreds) that have no row yet."""
        marks = ",".join("?" * len(ids))
        return set(ids) - {found for (found,) in self._connection.execute(_FIND[table] % marks, ids)}


@contextmanager
def open_tables(path: Path) -> Iterator[Tables]:
    """The tables in a file that is there, made when missing. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in _SETTINGS:
            connection.execute(setting)
        with _transaction(connection, "BEGIN"):  # one write for a new file, and none for one that has its tables
            for table in TABLES:
                connection.execute(_CREATE.format(table))
        yield Tables(connection, path)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def database_error(error: sqlite3.Error, folder: str) -> OrganizerError:
    """Why the database failed. Only one that is damaged is a reason to put back a copy: an older one has less in it."""
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of the number says where it happened
    if kind == sqlite3.SQLITE_FULL:
        return OrganizerError("disk-full", f"{DISK_FULL} Nothing that was kept before is lost.")
    if kind in _CANNOT_WRITE:
        text = f"The folder {folder} cannot be written to: {error}. Nothing that was kept before is lost."
        return OrganizerError("file", f"{text} If it lies on a stick, copy it to this computer's disk and try again.")
    text = f"The file {DATABASE} cannot be used: {error}. If it is damaged, put back a copy of the folder."
    return OrganizerError("workspace-damaged", text)
