"""Copies envelopes into a store that may hold some of them already, and compares: the work of `restore` and `move`.

Both sets come sorted by id, so one reading of each is enough.
Copying again changes nothing, so whatever was cut off is simply begun again.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto.envelope import envelope_id
from crypto.keys import AppealId
from crypto.ledger import LedgerHeader
from service.stores.base import EnvelopeStore, Snapshot

if TYPE_CHECKING:
    from hashlib import _Hash


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sets: SHA-256 of their ledgers in hex, and how many of the first the second lacks."""

    first: str
    second: str
    missing: int


def copy_missing(store: EnvelopeStore, wanted: Snapshot, tell: Callable[[int], None] = lambda added: None) -> int:
    """Add what the store lacks of `wanted`; returns how many. Raises StoreUnavailable.

    `tell` is called for each with how many were added before it.
    """
    added = 0

    def told(missing: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal added
        for envelope in missing:
            tell(added)
            yield envelope
            added += 1

    with closing(store.snapshot()) as present:
        # A store makes room for what comes, so it must know how much that is.
        most = sum(1 for _ in missing_from(wanted.envelopes, present.envelopes)) if present.count else wanted.count
        if most:
            store.add_all(told(missing_from(wanted.envelopes, present.envelopes)), most)
    return added


def compare(first: Snapshot, second: Snapshot, appeal_id: AppealId) -> Comparison:
    """Compare two snapshots; each is read once. Raises StoreUnavailable."""
    digests = [hashlib.sha256(bytes(LedgerHeader(appeal_id, each.count))) for each in (first, second)]
    wanted, present = (_into(digest, each.envelopes) for digest, each in zip(digests, (first, second), strict=True))
    missing = sum(1 for _ in missing_from(wanted, present))
    deque(present, maxlen=0)  # what the second has beyond the last of the first belongs to its digest, too
    return Comparison(digests[0].hexdigest(), digests[1].hexdigest(), missing)


def missing_from(wanted: Iterable[bytes], present: Iterable[bytes]) -> Iterator[bytes]:
    """The envelopes that are in `wanted` and not in `present`; both come sorted by id."""
    ids = (envelope_id(envelope) for envelope in present)
    present_id = next(ids, None)
    for envelope in wanted:
        if present_id is None:  # the common case of an empty store costs no hash
            yield envelope
            continue
        wanted_id = envelope_id(envelope)
        while present_id is not None and present_id < wanted_id:
            present_id = next(ids, None)
        if present_id != wanted_id:
            yield envelope


def _into(digest: _Hash, envelopes: Iterable[bytes]) -> Iterator[bytes]:
    for envelope in envelopes:
        digest.update(envelope)
        yield envelope
