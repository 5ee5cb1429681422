"""Opening: every good envelope is kept, every bad one is set aside with its reason, and nothing is opened twice."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizer_desk import APPEAL_ID, KEY, KEYS, MASTER, RECORD, ledger_of, open_records, seal, withdraw

from crypto.code import commitment
from crypto.envelope import SIZE, envelope_id
from crypto.errors import LedgerError
from crypto.keys import OrganizersKey
from crypto.ledger import LedgerHeader
from crypto.seal import open_envelope
from organizer.entries import SignatureEntry, UnreadableEntry, WithdrawalEntry
from organizer.opening import BATCH, Opening, explain, open_batch, open_ledger
from organizer.records import Records
from organizer.workspace import open_ledger_file

CODE = "4829103377590218841270536"
OTHER = OrganizersKey.derive(MASTER[::-1], APPEAL_ID).record
GOOD = [seal("Анна"), seal("Ева", False), seal("Ян", code=CODE), withdraw(CODE)]


def junk(number: int) -> bytes:
    """An envelope of another version: as cheap to set aside as can be."""
    return number.to_bytes(SIZE, "big")


def read(records: Records, data: bytes, folder: Path) -> Opening:
    path = folder / "ledger.bin"
    path.write_bytes(data)
    with open_ledger_file(str(path)) as file:
        return open_ledger(records, KEYS, file, lambda _done, _total: None)


def names(records: Records) -> set[str]:
    return {entry.signature.name for entry in records.entries() if isinstance(entry, SignatureEntry)}


def test_signatures_and_withdrawals_are_kept(tmp_path: Path) -> None:
    """Each under the id of its envelope, and of a withdrawal only the commitment of its code."""
    with open_records(tmp_path) as records:
        opening = read(records, ledger_of(GOOD), tmp_path)
        assert (opening.announced, opening.signatures, opening.withdrawals, opening.error) == (4, 3, 1, None)
        entries = {entry.id: entry for entry in records.entries()}
    assert set(entries) == {envelope_id(envelope) for envelope in GOOD}
    assert entries[envelope_id(GOOD[3])] == WithdrawalEntry(envelope_id(GOOD[3]), commitment(CODE))
    signed = entries[envelope_id(GOOD[2])]
    assert isinstance(signed, SignatureEntry)
    assert (signed.commitment, signed.by_hand) == (commitment(CODE), False)


def test_a_bad_envelope_is_set_aside_and_stops_nothing(tmp_path: Path) -> None:
    """With the reason the format names; what is good around it is kept."""
    changed = bytearray(GOOD[0])
    changed[-1] ^= 1
    bad = {
        "envelope-version": junk(1),
        "envelope-key": seal("Ева", record=OTHER),
        "envelope-point": bytes(RECORD.header).ljust(SIZE, b"\0"),
        "open-outer": bytes(changed),
    }
    with open_records(tmp_path) as records:
        opening = read(records, ledger_of([*GOOD, *bad.values()]), tmp_path)
        assert dict(opening.set_aside) == dict.fromkeys(bad, 1)
        assert opening.signatures == 3
        kept = {entry.id: entry.reason for entry in records.entries() if isinstance(entry, UnreadableEntry)}
    assert kept == {envelope_id(envelope): reason for reason, envelope in bad.items()}
    assert "not readable" not in {explain(reason) for reason in (*bad, "inner-kind", "record-json")}
    assert explain("something new") == "not readable"


def test_what_was_seen_before_is_skipped(tmp_path: Path) -> None:
    """The same ledger again, or a later one that holds it, brings only what is new."""
    with open_records(tmp_path) as records:
        read(records, ledger_of(GOOD[:2]), tmp_path)
        again = read(records, ledger_of(GOOD[:2]), tmp_path)
        later = read(records, ledger_of(GOOD), tmp_path)
        assert (again.seen_before, again.signatures) == (2, 0)
        assert (later.seen_before, later.signatures, later.withdrawals) == (2, 1, 1)
        assert len(records.ledgers()) == 2


def test_the_digest_of_a_whole_ledger_is_remembered(tmp_path: Path) -> None:
    """It will stand in the publication."""
    with open_records(tmp_path) as records:
        opening = read(records, ledger_of(GOOD), tmp_path)
        assert records.ledgers() == [opening.digest]


def broken() -> list[tuple[str, bytes, int]]:
    """A reason, a ledger broken in that way, and how many signatures can be read before the break."""
    whole = ledger_of(GOOD[:3])
    head = len(bytes(LedgerHeader(APPEAL_ID, 3)))
    first, second = whole[head : head + SIZE], whole[head + SIZE : head + 2 * SIZE]
    return [
        ("ledger-header", b"", 0),
        ("ledger-header", whole[1:], 0),
        ("ledger-header", b"x" * 10_000, 0),
        ("ledger-appeal", ledger_of(GOOD, bytes(16)), 0),
        ("ledger-size", whole[:-1], 2),
        ("ledger-size", whole[:-SIZE], 2),
        ("ledger-size", whole + b"x", 3),
        ("ledger-size", whole + whole[-SIZE:], 3),
        ("ledger-order", whole[:head] + second + first, 1),
        ("ledger-order", whole[:head] + first + first, 1),
    ]


@pytest.mark.parametrize(("reason", "data", "readable"), broken())
def test_a_broken_ledger_is_named_and_its_good_part_kept(
    tmp_path: Path, reason: str, data: bytes, readable: int
) -> None:
    """The error says what is wrong; its digest is not remembered, for it was not read to its end."""
    with open_records(tmp_path) as records:
        opening = read(records, data, tmp_path)
        assert isinstance(opening.error, LedgerError)
        assert opening.error.reason == reason
        assert (opening.signatures, len(names(records))) == (readable, readable)
        assert (opening.digest, records.ledgers()) == (None, [])


def test_an_interruption_loses_one_batch_at_most(tmp_path: Path) -> None:
    """Ctrl-C in the middle: what was told as done is kept, and the same command goes on."""
    path = tmp_path / "ledger.bin"
    path.write_bytes(ledger_of([*GOOD, *map(junk, range(2 * BATCH))]))
    told = []

    def stop(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise KeyboardInterrupt

    with open_records(tmp_path) as records, open_ledger_file(str(path)) as file, pytest.raises(KeyboardInterrupt):
        open_ledger(records, KEYS, file, stop)
    with open_records(tmp_path) as records:
        assert len(list(records.entries())) == sum(told) == 2 * BATCH
        assert records.ledgers() == []
        opening = read(records, path.read_bytes(), tmp_path)
        assert opening.seen_before == 2 * BATCH
        assert opening.signatures + opening.withdrawals + opening.set_aside.total() == 4
        assert names(records) == {"Анна", "Ева", "Ян"}


KILLED = """
import os, signal, sys
from pathlib import Path
from organizer_desk import KEYS, open_records
from organizer.opening import open_ledger
from organizer.workspace import open_ledger_file
folder = Path(sys.argv[1])
with open_records(folder) as records, open_ledger_file(str(folder / "ledger.bin")) as file:
    left = iter(range(AT - 1))
    die = lambda sql: sql.startswith("WORD") and next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)
    records._tables._connection.set_trace_callback(die)
    open_ledger(records, KEYS, file, lambda done, total: print(done, flush=True))
