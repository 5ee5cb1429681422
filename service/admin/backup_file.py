"""The backup file: one tar file that stock tools can read and check (docs/operator.md, "Backup").

It holds the ledger, sorted as always, the accepted publications, and their SHA-256 as `sha256sum -c` takes it.
It holds no time, no owner, and nothing else that says when or from where an envelope came.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import IO, Any, cast

from crypto.envelope import SIZE
from crypto.errors import LedgerError, PublicationError
from crypto.keys import AppealId
from crypto.ledger import HEADER_MAX, LedgerHeader, read_ledger, write_ledger
from crypto.publication import PUBLICATION_FILE, minisig_name, signer_of
from service.site.publications import KeptPublication, Publications
from service.stores.base import EnvelopeSource
from service.stores.file_times import hide_time, open_quietly
from service.stores.place_file import sync_folder

LEDGER = "ledger.undersigned"
SUMS = "SHA256SUMS"
TOGETHER = 256
_PUBLICATION = re.compile("publications/([0-9]{6,12})/([^/]*)")


class BackupError(Exception):
    """The file is not a whole backup of this appeal. Its text is one plain sentence."""


@dataclass(frozen=True)
class Backup:
    """A backup that was checked: how many envelopes, SHA-256 of its ledger and of the file, the publications."""

    path: Path
    count: int
    ledger_digest: str
    file_digest: str
    publications: tuple[KeptPublication, ...]

    def __str__(self) -> str:
        """What people compare: every digest, on a line of its own."""
        lines = [
            f"  {self.path}: SHA-256 {self.file_digest}",
            f"  {self.count} envelopes; SHA-256 of their ledger: {self.ledger_digest}",
        ]
        for kept in self.publications:
            lines.append(f"  publication number {kept.publication.number}; SHA-256 of publication.json: {kept.digest}")
        return "\n".join(lines)


def write_backup(path: Path, store: EnvelopeSource, publications: Publications, appeal_id: AppealId) -> Backup:
    """Make the file, read it back and check it; `path` appears only then. Raises BackupError, OSError and the store's.

    The service may run meanwhile: the backup holds what was kept when it began.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. A backup never overwrites another file.")
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                _write(tar, store, publications, appeal_id)
            file.flush()
            hide_time(file.fileno())
            os.fsync(file.fileno())
        with open(unfinished, "rb", opener=open_quietly) as written:
            backup = read_backup(written, appeal_id)
        os.link(unfinished, path)  # unlike a rename, this does not overwrite what came meanwhile
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)
    return Backup(path, backup.count, backup.ledger_digest, backup.file_digest, backup.publications)


def read_backup(file: IO[bytes], appeal_id: AppealId) -> Backup:
    """Check everything: names, digests, the ledger of this appeal. Raises BackupError, OSError."""
    path = Path(file.name)
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            members = tar.getmembers()
            names = [member.name for member in members]
            if len(set(names)) != len(names) or not all(_is_ours(member) for member in members):
                raise BackupError(f"{path} holds something that is no part of a backup.")
            found = {member.name: _digest_of(tar, member, appeal_id) for member in members if member.name != SUMS}
            if LEDGER not in found or SUMS not in names or _contents(tar, SUMS) != _sums(found):
                raise BackupError(f"{path} is damaged: the digests in it are not those of its contents.")
            kept = tuple(_publications(tar, names))
            with closing(_open(tar, LEDGER)) as ledger:
                count = LedgerHeader.parse(ledger.readline(HEADER_MAX)).count
    except (tarfile.TarError, EOFError, UnicodeDecodeError, LedgerError, PublicationError) as error:
        raise BackupError(f"{path} is no whole backup of this appeal: {error}") from error
    file.seek(0)
    return Backup(path, count, found[LEDGER], hashlib.file_digest(cast(Any, file), "sha256").hexdigest(), kept)


