"""The SQLite file in which this service kept envelopes before: read, and taken over once.

It lies where the store lies now, or beside it, with .sqlite behind its name.
Whoever takes it over holds SQLite's exclusive lock until its bytes are overwritten: an old service that still runs
answers 503 from then on, and nothing that it acknowledged before is lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from crypto.envelope import SIZE, EnvelopeId
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.place_file import OLD, erase, sync_folder
from service.stores.snapshot_index import SnapshotIndex

FORMAT = 1
BUSY_SECONDS = 8.0
SUFFIX = ".sqlite"
_MAGIC = b"SQLite format 3\0"
# A page is one short transaction: a reader that held a long one would keep a writer from committing.
_IDS = "SELECT id FROM envelopes WHERE id > ? ORDER BY id LIMIT 2000"
_ENVELOPES = "SELECT id, envelope FROM envelopes WHERE id > ? ORDER BY id LIMIT 64"


class OldSqlite:
    """An EnvelopeSource: the envelopes in an SQLite file. Raises StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            # A changed file cannot run functions here.
            self._connection.execute("PRAGMA trusted_schema = OFF")
            if int(self._connection.execute("PRAGMA user_version").fetchone()[0]) > FORMAT:
                raise StoreUnavailable(f"The store {path} was made by a newer version of this service.")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error}") from error

    def snapshot(self) -> Snapshot:
        """What a first reading finds: a service of before may still write to the file."""
        try:
            index = SnapshotIndex(EnvelopeId(row[0]) for row in self._rows(_IDS))
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store {self.path} cannot be read: {error}") from error
        return Snapshot(index.count, partial(self._read, index), index.close)

    def lock(self) -> None:
        """Keep everybody else from reading and writing for as long as it is open."""
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"The store {self.path} is in use: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _read(self, index: SnapshotIndex) -> Iterator[bytes]:
        try:
            for envelope in index.select(row[1] for row in self._rows(_ENVELOPES)):
                if len(envelope) != SIZE:
                    raise StoreUnavailable(f"In {self.path} lies what is no envelope.")
                yield envelope
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"The store {self.path} cannot be read: {error}") from error

    def _rows(self, select: str) -> Iterator[tuple[bytes, ...]]:
        last = b""
        while page := self._connection.execute(select, (last,)).fetchall():
            yield from page
            last = page[-1][0]


def old_sqlite(path: Path) -> Path | None:
    """The SQLite file that a store at `path` was before, if there is one. Raises OSError."""
    for each in (path, path.with_name(path.name + SUFFIX)):
        if each.is_file():
            with each.open("rb") as file:
                if file.read(len(_MAGIC)) == _MAGIC:
                    return each
    return None


@contextmanager
def taking_over(path: Path) -> Iterator[OldSqlite | None]:
    """The SQLite file that the store at `path` was before, locked; overwritten and removed at the end of the block.

    None when there is none. After an error, or a kill at any moment, it stays as it is, beside the store.
    """
    if (found := old_sqlite(path)) is None:
        yield None
        return
    with closing(OldSqlite(found)) as old:
        old.lock()
        beside = path.with_name(path.name + SUFFIX)
        if found != beside:
            if beside.exists():
                raise StoreUnavailable(f"{found} would be brought over, but {beside} is in the way: move it away.")
            found.rename(beside)
            sync_folder(path.parent)
            old.path = beside
        yield old
        # The lock made SQLite play back what a kill had left in it.
        for name in (path.name, beside.name):
            path.with_name(f"{name}-journal").unlink(missing_ok=True)
        # Under this name, the next start goes on with it.
        done = path.with_name(f"{path.name}.{OLD}sqlite")
        beside.rename(done)
        sync_folder(path.parent)
        erase(done, lambda: False)
