"""A ledger on disk, read once from front to end: it may be larger than the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from crypto.envelope import SIZE
from crypto.ledger import HEADER_MAX
from organizer.workspace.files import reading

PIECES = 64
"""Envelopes read from a ledger at once."""


class LedgerFile:
    """A ledger read once from front to end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.first_line = self._taken(file.readline(HEADER_MAX + 1))

    def pieces(self) -> Iterator[bytes]:
        """What follows the first line, 4,096 bytes at a time; the last piece may be shorter."""
        while pieces := self._taken(self._file.read(PIECES * SIZE)):
            for at in range(0, len(pieces), SIZE):
                yield pieces[at : at + SIZE]

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was read so far: of the file, once `pieces` has ended."""
        return self._hash.digest()

    def _taken(self, data: bytes) -> bytes:
        self._hash.update(data)
        return data


@contextmanager
def open_ledger_file(path: str) -> Iterator[LedgerFile]:
    """A ledger on disk. Raises OrganizerError: no-file."""
    with reading(path), open(path, "rb") as file:
        yield LedgerFile(file)
