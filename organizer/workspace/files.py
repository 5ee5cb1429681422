"""Files outside the workspace: what a person names, what is handed over, what is printed."""

from __future__ import annotations

import lzma
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import glob
from pathlib import Path
from typing import Protocol, cast

import organizer
from crypto.letter import APPEAL_TOML, language_of
from organizer.errors import OrganizerError
from organizer.workspace.atomic import write_file
from organizer.workspace.shred import burn_file

_OWN = Path(organizer.__path__[0])


class _Loader(Protocol):
    def get_data(self, path: str) -> bytes: ...


_loader = cast(_Loader, organizer.__spec__ and organizer.__spec__.loader)  # of files, or of one archive


LARGEST = 1 << 28
"""Bytes; no file that is read whole comes near: a result with a million names has 110 MB."""


def read_file(path: str) -> bytes:
    """A file that a person named, or that lies beside one. It may be a stranger's: a link to a device never ends.

    Raises OrganizerError: no-file, file-kind, file-large.
    """
    with reading(path):
        # Without O_NONBLOCK, a pipe would let us wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OrganizerError("file-kind", f"{path} is no ordinary file. Copy the file itself, and name that.")
            if os.fstat(descriptor).st_size > LARGEST:
                raise OrganizerError("file-large", f"{path} is larger than any file that this tool reads whole.")
            return file.read(LARGEST + 1)


def read_secret(path: str) -> bytes:
    """A passphrase or code, from a file or from a pipe that a script has named. Raises OrganizerError: no-file."""
    with reading(path):
        return Path(path).read_bytes()


def minisigs_beside(path: str) -> list[str]:
    """The paths of the .minisig files that lie beside a publication, by name."""
    beside = Path(path)
    return sorted(
        str(entry)
        for entry in beside.parent.iterdir()
        if entry.name.startswith(f"{beside.name}.") and entry.name.endswith(".minisig")
    )


@contextmanager
def shipped_files() -> Iterator[Callable[[str], str]]:
    """A function that gives the path of a file that comes with the tool, unpacked if it is an .xz; gone afterwards.

    Copies, because the tool may be one file on a stick, with no file of its own inside that a library could open.
    """
    with tempfile.TemporaryDirectory() as folder:

        def path_of(file: str) -> str:
            path = Path(folder) / Path(file).name.removesuffix(".xz")
            if not path.exists():
                content = _loader.get_data(str(_OWN / file))
                path.write_bytes(lzma.decompress(content) if file.endswith(".xz") else content)
            return str(path)

        yield path_of


def in_folder(folder: str, file: str) -> str:
    """The path of a file in a folder that a person named."""
    return str(Path(folder) / file)


def folder_of(path: str) -> str:
    """The folder that a file lies in."""
    return str(Path(path).parent)


def file_name(path: str) -> str:
    """The last part of a path."""
    return Path(path).name


def matching(pattern: str) -> list[str]:
    """The paths that a pattern of a shell fits, sorted."""
    return sorted(glob(pattern))


def with_home(path: str) -> str:
    """The path with the person's own folder in place of a `~` at its beginning."""
    return os.path.expanduser(path)  # a Path would lose a "/" at the end


def beginning_with(path: str) -> list[str]:
    """The paths that begin so, for completing it, sorted; a folder ends in "/". Hidden ones only when asked for."""
    folder, start = os.path.split(path)
    with suppress(OSError):
        found = [entry for entry in os.scandir(folder or ".") if entry.name.startswith(start or "")]
        shown = [entry for entry in found if start.startswith(".") or not entry.name.startswith(".")]
        return sorted(f"{os.path.join(folder, entry.name)}{'/' if entry.is_dir() else ''}" for entry in shown)
    return []


def check_no_file(path: str) -> None:
    """Whether a file can be written there. Raises OrganizerError: file-exists."""
    if Path(path).exists():
        raise OrganizerError("file-exists", f"There is a file {path} already, and it is not overwritten. Name another.")


def check_no_folder(folder: str) -> None:
    """Whether a folder of this name can be filled without mixing with other files. Raises OrganizerError: folder."""
    path = Path(folder)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OrganizerError("folder", f"{folder} is there already and not empty. Name another folder.")


def read_appeal_folder(folder: str) -> dict[str, bytes]:
    """The site's appeal: appeal.toml and its letters, by name. Raises OrganizerError: no-file."""
    read_file(str(Path(folder) / APPEAL_TOML))
    names = (path.name for path in sorted(Path(folder).iterdir()))
    return {name: read_file(str(Path(folder) / name)) for name in names if name == APPEAL_TOML or language_of(name)}


@contextmanager
def practice_folder() -> Iterator[str]:
    """A folder for made-up data, removed with all that is in it whatever happens."""
    with tempfile.TemporaryDirectory(prefix="organizer-rehearsal-") as folder:
        yield folder


def write_new(path: str, content: bytes) -> None:
    """A file that only its owner can read, where there is none yet. Raises OrganizerError: file-exists."""
    check_no_file(path)
    write_file(Path(path), content)


def write_secret_file(folder: str, file: str, content: bytes) -> str:
    """A file for its owner only, in a folder that is made when missing; returns its path."""
    Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    write_file(Path(folder) / file, content)
    return str(Path(folder) / file)


def burn_secret_file(path: str) -> None:
    """Overwrite and remove a file."""
    burn_file(Path(path))


def hand_over(folder: str, files: dict[str, bytes]) -> None:
    """Copies of public files, readable for everyone, in a folder that is made when missing."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        write_file(Path(folder) / file, content, mode=0o644)


def hand_over_publication(folder: str, file: str, files: dict[str, bytes]) -> None:
    """The same with a publication, which is `file` in that folder; minisigs of one that it overwrites are removed."""
    hand_over(folder, files)
    for path in minisigs_beside(in_folder(folder, file)):
        if Path(path).name not in files:
            Path(path).unlink()


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Tells calmly that a file a person named cannot be read. Raises OrganizerError: no-file."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, ValueError) as error:
        raise OrganizerError("no-file", f"The file {path} is not there, or cannot be read.") from error
