"""The contract of a store of sealed envelopes, and of the address that names one in the settings.

A store keeps bytes that it cannot read, under ids that say nothing about when or from where an envelope came.

To add a store, touch two places.
First, write `service/stores/…_store.py` with a class that fulfils `EnvelopeStore` and one that fulfils `StoreAddress`.
Then name the address class in `STORE_ADDRESSES` in `service/__init__.py`.
tests/service/test_stores.py tries the contract on every store, and fails until `KINDS` there says how to start yours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self


class StoreUnavailable(Exception):
    """The store cannot promise to keep an envelope, or cannot be read. The caller answers 503, never 201."""


class StoreFull(StoreUnavailable):
    """There is no room for another envelope; whoever sends it can do nothing about that."""


@dataclass(frozen=True)
class Snapshot:
    """A fixed set of envelopes: how many, and how to read them, sorted by envelope id, each once.

    Whoever asked for it must close it, even if it was never read.
    """

    count: int
    read: Callable[[], Iterator[bytes]]
    close: Callable[[], None]

    @property
    def envelopes(self) -> Iterator[bytes]:
        """The same envelopes from the beginning, each time. Only one reading at a time."""
        return self.read()


class EnvelopeSource(Protocol):
    """What envelopes can be read from. All methods raise StoreUnavailable and nothing else."""

    def snapshot(self) -> Snapshot:
        """All envelopes acknowledged before this call; of those that arrive while it lasts, some may be in it.

        Reading it slowly never holds up `add`, and its memory grows by no more than 4 bytes for an envelope.
        """

    def close(self) -> None:
        """Finish what was begun; afterwards every call raises StoreUnavailable."""


class EnvelopeStore(EnvelopeSource, Protocol):
    """All methods may be called from several threads at once. All raise StoreUnavailable and nothing else."""

    def add(self, envelope: bytes) -> None:
        """Keep 4,096 bytes; return once they will survive a power cut.

        Adding the same bytes again changes nothing and takes as long: nobody may learn from a clock what is kept.
        No time of a file may tell when this was called (file_times.py).
        """

    def add_all(self, envelopes: Iterable[bytes], most: int) -> None:
        """Keep many, `most` at most; return as `add` does. Cut off, some of them are kept."""

    def count(self) -> int:
        """How many different envelopes are kept."""

    def check(self) -> None:
        """Return if an envelope could be kept now."""


class StoreAddress(Protocol):
    """Where a store is, parsed from the setting “store”. `str` gives the text of the setting again."""

    schemes: ClassVar[tuple[str, ...]]
    """What the text may begin with, before its first colon."""
    is_shared: ClassVar[bool]
    """Whether several processes of the service may keep envelopes in it at once."""
    remark: ClassVar[str]
    """What the doctor says beside the faults; empty when nothing is to be said."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the setting. Raises ValueError with a sentence that goes on after the name of the setting."""

    def open(self, *, shuffles: bool = False) -> EnvelopeStore:
        """The store, made when it is not there. Raises StoreUnavailable.

        With `shuffles`, servers that write in the order of arrival are asked to write anew, at random times, for as
        long as it is open.
        """

    def read(self) -> EnvelopeSource:
        """What is in the store, also while a service has it open. Raises StoreUnavailable when it is not there."""

    def faults(self) -> list[str]:
        """What is wrong with the servers of the store, one sentence each; empty when nothing is."""
