"""What most commands start with: the workspace, the key opened with a passphrase, the appeal.json remembered.

Knows how these belong together and refuses what does not. Must never decide what a command does with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.appeal import Appeal, read_appeal
from crypto.keys import KeyRecord, OrganizersKey
from crypto.minisign import MinisignPublicKey, MinisignSecretKey, unlock_secret_key
from organizer import keyfile
from organizer.ceremony import read_public
from organizer.errors import OrganizerError
from organizer.records import Records, derive_work_key
from organizer.talk import Talk
from organizer.workspace import KEY_FILE, Workspace, open_workspace, read_file

APPEAL_FILE = "appeal.json"
ATTEMPTS = 3


@dataclass(frozen=True)
class Session:
    """An opened workspace. `passphrase` is kept for the minisign key only, and only as long as the command runs."""

    workspace: Workspace
    keys: Mapping[bytes, OrganizersKey]
    records: Records
    appeal: Appeal | None
    passphrase: str

    def __repr__(self) -> str:
        return f"Session({', '.join(repr(key) for key in self.keys.values())})"


def read_passphrase_file(path: str) -> str:
    """The passphrase in a file, one newline at its end left out. Raises OrganizerError: no-file, not-text."""
    try:
        text = read_file(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrganizerError("not-text", "The passphrase file is not text in UTF-8.") from error
    return text.removesuffix("\n").removesuffix("\r")


@contextmanager
def open_session(
    talk: Talk, folder: str, passphrase_file: str | None, appeal_file: str | None = None
) -> Iterator[Session]:
    """A workspace with its key open, and closed again at the end. Raises OrganizerError."""
    with open_workspace(folder) as workspace:
        appeal = load_appeal(workspace, appeal_file)
        key, work_key, passphrase = _unlock(talk, workspace, passphrase_file)
        with workspace.tables() as tables:
            yield Session(workspace, {key.record.key_id: key}, Records(tables, work_key), appeal, passphrase)


def public_record(workspace: Workspace) -> KeyRecord:
    """The organizers' public key record; needs no passphrase. Raises OrganizerError: key-file-damaged."""
    return read_public((workspace.read("organizers.pub") or b"").decode("ascii", "replace"))


def load_appeal(workspace: Workspace, path: str | None) -> Appeal | None:
    """The appeal.json at `path`, which is remembered, or else the one remembered before, or None.

    Raises OrganizerError: no-file, appeal-key; AppealError.
    """
    data = workspace.read(APPEAL_FILE) if path is None else read_file(path)
    if data is None:
        return None
    appeal = read_appeal(data)
    record = public_record(workspace)
    if record not in [key.record for key in appeal.keys]:
        text = f"This appeal.json does not list your key {record.digits}. Take the one of your own appeal."
        raise OrganizerError("appeal-key", text)
    if path is not None:
        workspace.write(APPEAL_FILE, data)
    return appeal


def need_appeal(appeal: Appeal | None) -> Appeal:
    """The appeal, which this command cannot do without. Raises OrganizerError: no-appeal."""
    if appeal is None:
        text = "This needs the appeal.json of your appeal once. Fetch it from the site and give it with --appeal FILE."
        raise OrganizerError("no-appeal", text)
    return appeal


def open_minisign(session: Session) -> MinisignSecretKey:
    """The organizer's minisign key, which has the same passphrase. Raises OrganizerError, MinisignError."""
    text = session.workspace.read("minisign.key")
    if text is None:
        raise OrganizerError("no-file", "The file minisign.key is missing from the workspace. Put back a copy of it.")
    return unlock_secret_key(text.decode("ascii", "replace"), keyfile.normalise(session.passphrase))


def check_listed(appeal: Appeal, key: MinisignPublicKey) -> None:
    """Whether readers would accept this minisign key. Raises OrganizerError: appeal-signer."""
    if key not in appeal.minisign:
        text = f"This appeal.json does not list your minisign key {key.line}, so nobody would accept what you sign."
        raise OrganizerError("appeal-signer", text)


def _unlock(talk: Talk, workspace: Workspace, passphrase_file: str | None) -> tuple[OrganizersKey, bytes, str]:
    file = workspace.read(KEY_FILE) or b""
    if passphrase_file is not None:
        passphrase = read_passphrase_file(passphrase_file)
        master, appeal_id = keyfile.unlock(file, passphrase)
    else:
        master, appeal_id, passphrase = _ask(talk, file)
    key = OrganizersKey.derive(master, appeal_id)
    if key.record != public_record(workspace):
        # Whoever swaps organizers.pub would have entries by hand sealed to a key of their own.
        text = "The files organizers.key and organizers.pub do not belong together. Put back a copy of the folder."
        raise OrganizerError("key-file-damaged", text)
    return key, derive_work_key(master), passphrase


def _ask(talk: Talk, file: bytes) -> tuple[bytes, bytes, str]:
    for attempt in range(1, ATTEMPTS + 1):
        passphrase = talk.passphrase("Passphrase")
        talk.say("Opening the key. This takes some seconds.")
        try:
            return *keyfile.unlock(file, passphrase), passphrase
        except OrganizerError as error:
            if error.reason != "passphrase" or attempt == ATTEMPTS:
                raise
            talk.say(str(error))
    raise AssertionError("the last attempt returns or raises")
