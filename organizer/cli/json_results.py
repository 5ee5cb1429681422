"""Parts of the --json output that several commands share: counts and public facts, never a person's name."""

from __future__ import annotations

from typing import Any

from organizer.keys.periods import Period
from organizer.results.tally import Tally

JsonResult = dict[str, Any]
"""The one object that a command prints with --json."""


def period_result(period: Period) -> JsonResult:
    """The public facts of one key: its id, fingerprint and days."""
    record, days = period.record, period.days
    facts = {"key_id": period.hex_id, "fingerprint": record.fingerprint.hex(), "digits": record.digits}
    return {**facts, "from": days.start, "until": days.until}


def counts_result(found: Tally) -> JsonResult:
    """The numbers of a tally."""
    return {
        **vars(found.counts),
        "by_hand": vars(found.by_hand),
        "undecided": found.undecided,
        "held": found.held,
        "set_aside": found.unreadable,
        "unmatched_withdrawals": found.unmatched_withdrawals,
    }
