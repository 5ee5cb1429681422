"""Hostile input: whatever a stranger seals or puts into a ledger file, and however much of it.

Invariant of every case: no exception but those that are told in a sentence, no control character on the terminal, and
no good record lost that lies beside it. What is sealed comes from a seed, so that a failure can be looked for again;
the sealing itself draws its own randomness.
"""

from __future__ import annotations

import io
import os
import random
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crypto.envelope import SIZE, envelope_id
from crypto.errors import LedgerError
from crypto.ledger import LedgerHeader, read_ledger
from crypto.signature import Signature, is_plainly_canonical, read_signature, write_signature
from organizer.actions.open_ledgers import OpenedLedger
from organizer.cli.terminal.ledgers import say_ledger
from organizer.cli.terminal.terminal import Terminal
from organizer.intake.blocks import open_batch
from organizer.intake.ledgers import open_ledger
from organizer.workspace.entries import Entry, SignatureEntry, read_entry, read_marks, read_words, write_entry
from organizer.workspace.ledger_file import open_ledger_file
from tests.support.hostile_input import envelope, json_text, ledger, trick
from tests.support.organizer_workspace import APPEAL_ID, KEYS, ledger_of, open_records, seal

SAMPLE, MILLION = 4_000, 1_000_000
KINDS = {
    "SignatureEntry", "WithdrawalEntry", "whole", "ledger-header", "ledger-size", "ledger-order", "ledger-appeal",
    "open-outer", "open-inner", "envelope-key", "envelope-point", "inner-header", "inner-padding", "inner-kind",
    "inner-slot", "inner-reserved", "record-utf8", "record-bom", "record-json", "record-duplicate-key",
    "record-surrogate", "record-type", "record-unknown-key", "record-missing-key", "record-length",
    "record-character", "record-blank",
}  # fmt: skip
A_BATCH = 500
"""Cases that are sealed into one ledger, or made from one; each has its own seed."""

GOOD = [seal("Ірына Слаўнікава", False, relation="сястра"), seal("Ян", True), seal('Аля "Зорка" \\', False)]
GOOD_IDS = {envelope_id(envelope) for envelope in GOOD}

# What must hold of an entry


CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]"
)


def check_terminal(text: str) -> None:
    """Nothing that steers a terminal; only line feeds of our own end lines."""
    assert not CONTROL.search(text), ascii(CONTROL.search(text))
    if not text.isascii():
        assert not {"Cc", "Cf", "Cs", "Co", "Cn"} & {unicodedata.category(one) for one in set(text) - {"\n"}}


def check_marks(entry: Entry, row: bytes) -> None:
    """What is read of a row in haste is what is read of it with care."""
    marks = read_marks(entry.id, row)
    if not isinstance(entry, SignatureEntry):
        assert marks == entry
        return
    said = entry.signature
    same = (entry.id, entry.letter_hash, entry.commitment, said.public, said.language, said.vouch, entry.by_hand)
    assert marks == same
    assert read_words(row) == {name: text for name, text in vars(said).items() if isinstance(text, str) and text}


def check_entry(entry: Entry, screen: Terminal, shown: io.StringIO) -> None:
    """It is written and read back, and it can be shown."""
    row = write_entry(entry)
    assert read_entry(entry.id, row) == entry
    check_marks(entry, row)
    if not isinstance(entry, SignatureEntry):
        assert re.fullmatch("[a-z0-9-]*", getattr(entry, "reason", ""))
        return
    shown.seek(0)
    shown.truncate()
    fields = vars(entry.signature)
    screen.table([(name, text) for name, text in fields.items()])
    screen.say("; ".join(str(text) for text in fields.values()))
    written = shown.getvalue()
    check_terminal(written)
    assert written.count("\n") == len(fields) + 1  # a stranger's text never begins a line


