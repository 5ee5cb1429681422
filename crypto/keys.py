"""The organizers' key: a secret master, the public key record and its fingerprint (docs/spec.md, section 1).

Keys are derived, checked and named here. Opening is in seal.py, which the service never imports.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NewType

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crypto.errors import KeyFormatError

VERSION = b"\x01"
MASTER_SIZE = 32
APPEAL_ID_SIZE = 16
X25519_SIZE = 32
KEM_PUBLIC_SIZE = 1184
RECORD_SIZE = 1 + APPEAL_ID_SIZE + X25519_SIZE + KEM_PUBLIC_SIZE
KEY_ID_SIZE = 7
DIGIT_GROUPS = 8
DIGITS_PER_GROUP = 5

AppealId = NewType("AppealId", bytes)
"""16 random bytes that name an appeal, the same for all of its keys (docs/spec.md, section 1)."""

KeyId = NewType("KeyId", bytes)
"""7 bytes that name a key record, the first of its fingerprint; every envelope has them (docs/spec.md, section 1)."""

# Public keys that force a shared secret everyone knows (RFC 7748, section 6.1), written with the top bit clear.
SMALL_ORDER_POINTS = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def tag(name: str) -> bytes:
    """The prefix that keeps one use of a hash apart from every other use."""
    return f"undersigned/v1/{name}".encode("ascii") + b"\0"


def is_usable_point(point: bytes) -> bool:
    """Whether 32 bytes can be an X25519 public key: not of small order, top bit clear."""
    return point[31] < 0x80 and point not in SMALL_ORDER_POINTS


@dataclass(frozen=True)
class KeyRecord:
    """The public key: what a browser needs to seal for the organizers of one appeal."""

    appeal_id: AppealId
    x25519_public: bytes
    kem_public: bytes

    @classmethod
    def parse(cls, record: bytes) -> KeyRecord:
        """Read 1,233 bytes. Raises KeyFormatError: key-size, key-version, key-point, key-kem."""
        if len(record) != RECORD_SIZE:
            raise KeyFormatError("key-size", f"A key record has {RECORD_SIZE:,} bytes, this has {len(record):,}.")
        if record[:1] != VERSION:
            raise KeyFormatError("key-version", "The key record is of another version.")
        appeal_id, rest = AppealId(record[1 : 1 + APPEAL_ID_SIZE]), record[1 + APPEAL_ID_SIZE :]
        x25519_public, kem_public = rest[:X25519_SIZE], rest[X25519_SIZE:]
        if not is_usable_point(x25519_public):
            raise KeyFormatError("key-point", "The X25519 public key of the record cannot be used.")
        try:
            MLKEM768PublicKey.from_public_bytes(kem_public)
        except ValueError as error:
            raise KeyFormatError("key-kem", "The ML-KEM key of the record is malformed.") from error
        return cls(appeal_id, x25519_public, kem_public)

    def __bytes__(self) -> bytes:
        return VERSION + self.appeal_id + self.x25519_public + self.kem_public

    @cached_property
    def fingerprint(self) -> bytes:
        """32 bytes that name the record."""
        return hashlib.sha256(tag("key") + bytes(self)).digest()

    @cached_property
    def key_id(self) -> KeyId:
        """The first 7 bytes of the fingerprint, carried by every envelope."""
        return KeyId(self.fingerprint[:KEY_ID_SIZE])

    @cached_property
    def header(self) -> bytes:
        """The first 8 bytes of every envelope sealed to this key."""
        return VERSION + self.key_id

    @property
    def digits(self) -> str:
        """The fingerprint for people: 8 groups of 5 digits."""
        return fingerprint_digits(self.fingerprint)


def fingerprint_digits(fingerprint: bytes) -> str:
    """32 bytes as 8 groups of 5 decimal digits, for reading aloud and comparing."""
    count = DIGIT_GROUPS * DIGITS_PER_GROUP
    digits = f"{int.from_bytes(fingerprint, 'big') % 10**count:0{count}d}"
    return " ".join(digits[at : at + DIGITS_PER_GROUP] for at in range(0, count, DIGITS_PER_GROUP))


@dataclass(frozen=True)
class OrganizersKey:
    """The secret key, all of it derived from one master. It exists only on the organizers' offline computer."""

    record: KeyRecord
    x25519_secret: bytes
    kem_seed: bytes

    @classmethod
    def derive(cls, master: bytes, appeal_id: AppealId) -> OrganizersKey:
        """From a 32-byte master and a 16-byte appeal id. Raises KeyFormatError: key-size."""
        if len(master) != MASTER_SIZE or len(appeal_id) != APPEAL_ID_SIZE:
            raise KeyFormatError("key-size", "A master has 32 bytes and an appeal id 16.")
        x25519_secret = derive_secret(master, b"undersigned-box", 32)
        kem_seed = derive_secret(master, b"undersigned-kem", 64)
        record = KeyRecord(
            appeal_id,
            X25519PrivateKey.from_private_bytes(x25519_secret).public_key().public_bytes_raw(),
            MLKEM768PrivateKey.from_seed_bytes(kem_seed).public_key().public_bytes_raw(),
        )
        return cls(record, x25519_secret, kem_seed)

    def __repr__(self) -> str:
        # The secret must not get into a traceback or a log.
        return f"OrganizersKey({self.record.key_id.hex()})"


def derive_secret(master: bytes, person: bytes, size: int) -> bytes:
    """`size` secret bytes for one purpose, named by a BLAKE2b person of at most 16 bytes."""
    return hashlib.blake2b(key=master, person=person, digest_size=size).digest()
