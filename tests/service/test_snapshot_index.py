"""The index of a snapshot: enough to give out the same envelopes again, nothing that tells which they were."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service.stores import snapshot_index
from service.stores.base import StoreUnavailable
from service.stores.file_store import FileStore
from service.stores.snapshot_index import SnapshotIndex
from tests.support.envelopes import some


def ids(envelopes: list[bytes]) -> Iterator[bytes]:
    return map(envelope_id, envelopes)


@pytest.mark.parametrize("spool", [16, snapshot_index.SPOOL_BYTES])
def test_only_what_is_in_the_index_comes_out(spool: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever arrived before, between and after; in every reading."""
    monkeypatch.setattr(snapshot_index, "SPOOL_BYTES", spool)
    everything = sorted(some(300), key=envelope_id)
    for indexed in ([], everything, everything[10:20], everything[1::2], everything[::3]):
        with closing(SnapshotIndex(ids(indexed))) as made:
            assert made.count == len(indexed)
            for _ in range(2):
                assert list(made.select(everything)) == indexed


def test_an_envelope_that_is_gone_is_an_error() -> None:
    """The first, one in the middle, the last: a ledger that is cut short must not look finished."""
    everything = sorted(some(5), key=envelope_id)
    with closing(SnapshotIndex(ids(everything))) as made:
        for at in (0, 2, 4):
            with pytest.raises(StoreUnavailable, match="has gone"):
                list(made.select(everything[:at] + everything[at + 1 :]))


def test_what_lies_in_the_file_names_no_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    """No part of an id; and the hashes of the same envelopes are others each time."""
    monkeypatch.setattr(snapshot_index, "SPOOL_BYTES", 16)
    everything = sorted(some(50), key=envelope_id)
    written = []
    for _ in range(2):
        with closing(SnapshotIndex(ids(everything))) as made:
            made._file.seek(0)
            written.append(made._file.read())
            assert made._file._rolled  # type: ignore[attr-defined] # nobody else knows that it went to the disk
    assert written[0] != written[1]
    assert not [each for each in ids(everything) for start in (0, 16) if each[start : start + 8] in written[0]]


def test_an_index_that_fails_leaves_no_file_open() -> None:
    """A store that fails in the middle is told as it is."""

    def failing() -> Iterator[bytes]:
        yield os.urandom(32)
        raise StoreUnavailable("in the middle")

    with pytest.raises(StoreUnavailable, match="middle"):
        SnapshotIndex(failing())


@pytest.mark.slow  # signing costs seconds on purpose
def test_a_large_ledger_from_a_file_needs_little_memory(tmp_path: Path) -> None:
    """3,000 envelopes are 12 MB; giving them out takes less than 2 MB. ./run bench ledger has a million."""
    with closing(FileStore(tmp_path / "envelopes")) as store:
        store.add_all(some(3000), 3000)
        tracemalloc.start()
        with closing(store.snapshot()) as snapshot:
            assert sum(1 for _ in snapshot.envelopes) == snapshot.count == 3000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2_000_000
