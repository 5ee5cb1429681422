"""The keys of periods: what is public of each, and its master locked under the workspace's root.

Each period of an appeal has a key of its own: an independent random master, never derived from another one, so that
burning one really ends what it could open. `period-<key id>.pub` is text, three lines: the key record in base64, its
fingerprint in digits, first and last day (`2027-01-01 2027-06-30`, `-` where there is no limit).
`period-<key id>.key` is the master:

    0    22  the ASCII text "undersigned/v1/period" and one zero byte
    22   32  fingerprint                            (bytes 0..54 are "the header")
    54   72  XChaCha20-Poly1305: nonce (24), encrypted master (32), tag (16); associated data = the header
    126  32  SHA-256 of bytes 0..126
    158      end

The key of the box is BLAKE2b(key = root, person = "undersigned-keys"); keyfile.py keeps the root under the passphrase,
so that one passphrase, tried once, opens the keys of all periods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from crypto.base64 import decode, encode
from crypto.errors import KeyFormatError
from crypto.keys import MASTER_SIZE, KeyId, KeyRecord, OrganizersKey, derive_secret, tag
from organizer.errors import OrganizerError
from organizer.keys.memory import not_swapped

MAGIC = tag("period")
HEADER_SIZE = len(MAGIC) + 32
BOX_SIZE = Aead.NONCE_SIZE + MASTER_SIZE + Aead.MACBYTES
SIZE = HEADER_SIZE + BOX_SIZE + 32

_NO_LIMIT = "-"


@dataclass(frozen=True)
class Days:
    """The first and the last day (YYYY-MM-DD) to seal to a key; None means no limit."""

    start: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.until is not None and self.until < self.start:
            raise OrganizerError("days", "The last day of a period must not come before its first day.")

    def __str__(self) -> str:
        if self.start is None and self.until is None:
            return "without limit"
        if self.until is None:
            return f"from {self.start} on"
        return f"until {self.until}" if self.start is None else f"{self.start} to {self.until}"

    def meets(self, other: Days) -> bool:
        """Whether some day belongs to both."""
        return (self.start or "") <= (other.until or "~") and (other.start or "") <= (self.until or "~")


OPEN_END = Days()


@dataclass(frozen=True)
class Period:
    """What everyone may know of one period's key."""

    record: KeyRecord
    days: Days = OPEN_END

    @property
    def hex_id(self) -> str:
        """The key id in hex, as files and options name it."""
        return self.record.key_id.hex()

    @property
    def record_text(self) -> str:
        """The key record in base64, as appeal.toml and `.pub` files hold it."""
        return encode(bytes(self.record))

    @property
    def order(self) -> tuple[str, str, str]:
        """Sorts periods by their days."""
        return self.days.start or "", self.days.until or "~", self.hex_id


@dataclass(frozen=True)
class PeriodKey:
    """The whole key of a period: what is public of it, and its master, which is secret."""

    period: Period
    master: bytes

    def __repr__(self) -> str:
        return f"PeriodKey({self.period.hex_id})"


def read_day(text: str) -> str | None:
    """A day as YYYY-MM-DD, None for nothing. Raises OrganizerError: days."""
    text = text.strip()
    try:
        # The strict form only: fromisoformat alone would take 20270101 and weeks, too.
        if text and date.fromisoformat(text).isoformat() != text:
            raise ValueError(text)
    except ValueError as error:
        raise OrganizerError("days", "A day is written like 2027-01-31: year, month, day.") from error
    return text or None


def read_days(text: str) -> Days:
    """Days as `2027-01-01..2027-06-30`; either end may be empty. Raises OrganizerError: days."""
    start, dots, until = text.partition("..")
    if not dots:
        raise OrganizerError("days", "A period is written like 2027-01-01..2027-06-30; either end may be left out.")
    return Days(read_day(start), read_day(until))


def public_name(key_id: KeyId) -> str:
    """The file with the public half of a period's key."""
    return f"period-{key_id.hex()}.pub"


def secret_name(key_id: KeyId) -> str:
    """The file with the locked master of a period's key."""
    return f"period-{key_id.hex()}.key"


def write_public(period: Period) -> str:
    """The content of a `.pub` file."""
    days = f"{period.days.start or _NO_LIMIT} {period.days.until or _NO_LIMIT}"
    return f"{period.record_text}\n{period.record.digits}\n{days}\n"


def read_public(text: str) -> Period:
    """A `.pub` file, exactly as it was written. Raises OrganizerError: key-file-damaged."""
    damaged = OrganizerError("key-file-damaged", "A .pub file of the workspace is damaged. Put back a copy of it.")
    lines = text.splitlines()
    if len(lines) != 3:
        raise damaged
    try:
        record = KeyRecord.parse(decode(lines[0]) or b"")
        days = Days(*(None if day == _NO_LIMIT else read_day(day) for day in lines[2].split(" ", 1)))
    except (ValueError, KeyFormatError, OrganizerError) as error:
        raise damaged from error
    period = Period(record, days)
    if text != write_public(period):
        raise damaged
    return period


def lock_master(root: bytes, master: bytes, record: KeyRecord, random: Callable[[int], bytes]) -> bytes:
    """The content of a `.key` file."""
    header = MAGIC + record.fingerprint
    file = header + bytes(_box(root).encrypt(master, header, random(Aead.NONCE_SIZE)))
    return file + hashlib.sha256(file).digest()


def unlock_master(root: bytes, file: bytes, record: KeyRecord) -> bytes | None:
    """The master of `record`, None when the file is locked under another root. Raises OrganizerError."""
    checked, checksum = file[:-32], file[-32:]
    header = MAGIC + record.fingerprint
    if len(file) != SIZE or not file.startswith(header) or hashlib.sha256(checked).digest() != checksum:
        text = f"The file {secret_name(record.key_id)} is damaged. Put back a copy of it, or restore it from its cards."
        raise OrganizerError("key-file-damaged", text)
    try:
        master = not_swapped(_box(root).decrypt(checked[HEADER_SIZE:], header))
    except CryptoError:
        return None
    if OrganizersKey.derive(master, record.appeal_id).record != record:
        # Whoever swaps a .pub file would have entries by hand sealed to a key of their own.
        text = "A .pub file and its .key file do not belong together. Put back a copy of the folder."
        raise OrganizerError("key-file-damaged", text)
    return master


def _box(root: bytes) -> Aead:
    return Aead(derive_secret(root, b"undersigned-keys", Aead.KEY_SIZE))
