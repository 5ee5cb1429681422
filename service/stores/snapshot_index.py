"""Remembers which envelopes belong to a snapshot, so that its memory does not grow with them.

For each envelope 16 bytes in the order of their ids, beyond a size in a temporary file without a name. Must never write
an id: two lists of ids on one disk would tell what came between them. A mark says nothing without a key that is gone
with the snapshot.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile

from crypto.envelope import envelope_id
from service.stores.base import StoreUnavailable

MARK_SIZE = 16
# In memory up to 250,000 envelopes; a letter with more gets a file in the temporary folder.
SPOOL_BYTES = 4_000_000
PAGE_BYTES = 4096 * MARK_SIZE


class Marks:
    """The marks of the envelopes with these ids, which come sorted. Not for several threads at once.

    Raises what reading `names` raises, and OSError when there is no room for the file.
    """

    def __init__(self, names: Iterable[bytes]) -> None:
        self._key = secrets.token_bytes(32)
        self._file = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115  # closed with the snapshot
        try:
            for name in names:
                self._file.write(self._mark(name))
            self.count = self._file.tell() // MARK_SIZE
        except BaseException:
            self._file.close()
            raise

    def only(self, envelopes: Iterable[bytes]) -> Iterator[bytes]:
        """Of `envelopes`, sorted by id, those that were noted; may be asked again, one reading after the other.

        Raises StoreUnavailable when one is missing: what is shorter than it promised must not look finished.
        """
        marks = self._marks()
        wanted = next(marks, None)
        for envelope in envelopes:
            if wanted is None:
                return
            if self._mark(envelope_id(envelope)) == wanted:
                yield envelope
                wanted = next(marks, None)
        if wanted is not None:
            raise StoreUnavailable("An envelope has gone while it was being read.")

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()

    def _mark(self, name: bytes) -> bytes:
        return hashlib.blake2b(name, key=self._key, digest_size=MARK_SIZE).digest()

    def _marks(self) -> Iterator[bytes]:
        for start in range(0, self.count * MARK_SIZE, PAGE_BYTES):
            self._file.seek(start)
            page = self._file.read(PAGE_BYTES)
            yield from (page[at : at + MARK_SIZE] for at in range(0, len(page), MARK_SIZE))
