"""What a process does until it is killed, by a test or by itself: functions for forked.py.

Each changes modules of the service as it likes, for its process ends with it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import service.stores.copy
from service import parse_store
from service.stores import file_store, growing_shelf, redis_store
from service.stores.base import Snapshot
from service.stores.file_store import FileStore

Work = Callable[..., object]


def die() -> None:
    """As a power cut ends it."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Steps:
    """Counts calls, and dies before the one of a number."""

    def __init__(self, wanted: int) -> None:
        self._left = wanted

    def counted(self, work: Work) -> Work:
        """The same, but it may be the last."""

        def run(*told: object, **named: object) -> object:
            if not self._left:
                die()
            self._left -= 1
            return work(*told, **named)

        return run


def grows(path: str, at: int) -> None:
    """Dies at a step of a growth: whenever the name of a file changes, or soon afterwards."""
    steps = _Steps(at)
    store = FileStore(Path(path))
    growing_shelf.GrowingShelf._take = steps.counted(growing_shelf.GrowingShelf._take)  # type: ignore[method-assign]
    for place, name in ((os, "link"), (os, "rename"), (growing_shelf, "sync_folder"), (growing_shelf, "erase")):
        setattr(place, name, steps.counted(getattr(place, name)))
    store.add_all([], 4000)
    die()


def takes_over(path: str, at: int) -> None:
    """Opens a store of before, and dies at a call that changes a file; ends well if there are not so many."""
    steps = _Steps(at)
    for name in ("rename", "link", "unlink", "fsync", "fdatasync", "write"):
        setattr(os, name, steps.counted(getattr(os, name)))
    FileStore(Path(path)).close()
    os._exit(0)


def moves(source: str, target: str) -> None:
    """A move that is killed after 200 envelopes."""
    file_store.BULK = redis_store.GROUP = 50

    def cut(envelopes: Iterable[bytes]) -> Iterator[bytes]:
        for at, envelope in enumerate(envelopes):
            yield envelope
            if at == 200:
                die()

    wanted = parse_store(source).read().snapshot()
    into = parse_store(target).open()
    service.stores.copy.copy_missing(into, Snapshot(wanted.count, lambda: cut(wanted.read()), wanted.close))
