"""The checks before a key is burned: is the published result of its period complete and correct?

After burning, nobody can count again. Here it is only checked; actions/burn.py destroys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.publication import Publication, read_publication
from organizer.keys.periods import Period
from organizer.results.cosign_checks import differences
from organizer.results.publication import check_publication
from organizer.results.tally import Tally


@dataclass(frozen=True)
class BurnChecks:
    """The checks that passed (`holds`) and the reasons against burning (`against`), each a sentence."""

    holds: tuple[str, ...]
    against: tuple[str, ...]


def judge(
    data: bytes | None,
    minisigs: Mapping[str, str],
    appeal: Appeal,
    found: Tally,
    own: Publication | None,
    ending: tuple[Period, ...],
    today: str,
) -> BurnChecks:
    """Check the last publication, `data`; `own` is what this workspace would publish instead, `today` YYYY-MM-DD."""
    holds: list[str] = []
    against: list[str] = []
    if data is None or own is None:
        against.append("Nothing was published yet.")
    else:
        checked = check_publication(data, minisigs, appeal, None)
        if checked.error:
            against.append(f"The publication does not verify: {checked.error}")
        else:
            count = len(set(checked.signed_by.values()))
            holds.append(f"Publication {read_publication(data).number} is signed by {count} of the listed organizers.")
        differ = differences(own, read_publication(data))
        against += [f"The publication says something else than your workspace: {sentence}" for sentence in differ[:5]]
        if not differ:
            holds.append("Your workspace would publish the same numbers, names and receipts.")
    _judge_rest(found, ending, today, holds, against)
    return BurnChecks(tuple(holds), tuple(against))


def _judge_rest(found: Tally, ending: tuple[Period, ...], today: str, holds: list[str], against: list[str]) -> None:
    if found.undecided or found.held:
        against.append(f"Not decided yet: {found.undecided:,} signatures, and {found.held:,} on hold.")
    else:
        holds.append("Every signature is decided.")
    if unread := found.unreadable.get("envelope-key", 0):
        against.append(f"Envelopes sealed to a key that was not here when they were read: {unread:,}.")
    for period in ending:
        if period.days.until is None or today <= period.days.until:
            against.append(f"The period of the key {period.hex_id} is not over: {period.days}.")
