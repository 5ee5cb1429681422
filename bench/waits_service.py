"""What readers and operators wait for: a search in many names, and bringing back a backup with many envelopes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from bench import search
from bench.prepared import fill
from bench.waiting import PYTHON, Took, Wait, timed
from crypto.envelope import SIZE
from crypto.minisign import MinisignSecretKey

NAMES = 33_000


def measure(folder: Path, count: int) -> Iterator[Wait]:
    """The searches among NAMES, or `count` if that is less, and the restoring of `count` envelopes."""
    found = search.measure(min(count, NAMES))
    names = f"{found.names:,} names folded"
    bare = _names(found.names)
    yield Wait(f"first search after a start, {found.names:,} names", Took(found.first, found.first), names, bare)
    yield Wait(f"a later search, {found.names:,} names", Took(found.later, found.later), names, bare)
    yield _restore(folder, count)


def _names(count: int) -> Took:
    """Looking at every name once, without an index."""
    name = "Ірына Слаўнікава"
    began = time.process_time()
    for _ in range(count):
        name.casefold().split()
    seconds = time.process_time() - began
    return Took(seconds, seconds)


def _restore(folder: Path, count: int) -> Wait:
    key = MinisignSecretKey.make(b"benching", bytes(range(32)))
    appeal = str(search.appeal_signed_by(folder / "appeal", key))
    given = {"UNDERSIGNED_APPEAL": appeal, "UNDERSIGNED_DESK_TOKEN_SHA256": "00" * 32}
    full, empty = (given | {"UNDERSIGNED_DATA": str(folder / name)} for name in ("full", "empty"))
    (folder / "full").mkdir()
    fill(f"file:{folder / 'full' / 'envelopes'}", count)
    admin = (PYTHON, "-m", "service.admin", "--at", folder)
    timed(*admin, "backup", "backup", **full)
    took = timed(*admin, "restore", "backup", **empty)
    return Wait(f"./run restore, {count:,} envelopes", took, "written to the disk and no more", _written(folder, count))


def _written(folder: Path, count: int) -> Took:
    """The same bytes into one file, and on the disk."""
    began, processor = time.perf_counter(), time.process_time()
    with (folder / "bare").open("wb") as file:
        for _ in range(count):
            file.write(os.urandom(SIZE))
        file.flush()
        os.fsync(file.fileno())
    return Took(time.perf_counter() - began, time.process_time() - processor)
