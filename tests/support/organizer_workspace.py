"""What the organizer's tests share: a workspace made once and copied, envelopes, ledgers, an appeal.json."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crypto.appeal import Appeal, DatedKey, write_appeal
from crypto.code import commitment, generate_code
from crypto.envelope import envelope_id
from crypto.keys import KeyRecord, OrganizersKey
from crypto.ledger import write_ledger
from crypto.minisign import MinisignPublicKey
from crypto.publication import PublishedSignature
from crypto.seal import seal_signature, seal_withdrawal
from crypto.signature import Signature
from organizer.keys import keyfile
from organizer.keys.generate import NewKeys, make_keys
from organizer.keys.periods import public_name
from organizer.results.tally import Tally, tally
from organizer.workspace.entries import Decision, Entry, WithdrawalEntry
from organizer.workspace.folder import Workspace, make_workspace
from organizer.workspace.records import Records

APPEAL_ID = bytes(range(16))
PASSPHRASE = "correct horse battery"
LETTER = bytes([0xAB]) * 32
LETTERS = {"be": LETTER.hex(), "en": "cd" * 32}

MASTER = bytes(range(100, 132))
KEY = OrganizersKey.derive(MASTER, APPEAL_ID)
KEYS = {KEY.record.key_id: KEY}
WORK_KEY = bytes(range(50, 82))
RECORD = KEY.record


@lru_cache(maxsize=1)
def new_keys() -> NewKeys:
    """Real keys of one period; only guessing at the key file costs as little as a test can pay."""
    return make_keys(APPEAL_ID, "anna", PASSPHRASE, secrets.token_bytes, profile=keyfile.CHEAP)


@dataclass(frozen=True)
class Desk:
    """A workspace on disk and the files an organizer has beside it."""

    home: Path
    record: KeyRecord
    minisign: MinisignPublicKey

    @property
    def folder(self) -> Path:
        return self.home / "work"

    @property
    def public(self) -> Path:
        """The public half of the one period's key."""
        return self.folder / public_name(self.record.key_id)

    @property
    def passphrase(self) -> Path:
        return self.home / "passphrase"

    @property
    def appeal(self) -> Path:
        return self.home / "appeal.json"

    def ledger(self, *envelopes: bytes, name: str = "ledger.bin") -> Path:
        path = self.home / name
        path.write_bytes(ledger_of(envelopes))
        return path


def make_desk(home: Path, keys: NewKeys | None = None) -> Desk:
    """A desk with the keys that all tests share, or with others."""
    keys = keys or new_keys()
    desk = Desk(home, keys.periods[0].period.record, keys.minisign)
    make_workspace(str(desk.folder), keys.files)
    desk.passphrase.write_text(PASSPHRASE + "\n")
    desk.appeal.write_bytes(write_appeal(appeal_of(desk.record, keys.minisign)))
    return desk


@contextmanager
def open_records(folder: Path) -> Iterator[Records]:
    """The records of a folder under WORK_KEY."""
    with Workspace(folder).tables() as tables:
        yield Records(tables, WORK_KEY)


def tally_of(
    entries: Iterable[Entry],
    decisions: Mapping[bytes, Decision],
    asked: Container[PublishedSignature] = frozenset(),
) -> Tally:
    """The tally of entries that lie here and not in a workspace."""
    entries = list(entries)
    codes = Counter(entry.commitment for entry in entries if isinstance(entry, WithdrawalEntry))
    return tally([(entry, decisions.get(entry.id)) for entry in entries], codes, asked)


def appeal_of(record: KeyRecord, *signers: MinisignPublicKey, threshold: int = 1) -> Appeal:
    return Appeal(record.appeal_id, (DatedKey(record),), LETTERS, signers, threshold)


def seal(name: str, public: bool = True, code: str | None = None, record: KeyRecord = RECORD, **fields: str) -> bytes:
    code = code or generate_code(secrets.token_bytes)
    return seal_signature(record, Signature(name, public, **fields), LETTER, commitment(code))


def withdraw(code: str, record: KeyRecord = RECORD) -> bytes:
    return seal_withdrawal(record, LETTER, code)


def ledger_of(envelopes: Iterable[bytes], appeal_id: bytes = APPEAL_ID) -> bytes:
    ordered = sorted(set(envelopes), key=envelope_id)
    return b"".join(write_ledger(appeal_id, len(ordered), ordered))
