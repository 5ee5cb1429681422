"""Opening: every good envelope is kept, every bad one is set aside with its reason, and nothing is opened twice."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.code import commitment
from crypto.envelope import SIZE, envelope_id
from crypto.errors import LedgerError
from crypto.keys import OrganizersKey
from crypto.ledger import LedgerHeader
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.session import open_session
from organizer.errors import OrganizerError
from organizer.intake.blocks import PAIRS, BlockOpener, Keys, open_batch
from organizer.intake.ledgers import BATCH, Opening, explain, open_ledger
from organizer.intake.workers import hired
from organizer.workspace.entries import SignatureEntry, UnreadableEntry, WithdrawalEntry
from organizer.workspace.folder import Workspace
from organizer.workspace.ledger_file import open_ledger_file
from organizer.workspace.records import Boxes, Records
from tests.support.organizer_workspace import (
    APPEAL_ID,
    KEY,
    KEYS,
    MASTER,
    RECORD,
    WORK_KEY,
    ledger_of,
    make_desk,
    open_records,
    seal,
    withdraw,
)
from tests.support.paths import ROOT
from tests.support.twins import open_envelope
from tests.support.without_face import Typed

CODE = "4829103377590218841270536"
OTHER_KEY = OrganizersKey.derive(MASTER[::-1], APPEAL_ID)
THIRD_KEY = OrganizersKey.derive(bytes(32), APPEAL_ID)
OTHER = OTHER_KEY.record
GOOD = [seal("Анна"), seal("Ева", False), seal("Ян", code=CODE), withdraw(CODE)]


def junk(number: int) -> bytes:
    """An envelope of another version: as cheap to set aside as can be."""
    return number.to_bytes(SIZE, "big")


def silent(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


def read(
    records: Records,
    data: bytes,
    folder: Path,
    keys: Keys = KEYS,
    crew_of: int = 0,
    progress: Callable[[int, int], None] = silent,
) -> Opening:
    path = folder / "ledger.bin"
    path.write_bytes(data)
    with ExitStack() as stack:
        crew = stack.enter_context(hired(BlockOpener(keys, records.boxes), crew_of)) if crew_of else None
        file = stack.enter_context(open_ledger_file(str(path)))
        return open_ledger(records, keys, file, progress, crew)


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


# Several keys


def keys_of(*keys: OrganizersKey) -> dict[bytes, OrganizersKey]:
    return {key.record.key_id: key for key in keys}


def test_each_envelope_is_opened_by_the_key_it_names(tmp_path: Path) -> None:
    """Ledgers of several periods, one after the other or mixed; the publication will name the keys that were used."""
    mixed = [seal("Анна"), seal("Ева", record=OTHER), withdraw(CODE, OTHER)]
    with open_records(tmp_path) as records:
        opening = read(records, ledger_of(mixed), tmp_path, keys_of(KEY, OTHER_KEY, THIRD_KEY))
        assert (opening.signatures, opening.withdrawals, opening.set_aside.total()) == (2, 1, 0)
        assert records.keys() == sorted(record.fingerprint.hex() for record in (RECORD, OTHER))


def test_what_no_key_was_there_for_is_tried_again_when_it_came(tmp_path: Path) -> None:
    """Counted once: set aside while the key is missing, opened when the same envelopes come again with the key."""
    mixed = [seal("Анна"), seal("Ева", record=OTHER), seal("Ян", record=OTHER)]
    with open_records(tmp_path) as records:
        first = read(records, ledger_of(mixed), tmp_path)
        assert (first.signatures, dict(first.set_aside)) == (1, {"envelope-key": 2})
        again = read(records, ledger_of(mixed), tmp_path)
        assert (again.seen_before, again.key_came) == (3, 0)
        came = read(records, ledger_of([*mixed, seal("Зоя")]), tmp_path, keys_of(KEY, OTHER_KEY))
        assert (came.signatures, came.key_came, came.seen_before, came.set_aside.total()) == (3, 2, 1, 0)
        assert names(records) == {"Анна", "Ева", "Ян", "Зоя"}
        assert len(list(records.entries())) == 4
        last = read(records, ledger_of(mixed), tmp_path, keys_of(KEY, OTHER_KEY))
        assert (last.seen_before, last.key_came) == (3, 0)


def test_what_could_not_be_opened_with_its_key_is_not_tried_again(tmp_path: Path) -> None:
    """A changed envelope stays set aside, whatever keys come."""
    changed = bytearray(seal("Ева", record=OTHER))
    changed[-1] ^= 1
    with open_records(tmp_path) as records:
        assert dict(read(records, ledger_of([bytes(changed)]), tmp_path).set_aside) == {"envelope-key": 1}
        tried = read(records, ledger_of([bytes(changed)]), tmp_path, keys_of(KEY, OTHER_KEY))
        assert (tried.key_came, dict(tried.set_aside)) == (1, {"open-outer": 1})
        again = read(records, ledger_of([bytes(changed)]), tmp_path, keys_of(KEY, OTHER_KEY))
        assert (again.key_came, again.seen_before) == (0, 1)


# On all cores


def everything(folder: Path) -> list[list[tuple[bytes, bytes]]]:
    """All that the workspace of a folder holds, table by table."""
    boxes = Boxes(WORK_KEY)
    with Workspace(folder).tables() as tables:
        return [
            [(row_id, boxes.unlock(table, row_id, box)) for row_id, box in tables.rows(table)]
            for table in ("entries", "decisions", "ledgers", "keys", "waiting")
        ]


def children() -> set[int]:
    """What this process has started and not yet heard the end of; other tests may have servers among them."""
    return {int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_workers_bring_what_one_process_brings(tmp_path: Path) -> None:
    """Every row of the workspace is the same, however many opened it; nothing is left running."""
    envelopes = [seal(f"Нехта {number}", number % 2 == 0) for number in range(2 * PAIRS)]
    data = ledger_of([*GOOD, *envelopes, *map(junk, range(5 * PAIRS)), seal("Чужы", record=OTHER)])
    kept, counts, before = [], [], children()
    for count in (0, 1, 3):
        folder = tmp_path / str(count)
        folder.mkdir()
        with open_records(folder) as records:
            counts.append(vars(read(records, data, folder, crew_of=count)))
        kept.append(everything(folder))
    assert kept[0] == kept[1] == kept[2]
    assert counts[0] == counts[1] == counts[2]
    assert len(kept[0][0]) == 7 * PAIRS + 5
    assert children() == before


def test_a_worker_that_is_killed_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """As a machine short of memory does; the same command goes on afterwards."""
    data = ledger_of(map(junk, range(2 * BATCH)))
    others = children()

    def kill(_done: int, _total: int) -> None:
        for child in children() - others:
            os.kill(child, signal.SIGKILL)

    with open_records(tmp_path) as records:
        with pytest.raises(OrganizerError) as caught:
            read(records, data, tmp_path, crew_of=2, progress=kill)
        assert caught.value.reason == "worker"
        assert len(list(records.entries())) >= BATCH
        assert read(records, data, tmp_path, crew_of=2).error is None
        assert len(list(records.entries())) == 2 * BATCH


def test_workers_keep_no_file_open(tmp_path: Path) -> None:
    """A stick can be taken out, and an ended program leaves no lock behind."""

    def look(_block: bytes) -> bytes:
        found = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if int(name) > 2]
        return "\n".join(found).encode()

    def look_calmly(block: bytes) -> bytes:
        with suppress(OSError):  # the listing's own descriptor is gone when it is looked at
            return look(block)
        return b"\n".join(os.fsencode(name) for name in os.listdir("/proc/self/fd"))

    (tmp_path / "file").write_bytes(b"")
    with (tmp_path / "file").open(), hired(look_calmly, 2) as crew:
        for answer in crew([b"", b"", b""]):
            assert b"file" not in answer
            assert len(answer.split(b"\n")) <= 6  # the three of every program, two pipes, the listing itself


# Stopping


def test_an_interruption_loses_one_batch_at_most(tmp_path: Path) -> None:
    """Ctrl-C in the middle: what was told as done is kept, and the same command goes on."""
    data = ledger_of([*GOOD, *map(junk, range(2 * BATCH + 1000))])
    told = []

    def stop(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise KeyboardInterrupt

    with open_records(tmp_path) as records, pytest.raises(KeyboardInterrupt):
        read(records, data, tmp_path, crew_of=2, progress=stop)
    with open_records(tmp_path) as records:
        assert 2 * BATCH <= len(list(records.entries())) == sum(told) < 2 * BATCH + 1000
        assert records.ledgers() == []
        opening = read(records, data, tmp_path)
        assert opening.seen_before == sum(told)
        assert opening.signatures + opening.withdrawals + opening.set_aside.total() == 1004 + 2 * BATCH - sum(told)
        assert names(records) == {"Анна", "Ева", "Ян"}


OPENED = """
import os, signal, sys
from pathlib import Path
from tests.support.organizer_workspace import KEYS, open_records
from organizer.intake.blocks import BlockOpener
from organizer.intake.ledgers import open_ledger
from organizer.intake.workers import hired
from organizer.workspace.ledger_file import open_ledger_file
folder, last = Path(sys.argv[1]), int(sys.argv[2])
with open_records(folder) as records, hired(BlockOpener(KEYS, records.boxes), 2) as crew:
    left = iter(range(last - 1))
    die = lambda sql: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)
    records._tables._connection.set_trace_callback(die)
    with open_ledger_file(str(folder / "ledger.bin")) as file:
        open_ledger(records, KEYS, file, lambda done, total: print(done, flush=True), crew)
