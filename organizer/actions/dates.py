"""What speaks against a day that the tool writes or judges by: without a network, nothing sets a computer's clock.

A day is compared with all that is known to have happened before it, and with what it can hardly be far behind. A
strange one is for a person, who types it: a general yes does not let it pass. Days are YYYY-MM-DD, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from crypto.appeal import Appeal
from crypto.publication import Publication
from organizer import RELEASED
from organizer.actions.plan import Notice, Question
from organizer.actions.session import Session
from organizer.keys.periods import Days

AFTER_RELEASE = 1096
AFTER_LAST = 183
AFTER_PERIODS = 92
"""Days: no version is used for more than three years without a look at the clock, no result comes half a year after the
one before, and none three months after the last period, unless a person says so. Where there is neither a result nor a
last day of a period, nothing but the version tells the day, and half a year is the most for it, too."""
EARLY = 2
"""Days before its first day on which a key is used already: the service takes such envelopes, for phones' clocks."""
COSIGNED_WITHIN = 31
"""Days between publishing and signing for the second time."""
FIRST_DAY_WITHIN, LONGEST_PERIOD = 366, 1096
"""Days until a period begins, and how long it is, at most; beyond, a year was mistyped or the clock is wrong."""


@dataclass(frozen=True)
class KnownDays:
    """What a day is compared with: the date of the last publication, the days of all periods, and those that have begun
    for certain, because a ledger had envelopes sealed to their keys."""

    last: str | None
    periods: tuple[Days, ...]
    begun: tuple[Days, ...] = ()


def known_days(appeal: Appeal, last: Publication | None, session: Session | None) -> KnownDays:
    """All that an appeal, the last publication and an opened workspace, where there is one, know."""
    listed = [Days(key.start, key.until) for key in appeal.keys]
    own = [] if session is None else [period.days for period in session.periods]
    begun: list[Days] = []
    if session is not None and session.records.ledgers():
        used = set(session.records.keys())
        begun = [period.days for period in session.periods if period.record.fingerprint.hex() in used]
    return KnownDays(None if last is None else last.date, tuple(dict.fromkeys([*listed, *own])), tuple(begun))


def strange_day(day: str, known: KnownDays) -> tuple[Notice, ...]:
    """What speaks against that day."""
    return (*_before_release(day), *_too_early(day, known), *_too_late(day, known))


def strange_for_cosigning(day: str, known: KnownDays, today: str) -> tuple[Notice, ...]:
    """What speaks against the day of another organizer's publication; `today` is the one of the own clock."""
    found = (*_too_early(day, known), *_too_late(day, known))
    away = _days_between(day, today)
    if -1 <= away <= COSIGNED_WITHIN:
        return found
    text = "It is dated {day}, and the clock of this computer says {today}: one of the two clocks is wrong."
    return (*found, Notice("date-clock", text, {"day": day, "today": today}))


def strange_period(days: Days, today: str) -> tuple[Notice, ...]:
    """What speaks against the days of a key to be made."""
    values = {"days": str(days), "today": today}
    text = ""
    if days.until is not None and days.until < today:
        text = "The period {days} is over already: the clock of this computer says {today}."
    elif days.start is not None and _days_between(today, days.start) > FIRST_DAY_WITHIN:
        text = "The period {days} begins in more than a year: the clock of this computer says {today}."
    elif days.until is not None and _days_between(days.start or today, days.until) > LONGEST_PERIOD:
        text = "The period {days} lasts more than three years."
    return (Notice("days", text, values),) if text else ()


def period_questions(days: Iterable[Days], today: str) -> tuple[Question, ...]:
    """One question about all days that are strange, of keys that are made without a dialogue."""
    strange = [str(notice) for one in days for notice in strange_period(one, today)]
    if not strange:
        return ()
    refusal = Notice("days", "No key was made. Correct the days, or the clock of this computer.")
    asked = Notice("days", "{reasons} Is this meant?", {"reasons": " ".join(strange)})
    return (Question(asked, refusal, for_a_person=True),)


def day_questions(day: str, strange: Sequence[Notice], nothing_done: str) -> tuple[Question, ...]:
    """What a person must answer about a strange day; `nothing_done` says that the action was not done."""
    if not strange:
        return ()
    asked = Notice("date", "Look at a calendar. Only if this day is right, type it, {day}", {"day": day})
    text = "{nothing_done} Set the clock of the computer that it comes from, or give the right day there with --today."
    reasons = {"day": day, "reasons": [str(notice) for notice in strange], "nothing_done": nothing_done}
    return (Question(asked, Notice("date", text, reasons), word=day, for_a_person=True),)


def _before_release(day: str) -> Iterator[Notice]:
    if day < RELEASED:
        text = "The day {day} lies before {other}, when this program was made. The clock may be wrong."
        yield _notice("date-release", text, day, RELEASED)


def _too_early(day: str, known: KnownDays) -> Iterator[Notice]:
    if known.last is not None and day < known.last:
        text = "The day {day} lies before {other}, the date of the last publication. The clock may be wrong."
        yield _notice("date-last", text, day, known.last)
    if late := [one.start for one in known.begun if one.start and _days_between(day, one.start) > EARLY]:
        text = "The day {day} lies before {other}, and what was sealed to the key used since then is here already."
        yield _notice("date-begun", text, day, max(late))
    starts = [one.start for one in known.periods]
    first = min((one for one in starts if one), default=None)
    if first is not None and None not in starts and _days_between(day, first) > EARLY:
        text = "The day {day} lies before {other}, the first day of the first period. The clock may be wrong."
        yield _notice("date-periods", text, day, first)


def _too_late(day: str, known: KnownDays) -> Iterator[Notice]:
    text = "The day {day} lies {days:,} days after {other}, "
    ends = [one.until for one in known.periods]
    end = max((one for one in ends if one), default=None)
    most = AFTER_LAST if known.last is None and end is None else AFTER_RELEASE
    if (days := _days_between(RELEASED, day)) > most:
        yield _notice("date-release", f"{text}when this program was made. The clock may be wrong.", day, RELEASED, days)
    if known.last is not None and (days := _days_between(known.last, day)) > AFTER_LAST:
        more = "the date of the last publication. The clock may be wrong."
        yield _notice("date-last", text + more, day, known.last, days)
    if end is not None and None not in ends and (days := _days_between(end, day)) > AFTER_PERIODS:
        more = "the last day of the last period. The clock may be wrong."
        yield _notice("date-periods", text + more, day, end, days)


def _notice(reason: str, text: str, day: str, other: str, days: int = 0) -> Notice:
    return Notice(reason, text, {"day": day, "other": other, "days": days})


def _days_between(first: str, second: str) -> int:
    """How many days the second lies after the first."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days
