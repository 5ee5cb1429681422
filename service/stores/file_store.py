"""Envelopes in one file of places: the store for one machine and one service process.

One thread writes, in groups (group_commit.py); a group costs one wait for the disk.
What the file is and why: service/stores/place_file.py, docs/decisions/0021-places.md.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, ClassVar, Self

from crypto.envelope import SIZE
from service.stores.base import EnvelopeSource, Snapshot, StoreUnavailable
from service.stores.copy import missing_from
from service.stores.file_times import RandomMoments
from service.stores.group_commit import GroupCommit
from service.stores.growing_shelf import GrowingShelf, beside
from service.stores.old_sqlite import OldSqlite, old_sqlite, taking_over
from service.stores.place_file import open_to_read, sync_folder
from service.stores.shelf import snapshot_of

# How many are written before the disk is waited for, when many come at once.
BULK = 4096


@dataclass(frozen=True)
class FileAddress:
    """A StoreAddress: `file:PATH`, a file on this machine; `sqlite:PATH`, as it was called before."""

    path: Path
    scheme: str = "file"
    schemes: ClassVar[tuple[str, ...]] = ("file", "sqlite")
    is_shared: ClassVar[bool] = False
    remark: ClassVar[str] = "The store is a file; the service sets it up by itself whenever it starts."

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `file:PATH` or `sqlite:PATH`. Raises ValueError."""
        scheme, _, path = text.partition(":")
        if not path:
            raise ValueError("must name a file: file:PATH.")
        return cls(Path(path), scheme.lower())

    def open(self, *, shuffles: bool = False) -> FileStore:
        """The store in this file, made when absent, for nobody else to write to; `shuffles` changes nothing.

        Envelopes of an SQLite file, which this file was before, or which lies beside it, are brought over first.
        """
        return FileStore(self.path)

    def read(self) -> EnvelopeSource:
        """The store as it is, also while a service writes to it. Raises StoreUnavailable when it is not there."""
        path = _real(self.path)
        try:
            old = old_sqlite(path)
        except OSError as error:
            raise StoreUnavailable(f"The store {path} cannot be read: {error.strerror or error}.") from error
        if old and old != path and path.exists():
            raise StoreUnavailable(f"{old} was not wholly brought over into {path}: start the service once.")
        return OldSqlite(old) if old else FileReader(path)

    def faults(self) -> list[str]:
        """None: there is no server that someone could have set otherwise."""
        return []

    def __str__(self) -> str:
        return f"{self.scheme}:{self.path}"


class FileReader:
    """An EnvelopeSource: the file `path`, read by a process that does not write to it. Raises StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            raise StoreUnavailable(f"There is no store {path}.")

    def snapshot(self) -> Snapshot:
        """Read the whole file: nothing vouches for a tag but what lies under it."""
        try:
            file = open_to_read(self._path)
            return snapshot_of(file, ((place, own_id) for place, own_id, is_right in file.found() if is_right))
        except OSError as error:
            raise StoreUnavailable(f"The store {self._path} cannot be read: {error.strerror or error}.") from error

    def close(self) -> None:
        """Nothing is held between two snapshots."""


class FileStore:
    """An EnvelopeStore in the file `path`, which is made when absent. Raises StoreUnavailable.

    No other process and no other FileStore can write to it meanwhile.
    """

    def __init__(self, path: Path) -> None:
        path = _real(path)
        self._path, self._closed = path, False
        try:
            missing = [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in missing:
                sync_folder(folder.parent)
            self._writing = _lock_for_writing(path)
            try:
                self._open()
            except BaseException:
                self._writing.close()
                raise
        except OSError as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error.strerror or error}.") from error
        self._groups = GroupCommit(self._shelf.keep)
        self._moments = RandomMoments(self._shelf.tick)

    def add(self, envelope: bytes) -> None:
        """Keep it; returns once it has reached the disk."""
        self._require_open()
        if len(envelope) != SIZE:  # here, it is nobody's but its own sender's mistake
            raise ValueError(f"An envelope has {SIZE} bytes.")
        try:
            self._groups.add(envelope)
        except TimeoutError as error:
            raise StoreUnavailable("The envelope could not be written in time.") from error

    def add_all(self, envelopes: Iterable[bytes], most: int) -> None:
        """Keep many; the file grows once, beforehand. Who adds a single one meanwhile waits."""
        self._require_open()
        self._shelf.make_room(most)
        rest = iter(envelopes)
        while group := list(islice(rest, BULK)):
            self._shelf.keep(group)

    def count(self) -> int:
        """How many different envelopes are kept."""
        self._require_open()
        return self._shelf.count()

    def snapshot(self) -> Snapshot:
        """All that is in the file now."""
        self._require_open()
        return self._shelf.snapshot()

    def check(self) -> None:
        """Return if an envelope could be kept now: something is written, as for an envelope."""
        self._require_open()
        self._shelf.check()

    def close(self) -> None:
        """Finish what was begun; afterwards every call raises StoreUnavailable. A growth is given up."""
        if not self._closed:
            self._closed = True
            self._shelf.stop_growing()
            self._moments.close()
            self._groups.close()
            self._shelf.close()
            self._writing.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _open(self) -> None:
        with ExitStack() as undo:
            with taking_over(self._path) as old:
                self._shelf = GrowingShelf(self._path)
                undo.callback(self._shelf.close)
                if old:
                    self._bring_over(old)
            undo.pop_all()

    def _bring_over(self, old: OldSqlite) -> None:
        """Put all envelopes of an SQLite file into this one, and read them back."""
        with closing(old.snapshot()) as wanted:
            with closing(FileReader(self._path).snapshot()) as present:
                self.add_all(missing_from(wanted.envelopes, present.envelopes), wanted.count)
            with closing(FileReader(self._path).snapshot()) as present:
                if any(True for _ in missing_from(wanted.envelopes, present.envelopes)):
                    raise StoreUnavailable(f"{old.path} could not be brought over whole; it stays as it is.")


def _real(path: Path) -> Path:
    """The file behind a link: the lock, the next file and the old one must lie beside it, and not beside the link."""
    return Path(os.path.realpath(path))


def _lock_for_writing(path: Path) -> IO[bytes]:
    """Hold the lock file beside the store, which stays when the store is replaced. Raises OSError, StoreUnavailable."""
    file = open(beside(path, "lock"), "ab", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115  # held as long as the store
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if isinstance(error, BlockingIOError):
            raise StoreUnavailable(f"The store {path} is in use by another process, such as the service.") from None
        raise
    return file
