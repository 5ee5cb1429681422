"""The session that most actions start with: a workspace, its keys opened with a passphrase, the remembered appeal.json.

Files that do not belong together are refused. The passphrase is asked for through an object that the caller passes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from nacl.utils import random

from crypto.appeal import Appeal
from crypto.errors import MinisignError, UndersignedError
from crypto.keys import KeyId, KeyRecord, OrganizersKey
from crypto.minisign import MinisignSecretKey
from organizer.actions.appeal import keep_appeal, plan_appeal, remembered_appeal
from organizer.actions.fewer import remember_promise
from organizer.actions.own_keys import no_minisign, own_minisign, read_periods
from organizer.actions.plan import Notice
from organizer.actions.sitting import Sitting
from organizer.errors import OrganizerError
from organizer.keys import keyfile
from organizer.keys.generate import period_files
from organizer.keys.periods import Period, PeriodKey, secret_name, unlock_master
from organizer.keys.signing import lock_signing_key, unlock_signing_key, unlock_stock_key
from organizer.workspace.folder import (
    KEY_FILE,
    MINISIGN_FILE,
    SIGNING_FILE,
    Workspace,
    open_workspace,
)
from organizer.workspace.key_slots import open_work_key
from organizer.workspace.records import Records

SIGNING_KEPT = Notice(
    "signing-kept",
    "Your minisign key is now locked under the key of this workspace, too: from the next time on, signing asks and "
    "waits no more.",
)

DEMO = Notice("demo", "DEMO: these are the keys of a trial. Do not collect real signatures with them.")


class Passphrases(Protocol):
    """How a user interface asks for the passphrase, and says that a key is opened, which takes seconds on purpose."""

    @property
    def sitting(self) -> Sitting | None:
        """What keeps the root between actions, so that it need not be asked for again; None: nothing is kept."""
        ...

    def passphrase(self, wrong: UndersignedError | None) -> str:
        """What was typed; `wrong` is why the one before did not open the key. Raises OrganizerError to give up."""
        ...

    def opening(self) -> None:
        """The key is being opened."""
        ...

    def signing(self) -> None:
        """The minisign key is being opened with the passphrase, to sign with it."""
        ...

    def tell(self, notice: Notice) -> None:
        """Something a person should know, and need not answer."""
        ...


@dataclass(frozen=True)
class Session:
    """An opened workspace: the keys of the periods that are here, by key id, and the rows.

    `periods` are all that this workspace had a key of, those included whose key was burned or is lost.
    `typed` is the passphrase, None when it was not asked for: a minisign key that the root does not open yet needs it.
    """

    workspace: Workspace
    periods: tuple[Period, ...]
    keys: Mapping[KeyId, OrganizersKey]
    records: Records
    appeal: Appeal | None
    passphrases: Passphrases
    typed: str | None
    root: bytes

    def __repr__(self) -> str:
        return f"Session({', '.join(repr(key) for key in self.keys.values())})"


@contextmanager
def open_session(passphrases: Passphrases, folder: str, appeal_file: str | None = None) -> Iterator[Session]:
    """A workspace with its keys open, and closed again at the end. Raises OrganizerError."""
    with open_workspace(folder) as workspace:
        periods = read_periods(workspace)
        appeal = load_appeal(workspace, appeal_file)
        root, typed = _unlock(passphrases, workspace)
        masters = open_masters(workspace, root, periods)
        keys = {
            period.record.key_id: OrganizersKey.derive(masters[period.record.key_id], period.record.appeal_id)
            for period in periods
            if period.record.key_id in masters
        }
        with workspace.tables() as tables:
            records = Records(tables, open_work_key(tables, root, masters, random))
            yield Session(workspace, periods, keys, records, appeal, passphrases, typed, root)


def open_masters(workspace: Workspace, root: bytes, periods: tuple[Period, ...]) -> dict[KeyId, bytes]:
    """The masters that are here and open under this root, by key id. Raises OrganizerError: key-file-damaged."""
    masters: dict[KeyId, bytes] = {}
    for period in periods:
        file = workspace.read(secret_name(period.record.key_id))
        master = None if file is None else unlock_master(root, file, period.record)
        if master is not None:
            masters[period.record.key_id] = master
    return masters


def keep_period(workspace: Workspace, root: bytes, key: PeriodKey) -> None:
    """Put the key of a period into a workspace. The public half comes last: it says that the key is there."""
    for name, content in reversed(period_files(root, key, random).items()):
        workspace.write(name, content)


def public_record(workspace: Workspace) -> KeyRecord:
    """A key record to seal to what is entered by hand; any key that is here will do. Raises OrganizerError: no-key."""
    for period in read_periods(workspace):
        if workspace.read(secret_name(period.record.key_id)) is not None:
            return period.record
    raise _no_key(workspace)


def need_keys(session: Session) -> None:
    """Whether anything can be opened at all. Raises OrganizerError: no-key."""
    if not session.keys:
        raise _no_key(session.workspace)


def _no_key(workspace: Workspace) -> OrganizerError:
    if not read_periods(workspace) and workspace.read(MINISIGN_FILE) is not None:
        text = "This workspace has a minisign key only: it signs results, and opens no envelopes."
        return OrganizerError("no-key", f"{text} To open them here, too, bring the key with cards: organizer restore")
    text = "This workspace has no key that opens envelopes: it was burned or lost. “organizer restore” needs its cards."
    return OrganizerError("no-key", text)


def load_appeal(workspace: Workspace, path: str | None) -> Appeal | None:
    """The appeal.json that is trusted here; the one at `path` from now on, where it says nothing else than that one.

    Raises OrganizerError: no-file, appeal-key, appeal-changed, …
    """
    if path is not None:
        keep_appeal(workspace, plan_appeal(workspace, path), {})
    appeal = remembered_appeal(workspace)
    if appeal is not None:
        remember_promise(workspace, appeal)  # a workspace of an earlier version kept none
    return appeal


def open_minisign(session: Session) -> MinisignSecretKey:
    """The organizer's minisign key. Raises OrganizerError, MinisignError.

    The root opens it; in a workspace where it does not yet, the passphrase does, and the root does the next time.
    """
    workspace, public = session.workspace, own_minisign(session.workspace)[1]
    locked = workspace.read(SIGNING_FILE)
    key = None if locked is None else unlock_signing_key(session.root, locked, public)
    if key is None:
        key = _open_stock_minisign(session)
        if key.public == public:
            workspace.write(SIGNING_FILE, lock_signing_key(session.root, key, random))
            session.passphrases.tell(SIGNING_KEPT)
    return key


def _open_stock_minisign(session: Session) -> MinisignSecretKey:
    """With the passphrase that opened the workspace, which is the same, or asked for when a sitting opened it."""
    file = session.workspace.read(MINISIGN_FILE)
    if file is None:
        raise no_minisign()
    if session.typed is None:
        return ask_minisign(session.passphrases, session.workspace)
    session.passphrases.signing()
    return unlock_stock_key(file, session.typed)


def ask_minisign(passphrases: Passphrases, workspace: Workspace) -> MinisignSecretKey:
    """The minisign key of a workspace that has no other. Raises OrganizerError, MinisignError."""
    file = workspace.read(MINISIGN_FILE)
    if file is None:
        raise no_minisign()
    wrong: MinisignError | None = None
    while True:
        typed = passphrases.passphrase(wrong)
        passphrases.signing()
        try:
            return unlock_stock_key(file, typed)
        except MinisignError as error:
            if error.reason != "minisign-passphrase":
                raise
            wrong = error


def _unlock(passphrases: Passphrases, workspace: Workspace) -> tuple[bytes, str | None]:
    file, sitting = workspace.read(KEY_FILE), passphrases.sitting
    if file is None:
        raise _no_key(workspace)
    if keyfile.is_demo(file):
        passphrases.tell(DEMO)
    held = None if sitting is None else sitting.root(file)
    if held is not None:
        return held, None
    root, typed = ask_root(passphrases, file)
    if sitting is not None:
        sitting.keep(file, root)
    return root, typed


def ask_root(passphrases: Passphrases, file: bytes) -> tuple[bytes, str]:
    """The root in a key file and the passphrase that opened it. Raises OrganizerError."""
    wrong: OrganizerError | None = None
    while True:
        passphrase = passphrases.passphrase(wrong)
        passphrases.opening()
        try:
            return keyfile.unlock(file, passphrase)[0], passphrase
        except OrganizerError as error:
            if error.reason != "passphrase":
                raise
            wrong = error
