"""Atomic writing: a file or a folder is put on the disk whole or not at all, for its owner only unless it is public."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_REPLACED = ".replaced-"


def write_folder(path: Path, files: dict[str, bytes]) -> None:
    """A new folder with these files, readable for its owner only: all of it or nothing."""
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=path.parent))
    try:
        for file, content in files.items():
            write_file(made / file, content)
        made.rename(path)  # takes the place of an empty folder, and of nothing else
        sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def replace_folder(path: Path, files: dict[str, bytes]) -> None:
    """A folder in place of one that is there, whose files are deleted; when anything goes wrong, the old one is back.

    Cut off by a power failure the name is free, and the old files wait for remove_replaced().
    """
    aside = path.with_name(f"{_REPLACED}{path.name}")
    path.rename(aside)
    try:
        write_folder(path, files)
    except BaseException:
        aside.rename(path)
        raise
    shutil.rmtree(aside)


def remove_replaced(parent: Path) -> None:
    """Delete what a replacing that was cut off has left."""
    for left in parent.glob(f"{_REPLACED}*"):
        shutil.rmtree(left)


def write_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """A file with this content in place of what was there: whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def sync_folder(path: Path) -> None:
    """Have a folder itself written: a renamed file survives a power cut only then."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
