"""The preview of a publication before it is signed: all that is in it, and what differs from the one before it.

It is made from two publications as they are read from their files, and not from entries of the workspace. So nothing
that is not published can be shown by accident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.keys import fingerprint_digits
from crypto.publication import Publication, PublishedSignature, line
from organizer.results.tally import Fate
from organizer.text import in_groups

_WHY = {
    Fate.WITHDRAWN: "withdrawn",
    Fate.DUPLICATE: "refused as a duplicate",
    Fate.REJECTED: "refused",
    Fate.HELD: "held, nobody has decided",
    Fate.UNDECIDED: "not decided yet",
}
_UNKNOWN = "not in this workspace"
_NOT_TOLD = "gone"

LeftOut = Mapping[PublishedSignature, Counter[Fate]]


@dataclass(frozen=True)
class Changes:
    """What changed since the publication before: names in the order of the list, why names are gone, receipts."""

    added: tuple[PublishedSignature, ...]
    gone: tuple[tuple[PublishedSignature, str], ...]
    receipts_added: int
    receipts_gone: int

    @property
    def gone_by_reason(self) -> dict[str, int]:
        """How many names are gone, by reason."""
        return dict(sorted(Counter(why for _, why in self.gone).items()))


def compare(last: Publication, draft: Publication, left_out: LeftOut | None = None) -> Changes:
    """The changes between two publications. `left_out` says what became of names of `last` that are not counted now;
    None when there are no entries here to know it from."""
    before, now = Counter(last.signatures), Counter(draft.signatures)
    receipts_before, receipts_now = Counter(last.receipts), Counter(draft.receipts)
    return Changes(
        added=tuple(_in_order(draft.signatures, now - before)),
        gone=tuple(_with_reasons(_in_order(last.signatures, before - now), left_out)),
        receipts_added=(receipts_now - receipts_before).total(),
        receipts_gone=(receipts_before - receipts_now).total(),
    )


def number_rows(draft: Publication, last: Publication | None) -> list[tuple[str, str]]:
    """Every number of the publication with its name, and what it was before."""
    before = _numbers(last) if last else {}
    rows = []
    for label, now in _numbers(draft).items():
        change = ""
        if label in before:
            more = now - before[label]
            change = f"  (before {before[label]:,}, {more:+,})" if more else "  (as before)"
        rows.append((label, f"{now:,}{change}"))
    return rows


def change_lines(last: Publication, changes: Changes) -> Iterator[str]:
    """What is different from the publication before, a line each."""
    if not (changes.added or changes.gone):
        yield f"The public names are those of number {last.number}."
    if changes.added:
        yield f"New names since number {last.number}: {len(changes.added):,}"
        yield from (f"  {line(shown)}" for shown in changes.added)
    if changes.gone:
        yield f"Names of number {last.number} that are gone: {len(changes.gone):,}"
        yield from (f"  {why}: {line(shown)}" for shown, why in changes.gone)
    yield f"Receipts: {changes.receipts_added:,} new, {changes.receipts_gone:,} gone."


def name_lines(draft: Publication) -> Iterator[str]:
    """All public names, a line each."""
    yield f"The public names, all {len(draft.signatures):,}:" if draft.signatures else "There are no public names."
    yield from (f"  {line(shown)}" for shown in draft.signatures)


def other_content(draft: Publication) -> str:
    """What else is in the file besides names and numbers, in one sentence."""
    digests = f"{_many(draft.letters, 'letter')}, {_many(draft.keys, 'key')} and {_many(draft.ledgers, 'ledger')}"
    receipts = _many(draft.receipts, "receipt")
    return f"Beside names and numbers the file holds {receipts} that no name belongs to, and digests of {digests}."


def other_lines(draft: Publication) -> Iterator[str]:
    """The appeal and these digests, a line each."""
    yield f"  appeal {draft.appeal}"
    yield from (f"  letter {language}, SHA-256 {in_groups(digest)}" for language, digest in draft.letters.items())
    yield from (f"  key {fingerprint_digits(bytes.fromhex(key))}" for key in draft.keys)
    yield from (f"  ledger, SHA-256 {in_groups(ledger)}" for ledger in draft.ledgers)


def _many(things: tuple[str, ...] | dict[str, str], word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"


def _numbers(publication: Publication) -> dict[str, int]:
    counts, by_hand = publication.counts, publication.by_hand
    return {
        "signatures in all": publication.total,
        "public": counts.public,
        "  public, by hand": by_hand.public,
        "not public": counts.nonpublic,
        "  not public, by hand": by_hand.nonpublic,
        "envelopes received": counts.received,
        "unreadable": counts.unreadable,
        "duplicates": counts.duplicates,
        "rejected": counts.rejected,
        "withdrawn": counts.withdrawn,
    }


def _in_order(
    order: tuple[PublishedSignature, ...], wanted: Counter[PublishedSignature]
) -> Iterator[PublishedSignature]:
    left = Counter(wanted)
    for shown in order:
        if left[shown]:
            left[shown] -= 1
            yield shown


def _with_reasons(
    gone: Iterator[PublishedSignature], left_out: LeftOut | None
) -> Iterator[tuple[PublishedSignature, str]]:
    left = {shown: Counter(fates) for shown, fates in (left_out or {}).items()}
    for shown in gone:
        if left_out is None:
            yield shown, _NOT_TOLD
            continue
        fates = left.get(shown, Counter())
        fate = next((fate for fate in _WHY if fates[fate]), None)
        fates[fate or Fate.COUNTED] -= 1
        yield shown, _UNKNOWN if fate is None else _WHY[fate]
