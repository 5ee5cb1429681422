"""Minisign's file formats: verify and make signatures that the stock `minisign` reads (docs/spec.md, section 6).

Here, and only here, "signature" has its cryptographic sense. Only the prehashed kind (ED) exists for us.
The layout is that of minisign 0.11 and its documentation.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.base64 import decode, encode
from crypto.ed25519 import is_refused, verifies
from crypto.errors import MinisignError

PREHASHED = b"ED"
KEY_ALGORITHM = b"Ed"
KEY_ID_SIZE = 8
SALT_SIZE = 32

_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "
# How many bytes of the first three lines minisign 0.11 reads.
_LINE_MOST = (1022, 101, 8190)
_SECRET_SIZE = KEY_ID_SIZE + 64 + 32
# scrypt as minisign stores it: libsodium's "sensitive" limits, which mean N = 2**20, r = 8, p = 1 (1 GiB).
_OPSLIMIT, _MEMLIMIT = 33554432, 1073741824
_SCRYPT = {"n": 2**20, "r": 8, "p": 1, "maxmem": 2**30 + 2**24}
_SECRET_HEAD = KEY_ALGORITHM + b"Sc" + b"B2"


@dataclass(frozen=True)
class MinisignPublicKey:
    """8 bytes of key id and 32 bytes of Ed25519 public key."""

    key_id: bytes
    point: bytes

    @classmethod
    def parse(cls, line: str) -> MinisignPublicKey:
        """Read the base64 line of a minisign public key. Raises MinisignError: minisign-form."""
        raw = _base64(line, 42)
        if raw[:2] != KEY_ALGORITHM or is_refused(raw[10:]):
            raise MinisignError("minisign-form", "This is not a minisign public key.")
        return cls(raw[2:10], raw[10:])

    def shares_secret(self, other: MinisignPublicKey) -> bool:
        """Whether the two are one Ed25519 key under two key ids, which one person can give to it."""
        return self.point == other.point and self.key_id != other.key_id

    @property
    def line(self) -> str:
        """The base64 line that people publish and pin."""
        return encode(KEY_ALGORITHM + self.key_id + self.point)

    @property
    def name(self) -> str:
        """The key id as minisign prints it: a number, without leading zeros."""
        return f"{int.from_bytes(self.key_id, 'little'):X}"

    @property
    def file(self) -> str:
        """The content of a `.pub` file."""
        return f"{_UNTRUSTED}minisign public key {self.name}\n{self.line}\n"


@dataclass(frozen=True)
class MinisignSecretKey:
    """A public key and the 32-byte Ed25519 seed behind it."""

    public: MinisignPublicKey
    seed: bytes

    @classmethod
    def make(cls, key_id: bytes, seed: bytes) -> MinisignSecretKey:
        """From 8 and 32 random bytes."""
        point = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(MinisignPublicKey(key_id, point), seed)

    def __repr__(self) -> str:
        return f"MinisignSecretKey({self.public.name})"


def verify(public_key: MinisignPublicKey, message: bytes, minisig: str) -> str:
    """The trusted comment, if `minisig` (the text of a .minisig file) signs `message` with this key.

    Raises MinisignError: minisign-form, minisign-key, minisign-signature, minisign-comment.
    """
    key_id, signature, comment, global_signature = _read_minisig(minisig)
    if key_id != public_key.key_id:
        raise MinisignError("minisign-key", "The file was signed with another key.")
    if not verifies(signature, hashlib.blake2b(message).digest(), public_key.point):
        raise MinisignError("minisign-signature", "The minisign signature does not fit the file.")
    if not verifies(global_signature, signature + comment.encode("utf-8"), public_key.point):
        raise MinisignError("minisign-comment", "The trusted comment was changed.")
    return comment


def signer_key_id(minisig: str) -> bytes:
    """The 8-byte key id that a .minisig file names. Raises MinisignError: minisign-form."""
    return _read_minisig(minisig)[0]


def sign(key: MinisignSecretKey, message: bytes, trusted_comment: str) -> str:
    """The text of a .minisig file for `message`. The comment must be one line."""
    _check_comment(trusted_comment)
    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    signature = private.sign(hashlib.blake2b(message).digest())
    global_signature = private.sign(signature + trusted_comment.encode("utf-8"))
    first = encode(PREHASHED + key.public.key_id + signature)
    second = encode(global_signature)
    return f"{_UNTRUSTED}organizers' minisign signature\n{first}\n{_TRUSTED}{trusted_comment}\n{second}\n"


def lock_secret_key(key: MinisignSecretKey, passphrase: str, salt: bytes) -> str:
    """The content of a minisign secret key file, encrypted under `passphrase`; takes seconds and 1 GiB on purpose."""
    checksum = hashlib.blake2b(KEY_ALGORITHM + _secret(key), digest_size=32).digest()
    plain = _secret(key) + checksum
    limits = _OPSLIMIT.to_bytes(8, "little") + _MEMLIMIT.to_bytes(8, "little")
    raw = _SECRET_HEAD + salt + limits + _xor(plain, _keystream(passphrase, salt))
    return f"{_UNTRUSTED}minisign encrypted secret key\n{encode(raw)}\n"


def unlock_secret_key(text: str, passphrase: str) -> MinisignSecretKey:
    """Read such a file. Raises MinisignError: minisign-form, minisign-passphrase."""
    lines = text.splitlines()
    raw = _base64(lines[1] if len(lines) == 2 else "", len(_SECRET_HEAD) + SALT_SIZE + 16 + _SECRET_SIZE)
    head, salt, limits, locked = raw[:6], raw[6:38], raw[38:54], raw[54:]
    expected = _OPSLIMIT.to_bytes(8, "little") + _MEMLIMIT.to_bytes(8, "little")
    if head != _SECRET_HEAD or limits != expected:
        raise MinisignError("minisign-form", "This is not an encrypted minisign secret key of the usual strength.")
    plain = _xor(locked, _keystream(passphrase, salt))
    secret, checksum = plain[:-32], plain[-32:]
    if not hmac.compare_digest(hashlib.blake2b(KEY_ALGORITHM + secret, digest_size=32).digest(), checksum):
        raise MinisignError("minisign-passphrase", "The passphrase does not open this minisign key.")
    return MinisignSecretKey.make(secret[:8], secret[8:40])


def _secret(key: MinisignSecretKey) -> bytes:
    return key.public.key_id + key.seed + key.public.point


def _keystream(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode("utf-8"), salt=salt, dklen=_SECRET_SIZE, **_SCRYPT)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _read_minisig(text: str) -> tuple[bytes, bytes, str, bytes]:
    lines = text.split("\n", 4)[:4]
    if len(lines) != 4 or not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise MinisignError("minisign-form", "This is not a minisign signature file.")
    if any(len(line.encode("utf-8", "surrogatepass")) > most for line, most in zip(lines, _LINE_MOST, strict=False)):
        raise MinisignError("minisign-form", "A line of the minisign file is longer than minisign reads.")
    if re.search("[\0\ud800-\udfff]", "".join(lines[:3])):
        raise MinisignError("minisign-form", "A minisign file is text, of whole characters.")
    comment = lines[2].rstrip("\r").removeprefix(_TRUSTED)
    _check_comment(comment)
    first, second = _signature_line(lines[1], 74), _signature_line(lines[3], 64)
    if first[:2] != PREHASHED:
        raise MinisignError("minisign-form", "Only prehashed minisign signatures are accepted.")
    return first[2:10], first[10:], comment, second


def _check_comment(comment: str) -> None:
    if re.search("[\n\r\0\ud800-\udfff]", comment):
        raise MinisignError("minisign-form", "A trusted comment is one line of whole characters.")


def _signature_line(line: str, size: int) -> bytes:
    """Up to a CR or NUL, as minisign reads it; nor does it look at the unused bits of the last character."""
    return _sized(decode(re.split("[\r\0]", line)[0], any_unused_bits=True), size)


def _base64(text: str, size: int) -> bytes:
    return _sized(decode(text), size)


def _sized(raw: bytes | None, size: int) -> bytes:
    if raw is None or len(raw) != size:
        raise MinisignError("minisign-form", "A line of the minisign file is not base64 of the right length.")
    return raw
