"""The tally: from entries and decisions to the numbers, names and receipts of a publication.

Knows only values, each once; in one pass, whatever order they come in.
Must never let anything of a signature that is not public out, except a number and its unlinked receipt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crypto.code import receipt
from crypto.publication import ByHand, Counts, PublishedSignature
from organizer.collation import collation_key
from organizer.duplicates import name_key
from organizer.entries import Decision, Entry, Reason, SignatureEntry, UnreadableEntry, Verdict, WithdrawalEntry


class Fate(StrEnum):
    """What became of a signature."""

    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    HELD = "held"
    UNDECIDED = "undecided"
    COUNTED = "counted"


@dataclass(frozen=True)
class Tally:
    """The counts of section 6 of the specification, and what only the organizers need to see."""

    counts: Counts
    by_hand: ByHand
    signatures: tuple[PublishedSignature, ...]
    receipts: tuple[str, ...]
    undecided: int
    held: int
    namesakes: int
    """Counted signatures whose name another counted one has too."""
    unreadable: dict[str, int]
    """How many envelopes were set aside, by reason."""
    unmatched_withdrawals: int
    left_out: dict[PublishedSignature, Counter[Fate]]
    """What became of the public signatures that were asked about and are not counted."""


@dataclass(frozen=True)
class _Signed:
    """What the tally remembers of one signature until all withdrawals are known; no name unless it is public."""

    commitment: bytes
    by_hand: bool
    decision: Decision | None
    published: PublishedSignature | None
    name: int


@dataclass
class _Sums:
    fates: Counter[Fate] = field(default_factory=Counter)
    counted: list[_Signed] = field(default_factory=list)
    left_out: dict[PublishedSignature, Counter[Fate]] = field(default_factory=dict)


def tally(
    entries: Iterable[Entry],
    decisions: Mapping[bytes, Decision],
    asked: Container[PublishedSignature] = frozenset(),
) -> Tally:
    """Count. A withdrawn signature is withdrawn whatever was decided; undecided and held ones are not counted.

    `asked` are public signatures whose fate is told when they are not counted: those published before.
    """
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
    sums = _sum(signed, codes_withdrawn, asked)
    known = {one.commitment for one in signed}
    unmatched = sum(count for code, count in codes_withdrawn.items() if code not in known)
    return _finish(received, sums, unreadable, unmatched)


def _remember(entry: SignatureEntry, decision: Decision | None) -> _Signed:
    published = _published(entry) if entry.signature.public is True else None
    return _Signed(entry.commitment, entry.by_hand, decision, published, hash(name_key(entry.signature.name)))


def _published(entry: SignatureEntry) -> PublishedSignature:
    assert entry.signature.public is True  # the one gate through which a name gets out
    return PublishedSignature(entry.signature.name, entry.signature.relation, entry.signature.prisoner)


def _sum(signed: Iterable[_Signed], codes_withdrawn: Container[bytes], asked: Container[PublishedSignature]) -> _Sums:
    sums = _Sums()
    for one in signed:
        fate = _fate(one, codes_withdrawn)
        sums.fates[fate] += 1
        if fate is Fate.COUNTED:
            sums.counted.append(one)
        elif one.published is not None and one.published in asked:
            sums.left_out.setdefault(one.published, Counter())[fate] += 1
    return sums


def _fate(one: _Signed, codes_withdrawn: Container[bytes]) -> Fate:
    if one.commitment in codes_withdrawn:
        return Fate.WITHDRAWN
    if one.decision is None:
        return Fate.UNDECIDED
    if one.decision.verdict is Verdict.HELD:
        return Fate.HELD
    if one.decision.verdict is Verdict.ACCEPTED:
        return Fate.COUNTED
    return Fate.DUPLICATE if one.decision.reason is Reason.DUPLICATE else Fate.REJECTED


def _finish(received: int, sums: _Sums, unreadable: Mapping[str, int], unmatched_withdrawals: int) -> Tally:
    public = [one.published for one in sums.counted if one.published is not None]
    public_by_hand = sum(one.by_hand and one.published is not None for one in sums.counted)
    all_by_hand = sum(one.by_hand for one in sums.counted)
    names = Counter(one.name for one in sums.counted)
    return Tally(
        counts=Counts(
            received=received,
            unreadable=sum(unreadable.values()),
            duplicates=sums.fates[Fate.DUPLICATE],
            rejected=sums.fates[Fate.REJECTED],
            withdrawn=sums.fates[Fate.WITHDRAWN],
            public=len(public),
            nonpublic=len(sums.counted) - len(public),
        ),
        by_hand=ByHand(public_by_hand, all_by_hand - public_by_hand),
        signatures=tuple(sorted(public, key=collation_key)),
        receipts=tuple(sorted(receipt(one.commitment) for one in sums.counted if not one.by_hand)),
        undecided=sums.fates[Fate.UNDECIDED],
        held=sums.fates[Fate.HELD],
        namesakes=sum(count for count in names.values() if count > 1),
        unreadable=dict(sorted(unreadable.items())),
        unmatched_withdrawals=unmatched_withdrawals,
        left_out=sums.left_out,
    )
