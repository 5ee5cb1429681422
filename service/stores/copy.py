"""Copies envelopes into a store that may hold some of them already, and compares: the work of `restore` and `move`.

Both sets come sorted by id, so one reading of each is enough.
Copying again changes nothing, so whatever was cut off is simply begun again.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from crypto.envelope import envelope_id
from crypto.keys import AppealId
from crypto.ledger import LedgerHeader
from service.stores.base import EnvelopeStore, Snapshot

if TYPE_CHECKING:
    from hashlib import _Hash

# Added at once: the writer commits them together.
THREADS = 64
GROUP = 512


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sets: SHA-256 of their ledgers in hex, and how many of the first the second lacks."""

    first: str
    second: str
    missing: int


def copy_missing(
    store: EnvelopeStore, wanted: Iterable[bytes], tell: Callable[[int], None] = lambda added: None
) -> int:
    """Add what the store lacks of `wanted`, which comes sorted by id; returns how many. Raises StoreUnavailable.

    `tell` is called now and then with how many were added so far.
    It rests as long as it works: a service that runs on the same store must get its turn.
    """
    added = 0
    with closing(store.snapshot()) as present, ThreadPoolExecutor(THREADS) as adding:
        missing = missing_from(wanted, present.envelopes)
        while group := list(islice(missing, GROUP)):
            started = time.monotonic()
            for _ in adding.map(store.add, group):
                pass
            added += len(group)
            tell(added)
            time.sleep(time.monotonic() - started)
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
        wanted_id = envelope_id(envelope)
        while present_id is not None and present_id < wanted_id:
            present_id = next(ids, None)
        if present_id != wanted_id:
            yield envelope


def _into(digest: _Hash, envelopes: Iterable[bytes]) -> Iterator[bytes]:
    for envelope in envelopes:
        digest.update(envelope)
        yield envelope
