"""The workspace's rows as values: entries, decisions, ledgers read to the end, envelopes made by hand.

A row's box is a random nonce of 12 bytes and ChaCha20-Poly1305 under the workspace key (key_slots.py), with the table's
name and the row's id as associated data, so that a row copied elsewhere does not open there. The table `by_hand` holds
envelopes as they are: they are sealed to the organizers already, and need no passphrase to be added. The table
`waiting` lists entries that were set aside because the key of their envelope was not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl.utils import random

from crypto.code import Commitment
from crypto.envelope import EnvelopeId, envelope_id
from crypto.keys import KeyId
from organizer.errors import OrganizerError
from organizer.workspace.database import Row, Tables
from organizer.workspace.entries import (
    Decision,
    Entry,
    Marks,
    read_decision,
    read_entry,
    read_marks,
    withdrawn_commitment,
    write_decision,
    write_entry,
)
from organizer.workspace.key_slots import drop_lock
from organizer.workspace.vouch_words import VouchWord, read_word, write_word

NONCE_SIZE = 12
"""Random nonces of 96 bits: with ten million rows written, one in 10^15 workspaces has any two equal."""

PIECE = 1 << 16
"""Bytes of a long text in one row."""

Kept = TypeVar("Kept")
"""What is read of a row."""


def add_by_hand(tables: Tables, envelopes: Iterable[bytes]) -> None:
    """Keep envelopes that organizers sealed themselves; needs no key."""
    tables.put([("by_hand", envelope_id(envelope), envelope) for envelope in envelopes])


class Boxes:
    """Locks rows and opens them. It needs no disk, so a worker process can have a copy."""

    def __init__(self, work_key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(work_key)

    def lock(self, table: str, row_id: bytes, text: bytes) -> bytes:
        """The box of a row."""
        nonce = random(NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, text, table.encode() + row_id)

    def lock_all(self, table: str, rows: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """The boxes of rows, given as ids and texts; quicker for many."""
        encrypt, start = self._cipher.encrypt, table.encode()
        drawn = random(NONCE_SIZE * len(rows))
        nonces = [drawn[at : at + NONCE_SIZE] for at in range(0, len(drawn), NONCE_SIZE)]
        return [nonce + encrypt(nonce, text, start + own) for nonce, (own, text) in zip(nonces, rows, strict=True)]

    def unlock(self, table: str, row_id: bytes, box: bytes) -> bytes:
        """What is in the box of a row. Raises OrganizerError: workspace-damaged."""
        return next(self.unlock_all(table, ((row_id, box),)))[1]

    def unlock_all(self, table: str, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        """Ids and what is in the boxes of rows, given as ids and boxes. Raises OrganizerError: workspace-damaged."""
        decrypt, start = self._cipher.decrypt, table.encode()
        for row_id, box in rows:
            try:
                text = decrypt(box[:NONCE_SIZE], box[NONCE_SIZE:], start + row_id)
            except (InvalidTag, ValueError) as error:
                told = "A row of the workspace is damaged, or belongs to another key. Put back a copy of the folder."
                raise OrganizerError("workspace-damaged", told) from error
            yield row_id, text


class Records:
    """What the organizers know, row by row. Everything read raises OrganizerError: workspace-damaged."""

    def __init__(self, tables: Tables, work_key: bytes) -> None:
        self._tables = tables
        self._work_key = work_key
        self.boxes = Boxes(work_key)

    @contextmanager
    def for_reading(self) -> Iterator[Records]:
        """The same rows for another thread, which only reads; to be opened there. Raises sqlite3.Error."""
        with self._tables.for_reading() as tables:
            yield Records(tables, self._work_key)

    def add(self, entries: Iterable[Entry], decisions: Mapping[EnvelopeId, Decision] | None = None) -> None:
        """Keep entries and the decisions that come with them: all or none."""
        rows = [self._row("entries", entry.id, write_entry(entry)) for entry in entries]
        rows += [self._row("decisions", about, write_decision(made)) for about, made in (decisions or {}).items()]
        self._tables.put(rows)

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of their ids."""
        for row_id, text in self._rows("entries"):
            yield read_entry(EnvelopeId(row_id), text)

    def marks(self) -> Iterator[Marks]:
        """The marks of all entries in the order of their ids."""
        for row_id, text in self._rows("entries"):
            yield read_marks(EnvelopeId(row_id), text)

    def boxes_of(self, ids: Sequence[EnvelopeId]) -> Iterator[tuple[bytes, bytes]]:
        """Ids and boxes, still locked, of these entries, which exist; ids and answer in their order."""
        return self._tables.some_rows("entries", ids)

    def entry(self, envelope_id: EnvelopeId) -> Entry:
        """The entry of that id, which must exist."""
        box = self._tables.get("entries", envelope_id) or b""
        return read_entry(envelope_id, self.boxes.unlock("entries", envelope_id, box))

    def keep(
        self,
        opened: Sequence[tuple[EnvelopeId, bytes]],
        waiting: Iterable[EnvelopeId],
        came: Iterable[EnvelopeId],
    ) -> None:
        """Keep entries as ids and locked boxes, all or none; `waiting` of them want a key, `came` had wanted one."""
        rows = [self._row("waiting", one, b"{}") for one in waiting]
        self._tables.put_many("entries", opened, rows, [("waiting", one) for one in came])

    def forget(self, entry_id: EnvelopeId) -> None:
        """Take out one entry, which no envelope belongs to."""
        self._tables.drop("entries", entry_id)

    def unseen(self, pairs: Sequence[tuple[EnvelopeId, bytes]]) -> list[tuple[EnvelopeId, bytes]]:
        """Those pairs of id and envelope (some hundreds) that have no entry yet."""
        if pairs and min(pairs)[0] > self._tables.last("entries"):
            return list(pairs)  # a ledger is sorted, so all that goes beyond the last entry is new
        missing = self._tables.missing("entries", [own for own, _ in pairs])
        return [pair for pair in pairs if pair[0] in missing]

    def waiting(self, ids: Sequence[EnvelopeId]) -> set[EnvelopeId]:
        """Those ids (some hundreds) whose envelope was set aside because no key was there for it."""
        return set(ids) - self._tables.missing("waiting", ids)

    def judged(self) -> Iterator[tuple[Entry, Decision | None]]:
        """All entries in the order of their ids, each with the decision about it; as little memory as for one."""
        return self._judged(read_entry)

    def judged_marks(self) -> Iterator[tuple[Marks, Decision | None]]:
        """The same with marks only, which is enough for numbers."""
        return self._judged(read_marks)

    def _judged(self, read: Callable[[EnvelopeId, bytes], Kept]) -> Iterator[tuple[Kept, Decision | None]]:
        made = self._rows("decisions")
        about, text = next(made, _NO_ROW)
        for row_id, row in self._rows("entries"):
            while about and about < row_id:
                about, text = next(made, _NO_ROW)
            yield read(EnvelopeId(row_id), row), read_decision(text) if about == row_id else None

    def withdrawn(self) -> Counter[Commitment]:
        """The commitments of all codes that a withdrawal brought, and how many brought each."""
        found = (withdrawn_commitment(row) for _, row in self._rows("entries"))
        return Counter(commitment for commitment in found if commitment is not None)

    def decisions(self) -> dict[EnvelopeId, Decision]:
        """All decisions by the id of what they are about."""
        return {EnvelopeId(row_id): read_decision(text) for row_id, text in self._rows("decisions")}

    def decide(self, decisions: Mapping[EnvelopeId, Decision | None], words: Iterable[VouchWord] = ()) -> None:
        """Keep decisions, forget those that are None, and keep vouch words: all of it or nothing."""
        made = [(about, write_decision(one)) for about, one in decisions.items() if one is not None]
        boxes = self.boxes.lock_all("decisions", made)
        rows = [self._row("words", word.number.to_bytes(4, "big"), write_word(word)) for word in words]
        undone = [("decisions", about) for about, one in decisions.items() if one is None]
        pairs = [(about, box) for (about, _), box in zip(made, boxes, strict=True)]
        self._tables.put_many("decisions", pairs, rows, undone)

    def vouch_words(self) -> Iterator[VouchWord]:
        """All vouch words that were ever given out, by number."""
        for _, text in self._rows("words"):
            yield read_word(text)

    def compared(self) -> bytes:
        """What was kept last with keep_compared, or nothing."""
        return self._long_text("compared")

    def keep_compared(self, text: bytes) -> None:
        """Keep a text of any length, which ends in no space, in place of the one before; piece by piece."""
        self._keep_long_text("compared", text)

    def surname_keys(self) -> bytes:
        """What was kept last with keep_surname_keys, or nothing."""
        return self._long_text("surnames")

    def keep_surname_keys(self, text: bytes) -> None:
        """The same as keep_compared, for what names are found by."""
        self._keep_long_text("surnames", text)

    def table_layouts(self) -> bytes:
        """What was kept last with keep_table_layouts, or nothing."""
        box = self._tables.get("layouts", _ONLY_ROW)
        return b"" if box is None else self.boxes.unlock("layouts", _ONLY_ROW, box).rstrip(b" ")

    def keep_table_layouts(self, text: bytes) -> None:
        """Keep what was said about tables that people brought, in place of what was kept before."""
        self._tables.put([self._row("layouts", _ONLY_ROW, text.ljust(-(-len(text) // PIECE) * PIECE))])

    def ledgers(self) -> list[str]:
        """The digests, in hex and sorted, of all ledgers that were read to their end."""
        return [digest.hex() for digest, _ in self._rows("ledgers")]

    def remember_ledger(self, digest: bytes) -> None:
        """Note that a ledger was read to its end."""
        self._tables.put([self._row("ledgers", digest, b"{}")])

    def keys(self) -> list[str]:
        """The fingerprints, in hex and sorted, of all keys that an envelope was opened with."""
        return [fingerprint.hex() for fingerprint, _ in self._rows("keys")]

    def remember_keys(self, fingerprints: Iterable[bytes]) -> None:
        """Note that envelopes were opened with these keys; it outlives the keys, for publications name them."""
        missing = self._tables.missing("keys", list(fingerprints))
        if missing:
            self._tables.put([self._row("keys", fingerprint, b"{}") for fingerprint in missing])

    def drop_lock(self, key_id: KeyId) -> None:
        """From now on, the master of this key does not open the rows."""
        drop_lock(self._tables, key_id)

    def by_hand(self) -> Iterator[tuple[EnvelopeId, bytes]]:
        """Ids and envelopes of all that was entered by hand."""
        return ((EnvelopeId(row_id), envelope) for row_id, envelope in self._tables.rows("by_hand"))

    def _long_text(self, table: str) -> bytes:
        return b"".join(piece for _, piece in self._rows(table)).rstrip(b" ")

    def _keep_long_text(self, table: str, text: bytes) -> None:
        pieces = [text[at : at + PIECE].ljust(PIECE) for at in range(0, len(text), PIECE)]
        places = [place.to_bytes(4, "big") for place in range(len(pieces))]
        boxes = self.boxes.lock_all(table, list(zip(places, pieces, strict=True)))
        old = [(table, place) for place, _ in self._tables.rows(table) if place not in places]
        self._tables.put_many(table, list(zip(places, boxes, strict=True)), (), old)

    def _rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        return self.boxes.unlock_all(table, self._tables.rows(table))

    def _row(self, table: str, row_id: bytes, text: bytes) -> Row:
        return table, row_id, self.boxes.lock(table, row_id, text)


_ONLY_ROW = b"\0"
_NO_ROW = (b"", b"")
