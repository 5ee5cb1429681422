"""Bringing a key back from its cards, into a new workspace or into one that lost it.

First it is found out which keys the cards may give. Then cards are typed in until there are enough (shares.Recovery).
Then a person decides what locks the key from now on. Nothing is written before all of this is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from nacl.utils import random

from crypto.errors import MinisignError
from crypto.minisign import MinisignPublicKey
from organizer.actions.appeal import read_appeal_of
from organizer.actions.own_keys import read_periods
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.session import keep_period
from organizer.errors import OrganizerError
from organizer.keys import generate, keyfile
from organizer.keys.memory import not_swapped
from organizer.keys.passphrase import check_passphrase
from organizer.keys.periods import Period, PeriodKey
from organizer.keys.recovery import Expected, expect, read_digits
from organizer.keys.shares import Recovery
from organizer.keys.signing import lock_signing_key, unlock_stock_key
from organizer.workspace import key_slots
from organizer.workspace.files import read_file
from organizer.workspace.folder import (
    KEY_FILE,
    MINISIGN_FILE,
    SIGNER_FILE,
    SIGNING_FILE,
    Workspace,
    check_new,
    is_workspace,
    make_workspace,
    open_workspace,
)

AS_IF_LOST = Question(
    Notice("lost", "Go on as if it were lost?"), Notice("stopped", "Nothing was restored."), for_a_person=True
)
"""A workspace whose passphrase is known keeps it; a new one is for those who lost it."""

Tell = Callable[[Notice], None]
"""A function that is told which long step begins, so that it can be shown."""


class Lock(Enum):
    """What locks the key that comes back, and so what a person is asked for."""

    NEW = "new"
    """A new workspace: this organizer's short name, and a new passphrase."""
    KEY_FILE = "key-file"
    """The passphrase of the workspace, which stays; who lost it takes a new one."""
    MINISIGN = "minisign"
    """The passphrase of a workspace that had a minisign key only; who lost it takes a new one."""
    NOTHING = "nothing"
    """A workspace with neither key: a new passphrase."""


@dataclass(frozen=True)
class Wanted:
    """Which key the cards should give, besides those that a workspace knows: the path of an appeal.json, or digits."""

    appeal: str | None = None
    fingerprint: str | None = None
    appeal_id: str | None = None
    """The appeal id in hex."""


