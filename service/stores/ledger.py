"""A ledger whose bytes are decided before they are sent, so that its digest can be told with it.

Envelopes that arrive meanwhile belong to the next one. Knows any store, and reads all envelopes for the digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from crypto.keys import AppealId
from crypto.ledger import LedgerHeader, write_ledger
from service.stores.base import EnvelopeStore, Snapshot


@dataclass(frozen=True)
class FixedLedger:
    """First line and SHA-256 of the whole file in hex. Must be closed by whoever asked for it."""

    header: LedgerHeader
    digest: str
    snapshot: Snapshot

    @property
    def filename(self) -> str:
        """Carries what is to be compared, so that no second page has to be kept."""
        return f"ledger-{self.header.count}-{self.digest}.undersigned"

    def pieces(self) -> Iterator[bytes]:
        """The file. Raises StoreUnavailable."""
        return write_ledger(self.header.appeal_id, self.header.count, self.snapshot.envelopes)

    def close(self) -> None:
        """Let go of the snapshot."""
        self.snapshot.close()


def fix_ledger(store: EnvelopeStore, appeal_id: AppealId) -> FixedLedger:
    """The ledger of this moment. Raises StoreUnavailable."""
    snapshot = store.snapshot()
    try:
        digest = hashlib.sha256()
        for piece in write_ledger(appeal_id, snapshot.count, snapshot.envelopes):
            digest.update(piece)
    except BaseException:
        snapshot.close()
        raise
    return FixedLedger(LedgerHeader(appeal_id, snapshot.count), digest.hexdigest(), snapshot)
