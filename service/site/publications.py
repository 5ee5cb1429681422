"""The accepted publications on the disk, each in a folder of its own: the newest is shown, the earlier ones stay.

A publication appears by one rename, so a reader sees the old one or the new one, whole, whatever happens meanwhile.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from crypto.appeal import Appeal
from crypto.errors import PublicationError
from crypto.minisign import MinisignPublicKey
from crypto.publication import (
    PUBLICATION_FILE,
    Counts,
    LastSeen,
    Publication,
    digest,
    minisig_name,
    read_publication,
    signer_of,
    signers,
    verify_publication,
)
from service.stores.file_times import hide_time, read_quietly

_log = logging.getLogger("undersigned")


@dataclass(frozen=True)
class KeptPublication:
    """A publication that was accepted once: its parsed content, exact bytes and minisigs by the signer's name."""

    publication: Publication
    data: bytes
    minisigs: dict[str, str]

    @classmethod
    def read(cls, data: bytes, minisigs: dict[str, str]) -> KeptPublication:
        """Parse it from its files, without asking who signed. Raises PublicationError."""
        return cls(read_publication(data), data, minisigs)

    @property
    def day(self) -> date:
        """The date of the publication."""
        return date.fromisoformat(self.publication.date)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, as `sha256sum` prints it."""
        return digest(self.data)


@dataclass(frozen=True)
class Summary:
    """What the list of all publications says of one; its files are read again by whoever wants them."""

    number: int
    day: date
    total: int
    counts: Counts
    digest: str
    size: int
    signers: tuple[str, ...]

    @classmethod
    def of(cls, kept: KeptPublication) -> Summary:
        """The summary of a publication that was accepted."""
        content = kept.publication
        return cls(
            content.number, kept.day, content.total, content.counts, kept.digest, len(kept.data), tuple(kept.minisigs)
        )


class Publications:
    """The accepted publications in the folder `root`. Raises OSError when the disk refuses."""

    def __init__(self, root: Path, appeal: Appeal, signer_names: dict[MinisignPublicKey, str]) -> None:
        self._root, self._appeal, self._names = root, appeal, signer_names
        self._lock = threading.Lock()
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._changed = self._changed_on_disk()
        self._summaries: dict[str, Summary] = {}
        self._shown = self._load()

    @property
    def current(self) -> KeptPublication | None:
        """The newest accepted publication, also when another process accepted or restored it."""
        # One reads it again, and meanwhile the others see what was there; so while one is being accepted, too.
        if self._changed_on_disk() != self._changed and self._lock.acquire(blocking=False):
            try:
                self._read_again()
            finally:
                self._lock.release()
        return self._shown

    def _changed_on_disk(self) -> int:
        return self._root.stat().st_mtime_ns

    def _read_again(self) -> None:
        if (changed := self._changed_on_disk()) == self._changed:
            return
        self._changed = changed
        try:
            self._shown = self._load()
        except (OSError, PublicationError) as error:
            # What is shown stays: it was verified, and this was not.
            _log.error("The publications in %s cannot be shown: %s", self._root, error)

    def accept(self, data: bytes, minisigs: Sequence[str]) -> KeptPublication:
        """Verify what was handed in, keep it and show it. Raises PublicationError; then nothing has changed."""
        with self._lock:
            self._shown = self._load()  # another process may have restored some
            publication = verify_publication(data, minisigs, self._appeal, self._last_seen())
            shown = KeptPublication(publication, data, self._named_signers(data, minisigs))
            self._keep(shown)
            self._shown, self._changed = shown, self._changed_on_disk()
            return shown

    def all(self) -> list[KeptPublication]:
        """Every publication in the folder, the first one first."""
        return [self._read(folder) for folder in reversed(self._folders())]

    def history(self) -> tuple[Summary, ...]:
        """Every publication in the folder, the newest first. Each is read once, because none ever changes."""
        for folder in self._folders():
            if folder.name not in self._summaries:
                try:
                    self._summaries[folder.name] = Summary.of(self._read(folder))
                except (OSError, PublicationError) as error:
                    # Readers still see the newest; that one is missing, they see from the numbers.
                    _log.error("The publication in %s cannot be listed: %s", folder, error)
        return tuple(sorted(self._summaries.values(), key=lambda summary: summary.number, reverse=True))

    def file(self, number: int, name: str) -> bytes | None:
        """One file of an accepted publication, exactly as it was handed in, or None."""
        if self._shown is None or not 1 <= number <= self._shown.publication.number:
            return None
        if name != PUBLICATION_FILE and signer_of(name) is None:
            return None  # a name such as ../settings.toml
        path = self._root / f"{number:06d}" / name
        return read_quietly(path) if path.is_file() else None

    def restore(self, backup: Sequence[KeptPublication]) -> int:
        """Keep those that are missing here; returns how many. Raises PublicationError; then nothing has changed.

        The newest must be signed by the pinned keys. Keys may have changed since the earlier ones were signed,
        so these are held by the digests with which each publication names the one before it.
        """
        with self._lock:
            here = {kept.publication.number: kept for kept in self.all()}
            merged = here | {kept.publication.number: kept for kept in backup if kept.publication.number not in here}
            for kept in backup:
                if merged[kept.publication.number].data != kept.data:
                    raise PublicationError(
                        "publication-number", f"Another publication {kept.publication.number} is here already."
                    )
            self._check_chain([merged[number] for number in sorted(merged)])
            missing = [kept for kept in backup if kept.publication.number not in here]
            for kept in missing:
                self._keep(kept)
            self._shown = self._load()
            return len(missing)

    def _check_chain(self, publications: Sequence[KeptPublication]) -> None:
        for before, after in pairwise(publications):
            if (after.publication.number, after.publication.previous) != (before.publication.number + 1, before.digest):
                raise PublicationError("publication-previous", "The publications do not follow one another.")
        if publications:
            newest = publications[-1]
            self._named_signers(newest.data, list(newest.minisigs.values()))
            if newest.publication.appeal != self._appeal.appeal_id.hex():
                raise PublicationError("publication-appeal", "The publications belong to another appeal.")

    def _named_signers(self, data: bytes, minisigs: Sequence[str]) -> dict[str, str]:
        found = signers(data, minisigs, self._appeal.minisign)
        if len(found) < self._appeal.threshold:
            raise PublicationError("publication-minisig", "The newest is not signed by the pinned minisign keys.")
        return {self._names[key]: text for key, text in found.items()}

    def _last_seen(self) -> LastSeen | None:
        return LastSeen(self._shown.publication.number, digest(self._shown.data)) if self._shown else None

    def _keep(self, shown: KeptPublication) -> None:
        unfinished = self._root / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _write(unfinished / PUBLICATION_FILE, shown.data)
        for signer, minisig in shown.minisigs.items():
            _write(unfinished / minisig_name(signer), minisig.encode("utf-8"))
        hide_time(unfinished)
        _sync_folder(unfinished)
        os.rename(unfinished, self._root / f"{shown.publication.number:06d}")
        # Other processes see by this time that there is something new; it need not be one of a clock.
        hide_time(self._root, max(int(folder.name) for folder in self._folders()))
        _sync_folder(self._root)

    def _load(self) -> KeptPublication | None:
        # Verified when it was accepted, and verified again: the disk is not the organizers.
        for folder in self._folders()[:1]:
            kept = self._read(folder)
            self._summaries[folder.name] = Summary.of(kept)
            return KeptPublication(
                kept.publication, kept.data, self._named_signers(kept.data, list(kept.minisigs.values()))
            )
        return None

    def _folders(self) -> list[Path]:
        """The newest first."""
        found = [folder for folder in self._root.iterdir() if re.fullmatch("[0-9]{6,}", folder.name)]
        return sorted(found, key=lambda folder: int(folder.name), reverse=True)

    def _read(self, folder: Path) -> KeptPublication:
        minisigs = {
            signer: read_quietly(path).decode("utf-8")
            for path in sorted(folder.iterdir())
            if (signer := signer_of(path.name)) is not None
        }
        return KeptPublication.read(read_quietly(folder / PUBLICATION_FILE), minisigs)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        hide_time(file.fileno())
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
