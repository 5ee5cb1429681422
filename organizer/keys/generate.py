"""Making the organizers' keys: a master, a minisign key, a passphrase for both, and what to publish of them.

Randomness comes only from the function that is passed in, and nothing is written: the files of a new workspace are
returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crypto.keys import APPEAL_ID_SIZE, MASTER_SIZE, AppealId, OrganizersKey
from crypto.minisign import KEY_ID_SIZE, SALT_SIZE, MinisignPublicKey, MinisignSecretKey, lock_secret_key
from crypto.publication import is_signer
from crypto.shape import is_hex
from crypto.typed import bare
from organizer.errors import OrganizerError
from organizer.keys import keyfile
from organizer.keys.memory import not_swapped
from organizer.keys.passphrase import normalise
from organizer.keys.periods import (
    OPEN_END,
    Days,
    Period,
    PeriodKey,
    lock_master,
    public_name,
    secret_name,
    write_public,
)
from organizer.keys.signing import lock_signing_key

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class NewKeys:
    """What a ceremony made: the keys of periods, this organizer's minisign key, every file of the new workspace."""

    periods: tuple[PeriodKey, ...]
    minisign: MinisignPublicKey
    signer: str
    toml: str
    files: dict[str, bytes]

    def __repr__(self) -> str:
        return f"NewKeys({self.periods}, {self.minisign})"


def check_signer(name: str) -> str:
    """A name that can stand in a file name. Raises OrganizerError: signer-name."""
    if not is_signer(name):
        raise OrganizerError(
            "signer-name", "A short name has 1 to 32 of the small letters a-z, digits and “-”, and no spaces."
        )
    return name


def check_appeal_id(text: str) -> AppealId:
    """An appeal id from 32 hex digits, however grouped. Raises OrganizerError: appeal-id."""
    digits = bare(text).lower()
    if not is_hex(digits, APPEAL_ID_SIZE):
        raise OrganizerError("appeal-id", "An appeal id is 32 of the digits 0-9 and a-f.")
    return AppealId(bytes.fromhex(digits))


def make_period(appeal_id: AppealId, days: Days, random: Random) -> PeriodKey:
    """A key of its own for one period."""
    master = not_swapped(random(MASTER_SIZE))
    return PeriodKey(Period(OrganizersKey.derive(master, appeal_id).record, days), master)


def period_files(root: bytes, key: PeriodKey, random: Random) -> dict[str, bytes]:
    """The two files of a period's key in a workspace with this root."""
    record = key.period.record
    return {
        public_name(record.key_id): write_public(key.period).encode("ascii"),
        secret_name(record.key_id): lock_master(root, key.master, record, random),
    }


def minisign_files(
    signer: str, passphrase: str, random: Random, root: bytes | None = None, *, stock: bool = True
) -> tuple[MinisignPublicKey, dict[str, bytes]]:
    """A fresh minisign key and its files; with the root of a workspace, also the one that it opens.

    With `stock`, there is the file for stock minisign, too: that takes seconds and 1 GiB of memory.
    """
    minisign = MinisignSecretKey.make(random(KEY_ID_SIZE), not_swapped(random(32)))
    files = {"minisign.pub": minisign.public.file.encode("ascii"), "signer.txt": f"{signer}\n".encode("ascii")}
    if stock:
        locked = lock_secret_key(minisign, normalise(passphrase), random(SALT_SIZE))
        files["minisign.key"] = locked.encode("ascii")
    if root is not None:
        files["minisign.locked"] = lock_signing_key(root, minisign, random)
    return minisign.public, files


def make_keys(
    appeal_id: AppealId,
    signer: str,
    passphrase: str,
    random: Random,
    days: Sequence[Days] = (OPEN_END,),
    profile: keyfile.Profile = keyfile.SENSITIVE,
) -> NewKeys:
    """Fresh keys, one for each period, locked under one passphrase. Takes seconds and 1 GiB of memory, twice.

    Those of a trial take neither, and have no file for stock minisign, which knows one strength only.
    """
    passphrase = normalise(passphrase)
    periods = tuple(make_period(appeal_id, one, random) for one in days)
    root = not_swapped(random(keyfile.ROOT_SIZE))
    minisign, files = minisign_files(signer, passphrase, random, root, stock=not profile.demo)
    files["organizers.key"] = keyfile.lock(root, appeal_id, passphrase, random(keyfile.SALT_SIZE), profile)
    for new in periods:
        files |= period_files(root, new, random)
    mark = "# DEMO: keys of a trial, not for a real appeal.\n" if profile.demo else ""
    toml = mark + write_toml([new.period for new in periods], {signer: minisign})
    files["appeal-keys.toml"] = toml.encode("utf-8")
    return NewKeys(periods, minisign, signer, toml, files)


def write_toml(periods: Sequence[Period], signers: dict[str, MinisignPublicKey], threshold: int = 1) -> str:
    """The lines that config/appeal/appeal.toml needs; the top-level ones as comments that say where they go."""
    return (
        "# Put these lines into config/appeal/appeal.toml.\n"
        "# These two belong at its top, before the first line in [brackets]:\n"
        f'# id = "{periods[0].record.appeal_id.hex()}"\n'
        f"# threshold = {threshold}\n"
        f"{write_tables(periods, signers)}"
    )


def write_tables(periods: Sequence[Period], signers: dict[str, MinisignPublicKey]) -> str:
    """The [[keys]] and [[minisign]] of an appeal.toml, which may stand anywhere behind its top."""
    parts = []
    for period in periods:
        days = [("from", period.days.start), ("until", period.days.until)]
        limits = "".join(f"{name} = {day}\n" for name, day in days if day is not None)
        parts.append(f'\n# {period.record.digits}\n[[keys]]\nrecord = "{period.record_text}"\n{limits}')
    parts += [f'\n[[minisign]]\nsigner = "{name}"\nkey = "{key.line}"\n' for name, key in signers.items()]
    return "".join(parts)
