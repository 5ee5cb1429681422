"""Counting what a workspace holds."""

from __future__ import annotations

from collections.abc import Container

from crypto.publication import PublishedSignature
from organizer.actions.session import Session
from organizer.intake.ledgers import open_by_hand
from organizer.results.tally import Tally, tally


def count(session: Session, asked: Container[PublishedSignature] = frozenset(), listed: bool = True) -> Tally:
    """The tally of a workspace, with what was entered by hand opened first; `asked` and `listed` as in tally()."""
    open_by_hand(session.records, session.keys)
    return tally(session.records.judged(), session.records.withdrawn(), asked, listed)
