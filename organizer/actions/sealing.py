"""Seals the signatures and withdrawals that organizers enter themselves, as a browser seals them, without a passphrase.

These envelopes are opened together with the ledgers, or by the next action that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.keys import KeyRecord
from organizer.actions.appeal import need_appeal, remembered_appeal
from organizer.actions.session import Session, public_record
from organizer.workspace.folder import Workspace, open_workspace
from organizer.workspace.records import add_by_hand


@dataclass(frozen=True)
class Sealing:
    """A workspace, the appeal it belongs to, and a key to seal to."""

    workspace: Workspace
    appeal: Appeal
    record: KeyRecord

    def keep(self, envelopes: Iterable[bytes]) -> None:
        """Put sealed envelopes into the workspace, all or none."""
        with self.workspace.tables() as tables:
            add_by_hand(tables, envelopes)


@contextmanager
def open_sealing(folder: str) -> Iterator[Sealing]:
    """A workspace to seal into; needs no passphrase. Raises OrganizerError: no-appeal, no-key, no-file, …"""
    with open_workspace(folder) as workspace:
        yield Sealing(workspace, need_appeal(remembered_appeal(workspace)), public_record(workspace))


def sealing_in(session: Session) -> Sealing:
    """The same in an opened workspace. Raises OrganizerError: no-appeal, no-key."""
    return Sealing(session.workspace, need_appeal(session.appeal), public_record(session.workspace))
