"""The ledger file of one snapshot, with its digest: its bytes are decided before the first of them is sent.

Envelopes that arrive meanwhile belong to the next ledger. For the digest, all envelopes are read once beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from crypto.keys import AppealId
from crypto.ledger import LedgerHeader, write_ledger
from service.stores.base import EnvelopeStore, Snapshot


@dataclass(frozen=True)
class LedgerDownload:
    """A ledger's first line and the SHA-256 of the whole file in hex. Whoever asked for it must close it."""

    header: LedgerHeader
    digest: str
    snapshot: Snapshot

    @property
    def filename(self) -> str:
        """Its name carries count and digest, so that people can compare them without keeping a second page."""
        return f"ledger-{self.header.count}-{self.digest}.undersigned"

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the file, in pieces. Raises StoreUnavailable."""
        return write_ledger(self.header.appeal_id, self.header.count, self.snapshot.envelopes)

    def close(self) -> None:
        """Let go of the snapshot."""
        self.snapshot.close()


def prepare_ledger(store: EnvelopeStore, appeal_id: AppealId) -> LedgerDownload:
    """The ledger of this moment. Raises StoreUnavailable."""
    snapshot = store.snapshot()
    try:
        digest = hashlib.sha256()
        for piece in write_ledger(appeal_id, snapshot.count, snapshot.envelopes):
            digest.update(piece)
    except BaseException:
        snapshot.close()
        raise
    return LedgerDownload(LedgerHeader(appeal_id, snapshot.count), digest.hexdigest(), snapshot)
