"""Brings envelopes into a store that may hold some of them already: the work of `restore` and `move`.

Knows two sorted sets and any store. Doing it again changes nothing, so whatever was cut off is simply begun again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice

from crypto.envelope import envelope_id
from service.store import EnvelopeStore

# Added at once: the writer commits them together.
THREADS = 64
GROUP = 512


def bring(store: EnvelopeStore, wanted: Callable[[], Iterable[bytes]]) -> int:
    """Add what the store lacks of `wanted()`, which comes sorted by id; returns how many. Raises StoreUnavailable.

    Rests as long as it works: a service that runs on the same store must get its turn.
    """
    added = 0
    with closing(store.snapshot()) as present, ThreadPoolExecutor(THREADS) as adding:
        missing = absent(wanted(), present.envelopes)
        while group := list(islice(missing, GROUP)):
            started = time.monotonic()
            for _ in adding.map(store.add, group):
                pass
            added += len(group)
            time.sleep(time.monotonic() - started)
    return added


def still_missing(store: EnvelopeStore, wanted: Callable[[], Iterable[bytes]]) -> int:
    """How many of `wanted()`, sorted by id, are not in the store. Raises StoreUnavailable."""
    with closing(store.snapshot()) as present:
        return sum(1 for _ in absent(wanted(), present.envelopes))


def absent(wanted: Iterable[bytes], present: Iterable[bytes]) -> Iterator[bytes]:
    """What is in `wanted` and not in `present`; both sorted by id."""
    names = (envelope_id(envelope) for envelope in present)
    name = next(names, None)
    for envelope in wanted:
        own = envelope_id(envelope)
        while name is not None and name < own:
            name = next(names, None)
        if name != own:
            yield envelope