def envelopes_in(file: IO[bytes]) -> Iterator[bytes]:
    """All envelopes of a backup that was checked, sorted by their ids. Only one reading at a time."""
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as tar:
        ledger = _open(tar, LEDGER)
        header = LedgerHeader.parse(ledger.readline(HEADER_MAX))
        yield from _envelopes(ledger, header, header.appeal_id)


def _write(tar: tarfile.TarFile, store: EnvelopeSource, publications: Publications, appeal_id: AppealId) -> None:
    sums: dict[str, str] = {}
    with closing(store.snapshot()) as snapshot:
        header = LedgerHeader(appeal_id, snapshot.count)
        pieces = _Pieces(write_ledger(appeal_id, snapshot.count, snapshot.envelopes))
        tar.addfile(_member(LEDGER, header.size), cast(IO[bytes], pieces))
        sums[LEDGER] = pieces.digest.hexdigest()
    for kept in publications.all():
        folder = f"publications/{kept.publication.number:06d}"
        texts = {minisig_name(signer): text.encode("utf-8") for signer, text in kept.minisigs.items()}
        for name, data in {PUBLICATION_FILE: kept.data, **texts}.items():
            tar.addfile(_member(f"{folder}/{name}", len(data)), BytesIO(data))
            sums[f"{folder}/{name}"] = hashlib.sha256(data).hexdigest()
    tar.addfile(_member(SUMS, len(_sums(sums))), BytesIO(_sums(sums)))


def _member(name: str, size: int) -> tarfile.TarInfo:
    # A new TarInfo has no owner and the year 1970.
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class _Pieces(RawIOBase):
    """Pieces of bytes as a file that remembers its digest."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest, self.digest = pieces, b"", hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        self.digest.update(found)
        return found


def _is_ours(member: tarfile.TarInfo) -> bool:
    return member.isreg() and (member.name in (LEDGER, SUMS) or _publication_file(member.name) is not None)


def _publication_file(path: str) -> tuple[str, str | None] | None:
    """A publication's number, and the signer if this is a minisig; None for a path that is no publication's."""
    found = _PUBLICATION.fullmatch(path)
    signer = found and signer_of(found[2])
    return (found[1], signer) if found and (signer or found[2] == PUBLICATION_FILE) else None


def _digest_of(tar: tarfile.TarFile, member: tarfile.TarInfo, appeal_id: AppealId) -> str:
    """SHA-256 of one member; the ledger is checked on the way, envelope by envelope."""
    with closing(_open(tar, member.name)) as file:
        if member.name != LEDGER:
            return hashlib.sha256(file.read()).hexdigest()
        header = LedgerHeader.parse(file.readline(HEADER_MAX))
        digest = hashlib.sha256(bytes(header))
        for envelope in _envelopes(file, header, appeal_id):
            digest.update(envelope)
        return digest.hexdigest()


def _envelopes(file: IO[bytes], header: LedgerHeader, appeal_id: AppealId) -> Iterator[bytes]:
    return (envelope for _, envelope in read_ledger(header, _pieces(file), appeal_id))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Pieces of 4,096 bytes; many are read at once, for a read within a tar file costs more than one of the disk."""
    while many := file.read(TOGETHER * SIZE):
        yield from (many[at : at + SIZE] for at in range(0, len(many), SIZE))


def _publications(tar: tarfile.TarFile, names: list[str]) -> Iterator[KeptPublication]:
    found: dict[str, dict[str | None, bytes]] = {}
    for name in names:
        if place := _publication_file(name):
            number, signer = place
            found.setdefault(number, {})[signer] = _contents(tar, name)
    for number, files in sorted(found.items()):
        if None not in files:
            raise BackupError(f"In the backup, the publication {number} is missing beside its minisigs.")
        minisigs = {signer: text.decode("utf-8") for signer, text in files.items() if signer is not None}
        yield KeptPublication.read(files[None], minisigs)


def _sums(digests: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode("ascii")


def _contents(tar: tarfile.TarFile, name: str) -> bytes:
    with closing(_open(tar, name)) as file:
        return file.read()


def _open(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    return cast(IO[bytes], tar.extractfile(name))
