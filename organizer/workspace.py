"""The organizers' folder on disk, and every other file the tool reads or writes.

The only module that touches a disk. Knows file names, bytes and locked boxes; must never hold a key that opens a box.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from crypto.envelope import SIZE
from crypto.ledger import HEADER_MAX
from organizer.errors import OrganizerError

DEFAULT_FOLDER = "organizer-workspace"
KEY_FILE = "organizers.key"
DATABASE = "workspace.sqlite"
PUBLICATIONS = "publications"
PUBLICATION_FILE = "publication.json"

TABLES = ("entries", "decisions", "ledgers", "by_hand", "keys", "waiting")

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
_NEXT = {table: f"SELECT id, box FROM {table} WHERE id > ? ORDER BY id LIMIT 1000" for table in TABLES}  # noqa: S608

_LAST = {table: f"SELECT max(id) FROM {table}" for table in TABLES}  # noqa: S608 our own names

Row = tuple[str, bytes, bytes]
"""Table, id, box."""


class Tables:
    """Boxes by table and id. What is in a box, and who can open it, is the business of records.py."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, rows: Iterable[Row]) -> None:
        """Write all of them or, when anything goes wrong, none."""
        with _transaction(self._connection):
            for table, name, box in rows:
                self._connection.execute(_PUT[table], (name, box))

    def put_many(
        self,
        table: str,
        pairs: Sequence[tuple[bytes, bytes]],
        rows: Iterable[Row] = (),
        dropped: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Write ids and boxes of one table and, in the same transaction, a few rows; forget a few by table and id."""
        with _transaction(self._connection):
            self._connection.executemany(_PUT[table], pairs)
            for table, name, box in rows:
                self._connection.execute(_PUT[table], (name, box))
            for table, name in dropped:
                self._connection.execute(_DROP[table], (name,))

    def drop(self, table: str, name: bytes) -> None:
        """Forget one row."""
        with _transaction(self._connection):
            self._connection.execute(_DROP[table], (name,))

    def get(self, table: str, name: bytes) -> bytes | None:
        """The box of one row, None when there is none."""
        found = self._connection.execute(_GET[table], (name,)).fetchone()
        return None if found is None else bytes(found[0])

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """All ids and boxes in the order of ids, page by page: neither memory nor a lock grows with the table."""
        last = b""
        while page := self._connection.execute(_NEXT[table], (last,)).fetchall():
            yield from page
            last = page[-1][0]

    def last(self, table: str) -> bytes:
        """The greatest id of a table, empty when it has no rows."""
        return bytes(self._connection.execute(_LAST[table]).fetchone()[0] or b"")

    def missing(self, table: str, names: Sequence[bytes]) -> set[bytes]:
        """Those of `names` (some hundreds) that have no row yet."""
        marks = ",".join("?" * len(names))
        return set(names) - {name for (name,) in self._connection.execute(_FIND[table] % marks, names)}


class Workspace:
    """One folder of the organizers: keys, what was opened, what was published."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, *names: str) -> str:
        """Where a file of the workspace lies, for telling a person."""
        return str(self._folder.joinpath(*names))

    def read(self, name: str) -> bytes | None:
        """The content of a file, None when there is none."""
        with suppress(FileNotFoundError):
            return (self._folder / name).read_bytes()
        return None

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place, whole or not at all."""
        _write(self._folder / name, content)

    def publications(self) -> list[int]:
        """The numbers of what was published so far, ascending."""
        folder = self._folder / PUBLICATIONS
        names = [entry.name for entry in folder.iterdir()] if folder.exists() else []
        return sorted(int(name) for name in names if name.isdecimal())

    def read_publication(self, number: int) -> bytes:
        """The bytes of one publication.json of ours."""
        return (self._folder / PUBLICATIONS / str(number) / PUBLICATION_FILE).read_bytes()

    def write_publication(self, number: int, files: dict[str, bytes]) -> str:
        """Put a publication in place, all files or none; returns its folder."""
        parent = self._folder / PUBLICATIONS
        parent.mkdir(mode=0o700, exist_ok=True)
        _write_folder(parent / str(number), files)
        return self.path(PUBLICATIONS, str(number))

    @contextmanager
    def tables(self) -> Iterator[Tables]:
        """The database of the workspace. Raises OrganizerError: workspace-damaged."""
        path = self._folder / DATABASE
        # SQLite would make the file readable for everyone; its journal takes over the mode of the file.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                for setting in _SETTINGS:
                    connection.execute(setting)
                for table in TABLES:
                    connection.execute(_CREATE.format(table))
                yield Tables(connection)
        except sqlite3.Error as error:
            text = f"The file {DATABASE} cannot be used: {error}. If it is damaged, put back a copy of the folder."
            raise OrganizerError("workspace-damaged", text) from error


def check_new(folder: str) -> None:
    """Whether a workspace can be made there. Raises OrganizerError: workspace-exists."""
    path = Path(folder)
    if (path / KEY_FILE).exists():
        text = f"There is a key in {folder} already, and a key is never overwritten. Name another folder with -w."
        raise OrganizerError("workspace-exists", text)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OrganizerError("workspace-exists", f"{folder} is not an empty folder. Name another one with -w.")


def make_workspace(folder: str, files: dict[str, bytes]) -> None:
    """A new workspace with these files: all of it or nothing. Raises OrganizerError: workspace-exists."""
    check_new(folder)
    path = Path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_folder(path, files)


@contextmanager
def open_workspace(folder: str) -> Iterator[Workspace]:
    """An existing workspace, for one command at a time. Raises OrganizerError: no-workspace, workspace-busy."""
    path = Path(folder)
    if not (path / KEY_FILE).is_file():
        text = f"There is no workspace in {folder}. Name its folder with -w, or make one with “organizer keygen”."
        raise OrganizerError("no-workspace", text)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            text = "Another organizer command is at work in this folder. Wait until it has ended, or end it."
            raise OrganizerError("workspace-busy", text) from error
        yield Workspace(path)
    finally:
        os.close(descriptor)


PIECES = 64
"""Envelopes read from a ledger at once."""


class LedgerFile:
    """A ledger read once from front to end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.first_line = self._taken(file.readline(HEADER_MAX + 1))

    def pieces(self) -> Iterator[bytes]:
        """What follows the first line, 4,096 bytes at a time; the last piece may be shorter."""
        while pieces := self._taken(self._file.read(PIECES * SIZE)):
            for at in range(0, len(pieces), SIZE):
                yield pieces[at : at + SIZE]

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was read so far: of the file, once `pieces` has ended."""
        return self._hash.digest()

    def _taken(self, data: bytes) -> bytes:
        self._hash.update(data)
        return data


@contextmanager
def open_ledger_file(path: str) -> Iterator[LedgerFile]:
    """A ledger on disk. Raises OrganizerError: no-file."""
    with _reading(path), open(path, "rb") as file:
        yield LedgerFile(file)


def read_file(path: str) -> bytes:
    """A file that a person named. Raises OrganizerError: no-file."""
    with _reading(path):
        return Path(path).read_bytes()


def minisigs_beside(path: str) -> list[str]:
    """The paths of the .minisig files that lie beside a publication, by name."""
    beside = Path(path)
    return sorted(
        str(entry)
        for entry in beside.parent.iterdir()
        if entry.name.startswith(f"{beside.name}.") and entry.name.endswith(".minisig")
    )


def file_name(path: str) -> str:
    """The last part of a path."""
    return Path(path).name


def hand_over(folder: str, files: dict[str, bytes]) -> None:
    """Copies of public files, readable for everyone, in a folder that is made when missing."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _write(Path(folder) / name, content, mode=0o644)


@contextmanager
def _reading(path: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, ValueError) as error:
        raise OrganizerError("no-file", f"The file {path} is not there, or cannot be read.") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write_folder(path: Path, files: dict[str, bytes]) -> None:
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=path.parent))
    try:
        for name, content in files.items():
            _write(made / name, content)
        made.rename(path)  # takes the place of an empty folder, and of nothing else
        _sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def _sync_folder(path: Path) -> None:
    # A renamed file survives a power cut only when its folder is written too.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
