"""The index of a snapshot: which envelopes belong to it, in memory that does not grow with their number.

It keeps 16 bytes for each envelope, in the order of the ids; beyond a size, in a temporary file without a name.
It must never write an id: two lists of ids on one disk would tell what came between them.
So it keeps a keyed hash of each id, which says nothing without the key, and the key is gone with the snapshot.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile

from crypto.envelope import EnvelopeId, envelope_id
from service.stores.base import StoreUnavailable

HASH_SIZE = 16
# In memory up to 250,000 envelopes; a letter with more gets a file in the temporary folder.
SPOOL_BYTES = 4_000_000
PAGE_BYTES = 4096 * HASH_SIZE


class SnapshotIndex:
    """The index of the envelopes with these ids, which come sorted. Not for several threads at once.

    Raises what reading `ids` raises, and OSError when there is no room for the file.
    """

    def __init__(self, ids: Iterable[EnvelopeId]) -> None:
        self._key = secrets.token_bytes(32)
        self._file = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115  # closed with the snapshot
        try:
            for each in ids:
                self._file.write(self._keyed_hash(each))
            self.count = self._file.tell() // HASH_SIZE
        except BaseException:
            self._file.close()
            raise

    def select(self, envelopes: Iterable[bytes]) -> Iterator[bytes]:
        """Of `envelopes`, sorted by id, those that are in the index; may be asked again, one reading at a time.

        Raises StoreUnavailable when one is missing: what is shorter than it promised must not look finished.
        """
        hashes = self._hashes()
        wanted = next(hashes, None)
        for envelope in envelopes:
            if wanted is None:
                return
            if self._keyed_hash(envelope_id(envelope)) == wanted:
                yield envelope
                wanted = next(hashes, None)
        if wanted is not None:
            raise StoreUnavailable("An envelope has gone while it was being read.")

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def _keyed_hash(self, of: EnvelopeId) -> bytes:
        return hashlib.blake2b(of, key=self._key, digest_size=HASH_SIZE).digest()

    def _hashes(self) -> Iterator[bytes]:
        for start in range(0, self.count * HASH_SIZE, PAGE_BYTES):
            self._file.seek(start)
            page = self._file.read(PAGE_BYTES)
            yield from (page[at : at + HASH_SIZE] for at in range(0, len(page), HASH_SIZE))
