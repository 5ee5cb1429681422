"""Stores that already hold envelopes, filled once and copied for each round: a service is measured as it stays.

Another version of the sources fills its own store, with this file as the program, which imports nothing of bench.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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
        if hasattr(store, "add_all"):  # a store that had begun to grow goes on until it has grown
            store.add_all((), 0)


@contextmanager
def file_store(folder: Path) -> Iterator[str]:
    """The address of the file store in a folder, as every version of the service understands it."""
    yield f"sqlite:{folder / 'envelopes.sqlite'}"


class PreparedStores:
    """Folders of stores with `count` envelopes each, made when they are first needed, in `folder`.

    `python` gives what runs the sources in a folder.
    """

    def __init__(
        self,
        folder: Path,
        count: int,
        kinds: dict[str, OpenStore],
        python: Callable[[Path], str] = lambda source: sys.executable,
    ) -> None:
        self._folder, self._count, self._kinds, self._python = folder, count, kinds, python
        self._made: dict[tuple[str, Path], Path] = {}

    def copy(self, kind: str, source: Path, to: Path) -> None:
        """Make the folder `to`, with a store as if the version in `source` had served from there for long."""
        if (kind, source) not in self._made:
            self._made[kind, source] = self._fill(kind, source)
        # Without what is left of smaller files: a store that has served for long has erased them.
        shutil.copytree(self._made[kind, source], to, ignore=shutil.ignore_patterns("*.old-*"))
        for path in to.rglob("*"):
            if path.is_file():
                _write_out(path)

    def _fill(self, kind: str, source: Path) -> Path:
        folder = self._folder / f"{kind}-{len(self._made)}"
        folder.mkdir(parents=True)
        with self._kinds[kind](folder) as url:
            command = [self._python(source), __file__, url, str(self._count)]
            subprocess.run(command, cwd=source, env=os.environ | {"PYTHONPATH": str(source)}, check=True)
        return folder


def _write_out(path: Path) -> None:
    # What the copy left in memory would otherwise be written while the service is measured.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
