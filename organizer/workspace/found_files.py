"""Files that are found where a person says: one, or all in a folder, opened without a risk to wait for ever.

What lies there may have been put there by strangers: links out of the folder are not followed, and what is no ordinary
file (a pipe, a device) is never opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from organizer.errors import OrganizerError

FILES_MOST = 1_000_000
"""Whoever names a folder with more has named the wrong one."""


@dataclass(frozen=True)
class FoundFile:
    """An ordinary file. `named`: a person named it, rather than the folder that it lies in."""

    path: str
    size: int
    named: bool


@dataclass(frozen=True)
class LeftOut:
    """What was found and is not read; `reason` is file-link, file-kind or file-unread."""

    path: str
    reason: str


def is_there(path: str) -> bool:
    """Whether there is anything at this path."""
    return os.path.exists(path)  # Path.exists() raises for a folder that may not be entered


def find_files(path: str) -> Iterator[FoundFile | LeftOut]:
    """What lies at this path, where something is: the file, or all in the folder and in its folders, by name.

    Raises OrganizerError: files-many.
    """
    try:
        found = os.stat(path)
    except OSError:
        yield LeftOut(path, "file-unread")
        return
    if stat.S_ISDIR(found.st_mode):
        yield from _in_folder(path)
    elif stat.S_ISREG(found.st_mode):
        yield FoundFile(path, found.st_size, named=True)
    else:
        yield LeftOut(path, "file-kind")


def _in_folder(path: str) -> Iterator[FoundFile | LeftOut]:
    waiting, count = [path], 0
    while waiting:
        folder = waiting.pop()
        inner: list[str] = []
        try:
            with os.scandir(folder) as entries:
                found = sorted(islice(entries, FILES_MOST + 1), key=lambda entry: entry.name)
        except OSError:
            yield LeftOut(folder, "file-unread")
            continue
        count += len(found)
        if count > FILES_MOST:
            text = f"There are more than {FILES_MOST:,} files in {path}. Name the folder that has the texts."
            raise OrganizerError("files-many", text)
        for entry in found:
            one = _entry(entry)
            if one is None:
                inner.append(entry.path)
            else:
                yield one
        waiting += reversed(inner)


def _entry(entry: os.DirEntry[str]) -> FoundFile | LeftOut | None:
    """What a folder has under a name; None: another folder."""
    try:
        if entry.is_dir(follow_symlinks=False):
            return None
        if entry.is_symlink():
            return LeftOut(entry.path, "file-link")
        if entry.is_file(follow_symlinks=False):
            return FoundFile(entry.path, entry.stat(follow_symlinks=False).st_size, named=False)
    except OSError:
        return LeftOut(entry.path, "file-unread")
    return LeftOut(entry.path, "file-kind")


@contextmanager
def open_found(found: FoundFile) -> Iterator[BinaryIO]:
    """The file, for reading. Raises OSError: also when something else has been put in its place."""
    # Without O_NONBLOCK, a pipe that was put there meanwhile would let us wait for ever.
    link = 0 if found.named else os.O_NOFOLLOW
    descriptor = os.open(found.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | link)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("no ordinary file any more")
        yield file
