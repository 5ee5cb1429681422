"""What one appeal.json says otherwise than another: CHANGES has a row for each field of the type.

A change weakens when more can count as a result, or as part of one, than before: fewer signers, other keys or days,
another letter, a promise taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from crypto.appeal import Appeal, DatedKey
from crypto.keys import KeyRecord
from organizer.keys.periods import Days, Period
from organizer.text import in_groups


@dataclass(frozen=True)
class Change:
    """What is otherwise now, in a sentence, and whether it weakens what is known of results."""

    text: str
    weakens: bool


def appeal_changes(known: Appeal, new: Appeal, own: Sequence[Period]) -> tuple[Change, ...]:
    """All changes from the one to the other; `own` are the periods whose keys the workspace made or restored itself."""
    made = {period.record: period.days for period in own}
    return tuple(change for field in fields(Appeal) for change in CHANGES[field.name](known, new, made))


def first_facts(appeal: Appeal) -> Iterator[str]:
    """What a first appeal.json lists that people sign and seal to: each letter, each key."""
    for record, days in _days(appeal.keys).items():
        yield f"A key to seal to, {'; '.join(days)}: {record.digits}"
    for language, digest in appeal.letters.items():
        yield f"The letter “{language}”, SHA-256 {in_groups(digest)}"


def own_changes(appeal: Appeal, own: Sequence[Period]) -> tuple[Change, ...]:
    """Where the first appeal.json of a workspace with keys lists others, or says other days than the workspace."""
    listed, made = _days(appeal.keys), {period.record for period in own}
    strangers = tuple(
        Change(f"A key to seal to that is not one of this workspace: {record.digits}.", weakens=False)
        for record in listed
        if made and record not in made
    )
    return strangers + tuple(
        _other_days(period.record, (str(period.days),), listed[period.record])
        for period in own
        if listed.get(period.record, (str(period.days),)) != (str(period.days),)
    )


def _other_days(record: KeyRecord, before: tuple[str, ...], now: tuple[str, ...]) -> Change:
    text = f"Other days of the key {record.digits}: {'; '.join(now)} instead of {'; '.join(before)}."
    return Change(text, weakens=True)


def _appeal(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    if known.appeal_id != new.appeal_id:
        yield Change(f"It is of another appeal: {new.appeal_id.hex()} instead of {known.appeal_id.hex()}.", True)


def _keys(known: Appeal, new: Appeal, own: Mapping[KeyRecord, Days]) -> Iterator[Change]:
    before, now = _days(known.keys), _days(new.keys)
    for record, days in now.items():
        if record not in before:
            mine = own.get(record)
            whose = "which is not one of this workspace" if mine is None else f"which this workspace has for {mine}"
            yield Change(f"New key to seal to, {'; '.join(days)}: {record.digits}, {whose}.", (str(mine),) != days)
        elif before[record] != days:
            yield _other_days(record, before[record], days)
    for record in before.keys() - now.keys():
        yield Change(f"A key to seal to is gone: {record.digits}.", True)
    order = [key.record for key in new.keys if key.record in before]
    if order != [key.record for key in known.keys if key.record in now]:
        text = "Another order of the keys; on days that several have, the first is sealed to:"
        yield Change(f"{text} {'; '.join(record.digits for record in order)}.", True)


def _letters(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    for language, digest in new.letters.items():
        if language not in known.letters:
            yield Change(f"New letter “{language}”, SHA-256 {in_groups(digest)}", True)
        elif known.letters[language] != digest:
            yield Change(f"Another text of the letter “{language}”, SHA-256 {in_groups(digest)}", True)
    for language in sorted(known.letters.keys() - new.letters.keys()):
        yield Change(f"The letter “{language}” is gone.", True)


def _minisign(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    before, now = ({key.line for key in appeal.minisign} for appeal in (known, new))
    yield from (Change(f"One more may sign results: {line}", True) for line in sorted(now - before))
    yield from (Change(f"May not sign results any more: {line}", True) for line in sorted(before - now))


def _threshold(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    if known.threshold != new.threshold:
        text = f"Organizers who must sign a result: {new.threshold} instead of {known.threshold}."
        yield Change(text, new.threshold < known.threshold)


def _signing_file(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    for language in sorted(known.signing_file.keys() | new.signing_file.keys()):
        before, now = known.signing_file.get(language), new.signing_file.get(language)
        if now is None:
            yield Change(f"The signing file “{language}” is gone.", False)
        elif now != before:
            which = "New" if before is None else "Another"
            yield Change(f"{which} signing file “{language}”, SHA-256 {in_groups(now)}", False)


def _collected(known: Appeal, new: Appeal, _own: object) -> Iterator[Change]:
    before, now = known.collected_before, new.collected_before
    if before != now:
        yield Change(f"Collected before the site, as it says: {now:,} instead of {before:,}.", now < before)


def _days(keys: Sequence[DatedKey]) -> dict[KeyRecord, tuple[str, ...]]:
    """A key may stand there twice, with days of its own each time."""
    found: dict[KeyRecord, tuple[str, ...]] = {}
    for key in keys:
        found[key.record] = (*found.get(key.record, ()), str(Days(key.start, key.until)))
    return found


CHANGES: dict[str, Callable[[Appeal, Appeal, Mapping[KeyRecord, Days]], Iterator[Change]]] = {
    "appeal_id": _appeal,
    "keys": _keys,
    "letters": _letters,
    "minisign": _minisign,
    "threshold": _threshold,
    "signing_file": _signing_file,
    "collected_before": _collected,
}
"""For every field of an appeal: how it is compared."""
