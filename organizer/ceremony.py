"""Making the organizers' keys: a master, a minisign key, a passphrase for both, and what to publish of them.

Knows which files a new workspace starts with. Draws randomness only from the function it is given; writes nothing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from crypto.errors import KeyFormatError
from crypto.keys import APPEAL_ID_SIZE, MASTER_SIZE, KeyRecord, OrganizersKey
from crypto.minisign import KEY_ID_SIZE, SALT_SIZE, MinisignPublicKey, MinisignSecretKey, lock_secret_key
from organizer import keyfile
from organizer.errors import OrganizerError

Random = Callable[[int], bytes]

ALPHABET = "acdefghjkmnpqrtuvwxy23456789"
"""28 characters, none of which looks like another one on paper: 25 of them make 120 bits."""

GROUPS, GROUP_SIZE = 5, 5
_UNIFORM_BELOW = 252  # the largest multiple of 28 a byte can hold

_SIGNER = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True)
class NewKeys:
    """What a ceremony made: the public halves, and every file of the new workspace by name."""

    record: KeyRecord
    minisign: MinisignPublicKey
    signer: str
    toml: str
    files: dict[str, bytes]


def offer_passphrase(random: Random) -> str:
    """A fresh passphrase of 5 groups of 5 characters, about 120 bits."""
    count = GROUPS * GROUP_SIZE
    letters = ""
    while len(letters) < count:
        letters += "".join(ALPHABET[byte % len(ALPHABET)] for byte in random(count) if byte < _UNIFORM_BELOW)
    return "-".join(letters[at : at + GROUP_SIZE] for at in range(0, count, GROUP_SIZE))


def check_passphrase(passphrase: str) -> str:
    """A passphrase long enough to be used. Raises OrganizerError: passphrase-short, not-text."""
    if len(keyfile.normalise(passphrase)) < keyfile.SHORTEST_PASSPHRASE:
        raise OrganizerError(
            "passphrase-short", f"A passphrase must have at least {keyfile.SHORTEST_PASSPHRASE} characters."
        )
    return passphrase


def check_signer(name: str) -> str:
    """A name that can stand in a file name. Raises OrganizerError: signer-name."""
    if not _SIGNER.fullmatch(name):
        raise OrganizerError("signer-name", "The signer's name has 1 to 32 of the characters a-z, 0-9 and “-”.")
    return name


def check_appeal_id(text: str) -> bytes:
    """An appeal id from 32 hex digits. Raises OrganizerError: appeal-id."""
    if not re.fullmatch(f"[0-9a-f]{{{2 * APPEAL_ID_SIZE}}}", text):
        raise OrganizerError("appeal-id", "An appeal id is 32 of the digits 0-9 and a-f.")
    return bytes.fromhex(text)


def make_keys(
    appeal_id: bytes, signer: str, passphrase: str, random: Random, profile: keyfile.Profile = keyfile.SENSITIVE
) -> NewKeys:
    """Fresh keys, locked under one passphrase. Takes seconds and 1 GiB of memory, twice."""
    passphrase = keyfile.normalise(passphrase)
    master = random(MASTER_SIZE)
    record = OrganizersKey.derive(master, appeal_id).record
    minisign = MinisignSecretKey.make(random(KEY_ID_SIZE), random(32))
    toml = write_toml(record, signer, minisign.public)
    files = {
        "organizers.key": keyfile.lock(master, appeal_id, passphrase, random(keyfile.SALT_SIZE), profile),
        "organizers.pub": write_public(record).encode("ascii"),
        "minisign.key": lock_secret_key(minisign, passphrase, random(SALT_SIZE)).encode("ascii"),
        "minisign.pub": minisign.public.file.encode("ascii"),
        "signer.txt": f"{signer}\n".encode("ascii"),
        "appeal-keys.toml": toml.encode("utf-8"),
    }
    return NewKeys(record, minisign.public, signer, toml, files)


def write_public(record: KeyRecord) -> str:
    """The content of `organizers.pub`: the record in base64 and the fingerprint in digits, a line each."""
    return f"{_base64(record)}\n{record.digits}\n"


def read_public(text: str) -> KeyRecord:
    """The record in `organizers.pub`, checked against its digits. Raises OrganizerError: key-file-damaged."""
    damaged = OrganizerError(
        "key-file-damaged", "The file organizers.pub is damaged. Put back a copy of it and try again."
    )
    lines = text.splitlines()
    try:
        record = KeyRecord.parse(base64.b64decode(lines[0] if lines else "", validate=True))
    except (ValueError, KeyFormatError) as error:
        raise damaged from error
    if lines[1:] != [record.digits]:
        raise damaged
    return record


def write_toml(record: KeyRecord, signer: str, minisign: MinisignPublicKey) -> str:
    """The lines that config/appeal/appeal.toml needs; the top-level ones as comments that say where they go."""
    return (
        "# Put these lines into config/appeal/appeal.toml.\n"
        "# These two belong at its top, before the first line in [brackets]:\n"
        f'# id = "{record.appeal_id.hex()}"\n'
        "# threshold = 1\n"
        "\n"
        "[[keys]]\n"
        f'record = "{_base64(record)}"\n'
        "\n"
        "[[minisign]]\n"
        f'signer = "{signer}"\n'
        f'key = "{minisign.line}"\n'
    )


def _base64(record: KeyRecord) -> str:
    return base64.b64encode(bytes(record)).decode("ascii")
