"""What a workspace holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from crypto.keys import AppealId, KeyId
from organizer.actions.draft import count
from organizer.actions.session import Session
from organizer.keys.periods import Period
from organizer.results.tally import Tally


@dataclass(frozen=True)
class Status:
    """What was received, opened, decided, read and published; `here` are the ids of the keys that are still here."""

    appeal_id: AppealId
    appeal_known: bool
    """Whether the appeal.json is here."""
    periods: tuple[Period, ...]
    here: frozenset[KeyId]
    tally: Tally
    ledgers: tuple[str, ...]
    """Digests, in hex, of the ledgers that were read to the end."""
    publications: tuple[int, ...]


def read_status(session: Session) -> Status:
    """Count what is in a workspace. Raises OrganizerError: workspace-damaged."""
    return Status(
        appeal_id=session.periods[0].record.appeal_id,
        appeal_known=session.appeal is not None,
        periods=session.periods,
        here=frozenset(session.keys),
        tally=count(session, listed=False),
        ledgers=tuple(session.records.ledgers()),
        publications=tuple(session.workspace.publications()),
    )
