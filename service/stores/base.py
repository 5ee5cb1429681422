"""What a store of envelopes must do. One contract test holds every store to it (tests/test_store.py).

A store keeps bytes it cannot read, under names that say nothing about when or from where they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


class StoreUnavailable(Exception):
    """The store cannot promise to keep an envelope, or cannot be read. The caller answers 503, never 201."""


@dataclass(frozen=True)
class Snapshot:
    """A fixed set of envelopes: how many, and how to read them, sorted by envelope id, each once.

    Must be closed by whoever asked for it, read or not.
    """

    count: int
    read: Callable[[], Iterator[bytes]]
    close: Callable[[], None]

    @property
    def envelopes(self) -> Iterator[bytes]:
        """The same envelopes from the beginning, each time; one reading after the other."""
        return self.read()


class EnvelopeStore(Protocol):
    """All methods may be called from several threads at once; all raise StoreUnavailable and nothing else."""

    def add(self, envelope: bytes) -> None:
        """Keep 4,096 bytes; returns once they will survive a power cut. Adding the same bytes again changes nothing."""

    def count(self) -> int:
        """How many different envelopes are kept."""

    def snapshot(self) -> Snapshot:
        """All envelopes acknowledged before this call; of those that arrive while it lasts, some may be in it.

        Reading it slowly never holds up `add`, and its memory does not grow with the number of envelopes.
        """

    def check(self) -> None:
        """Return if an envelope could be kept now."""

    def close(self) -> None:
        """Finish what was begun; afterwards every call raises StoreUnavailable."""
