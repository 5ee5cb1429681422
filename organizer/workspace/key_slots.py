"""Key slots: the workspace's key, which its rows are encrypted under, locked once for each secret that may open it.

The workspace key is 32 random bytes and lies in the database once for each secret that may open it: once under the
root (and so under the passphrase), once under each period's master. So what was opened can be read with the
passphrase; when that is lost, with the cards of any period that is not burned; and burning a period takes nothing away
from what was opened. Each row is an XChaCha20-Poly1305 box under BLAKE2b(key = secret, person = "undersigned-work"),
with the table's name and the row's id as associated data. The id is the key id (7 bytes), or, for the root,
16 bytes of BLAKE2b(key = root, person = "undersigned-slot").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from crypto.keys import KEY_ID_SIZE, KeyId, derive_secret
from organizer.errors import OrganizerError
from organizer.workspace.database import Row, Tables

TABLE = "locks"


def open_work_key(tables: Tables, root: bytes, masters: Mapping[KeyId, bytes], random: Callable[[int], bytes]) -> bytes:
    """The workspace key, made when there is none yet; every master (by key id) can open it afterwards.

    Raises OrganizerError: workspace-damaged.
    """
    root_id = _root_id(root)
    box = tables.get(TABLE, root_id)
    if box is not None:
        work_key = _open(root, root_id, box)
    elif not is_new(tables):
        text = "The database of this workspace belongs to another organizers.key. Put back a copy of the folder."
        raise OrganizerError("workspace-damaged", text)
    else:
        work_key = random(Aead.KEY_SIZE)
    add_locks(tables, work_key, {root_id: root} | dict(masters.items()))
    return work_key


def is_new(tables: Tables) -> bool:
    """Whether nothing was ever locked or opened here, so that there is nothing to lose."""
    return not any(True for table in (TABLE, "entries") for _ in tables.rows(table))


def add_locks(tables: Tables, work_key: bytes, secrets: Mapping[bytes, bytes]) -> None:
    """Let these secrets, by the ids of their rows, open the workspace key; those that can already are left alone."""
    missing = tables.missing(TABLE, list(secrets))
    tables.put([_lock(secret, row_id, work_key) for row_id, secret in secrets.items() if row_id in missing])


def take_over(tables: Tables, root: bytes, key_id: KeyId, master: bytes) -> bytes | None:
    """The workspace key by a period's master, locked under a new root from then on; None when it has no lock here."""
    box = tables.get(TABLE, key_id)
    if box is None:
        return None
    work_key = _open(master, key_id, box)
    tables.put([_lock(root, _root_id(root), work_key)])
    return work_key


def drop_other_roots(tables: Tables, root: bytes) -> None:
    """Forget the locks of roots that are not used any more."""
    for row_id, _ in list(tables.rows(TABLE)):
        if len(row_id) != KEY_ID_SIZE and row_id != _root_id(root):
            tables.drop(TABLE, row_id)


def drop_lock(tables: Tables, key_id: KeyId) -> None:
    """From now on, this period's master does not open what was opened."""
    tables.drop(TABLE, key_id)


def _root_id(root: bytes) -> bytes:
    return derive_secret(root, b"undersigned-slot", 16)


def _lock(secret: bytes, row_id: bytes, work_key: bytes) -> Row:
    return TABLE, row_id, bytes(_box(secret).encrypt(work_key, TABLE.encode() + row_id))


def _open(secret: bytes, row_id: bytes, box: bytes) -> bytes:
    try:
        return _box(secret).decrypt(box, TABLE.encode() + row_id)
    except (CryptoError, ValueError) as error:
        text = "The lock of the workspace's database is damaged. Put back a copy of the folder."
        raise OrganizerError("workspace-damaged", text) from error


def _box(secret: bytes) -> Aead:
    return Aead(derive_secret(secret, b"undersigned-work", Aead.KEY_SIZE))
