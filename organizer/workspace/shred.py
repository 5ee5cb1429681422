"""Shredding: a file is overwritten first, then removed.

On a disk with spinning plates the overwritten bytes are gone; flash storage (sticks, SSDs, cards) writes
elsewhere and may keep copies, and so may backups and journals. Only an encrypted disk helps there, and whoever calls
this must say so.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from organizer.workspace.atomic import sync_folder

_PIECE = 1 << 20


def burn_file(path: Path) -> None:
    """Overwrite a file with random bytes, have that written to the disk, and remove it; a missing one is no error."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, secrets.token_bytes(min(left, _PIECE)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()
    sync_folder(path.parent)


def burn_folder(folder: Path, first: list[str], last: list[str]) -> None:
    """Burn everything in a folder, some files before and some after all others, and the folder itself."""
    for file in first:
        burn_file(folder / file)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.parent == folder and path.name in last:
            continue
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        elif path.is_symlink():
            path.unlink()
        else:
            burn_file(path)
    for file in last:
        burn_file(folder / file)
    folder.rmdir()
    sync_folder(folder.absolute().parent)