@dataclass
class Found:
    """What a run of cases came to."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Found) -> None:
        self.cases += other.cases
        self.kinds += other.kinds


def sealed_cases(seed: int) -> Found:
    """A ledger of hostile envelopes with good ones among them, opened into a real workspace and shown."""
    chance = random.Random(seed)
    envelopes = [envelope(chance) for _ in range(A_BATCH)]
    found = Found(A_BATCH)
    shown = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(shown), open_records(Path(folder)) as records:
        screen = Terminal()
        path = Path(folder) / "ledger"
        path.write_bytes(ledger_of([*GOOD, *envelopes]))
        with open_ledger_file(str(path)) as file:
            opening = open_ledger(records, KEYS, file, lambda _done, _total: None)
        assert opening.error is None
        assert opening.signatures + opening.withdrawals + opening.set_aside.total() == len({*GOOD, *envelopes})
        entries = {entry.id: entry for entry in records.entries()}
        assert all(isinstance(entries[name], SignatureEntry) for name in GOOD_IDS)
        for entry in entries.values():
            check_entry(entry, screen, shown)
            found.kinds[getattr(entry, "reason", "") or type(entry).__name__] += 1
        shown.seek(0)
        shown.truncate()
        say_ledger(screen, OpenedLedger(trick(chance), opening), several=chance.random() < 0.5)
        check_terminal(shown.getvalue())
    return found


# Ledger files


def good_prefix(data: bytes) -> list[bytes]:
    """By the specification and nothing of ours: the good envelopes that stand before the first fault of a file."""
    line, _, rest = data.partition(b"\n")
    match = re.fullmatch(rb"undersigned/v1/ledger ([0-9a-f]{32}) (0|[1-9][0-9]{0,11})", line)
    if not match or b"\n" not in data or bytes.fromhex(match[1].decode()) != APPEAL_ID:
        return []
    found: list[bytes] = []
    last = b""
    for at in range(0, min(len(rest), int(match[2]) * SIZE), SIZE):
        piece = rest[at : at + SIZE]
        if len(piece) != SIZE or envelope_id(piece) <= last:
            break
        last = envelope_id(piece)
        found.append(piece)
    return [piece for piece in found if envelope_id(piece) in GOOD_IDS]


def ledger_cases(seed: int) -> Found:
    """Ledger files of all kinds; every tenth is opened into a workspace, the others up to their entries."""
    chance = random.Random(seed)
    envelopes = [*GOOD, *(envelope(chance) for _ in range(3)), bytes(SIZE), b"\1".ljust(SIZE, b"\xff")]
    found = Found(A_BATCH)
    for case in range(A_BATCH):
        data = ledger(chance, envelopes)
        good = good_prefix(data)
        read: list[tuple[bytes, bytes]] = []
        reason = read_pieces(data, read)
        assert [piece for name, piece in read if name in GOOD_IDS] == good
        if case % 10 == 0:
            assert into_workspace(data, good) == reason
            assert len(open_batch(KEYS, read)) == len(read)
        found.kinds[reason] += 1
    return found


def read_pieces(data: bytes, read: list[tuple[bytes, bytes]]) -> str:
    file = io.BytesIO(data)
    try:
        header = LedgerHeader.parse(file.readline(1000))
        for pair in read_ledger(header, iter(lambda: file.read(SIZE), b""), APPEAL_ID):
            read.append(pair)
    except LedgerError as error:
        return error.reason
    return "whole"


def into_workspace(data: bytes, good: list[bytes]) -> str:
    with tempfile.TemporaryDirectory() as folder, open_records(Path(folder)) as records:
        path = Path(folder) / "ledger"
        path.write_bytes(data)
        with open_ledger_file(str(path)) as file:
            opening = open_ledger(records, KEYS, file, lambda _done, _total: None)
        kept = {entry.id for entry in records.entries() if isinstance(entry, SignatureEntry)}
        assert {envelope_id(piece) for piece in good} == kept & GOOD_IDS
        assert len(records.ledgers()) == (opening.error is None)
        return opening.error.reason if opening.error else "whole"


# Running them


def run(cases: int, processes: int) -> Found:
    """Four batches of sealed envelopes to one of ledger files, on some processes."""
    batches = cases // A_BATCH
    found = Found()
    with ProcessPoolExecutor(processes) as pool:
        for one in pool.map(batch, range(batches), chunksize=4):
            found.add(one)
    return found


def batch(seed: int) -> Found:
    """One batch of cases."""
    return ledger_cases(seed) if seed % 5 == 4 else sealed_cases(seed)


def report(found: Found) -> str:
    """What was run, in numbers."""
    kinds = ", ".join(f"{name} {count:,}" for name, count in found.kinds.most_common())
    return f"{found.cases:,} hostile cases run; what they turned out to be: {kinds}"


def check(found: Found, cases: int) -> None:
    """All were run, and none of the kinds of refusal was missed."""
    assert found.cases == cases
    assert found.kinds.keys() >= KINDS


@pytest.mark.slow  # thousands of made-up inputs
def test_a_sample_of_hostile_input_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    """Some thousands of cases; the number is printed."""
    found = Found()
    for seed in range(SAMPLE // A_BATCH):
        found.add(batch(seed))
    with capsys.disabled():
        print(f"\n{report(found)}")
    check(found, SAMPLE)


@pytest.mark.long
def test_a_million_hostile_cases_do_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    """The same, on all cores."""
    found = run(MILLION, os.cpu_count() or 1)
    with capsys.disabled():
        print(f"\n{report(found)}")
    check(found, MILLION)


# What opening relies on to be quick


@pytest.mark.slow  # thousands of made-up inputs
def test_what_is_canonical_at_first_sight_is_what_the_writer_writes() -> None:
    """Of the same hostile texts: whatever is recognised is read by the strict reader and written back the same."""
    recognised = 0
    for seed in range(20_000):
        chance = random.Random(seed)
        data = json_text(chance)
        if seed % 4 == 0:
            data = write_signature(
                Signature(chance.choice(["Ян", "Ева", "Łucja Ñ"]), True, message="🙂" * (seed % 500))
            )
        if is_plainly_canonical(data):
            recognised += 1
            assert write_signature(read_signature(data)) == data
    assert recognised > 5_000


@pytest.mark.slow  # thousands of made-up inputs
def test_no_character_that_is_refused_is_called_printable() -> None:
    """In this Python's tables, whatever their age: control, format and surrogate characters, and all spaces but one."""
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        refused = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") and character != " "
        assert not (refused and character.isprintable())
        if character.isprintable():
            assert Signature("x" + character, True).name.endswith(character)


@pytest.mark.control
def test_the_terminal_check_can_fail() -> None:
    """It would see what must not come."""
    for nasty in ("\x1b[2J", "a\u202eb", "a\rb", "\x9b", "\ue000"):
        with pytest.raises(AssertionError):
            check_terminal(nasty)
