"""Seal and open: the two layers around a signature or a withdrawal (docs/spec.md, section 2).

The only module that can open an envelope. The service never imports it; a test holds that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from crypto.appeal import LetterHash
from crypto.code import Commitment, check_code
from crypto.envelope import HEADER_SIZE, check_envelope
from crypto.errors import KeyFormatError, OpenError, RecordError
from crypto.keys import APPEAL_ID_SIZE, KeyRecord, OrganizersKey, tag
from crypto.signature import Signature, is_plainly_canonical, read_signature, write_signature

PLAINTEXT_SIZE = 2936
JSON_START = 90
JSON_ROOM = PLAINTEXT_SIZE - JSON_START - 1
SLOT_SIZE = 32
LETTER_HASH_SIZE = 32
SIGNATURE, WITHDRAWAL = 1, 2

_SUITE = Suite(KEM.MLKEM768, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_ZEROS = bytes(PLAINTEXT_SIZE)
_WITHDRAWAL_SLOT = re.compile(rb"([0-9]{25})\0{7}")


class OpenedSignature(NamedTuple):
    """A signature, the hash of the letter that was signed and the commitment to its code.

    `text` is the JSON object as it was sealed, which the strict reader accepts; `canonical` says that it is known to be
    what write_signature writes.
    """

    letter_hash: LetterHash
    commitment: Commitment
    text: bytes
    canonical: bool

    @property
    def signature(self) -> Signature:
        """The signature, read from the text only when it is asked for: opening a million envelopes is then faster."""
        return read_signature(self.text)


@dataclass(frozen=True)
class OpenedWithdrawal:
    """A request to take back the signature whose code this is."""

    letter_hash: LetterHash
    code: str


Opened = OpenedSignature | OpenedWithdrawal


def seal_signature(record: KeyRecord, signature: Signature, letter_hash: LetterHash, commitment: Commitment) -> bytes:
    """The envelope, 4,096 bytes, of a signature. Raises RecordError: record-room when the text is too long in bytes."""
    return _seal(record, letter_hash, commitment, SIGNATURE, write_signature(signature))


def seal_withdrawal(record: KeyRecord, letter_hash: LetterHash, code: str) -> bytes:
    """The envelope, 4,096 bytes, of a withdrawal. Raises CodeError: code-form."""
    slot = check_code(code).encode("ascii").ljust(SLOT_SIZE, b"\0")
    return _seal(record, letter_hash, slot, WITHDRAWAL, b"{}")


def _seal(record: KeyRecord, letter_hash: LetterHash, slot: bytes, kind: int, text: bytes) -> bytes:
    if len(letter_hash) != LETTER_HASH_SIZE or len(slot) != SLOT_SIZE:
        raise KeyFormatError("key-size", "A letter hash and a slot have 32 bytes each.")
    if len(text) > JSON_ROOM:
        raise RecordError("record-room", f"The signature needs {len(text):,} bytes, there is room for {JSON_ROOM:,}.")
    head = record.header + record.appeal_id + letter_hash + slot + bytes([kind, 0])
    plaintext = (head + text + b"\x80").ljust(PLAINTEXT_SIZE, b"\0")
    kem_public = MLKEM768PublicKey.from_public_bytes(record.kem_public)
    inner = _SUITE.encrypt(plaintext, kem_public, info=_info(record))
    return record.header + SealedBox(PublicKey(record.x25519_public)).encrypt(inner)


def _info(record: KeyRecord) -> bytes:
    return tag("seal") + record.header + record.appeal_id


class Opener:
    """Opens envelopes sealed to one key. What is the same for all of them is computed once."""

    def __init__(self, key: OrganizersKey) -> None:
        self._record = key.record
        self._accepted = frozenset({key.record.key_id})
        self._outer = SealedBox(PrivateKey(key.x25519_secret))
        # Expanding the ML-KEM seed costs as much as opening an envelope.
        self._kem_secret = MLKEM768PrivateKey.from_seed_bytes(key.kem_seed)
        self._info = _info(key.record)
        self._start = key.record.header + key.record.appeal_id

    def __call__(self, envelope: bytes) -> Opened:
        """Open one envelope. Raises EnvelopeError, OpenError or RecordError, and nothing else, whatever its bytes."""
        check_envelope(envelope, self._accepted)
        try:
            # The outer layer is opened first: it refuses random bytes in half the time that both layers take.
            inner = self._outer.decrypt(envelope[HEADER_SIZE:])
        except CryptoError as error:
            raise OpenError("open-outer", "The envelope was not sealed to this key, or was changed.") from error
        try:
            plaintext = _SUITE.decrypt(inner, self._kem_secret, info=self._info)
        except (InvalidTag, ValueError) as error:
            raise OpenError(
                "open-inner", "The inner layer was not sealed to this key and appeal, or was changed."
            ) from error
        return self._read_signature(plaintext) or _read_plaintext(self._record, plaintext)

    def _read_signature(self, plaintext: bytes) -> OpenedSignature | None:
        """The signature, for a plaintext in the usual form; None for everything that needs a closer look."""
        end = plaintext.rfind(b"\x80")
        if plaintext.startswith(self._start) and plaintext[88:JSON_START] == b"\1\0" and _is_padded(plaintext, end):
            text = plaintext[JSON_START:end]
            if is_plainly_canonical(text):
                return OpenedSignature(LetterHash(plaintext[24:56]), Commitment(plaintext[56:88]), text, True)
        return None


def _read_plaintext(record: KeyRecord, plaintext: bytes) -> Opened:
    appeal_at, letter_at, slot_at, kind_at = HEADER_SIZE, HEADER_SIZE + APPEAL_ID_SIZE, 56, 88
    if len(plaintext) != PLAINTEXT_SIZE or plaintext[:appeal_at] != record.header:
        raise OpenError("inner-header", "Inside and outside of the envelope name different keys.")
    if plaintext[appeal_at:letter_at] != record.appeal_id:
        raise OpenError("inner-appeal", "The envelope belongs to another appeal.")
    end = plaintext.rfind(b"\x80")
    if not _is_padded(plaintext, end):
        raise OpenError("inner-padding", "The padding is malformed.")
    slot, kind = plaintext[slot_at:kind_at], plaintext[kind_at]
    letter_hash = LetterHash(plaintext[letter_at:slot_at])
    if kind not in (SIGNATURE, WITHDRAWAL):
        raise OpenError("inner-kind", "The envelope holds neither a signature nor a withdrawal.")
    if plaintext[kind_at + 1] != 0:
        raise OpenError("inner-reserved", "A byte that must be zero is not.")
    text = plaintext[JSON_START:end]
    if kind == SIGNATURE:
        read_signature(text)
        return OpenedSignature(letter_hash, Commitment(slot), text, is_plainly_canonical(text))
    return _read_withdrawal(letter_hash, slot, text)


def _is_padded(plaintext: bytes, end: int) -> bool:
    """Whether the byte 80 at `end` and zero bytes after it fill the plaintext."""
    return len(plaintext) == PLAINTEXT_SIZE and end >= JSON_START and plaintext[end + 1 :] == _ZEROS[end + 1 :]


def _read_withdrawal(letter_hash: LetterHash, slot: bytes, text: bytes) -> OpenedWithdrawal:
    match = _WITHDRAWAL_SLOT.fullmatch(slot)
    if not match:
        raise OpenError("inner-slot", "The withdrawal holds no code.")
    if text != b"{}":
        raise OpenError("inner-withdrawal", "The withdrawal holds more than a code.")
    return OpenedWithdrawal(letter_hash, match.group(1).decode("ascii"))
