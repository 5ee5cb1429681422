"""The tally: from entries and decisions to the numbers, names and receipts of a publication.

Knows only values, each once; in one pass, whatever order they come in.
Must never let anything of a signature that is not public out, except a number and its unlinked receipt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from crypto.code import receipt
from crypto.publication import ByHand, Counts, PublishedSignature
from organizer.entries import Decision, Entry, Reason, SignatureEntry, UnreadableEntry, Verdict, WithdrawalEntry


@dataclass(frozen=True)
class Tally:
    """The counts of section 6 of the specification, and what only the organizers need to see."""

    counts: Counts
    by_hand: ByHand
    signatures: tuple[PublishedSignature, ...]
    receipts: tuple[str, ...]
    undecided: int
    held: int
    unreadable: dict[str, int]
    """How many envelopes were set aside, by reason."""
    unmatched_withdrawals: int


@dataclass(frozen=True)
class _Signed:
    """What the tally remembers of one signature until all withdrawals are known; no name unless it is public."""

    commitment: bytes
    by_hand: bool
    decision: Decision | None
    published: PublishedSignature | None


@dataclass
class _Sums:
    duplicates: int = 0
    rejected: int = 0
    withdrawn: int = 0
    undecided: int = 0
    held: int = 0
    counted: list[_Signed] = field(default_factory=list)


def collation_key(signature: PublishedSignature) -> tuple[str, ...]:
    """The order of the published list. Plain for now: by name without regard to capitals, then by the rest."""
    shown = (signature.name, signature.relation, signature.prisoner)
    return (*(text.casefold() for text in shown), *shown)


def tally(entries: Iterable[Entry], decisions: Mapping[bytes, Decision]) -> Tally:
    """Count. A withdrawn signature is withdrawn whatever was decided; undecided and held ones are not counted."""
    received = 0
    signed: list[_Signed] = []
    unreadable: Counter[str] = Counter()
    codes_withdrawn: Counter[bytes] = Counter()
    for entry in entries:
        # What organizers entered by hand was not received as an envelope, though it lies in one.
        received += not entry.by_hand
        if isinstance(entry, SignatureEntry):
            signed.append(_remember(entry, decisions.get(entry.id)))
        elif isinstance(entry, WithdrawalEntry):
            codes_withdrawn[entry.commitment] += 1
        elif isinstance(entry, UnreadableEntry):
            unreadable[entry.reason] += 1
    sums = _sum(signed, codes_withdrawn)
    known = {one.commitment for one in signed}
    unmatched = sum(count for code, count in codes_withdrawn.items() if code not in known)
    return _finish(received, sums, unreadable, unmatched)


def _remember(entry: SignatureEntry, decision: Decision | None) -> _Signed:
    published = _published(entry) if entry.signature.public is True else None
    return _Signed(entry.commitment, entry.by_hand, decision, published)


def _published(entry: SignatureEntry) -> PublishedSignature:
    assert entry.signature.public is True  # the one gate through which a name gets out
    return PublishedSignature(entry.signature.name, entry.signature.relation, entry.signature.prisoner)


def _sum(signed: Iterable[_Signed], codes_withdrawn: Container[bytes]) -> _Sums:
    sums = _Sums()
    for one in signed:
        if one.commitment in codes_withdrawn:
            sums.withdrawn += 1
        elif one.decision is None:
            sums.undecided += 1
        elif one.decision.verdict is Verdict.HELD:
            sums.held += 1
        elif one.decision.verdict is Verdict.ACCEPTED:
            sums.counted.append(one)
        else:
            sums.duplicates += one.decision.reason is Reason.DUPLICATE
            sums.rejected += one.decision.reason is not Reason.DUPLICATE
    return sums


def _finish(received: int, sums: _Sums, unreadable: Mapping[str, int], unmatched_withdrawals: int) -> Tally:
    public = [one.published for one in sums.counted if one.published is not None]
    public_by_hand = sum(one.by_hand and one.published is not None for one in sums.counted)
    all_by_hand = sum(one.by_hand for one in sums.counted)
    return Tally(
        counts=Counts(
            received=received,
            unreadable=sum(unreadable.values()),
            duplicates=sums.duplicates,
            rejected=sums.rejected,
            withdrawn=sums.withdrawn,
            public=len(public),
            nonpublic=len(sums.counted) - len(public),
        ),
        by_hand=ByHand(public_by_hand, all_by_hand - public_by_hand),
        signatures=tuple(sorted(public, key=collation_key)),
        receipts=tuple(sorted(receipt(one.commitment) for one in sums.counted if not one.by_hand)),
        undecided=sums.undecided,
        held=sums.held,
        unreadable=dict(sorted(unreadable.items())),
        unmatched_withdrawals=unmatched_withdrawals,
    )
