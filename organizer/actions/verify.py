"""Checks a publication as any reader can: without a workspace and without a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto.publication import Publication, digest, read_publication, stock_command
from organizer.actions.appeal import APPEAL_FILE, AppealPlan, compare_appeal, read_appeal_of
from organizer.actions.own_keys import read_periods
from organizer.errors import OrganizerError
from organizer.results.publication import Checked, check_publication
from organizer.workspace.files import minisigs_beside, read_file
from organizer.workspace.folder import Workspace, is_workspace, remembered_file


@dataclass(frozen=True)
class PublicationFiles:
    """The paths that a reader has: publication, its minisigs (else those beside it), appeal.json, the one before."""

    publication: str
    minisigs: Sequence[str]
    appeal: str
    previous: str | None = None


@dataclass(frozen=True)
class Verification:
    """What was looked at, step by step, and the check that failed, if one did.

    The publication itself is not in it: need_verified() gives it, and only when every check holds.
    """

    path: str
    data: bytes
    checked: Checked

    @property
    def failure(self) -> OrganizerError | None:
        """Why this publication must not be trusted, with the reason of the check that failed."""
        error = self.checked.error
        if error is None:
            return None
        text = f"This publication must not be trusted. {error}"
        return OrganizerError(error.reason, text, {"steps": self.checked.steps})


@dataclass(frozen=True)
class Verified:
    """A publication that holds in everything that can be checked."""

    publication: Publication
    digest: str
    signed_by: tuple[str, ...]
    """The minisign lines of the organizers who signed it."""
    commands: tuple[str, ...]
    """Commands that check each minisig with the stock minisign, without our code."""


@dataclass(frozen=True)
class Trusted:
    """The path of the appeal.json that results are judged by, and what it says otherwise than the remembered one."""

    path: str
    plan: AppealPlan


def trusted_appeal(path: str | None, folder: str) -> Trusted:
    """The appeal.json to trust: the one that is named, else the one that the workspace in `folder` has.

    Raises OrganizerError: no-appeal, no-file, appeal-json, appeal-shape, key-file-damaged.
    """
    remembered = remembered_file(folder, APPEAL_FILE)
    found = path or remembered
    if found is None:
        text = "Say which appeal.json to trust: --appeal FILE. A workspace remembers the one that it was given."
        raise OrganizerError("no-appeal", text)
    before = None if remembered is None else read_file(remembered)
    own = read_periods(Workspace(Path(folder))) if is_workspace(folder) else ()
    return Trusted(found, compare_appeal(read_file(found), found, before, remembered or found, own))


def verify(files: PublicationFiles) -> Verification:
    """Every check, up to the first that fails. Raises OrganizerError: no-file, no-minisig; AppealError."""
    data, appeal = read_file(files.publication), read_appeal_of(read_file(files.appeal), files.appeal)
    beside = files.minisigs or minisigs_beside(files.publication)
    texts = {path: read_file(path).decode("utf-8", "replace") for path in beside}
    if not texts:
        text = f"There is no .minisig file beside {files.publication}. Name one with --minisig."
        raise OrganizerError("no-minisig", text)
    previous = None if files.previous is None else read_file(files.previous)
    return Verification(files.publication, data, check_publication(data, texts, appeal, previous))


def need_verified(found: Verification) -> Verified:
    """The publication, if it may be trusted. Raises OrganizerError with the reason of the check that failed."""
    if found.failure is not None:
        raise found.failure
    signed_by = found.checked.signed_by
    commands = tuple(stock_command(key, found.path, minisig) for minisig, key in signed_by.items())
    lines = tuple(key.line for key in signed_by.values())
    return Verified(read_publication(found.data), digest(found.data), lines, commands)
