"""The organizers' folder on disk, and every other file the tool reads or writes.

Only this package touches a disk: tables.py knows the database, writing.py puts files in place, burning.py destroys
them, files.py knows those that lie outside the workspace.
Knows file names, bytes and locked boxes; must never hold a key that opens a box.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from crypto.envelope import SIZE
from crypto.ledger import HEADER_MAX
from crypto.publication import PUBLICATION_FILE
from organizer.errors import OrganizerError
from organizer.workspace.atomic import remove_replaced, replace_folder, write_file, write_folder
from organizer.workspace.database import Row as Row
from organizer.workspace.database import Tables as Tables
from organizer.workspace.database import open_tables
from organizer.workspace.files import burn_secret_file as burn_secret_file
from organizer.workspace.files import check_no_file as check_no_file
from organizer.workspace.files import check_no_folder as check_no_folder
from organizer.workspace.files import file_name as file_name
from organizer.workspace.files import folder_of as folder_of
from organizer.workspace.files import hand_over as hand_over
from organizer.workspace.files import hand_over_publication as hand_over_publication
from organizer.workspace.files import in_folder as in_folder
from organizer.workspace.files import minisigs_beside as minisigs_beside
from organizer.workspace.files import practice_folder as practice_folder
from organizer.workspace.files import read_appeal_folder as read_appeal_folder
from organizer.workspace.files import read_file as read_file
from organizer.workspace.files import reading
from organizer.workspace.files import shipped_files as shipped_files
from organizer.workspace.files import write_new as write_new
from organizer.workspace.files import write_secret_file as write_secret_file
from organizer.workspace.shred import burn_file, burn_folder

DEFAULT_FOLDER = "organizer-workspace"
KEY_FILE = "organizers.key"
MINISIGN_FILE = "minisign.key"
BURNING_FILE = "burning.txt"
"""Stands in a folder whose burning was begun: what is left of it is good for nothing but to be burned, too."""
FORMAT_FILE = "format.txt"
FORMAT = b"undersigned workspace 3\n"
"""Names of files and the meaning of tables; a change that an older tool would misread takes another number."""

DATABASE = "workspace.sqlite"
PUBLICATIONS = "publications"

DISK_FULL = "The disk or the stick is full. Make room on it, then type the same command again."

_CANNOT_WRITE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM)

PIECES = 64
"""Envelopes read from a ledger at once."""


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
        write_file(self._folder / name, content)

    def burn(self, name: str) -> None:
        """Overwrite and remove a file; a missing one is no error."""
        burn_file(self._folder / name)

    def burn_all(self) -> None:
        """Overwrite and remove the whole folder. The key goes first: then the rest opens no more, whatever happens."""
        secret = [KEY_FILE, *self.names("period-", ".key"), MINISIGN_FILE, DATABASE]
        self.write(BURNING_FILE, b"")
        burn_folder(self._folder, secret, [BURNING_FILE, FORMAT_FILE])

    def names(self, start: str, end: str) -> list[str]:
        """The files of the workspace whose names start and end so, sorted."""
        found = (entry.name for entry in self._folder.iterdir())
        return sorted(name for name in found if name.startswith(start) and name.endswith(end))

    def publications(self) -> list[int]:
        """The numbers of what was published so far, ascending."""
        folder = self._folder / PUBLICATIONS
        names = [entry.name for entry in folder.iterdir()] if folder.exists() else []
        return sorted(int(name) for name in names if name.isdecimal())

    def publication_path(self, number: int) -> str:
        """Where one publication.json of ours lies."""
        return self.path(PUBLICATIONS, str(number), PUBLICATION_FILE)

    def read_publication(self, number: int) -> bytes:
        """The bytes of one publication.json of ours."""
        return (self._folder / PUBLICATIONS / str(number) / PUBLICATION_FILE).read_bytes()

    def write_publication(self, number: int, files: dict[str, bytes], replace: bool = False) -> str:
        """Put a publication in place, all files or none; returns its folder. One that is replaced is deleted."""
        parent = self._folder / PUBLICATIONS
        parent.mkdir(mode=0o700, exist_ok=True)
        remove_replaced(parent)
        (replace_folder if replace else write_folder)(parent / str(number), files)
        return self.path(PUBLICATIONS, str(number))

    @contextmanager
    def tables(self) -> Iterator[Tables]:
        """The database of the workspace. Raises OrganizerError: workspace-damaged."""
        path = self._folder / DATABASE
        # SQLite would make the file readable for everyone; its journal takes over the mode of the file.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            with open_tables(path) as tables:
                yield tables
        except sqlite3.Error as error:
            raise _trouble(error, self.path()) from error


def check_new(folder: str) -> None:
    """Whether a workspace can be made there. Raises OrganizerError: workspace-exists."""
    path = Path(folder)
    if (path / KEY_FILE).exists() or (path / FORMAT_FILE).exists():
        text = f"There is a key in {folder} already, and a key is never overwritten. Name another folder with -w."
        raise OrganizerError("workspace-exists", text)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OrganizerError("workspace-exists", f"{folder} is not an empty folder. Name another one with -w.")


def make_workspace(folder: str, files: dict[str, bytes]) -> None:
    """A new workspace with these files: all of it or nothing. Raises OrganizerError: workspace-exists."""
    check_new(folder)
    path = Path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_folder(path, {FORMAT_FILE: FORMAT, **files})


def is_workspace(folder: str) -> bool:
    """Whether a workspace was made there."""
    return (Path(folder) / FORMAT_FILE).is_file() or (Path(folder) / KEY_FILE).is_file()


def has_keys(folder: str) -> bool:
    """Whether a workspace can have keys of periods, or only a minisign key."""
    return (Path(folder) / KEY_FILE).is_file() or bool(list(Path(folder).glob("period-*.pub")))


@contextmanager
def open_workspace(folder: str) -> Iterator[Workspace]:
    """An existing workspace, for one command at a time.

    Raises OrganizerError: no-workspace, workspace-format, workspace-busy.
    """
    path = Path(folder)
    _check_format(folder, path)
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


def _check_format(folder: str, path: Path) -> None:
    if (path / FORMAT_FILE).is_file():
        if (path / FORMAT_FILE).read_bytes() == FORMAT:
            return
    elif not (path / KEY_FILE).is_file():
        text = f"There is no workspace in {folder}. Name its folder with -w, or make one with “organizer ceremony”."
        raise OrganizerError("no-workspace", text)
    text = f"The workspace in {folder} was made by another version of this tool. Use that version for it."
    raise OrganizerError("workspace-format", text)


def _trouble(error: sqlite3.Error, folder: str) -> OrganizerError:
    """Why the database failed. Only one that is damaged is a reason to put back a copy: an older one has less in it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of the number says where it happened
    if code == sqlite3.SQLITE_FULL:
        return OrganizerError("disk-full", f"{DISK_FULL} Nothing that was kept before is lost.")
    if code in _CANNOT_WRITE:
        text = f"The folder {folder} cannot be written to: {error}. Nothing that was kept before is lost."
        return OrganizerError("file", f"{text} If it lies on a stick, copy it to this computer's disk and try again.")
    text = f"The file {DATABASE} cannot be used: {error}. If it is damaged, put back a copy of the folder."
    return OrganizerError("workspace-damaged", text)


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
    with reading(path), open(path, "rb") as file:
        yield LedgerFile(file)
