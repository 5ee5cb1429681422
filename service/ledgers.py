"""A ledger whose bytes are decided before they are sent, so that its digest can be told with it.

Envelopes that arrive meanwhile belong to the next one. Knows any store; 32 bytes for each envelope are kept meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from crypto.envelope import ID_SIZE, envelope_id
from crypto.ledger import LedgerHeader
from service.store import EnvelopeStore


@dataclass(frozen=True)
class FixedLedger:
    """First line, SHA-256 of the whole file in hex, and the sorted ids of the envelopes, one after the other."""

    header: LedgerHeader
    digest: str
    names: bytes

    @property
    def filename(self) -> str:
        """Carries what is to be compared, so that no second page has to be kept."""
        return f"ledger-{self.header.count}-{self.digest}.undersigned"


def fix_ledger(store: EnvelopeStore, appeal_id: bytes) -> FixedLedger:
    """The ledger of this moment. Reads all envelopes once. Raises StoreUnavailable."""
    names = bytearray()
    with closing(store.snapshot()) as snapshot:
        header = LedgerHeader(appeal_id, snapshot.count)
        digest = hashlib.sha256(bytes(header))
        for envelope in snapshot.envelopes:
            digest.update(envelope)
            names += envelope_id(envelope)
    return FixedLedger(header, digest.hexdigest(), bytes(names))


def ledger_pieces(store: EnvelopeStore, ledger: FixedLedger) -> Iterator[bytes]:
    """The file. No store ever drops an envelope, so a later snapshot holds all of them. Raises StoreUnavailable."""
    yield bytes(ledger.header)
    at = 0
    with closing(store.snapshot()) as snapshot:
        for envelope in snapshot.envelopes:
            if envelope_id(envelope) == ledger.names[at : at + ID_SIZE]:
                yield envelope
                at += ID_SIZE
