"""Stores that already hold envelopes, filled once and copied for each round: a service is measured as it stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from crypto.envelope import SIZE
from service import parse_store

# Fewer than the 100 connections that the client of a Redis may open.
THREADS = 96
PIECE = 10_000

# Opens the store that lies in a folder, and gives its address as the setting has it.
OpenStore = Callable[[Path], AbstractContextManager[str]]


def fill(url: str, count: int, threads: int = THREADS) -> None:
    """Add random bytes in the shape of envelopes, as many clients at once would."""
    with closing(parse_store(url).open()) as store, ThreadPoolExecutor(threads) as adding:
        for start in range(0, count, PIECE):
            for _ in adding.map(store.add, (os.urandom(SIZE) for _ in range(min(PIECE, count - start)))):
                pass


@contextmanager
def sqlite_store(folder: Path) -> Iterator[str]:
    """The address of the file store in a folder."""
    yield f"sqlite:{folder / 'envelopes.sqlite'}"


class PreparedStores:
    """Folders of stores with `count` envelopes each, made when they are first needed, in `folder`."""

    def __init__(self, folder: Path, count: int, kinds: dict[str, OpenStore]) -> None:
        self._folder, self._count, self._kinds = folder, count, kinds

    def copy(self, kind: str, to: Path) -> None:
        """Make the folder `to`, with a store as if it had been served from there for long."""
        prepared = self._folder / kind
        if not prepared.exists():
            prepared.mkdir(parents=True)
            with self._kinds[kind](prepared) as url:
                fill(url, self._count)
        shutil.copytree(prepared, to)
        for path in to.rglob("*"):
            if path.is_file():
                _write_out(path)


def _write_out(path: Path) -> None:
    # What the copy left in memory would otherwise be written while the service is measured.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
