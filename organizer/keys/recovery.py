"""The check after recovery: is it the key that was wanted?

A set of cards that was mixed up gives another master and no error, so the master is compared with what is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.keys import DIGIT_GROUPS, DIGITS_PER_GROUP, AppealId, OrganizersKey
from crypto.typed import bare
from organizer.errors import OrganizerError
from organizer.keys.periods import OPEN_END, Days, Period


@dataclass(frozen=True)
class Expected:
    """The keys that cards may give back: known ones, and one of which only fingerprint and appeal are known."""

    periods: tuple[Period, ...] = ()
    digits: str | None = None
    appeal_id: AppealId | None = None

    def match(self, master: bytes) -> Period:
        """The key of this master. Raises OrganizerError: share-key."""
        known = {period.record: period for period in self.periods}
        appeal_ids = {period.record.appeal_id for period in self.periods} | ({self.appeal_id} - {None})
        for appeal_id in sorted(filter(None, appeal_ids)):
            record = OrganizersKey.derive(master, appeal_id).record
            if self.digits not in (None, record.digits):
                continue
            if record in known:
                return known[record]
            if self.digits is not None:
                return Period(record, OPEN_END)
        text = (
            "These cards are whole, but they give another key than the one that is wanted. They belong to another "
            "appeal or were made with another program. Nothing was written."
        )
        raise OrganizerError("share-key", text)


def periods_of(appeal: Appeal) -> list[Period]:
    """The keys that an appeal.json lists."""
    return [Period(key.record, Days(key.start, key.until)) for key in appeal.keys]


def read_digits(text: str) -> str:
    """A fingerprint as people type it, in its one spelling. Raises OrganizerError: fingerprint."""
    digits = bare(text)
    if not re.fullmatch(f"[0-9]{{{DIGIT_GROUPS * DIGITS_PER_GROUP}}}", digits):
        text = f"A fingerprint has {DIGIT_GROUPS} groups of {DIGITS_PER_GROUP} digits."
        raise OrganizerError("fingerprint", text)
    return " ".join(digits[at : at + DIGITS_PER_GROUP] for at in range(0, len(digits), DIGITS_PER_GROUP))


def expect(
    periods: Sequence[Period], appeal: Appeal | None, digits: str | None, appeal_id: AppealId | None
) -> Expected:
    """What is known of the key from the workspace, from appeal.json, from its fingerprint. Raises OrganizerError."""
    known = [*periods, *(periods_of(appeal) if appeal else [])]
    if not known and (digits is None or appeal_id is None):
        text = (
            "Say which key the cards should give, so that a wrong set is noticed: --appeal with the appeal.json of the "
            "site, or --fingerprint and --appeal-id, which stand on printed cards and in fingerprints.txt."
        )
        raise OrganizerError("no-appeal", text)
    return Expected(tuple({period.record: period for period in reversed(known)}.values()), digits, appeal_id)
