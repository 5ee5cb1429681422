"""The key file: the workspace's root, encrypted under a passphrase.

The root opens everything else: periods.py locks the masters under it, workspace/key_slots.py the key of the rows. So
the passphrase is tried once, however many keys there are.

    0    23  the ASCII text "undersigned/v1/keyfile", or "undersigned/v1/keydemo" for a trial, and one zero byte
    23   8   Argon2id operations, big-endian
    31   8   Argon2id memory in bytes, big-endian
    39   16  salt
    55   16  appeal id                              (bytes 0..71 are "the header")
    71   72  XChaCha20-Poly1305: nonce (24), encrypted root (32), tag (16); associated data = the header
    143  32  SHA-256 of bytes 0..143                (tells a damaged file from a wrong passphrase)
    175      end

The key of the box is 32 bytes of Argon2id (version 1.3, one lane) of the passphrase in UTF-8, NFC; of one that was made
for a person, in the form in which it was made (passphrase.py).

The file of a trial (`./run`) opens fast, because its passphrase lies beside it; so it says what it is, and with it no
command passes for the organizers' own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from nacl.exceptions import CryptoError
from nacl.exceptions import RuntimeError as NaclRuntimeError
from nacl.pwhash import argon2id
from nacl.secret import Aead

from crypto.keys import APPEAL_ID_SIZE, AppealId, tag
from organizer.errors import OrganizerError
from organizer.keys.memory import not_swapped
from organizer.keys.passphrase import normalise

MAGIC, DEMO_MAGIC = tag("keyfile"), tag("keydemo")
SALT_SIZE = argon2id.SALTBYTES
HEADER_SIZE = len(MAGIC) + 8 + 8 + SALT_SIZE + APPEAL_ID_SIZE
ROOT_SIZE = 32
BOX_SIZE = Aead.NONCE_SIZE + ROOT_SIZE + Aead.MACBYTES
CHECKSUM_SIZE = 32
SIZE = HEADER_SIZE + BOX_SIZE + CHECKSUM_SIZE


@dataclass(frozen=True)
class Profile:
    """What one guess at the passphrase costs: passes over memory, and bytes of memory; and whether it is a trial's."""

    operations: int
    memory: int
    demo: bool = False


SENSITIVE = Profile(argon2id.OPSLIMIT_SENSITIVE, argon2id.MEMLIMIT_SENSITIVE)
"""For people: 4 passes over 1 GiB, libsodium's limits for "highly sensitive data" (its manual, chapter Argon2)."""

CHEAP = Profile(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
"""For tests of the library only: no command that keeps anything can ask for it."""

REHEARSAL = CHEAP
"""For `organizer rehearse`, whose data are made up and removed: nobody should wait there for what protects nothing."""

DEMO = replace(CHEAP, demo=True)
"""For the keys of a trial, which are marked and never those of a real appeal."""


def lock(root: bytes, appeal_id: AppealId, passphrase: str, salt: bytes, profile: Profile = SENSITIVE) -> bytes:
    """The key file, 175 bytes. Raises OrganizerError: memory."""
    limits = profile.operations.to_bytes(8, "big") + profile.memory.to_bytes(8, "big")
    header = (DEMO_MAGIC if profile.demo else MAGIC) + limits + salt + appeal_id
    file = header + bytes(_box(passphrase, salt, profile).encrypt(root, header))
    return file + hashlib.sha256(file).digest()


def is_demo(file: bytes) -> bool:
    """Whether a key file says that it is a trial's; the passphrase vouches for that when it opens the file."""
    return file.startswith(DEMO_MAGIC)


def unlock(file: bytes, passphrase: str) -> tuple[bytes, AppealId]:
    """The root (32 bytes) and the appeal id.

    Raises OrganizerError: key-file-damaged, key-file-limits, passphrase, memory.
    """
    checked, checksum = file[:-CHECKSUM_SIZE], file[-CHECKSUM_SIZE:]
    if len(file) != SIZE or not file.startswith((MAGIC, DEMO_MAGIC)) or hashlib.sha256(checked).digest() != checksum:
        raise OrganizerError(
            "key-file-damaged", "The key file organizers.key is damaged. Put back a copy of it and try again."
        )
    header, box = checked[:HEADER_SIZE], checked[HEADER_SIZE:]
    limits, salt, appeal_id = header[len(MAGIC) : -32], header[-32:-16], header[-16:]
    profile = Profile(int.from_bytes(limits[:8], "big"), int.from_bytes(limits[8:], "big"))
    if not _is_affordable(profile):
        # The limits are not yet authenticated here: a forged file must not be able to eat all memory.
        raise OrganizerError("key-file-limits", "The key file organizers.key asks for more work than this tool allows.")
    try:
        return not_swapped(_box(passphrase, salt, profile).decrypt(box, header)), AppealId(appeal_id)
    except CryptoError as error:
        raise OrganizerError("passphrase", "This passphrase does not open the key. Try again.") from error


def _is_affordable(profile: Profile) -> bool:
    return (
        CHEAP.operations <= profile.operations <= SENSITIVE.operations
        and CHEAP.memory <= profile.memory <= SENSITIVE.memory
    )


def _box(passphrase: str, salt: bytes, profile: Profile) -> Aead:
    secret = normalise(passphrase).encode("utf-8")
    try:
        return Aead(argon2id.kdf(Aead.KEY_SIZE, secret, salt, profile.operations, profile.memory))
    except (NaclRuntimeError, MemoryError) as error:
        raise OrganizerError(
            "memory", "The passphrase needs 1 GiB of free memory. Close other programs and try again."
        ) from error