"""
NEVER = 1_000_000


def opened(folder: Path, statement: int) -> tuple[int, int]:
    """A program opens the ledger of a folder and gets kill -9 before that statement of its database.

    Its exit code, and how many envelopes it told as done.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OPENED, str(folder), str(statement)]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, sum(map(int, done.stdout.split()))


@pytest.mark.slow  # a program is killed again and again
def test_a_killed_program_goes_on_where_it_was(tmp_path: Path) -> None:
    """kill -9 again and again at random places; in the end the workspace is that of an uninterrupted run."""
    envelopes = [seal(f"Нехта {number}", number % 2 == 0) for number in range(300)]
    data = ledger_of([*GOOD, seal("Чужы", record=OTHER), *envelopes, *map(junk, range(3 * BATCH))])
    whole, broken_off = tmp_path / "whole", tmp_path / "broken off"
    for folder in (whole, broken_off):
        folder.mkdir()
        (folder / "ledger.bin").write_bytes(data)
    size, chance, kept = 305 + 3 * BATCH, random.Random(1948), 0
    assert opened(whole, NEVER) == (0, size)
    for _ in range(4):
        code, told = opened(broken_off, chance.randrange(1, size - kept))  # each envelope left is a statement
        assert code == -signal.SIGKILL
        with open_records(broken_off) as records:
            before, kept = kept, sum(1 for _ in records.entries())
            assert records.ledgers() == []
        # Told are those seen before, too, so what is kept is at least the greater of the two.
        assert max(told, before) <= kept < size
    assert kept > 0
    assert opened(broken_off, NEVER) == (0, size)
    assert everything(broken_off) == everything(whole)


