"""`organizer status`: what the workspace holds, in numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable

from crypto.publication import PublishedSignature
from organizer.commands import Result
from organizer.opening import explain, open_by_hand
from organizer.periods import Period
from organizer.session import Session, open_session
from organizer.talk import Talk
from organizer.tally import Tally, tally


def run(talk: Talk, folder: str, passphrase_file: str | None) -> Result:
    """Raises OrganizerError."""
    with open_session(talk, folder, passphrase_file) as session:
        found = count(session, listed=False)
        ledgers, publications = session.records.ledgers(), session.workspace.publications()
        remembered = session.appeal is not None
    appeal = session.periods[0].record.appeal_id.hex()
    talk.say(f"Appeal {appeal}{'' if remembered else ', appeal.json not known yet'}")
    say_periods(talk, session.periods, session.keys)
    talk.say()
    say_counts(talk, found)
    talk.table([("ledgers read", f"{len(ledgers):,}"), ("publications", f"{len(publications):,}")])
    return {
        "keys": [{**period_result(period), "here": period.record.key_id in session.keys} for period in session.periods],
        "appeal": appeal,
        "appeal_known": remembered,
        "ledgers": ledgers,
        "publications": publications,
        **counts_result(found),
    }


def count(session: Session, asked: Container[PublishedSignature] = frozenset(), listed: bool = True) -> Tally:
    """The tally of a workspace, with what was entered by hand opened first; `asked` and `listed` as in tally()."""
    open_by_hand(session.records, session.keys)
    return tally(session.records.judged(), session.records.withdrawn(), asked, listed)


def say_periods(talk: Talk, periods: Iterable[Period], here: Container[bytes]) -> None:
    """The keys of a workspace: days, key id, fingerprint, and whether the key itself is still there."""
    for period in periods:
        gone = "" if period.record.key_id in here else "  NOT HERE: burned, or lost (organizer restore)"
        talk.say(f"Key {period.name}, {period.days}{gone}")
        talk.say_exactly(f"  {period.record.digits}")


def period_result(period: Period) -> Result:
    """A key in public facts."""
    record, days = period.record, period.days
    facts = {"key_id": period.name, "fingerprint": record.fingerprint.hex(), "digits": record.digits}
    return {**facts, "from": days.start, "until": days.until}


def say_counts(talk: Talk, found: Tally) -> None:
    """A tally in words."""
    counts, by_hand = found.counts, found.by_hand
    talk.table(
        [
            ("envelopes received", f"{counts.received:,}"),
            ("set aside", f"{counts.unreadable:,}"),
            *((f"  {reason}", f"{n:,}  ({explain(reason)})") for reason, n in found.unreadable.items()),
            ("refused as duplicates", f"{counts.duplicates:,}"),
            ("refused otherwise", f"{counts.rejected:,}"),
            ("withdrawn", f"{counts.withdrawn:,}"),
            ("undecided", f"{found.undecided:,}"),
            ("held", f"{found.held:,}"),
            ("accepted, public", f"{counts.public:,}  (by hand: {by_hand.public:,})"),
            ("accepted, not public", f"{counts.nonpublic:,}  (by hand: {by_hand.nonpublic:,})"),
            ("accepted in all", f"{counts.public + counts.nonpublic:,}"),
        ]
    )
    say_doubts(talk, found)


def say_doubts(talk: Talk, found: Tally) -> None:
    """What may want a second look before a result is published."""
    if found.unmatched_withdrawals:
        talk.say(f"Withdrawals whose signature has not come yet: {found.unmatched_withdrawals:,}.")


def counts_result(found: Tally) -> Result:
    """A tally in numbers."""
    return {
        **vars(found.counts),
        "by_hand": vars(found.by_hand),
        "undecided": found.undecided,
        "held": found.held,
        "set_aside": found.unreadable,
        "unmatched_withdrawals": found.unmatched_withdrawals,
    }
