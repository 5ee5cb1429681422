"""Counts a workspace and drafts a publication from the tally. No other module drafts one."""

from __future__ import annotations

from collections.abc import Container

from crypto.publication import Publication, PublishedSignature
from organizer.actions.appeal import need_appeal
from organizer.actions.plan import Notice
from organizer.actions.session import Session
from organizer.intake.ledgers import open_by_hand
from organizer.results.publication import Place, make_publication
from organizer.results.tally import Tally, tally


def count(session: Session, asked: Container[PublishedSignature] = frozenset(), listed: bool = True) -> Tally:
    """The tally of a workspace, with what was entered by hand opened first; `asked` and `listed` as in tally()."""
    open_by_hand(session.records, session.keys)
    judged = session.records.judged() if listed or asked else session.records.judged_marks()
    return tally(judged, session.records.withdrawn(), asked, listed)


def draft_publication(session: Session, counted: Tally, place: Place, date: str) -> Publication:
    """The publication of a tally of this workspace, dated YYYY-MM-DD. Raises OrganizerError: no-appeal."""
    keys, ledgers = session.records.keys(), session.records.ledgers()
    return make_publication(counted, need_appeal(session.appeal), keys, ledgers, place, date)


def unmatched(counted: Tally) -> tuple[Notice, ...]:
    """Whether people took a signature back that is not here."""
    if not counted.unmatched_withdrawals:
        return ()
    text = "Withdrawals whose signature has not come yet: {withdrawals:,}."
    return (Notice("unmatched-withdrawals", text, {"withdrawals": counted.unmatched_withdrawals}),)