@dataclass(frozen=True)
class Restoring:
    """Where a key is restored, and which keys are accepted; `workspace` is None where a new one is made."""

    folder: str
    workspace: Workspace | None
    expected: Expected

    @property
    def lock(self) -> Lock:
        """What has to be asked for."""
        if self.workspace is None:
            return Lock.NEW
        if self.workspace.read(KEY_FILE) is not None:
            return Lock.KEY_FILE
        return Lock.NOTHING if self.workspace.read(MINISIGN_FILE) is None else Lock.MINISIGN

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to before the workspace gets a new passphrase."""
        return (AS_IF_LOST,) if self.lock is Lock.KEY_FILE else ()


@dataclass(frozen=True)
class Restored:
    """A restored key. `minisign`: a new minisign key was made, which the site must list."""

    period: Period
    folder: str
    minisign: MinisignPublicKey | None = None
    still_lost: tuple[Period, ...] = ()
    """Keys of the workspace that need their own cards before they open anything again."""


@contextmanager
def open_restoring(folder: str, wanted: Wanted) -> Iterator[Restoring]:
    """Find out which keys the cards may give. Raises OrganizerError: no-appeal, no-file, fingerprint, appeal-id, …"""
    appeal = None if wanted.appeal is None else read_appeal_of(read_file(wanted.appeal), wanted.appeal)
    digits = None if wanted.fingerprint is None else read_digits(wanted.fingerprint)
    named = None if wanted.appeal_id is None else generate.check_appeal_id(wanted.appeal_id)
    if not is_workspace(folder):
        yield Restoring(folder, None, expect([], appeal, digits, named))
        return
    with open_workspace(folder) as workspace:
        yield Restoring(workspace.path(), workspace, expect(read_periods(workspace), appeal, digits, named))


def key_of_cards(at: Restoring, cards: Recovery) -> PeriodKey:
    """The key that the cards give, if it is one of those wanted. Raises OrganizerError: share-few, share-key, …"""
    master = cards.master()
    return PeriodKey(at.expected.match(master), master)


def open_root(at: Restoring, passphrase: str) -> bytes:
    """The root of a workspace whose passphrase is known. Raises OrganizerError: passphrase, key-file-damaged, …"""
    return keyfile.unlock(_workspace(at).read(KEY_FILE) or b"", passphrase)[0]


def check_minisign_passphrase(at: Restoring, passphrase: str) -> str:
    """The passphrase, if it opens the minisign key of the workspace. Raises MinisignError."""
    unlock_stock_key(_workspace(at).read(MINISIGN_FILE) or b"", passphrase)
    return passphrase


def restore_into_new(
    at: Restoring, key: PeriodKey, signer: str, passphrase: str, profile: keyfile.Profile = keyfile.SENSITIVE
) -> Restored:
    """Make a workspace with this key, and with a new minisign key, for no card holds one. Takes seconds.

    `profile` is as in make_first_keys(). Raises OrganizerError: signer-name, passphrase-short, share-key,
    workspace-exists, memory.
    """
    generate.check_signer(signer)
    check_passphrase(passphrase)
    _check_wanted(at, key)
    check_new(at.folder)
    root = not_swapped(random(keyfile.ROOT_SIZE))
    public, files = generate.minisign_files(signer, passphrase, random, root)
    files[KEY_FILE] = _lock_root(root, key.period, passphrase, profile)
    files |= generate.period_files(root, key, random)
    make_workspace(at.folder, files)
    return Restored(key.period, at.folder, public)


def restore_under(at: Restoring, key: PeriodKey, root: bytes) -> Restored:
    """Put the key back under the passphrase of the workspace, which stays. Raises OrganizerError: share-key."""
    _check_wanted(at, key)
    keep_period(_workspace(at), root, key)
    return Restored(key.period, at.folder)


def restore_anew(
    at: Restoring, key: PeriodKey, passphrase: str, answers: Answers, tell: Tell = lambda notice: None
) -> Restored:
    """Give the workspace this passphrase, with the key; what was opened and decided stays. Takes seconds.

    Raises OrganizerError: stopped, passphrase-short, share-key, restore-rows, memory.
    """
    check_answered(at.questions, answers)
    check_passphrase(passphrase)
    _check_wanted(at, key)
    workspace = _workspace(at)
    root = take_over(workspace, key, passphrase)
    minisign = _renew_minisign(workspace, passphrase, root, tell)
    lost = tuple(other for other in read_periods(workspace) if other.record != key.period.record)
    return Restored(key.period, at.folder, minisign, lost)


def take_over(workspace: Workspace, key: PeriodKey, passphrase: str) -> bytes:
    """Give a workspace whose passphrase is lost a new root, which is returned; the master opens the rows.

    If it is cut off at any moment, doing it again finishes it. Raises OrganizerError: restore-rows, memory.
    """
    root = not_swapped(random(keyfile.ROOT_SIZE))
    file = _lock_root(root, key.period, passphrase)
    key_id = key.period.record.key_id
    with workspace.tables() as tables:
        if key_slots.take_over(tables, root, key_id, key.master) is None and not key_slots.is_new(tables):
            text = (
                "These cards do not open what is in this workspace: the key was burned here. "
                "Restore it into a new folder, named with -w, and open the ledgers there."
            )
            raise OrganizerError("restore-rows", text)
        keep_period(workspace, root, key)
        workspace.write(KEY_FILE, file)
        key_slots.drop_other_roots(tables, root)
    return root


def _workspace(at: Restoring) -> Workspace:
    if at.workspace is None:
        raise OrganizerError("no-workspace", f"There is no workspace in {at.folder}.")
    return at.workspace


def _check_wanted(at: Restoring, key: PeriodKey) -> None:
    """Check again, right before writing, that the key is one of those wanted: a caller may have mixed up two keys."""
    if at.expected.match(key.master) != key.period:
        raise OrganizerError("share-key", "This is another key than the one that is wanted. Nothing was written.")


def _lock_root(root: bytes, period: Period, passphrase: str, profile: keyfile.Profile = keyfile.SENSITIVE) -> bytes:
    """The key file of a workspace of this period's appeal."""
    return keyfile.lock(root, period.record.appeal_id, passphrase, random(keyfile.SALT_SIZE), profile)


def _renew_minisign(workspace: Workspace, passphrase: str, root: bytes, tell: Tell) -> MinisignPublicKey | None:
    """A minisign key that the new passphrase and the root open; the new one, None when the old one still opens."""
    signer, file = workspace.read(SIGNER_FILE), workspace.read(MINISIGN_FILE)
    if signer is None:
        return None
    tell(Notice("minisign-tried", "Looking whether your minisign key opens, too. This takes some seconds."))
    try:
        if file is not None:
            workspace.write(SIGNING_FILE, lock_signing_key(root, unlock_stock_key(file, passphrase), random))
            return None
    except MinisignError:
        tell(Notice("minisign-locked", "It was locked with the lost passphrase, so a new one is made."))
    owner = signer.decode("ascii", "replace").strip()
    public, files = generate.minisign_files(owner, passphrase, random, root)
    for name, content in files.items():
        workspace.write(name, content)
    return public