"""


@pytest.mark.parametrize(("word", "at"), [("INSERT", 600), ("COMMIT", 3), ("BEGIN", 3)])
def test_a_killed_program_loses_one_batch_at_most(tmp_path: Path, word: str, at: int) -> None:
    """kill -9 within a batch, before its end, before the next: the workspace opens with all that was told as done."""
    (tmp_path / "ledger.bin").write_bytes(ledger_of([*GOOD, *map(junk, range(4 * BATCH))]))
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", KILLED.replace("WORD", word).replace("AT", str(at)), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{here}:{here.parent}"},
        capture_output=True,
        check=False,
    )
    told = sum(map(int, done.stdout.split()))
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert told > 0
    with open_records(tmp_path) as records:
        kept = len(list(records.entries()))
        assert told <= kept <= told + BATCH < 4 * BATCH
        opening = read(records, (tmp_path / "ledger.bin").read_bytes(), tmp_path)
        assert (opening.seen_before, opening.error) == (kept, None)
        assert names(records) == {"Анна", "Ева", "Ян"}


def test_memory_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    """A ledger of 40 MB passes through some megabytes."""
    path = tmp_path / "ledger.bin"
    path.write_bytes(ledger_of(map(junk, range(10_000))))
    with open_records(tmp_path) as records, open_ledger_file(str(path)) as file:
        tracemalloc.start()
        opening = open_ledger(records, KEYS, file, lambda _done, _total: None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert opening.set_aside == {"envelope-version": 10_000}
    assert peak < 8_000_000


def test_a_batch_can_be_opened_anywhere() -> None:
    """Key, envelopes and entries pass between processes: the way to use all cores later."""
    pairs = [(envelope_id(envelope), envelope) for envelope in [*GOOD, junk(1)]]
    entries = open_batch(pickle.loads(pickle.dumps(KEY)), pairs)
    assert [entry.id for entry in entries] == [name for name, _ in pairs]
    assert pickle.loads(pickle.dumps(entries)) == entries


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=9000).map(lambda tail: ledger_of(GOOD)[:60] + tail)))
def test_any_bytes_are_a_ledger_or_one_of_our_errors(data: bytes) -> None:
    """Whatever file is given: counts, or an error with a reason; never anything else."""
    with tempfile.TemporaryDirectory() as folder, open_records(Path(folder)) as records:
        opening = read(records, data, Path(folder))
        assert opening.error is None or isinstance(opening.error, LedgerError)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(1, 255)), max_size=3), st.integers(0, 2**32))
def test_no_good_envelope_is_lost_beside_changed_ones(changes: list[tuple[int, int]], seed: int) -> None:
    """Changed copies of envelopes lie among good ones: all good ones are read, the changed ones set aside."""
    spoiled = []
    for at, flip in changes:
        copy = bytearray(random.Random(seed).choice(GOOD))
        copy[at] ^= flip
        spoiled.append(bytes(copy))
    with tempfile.TemporaryDirectory() as folder, open_records(Path(folder)) as records:
        opening = read(records, ledger_of([*GOOD, *spoiled]), Path(folder))
        assert opening.error is None
        assert names(records) == {"Анна", "Ева", "Ян"}
        assert opening.set_aside.total() == len(set(spoiled))
    assert open_envelope(KEY, GOOD[0])