@pytest.mark.slow  # a program is killed again and again
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
    """Keys, envelopes and entries pass between processes."""
    pairs = [(envelope_id(envelope), envelope) for envelope in [*GOOD, junk(1)]]
    entries = open_batch(pickle.loads(pickle.dumps(KEYS)), pairs)
    assert [entry.id for entry in entries] == [envelope_id for envelope_id, _ in pairs]
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


def test_a_ledger_is_compared_with_the_digest_in_its_name(tmp_path: Path) -> None:
    """One that was changed on the way is told, its envelopes are kept, and it does not count as read; others do."""
    desk = make_desk(tmp_path)
    data = desk.ledger(seal("Ева", record=desk.record)).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    names = [f"ledger-1-{digest}.undersigned", f"LEDGER-1-{digest.upper()} (2).undersigned", "ledger.undersigned"]
    names += [f"ledger-1-{'ab' * 32}.undersigned"]
    for name in names:
        (desk.home / name).write_bytes(data)
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        wrong = open_ledgers(session, [str(desk.home / names[-1])])
        assert [problem.reason for problem in wrong.problems] == ["ledger-name"]
        assert str(wrong.problems[0]).endswith(" ".join(digest[at : at + 8] for at in range(0, 64, 8)))
        assert (wrong.ledgers[0].opening.signatures, session.records.ledgers()) == (1, [])
        right = open_ledgers(session, [str(desk.home / name) for name in names[:-1]])
        assert not right.problems
        assert session.records.ledgers() == [digest]
