"""Reviewing: the queue of a workspace, opened."""

from __future__ import annotations

from organizer.actions.session import Session
from organizer.intake.ledgers import open_by_hand
from organizer.matching.pair_cache import Progress, no_progress
from organizer.review.queue import ReviewQueue


def open_queue(session: Session, progress: Progress = no_progress) -> ReviewQueue:
    """All that can be reviewed in a workspace, what was entered by hand included. Raises OrganizerError."""
    open_by_hand(session.records, session.keys)
    letters = None if session.appeal is None else set(session.appeal.letters.values())
    return ReviewQueue(session.records, letters, progress)
