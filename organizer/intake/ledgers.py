"""Opening envelopes into the records: from ledgers and from what was entered by hand, a batch at a time.

Nothing is opened twice, and an interruption loses one batch at most.
A bad envelope stops nothing: it is set aside with its reason.

One process reads the ledger, knows what is new and writes to the disk; blocks of new envelopes are opened, checked and
locked into rows by as many others as there are cores (workers.py).
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from crypto.envelope import EnvelopeId
from crypto.errors import LedgerError, UndersignedError
from crypto.keys import KeyId
from crypto.ledger import LedgerHeader, read_ledger
from organizer.errors import OrganizerError
from organizer.intake.blocks import (
    PAIRS,
    SIGNATURE,
    WITHDRAWAL,
    BlockOpener,
    Keys,
    Pair,
    key_id_of,
    open_batch,
    read_result,
    write_block,
)
from organizer.intake.workers import Crew
from organizer.text import in_groups
from organizer.workspace.entries import Decision, SignatureEntry, Verdict
from organizer.workspace.ledger_file import LedgerFile
from organizer.workspace.records import Records

BATCH = 4000
"""Envelopes per transaction: the cost of a write to disk is spread, and little is lost when the power goes."""

NO_KEY = "envelope-key"
"""The one reason that can go away: the key may come."""

# What a reason means for a person who has never heard of its word; by its beginning, the first that fits.
_WORDS = (
    (NO_KEY, "sealed to a key that is not in this workspace"),
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
    key_came: int = 0
    """Of all these, how many were set aside before because their key was missing, and could be tried again."""
    set_aside: Counter[str] = field(default_factory=Counter)
    digest: str | None = None
    error: UndersignedError | None = None

    def count(self, outcomes: Counter[str]) -> None:
        """Add what newly opened envelopes turned out to be."""
        self.signatures += outcomes.pop(SIGNATURE, 0)
        self.withdrawals += outcomes.pop(WITHDRAWAL, 0)
        self.set_aside += outcomes


def explain(reason: str) -> str:
    """In plain words why an envelope was set aside."""
    return next((words for start, words in _WORDS if reason.startswith(start)), "not readable")


def open_ledger(
    records: Records,
    keys: Keys,
    file: LedgerFile,
    progress: Callable[[int, int], None],
    crew: Crew | None = None,
    named: str | None = None,
) -> Opening:
    """Read a ledger and keep what is new in it; `progress` is told envelopes done and envelopes announced.

    `named` is the digest in the name of the file, when it has one: another one is an error.
    `crew` are workers that each do what a BlockOpener of the same keys does; without them it is done here.
    A malformed ledger is no exception: its error is in the result, and the good envelopes before it are kept.
    """
    opening = Opening()
    try:
        header = LedgerHeader.parse(file.first_line)
    except LedgerError as error:
        opening.error = error
        return opening
    opening.announced = header.count
    appeal_id = next(iter(keys.values())).record.appeal_id
    reading = _Reading(records, keys, read_ledger(header, file.pieces(), appeal_id))
    results = crew(reading.blocks()) if crew else map(BlockOpener(keys, records.boxes), reading.blocks())
    writing = _Writing(records, keys, opening, progress)
    for result in results:
        writing.add(reading.under_way.popleft(), *read_result(result))
    writing.write()
    opening.error = reading.error or _check_name(named, file.digest.hex())
    if opening.error is None:
        # Only now: a digest in the publication says that all of the ledger was read.
        records.remember_ledger(file.digest)
        opening.digest = file.digest.hex()
    return opening


def named_digest(name: str) -> str | None:
    """The SHA-256 that the site has put into the name of a ledger, in hex, whatever a browser added to the name."""
    found = re.search("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", name.lower())
    return found[0] if found else None


def _check_name(named: str | None, digest: str) -> OrganizerError | None:
    if named in (None, digest):
        return None
    text = (
        "This is not the ledger that its name says: it was cut or changed on the way, or renamed. What could be read"
        f" of it is kept, but it does not count as read. Fetch it again. It has the SHA-256 {in_groups(digest)}"
    )
    return OrganizerError("ledger-name", text)


@dataclass(frozen=True)
class _Batch:
    """Some envelopes of a ledger, while those among them that are new are with the workers."""

    size: int
    new: list[EnvelopeId]
    key_ids: list[KeyId]
    key_came: set[EnvelopeId]
    """Ids of those that were set aside before, because the key that is here now was not."""


class _Reading:
    """A ledger on its way to the workers, in blocks. `under_way`: batches whose results are to come, in order."""

    def __init__(self, records: Records, keys: Keys, pairs: Iterator[Pair]) -> None:
        self._records = records
        self._keys = keys
        self._pairs = pairs
        self.under_way: deque[_Batch] = deque()
        self.error: LedgerError | None = None

    def blocks(self) -> Iterator[bytes]:
        """Blocks of what is to be opened, which may be empty; an error of the ledger ends them and is kept."""
        while self.error is None and (pairs := self._next()):
            new = self._records.unseen(pairs)
            key_came: set[EnvelopeId] = set()
            if len(new) < len(pairs):
                waiting = self._records.waiting([envelope_id for envelope_id, _ in pairs])
                again = [pair for pair in pairs if pair[0] in waiting and key_id_of(pair[1]) in self._keys]
                key_came = {envelope_id for envelope_id, _ in again}
                new += again
            ids, key_ids = [envelope_id for envelope_id, _ in new], [key_id_of(envelope) for _, envelope in new]
            self.under_way.append(_Batch(len(pairs), ids, key_ids, key_came))
            yield write_block(new)

    def _next(self) -> list[Pair]:
        pairs: list[Pair] = []
        try:
            # One by one: what came before an error must not be lost with it.
            for pair in islice(self._pairs, PAIRS):
                pairs.append(pair)
        except LedgerError as error:
            self.error = error
        return pairs


class _Writing:
    """What the workers handed back, on its way to the disk; it is counted and told as done once it is there."""

    def __init__(self, records: Records, keys: Keys, opening: Opening, progress: Callable[[int, int], None]) -> None:
        self._records = records
        self._keys = keys
        self._opening = opening
        self._progress = progress
        self._start()

    def _start(self) -> None:
        self._done = 0
        self._rows: list[tuple[EnvelopeId, bytes]] = []
        self._waiting: list[EnvelopeId] = []
        self._key_came: list[EnvelopeId] = []
        self._words: Counter[str] = Counter()
        self._used: set[KeyId] = set()

    def add(self, batch: _Batch, words: list[str], boxes: list[bytes]) -> None:
        """Take the result of one batch; writes when there is enough for a transaction."""
        self._done += batch.size
        self._words.update(words)
        self._key_came += batch.key_came
        self._rows += zip(batch.new, boxes, strict=True)
        if NO_KEY in words:
            self._waiting += [envelope_id for envelope_id, word in zip(batch.new, words, strict=True) if word == NO_KEY]
        opened = set(zip(batch.key_ids, words, strict=True))
        self._used |= {key_id for key_id, word in opened if word in (SIGNATURE, WITHDRAWAL)}
        if self._done >= BATCH:
            self.write()

    def write(self) -> None:
        """All of it in one transaction; before it the keys, which nobody would learn of after an interruption."""
        self._records.remember_keys(self._keys[key_id].record.fingerprint for key_id in self._used)
        self._records.keep(self._rows, self._waiting, self._key_came)
        self._opening.count(self._words)
        self._opening.seen_before += self._done - len(self._rows)
        self._opening.key_came += len(self._key_came)
        self._progress(self._done, self._opening.announced)
        self._start()


def open_by_hand(records: Records, keys: Keys) -> int:
    """Open what was entered by hand and not opened yet: it is accepted, for organizers entered it. Returns how many."""
    opened, rows = 0, records.by_hand()
    while pairs := list(islice(rows, PAIRS)):
        # What was sealed to a key that is not here waits until the key is restored: organizers typed it themselves.
        new = [pair for pair in records.unseen(pairs) if key_id_of(pair[1]) in keys]
        entries = open_batch(keys, new, by_hand=True)
        records.remember_keys(keys[key_id].record.fingerprint for key_id in {key_id_of(pair[1]) for pair in new})
        good = [entry.id for entry in entries if isinstance(entry, SignatureEntry)]
        records.add(entries, dict.fromkeys(good, Decision(Verdict.ACCEPTED)))
        opened += len(entries)
    return opened
