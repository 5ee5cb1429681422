"""Opening envelopes: from ledgers and from what was entered by hand, a batch at a time, into the records.

Knows the order of work, so that nothing is opened twice and an interruption loses one batch at most.
Must never stop at a bad envelope: it is set aside with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from crypto.code import commitment
from crypto.envelope import HEADER_SIZE, check_envelope
from crypto.errors import LedgerError, UndersignedError
from crypto.keys import OrganizersKey
from crypto.ledger import LedgerHeader, read_ledger
from crypto.seal import OpenedSignature, open_envelope
from organizer.entries import Decision, Entry, SignatureEntry, UnreadableEntry, Verdict, WithdrawalEntry
from organizer.records import Records
from organizer.workspace import LedgerFile

BATCH = 500
"""Envelopes per transaction: the cost of a write to disk is spread, and little is lost when the power goes."""

Pair = tuple[bytes, bytes]
"""Envelope id and envelope."""

Keys = Mapping[bytes, OrganizersKey]
"""By key id. All of one appeal; an envelope is opened by the key that its header names."""

# What a reason means for a person who has never heard of its word; by its beginning, the first that fits.
_WORDS = (
    ("envelope-key", "sealed to another key"),
    ("envelope-version", "made by another version of the program"),
    ("envelope-", "not made by a working program"),
    ("open-", "changed on the way, or never sealed to this key"),
    ("inner-", "sealed to this key, but not in the form of a signature or withdrawal"),
    ("record-", "the text inside is not a proper signature"),
)


@dataclass
class Opening:
    """What became of the envelopes of one ledger, counted while it is read."""

    announced: int = 0
    signatures: int = 0
    withdrawals: int = 0
    seen_before: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    digest: str | None = None
    error: UndersignedError | None = None

    def count(self, entries: Iterable[Entry]) -> None:
        """Add newly opened entries."""
        for entry in entries:
            if isinstance(entry, SignatureEntry):
                self.signatures += 1
            elif isinstance(entry, WithdrawalEntry):
                self.withdrawals += 1
            else:
                self.set_aside[entry.reason] += 1


def explain(reason: str) -> str:
    """In plain words why an envelope was set aside."""
    return next((words for start, words in _WORDS if reason.startswith(start)), "not readable")


def open_batch(keys: Keys, pairs: Sequence[Pair], by_hand: bool = False) -> list[Entry]:
    """One entry per envelope, in their order. Needs only its arguments and raises nothing, whatever the bytes."""
    return [_open(keys, name, envelope, by_hand) for name, envelope in pairs]


def _open(keys: Keys, name: bytes, envelope: bytes, by_hand: bool) -> Entry:
    try:
        check_envelope(envelope, keys)
        opened = open_envelope(keys[key_id_of(envelope)], envelope)
    except UndersignedError as error:
        return UnreadableEntry(name, error.reason, by_hand)
    if isinstance(opened, OpenedSignature):
        return SignatureEntry(name, opened.letter_hash, opened.commitment, opened.signature, by_hand)
    return WithdrawalEntry(name, commitment(opened.code), by_hand)


def key_id_of(envelope: bytes) -> bytes:
    """The id of the key that an envelope says it is sealed to."""
    return envelope[1:HEADER_SIZE]


def keys_used(keys: Keys, pairs: Sequence[Pair], entries: Sequence[Entry]) -> set[bytes]:
    """The fingerprints of the keys that opened something of a batch."""
    opened = zip(pairs, entries, strict=True)
    ids = {key_id_of(envelope) for (_, envelope), entry in opened if not isinstance(entry, UnreadableEntry)}
    return {keys[key_id].record.fingerprint for key_id in ids}


def open_ledger(records: Records, keys: Keys, file: LedgerFile, progress: Callable[[int, int], None]) -> Opening:
    """Read a ledger and keep what is new in it; `progress` is told envelopes done and envelopes announced.

    A malformed ledger is no exception: its error is in the result, and the good envelopes before it are kept.
    """
    opening, appeal_id = Opening(), next(iter(keys.values())).record.appeal_id
    try:
        header = LedgerHeader.parse(file.first_line)
        opening.announced = header.count
        for batch, error in _batches(read_ledger(header, file.pieces(), appeal_id)):
            new = records.unseen(batch)
            entries = open_batch(keys, new)
            records.remember_keys(keys_used(keys, new, entries))
            records.add(entries)
            opening.count(entries)
            opening.seen_before += len(batch) - len(new)
            progress(len(batch), header.count)
            if error:
                raise error
    except LedgerError as error:
        opening.error = error
        return opening
    # Only now: a digest in the publication says that all of the ledger was read.
    records.remember_ledger(file.digest)
    opening.digest = file.digest.hex()
    return opening


def _batches(pairs: Iterator[Pair]) -> Iterator[tuple[list[Pair], LedgerError | None]]:
    """Lists of at most BATCH pairs; the last one comes with the error that ended the ledger, if one did."""
    error: LedgerError | None = None
    while error is None:
        batch: list[Pair] = []
        try:
            # One by one: what came before an error must not be lost with it.
            for pair in islice(pairs, BATCH):
                batch.append(pair)
        except LedgerError as ended:
            error = ended
        if not batch and error is None:
            return
        yield batch, error


def open_by_hand(records: Records, keys: Keys) -> int:
    """Open what was entered by hand and not opened yet: it is accepted, for organizers entered it. Returns how many."""
    opened, rows = 0, records.by_hand()
    while batch := list(islice(rows, BATCH)):
        # What was sealed to a key that is not here waits until the key is restored: organizers typed it themselves.
        new = [pair for pair in records.unseen(batch) if key_id_of(pair[1]) in keys]
        entries = open_batch(keys, new, by_hand=True)
        records.remember_keys(keys_used(keys, new, entries))
        good = [entry.id for entry in entries if isinstance(entry, SignatureEntry)]
        records.add(entries, dict.fromkeys(good, Decision(Verdict.ACCEPTED)))
        opened += len(entries)
    return opened
