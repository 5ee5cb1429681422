"""Accepted publications on the disk, each in a folder of its own: the newest is shown, the earlier ones stay.

A publication appears by one rename, so a reader sees the old one or the new one, whole, whatever happens meanwhile.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.appeal import Appeal
from crypto.errors import PublicationError
from crypto.minisign import MinisignPublicKey
from crypto.publication import LastSeen, Publication, digest, read_publication, signers, verify_publication

FILE = "publication.json"


@dataclass(frozen=True)
class Shown:
    """The publication on display: its parsed content, exact bytes and minisigs by the signer's name."""

    publication: Publication
    data: bytes
    minisigs: dict[str, str]

    @property
    def day(self) -> date:
        """The date of the publication."""
        return date.fromisoformat(self.publication.date)

    @property
    def digest(self) -> str:
        """SHA-256 of the file, as `sha256sum` prints it."""
        return digest(self.data)


class Publications:
    """The folder `root`. Raises OSError when the disk does not obey."""

    def __init__(self, root: Path, appeal: Appeal, signer_names: dict[MinisignPublicKey, str]) -> None:
        self._root, self._appeal, self._names = root, appeal, signer_names
        self._lock = threading.Lock()
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._shown = self._load()

    @property
    def current(self) -> Shown | None:
        """The newest accepted publication."""
        return self._shown

    def accept(self, data: bytes, minisigs: Sequence[str]) -> Shown:
        """Verify, keep, show. Raises PublicationError; then nothing has changed."""
        with self._lock:
            publication = verify_publication(data, minisigs, self._appeal, self._last_seen())
            named = {
                self._names[key]: minisig for key, minisig in signers(data, minisigs, self._appeal.minisign).items()
            }
            shown = Shown(publication, data, named)
            self._keep(shown)
            self._shown = shown
            return shown

    def _last_seen(self) -> LastSeen | None:
        return LastSeen(self._shown.publication.number, digest(self._shown.data)) if self._shown else None

    def _keep(self, shown: Shown) -> None:
        unfinished = self._root / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _write(unfinished / FILE, shown.data)
        for signer, minisig in shown.minisigs.items():
            _write(unfinished / minisig_name(signer), minisig.encode("utf-8"))
        _sync_folder(unfinished)
        os.rename(unfinished, self._root / f"{shown.publication.number:06d}")
        _sync_folder(self._root)

    def _load(self) -> Shown | None:
        # Verified when it was accepted, and verified again: the disk is not the organizers.
        for folder in sorted(self._root.iterdir(), reverse=True):
            if not re.fullmatch("[0-9]{6,}", folder.name):
                continue
            data = (folder / FILE).read_bytes()
            minisigs = [path.read_text("utf-8") for path in folder.glob(f"{FILE}.*.minisig")]
            found = signers(data, minisigs, self._appeal.minisign)
            if len(found) < self._appeal.threshold:
                raise PublicationError("publication-minisig", f"{folder} is not signed by the pinned minisign keys.")
            return Shown(read_publication(data), data, {self._names[key]: text for key, text in found.items()})
        return None


def minisig_name(signer: str) -> str:
    """The file name of one organizer's minisign signature."""
    return f"{FILE}.{signer}.minisig"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
