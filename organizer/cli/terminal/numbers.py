"""Shows what a workspace holds, in numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from crypto.keys import KeyId
from organizer.actions.draft import unmatched
from organizer.actions.status import Status
from organizer.cli.terminal.terminal import Terminal
from organizer.intake.ledgers import explain
from organizer.keys.periods import Period
from organizer.results.tally import Tally

if TYPE_CHECKING:  # they compare names, which status must not wait for
    from organizer.actions.review import Reviewed
    from organizer.review.review import Bulk


def say_status(terminal: Terminal, status: Status) -> None:
    """Show keys, tally, ledgers and publications."""
    known = "" if status.appeal_known else ", appeal.json not known yet"
    terminal.say(f"Appeal {status.appeal_id.hex()}{known}")
    _say_periods(terminal, status.periods, status.here)
    terminal.say()
    _say_counts(terminal, status.tally)
    ledgers, publications = len(status.ledgers), len(status.publications)
    terminal.table([("ledgers read", f"{ledgers:,}"), ("publications", f"{publications:,}")])


def say_reviewed(terminal: Terminal, reviewed: Reviewed) -> None:
    """How far the review is, and what comes next."""
    found = reviewed.tally
    terminal.say(f"Accepted {reviewed.accepted:,}, undecided {found.undecided:,}, held {found.held:,}.")
    for notice in reviewed.notices:
        terminal.say(f"{notice} To see them: organizer duplicates")
    terminal.say("Next: organizer publish" if reviewed.is_finished else "To go on: organizer review")


def say_bulk(terminal: Terminal, what: str, bulk: Bulk) -> None:
    """How many were accepted at once, and how many were left out."""
    terminal.say(f"{what}: {bulk.decided:,}.")
    if bulk.left:
        terminal.say(f"Left undecided, because they resemble another signature: {bulk.left:,}.")


def _say_periods(terminal: Terminal, periods: Iterable[Period], here: Container[KeyId]) -> None:
    """The keys of a workspace: days, key id, fingerprint, and whether the key itself is still there."""
    for period in periods:
        gone = "" if period.record.key_id in here else "  NOT HERE: burned, or lost (organizer restore)"
        terminal.say(f"Key {period.hex_id}, {period.days}{gone}")
        terminal.say_exactly(f"  {period.record.digits}")


def _say_counts(terminal: Terminal, found: Tally) -> None:
    """A tally in words."""
    counts, by_hand = found.counts, found.by_hand
    terminal.table(
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
    for notice in unmatched(found):
        terminal.say(str(notice))
