"""The workspace: the organizers' folder on disk, with their keys, what was opened and what was published.

It holds no key that opens a row: rows come and go as encrypted boxes.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crypto.publication import PUBLICATION_FILE
from organizer.errors import OrganizerError
from organizer.workspace.atomic import remove_replaced, replace_folder, write_file, write_folder
from organizer.workspace.database import DATABASE, Tables, database_error, open_tables
from organizer.workspace.shred import burn_file, burn_folder

KEY_FILE = "organizers.key"
MINISIGN_FILE = "minisign.key"
MINISIGN_PUBLIC_FILE = "minisign.pub"
SIGNING_FILE = "minisign.locked"
"""The minisign key again, under the root; keys/signing.py says what is in it. It can always be made anew."""
SIGNER_FILE = "signer.txt"
BURNING_FILE = "burning.txt"
"""Stands in a folder whose burning was begun: what is left of it is good for nothing but to be burned, too."""
FORMAT_FILE = "format.txt"
FORMAT = b"undersigned workspace 3\n"
"""Names of files and the meaning of tables; a change that an older tool would misread takes another number."""

PUBLICATIONS = "publications"


class Workspace:
    """One folder of the organizers: keys, what was opened, what was published."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, *parts: str) -> str:
        """Where a file of the workspace lies, for telling a person."""
        return str(self._folder.joinpath(*parts))

    def read(self, file: str) -> bytes | None:
        """The content of a file, None when there is none."""
        with suppress(FileNotFoundError):
            return (self._folder / file).read_bytes()
        return None

    def write(self, file: str, content: bytes) -> None:
        """Put a file in place, whole or not at all."""
        write_file(self._folder / file, content)

    def burn(self, file: str) -> None:
        """Overwrite and remove a file; a missing one is no error."""
        burn_file(self._folder / file)

    def burn_all(self) -> None:
        """Overwrite and remove the whole folder. The key goes first: then the rest opens no more, whatever happens."""
        secret = [KEY_FILE, *self.file_names("period-", ".key"), MINISIGN_FILE, SIGNING_FILE, DATABASE]
        self.write(BURNING_FILE, b"")
        burn_folder(self._folder, secret, [BURNING_FILE, FORMAT_FILE])

    def file_names(self, start: str, end: str) -> list[str]:
        """The files of the workspace whose names start and end so, sorted."""
        found = (entry.name for entry in self._folder.iterdir())
        return sorted(file for file in found if file.startswith(start) and file.endswith(end))

    def publications(self) -> list[int]:
        """The numbers of what was published so far, ascending."""
        folder = self._folder / PUBLICATIONS
        numbers = [entry.name for entry in folder.iterdir()] if folder.exists() else []
        return sorted(int(number) for number in numbers if number.isdecimal())

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
            raise database_error(error, self.path()) from error


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


def remembered_file(folder: str, name: str) -> str | None:
    """The path of a file that a workspace remembers; None when it has none, or when there is no workspace."""
    path = Path(folder) / name
    return str(path) if is_workspace(folder) and path.is_file() else None


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
