"""The tally: from entries and decisions to the numbers, names and receipts of a publication.

Entries are counted in one pass, whatever order they come in, and little of each is kept: there may be a million.
Of a signature that is not public, the tally holds a number and a receipt that is not linked to it, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from sys import intern

from crypto.code import Commitment, receipt
from crypto.collation import SIGNED, sort_people
from crypto.publication import ByHand, Counts, PublishedSignature
from organizer.workspace.entries import (
    Decision,
    Entry,
    Marks,
    Reason,
    SignatureEntry,
    SignatureMarks,
    UnreadableEntry,
    Verdict,
)


class Fate(StrEnum):
    """What the tally makes of a signature: counted, or the reason why not."""

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
    unreadable: dict[str, int]
    """How many envelopes were set aside, by reason."""
    unmatched_withdrawals: int
    left_out: dict[PublishedSignature, Counter[Fate]]
    """The fates of the public signatures that were asked about and are not counted."""


def tally(
    judged: Iterable[tuple[Entry | Marks, Decision | None]],
    withdrawn: Mapping[Commitment, int],
    asked: Container[PublishedSignature] = frozenset(),
    listed: bool = True,
) -> Tally:
    """Count entries, each with what was decided; `withdrawn` has how many withdrawals brought the code of a commitment.

    A withdrawn signature is withdrawn whatever was decided; undecided and held ones are not counted.
    `asked` are public signatures whose fate is told when they are not counted: those published before.
    Without `listed` there are numbers only, no names and receipts, and nothing grows; no publication comes of that.
    For numbers, with nothing asked about, marks are enough; for all else they raise TypeError.
    """
    sums = _Sums(asked, listed)
    for entry, decision in judged:
        # What organizers entered by hand was not received as an envelope, though it lies in one.
        sums.received += not entry.by_hand
        if isinstance(entry, SignatureEntry | SignatureMarks):
            taken_back = entry.commitment in withdrawn
            if taken_back:
                sums.matched.add(entry.commitment)
            sums.add(entry, Fate.WITHDRAWN if taken_back else _fate(decision))
        elif isinstance(entry, UnreadableEntry):
            sums.unreadable[entry.reason] += 1
    unmatched = sum(count for commitment, count in withdrawn.items() if commitment not in sums.matched)
    return sums.finish(unmatched)


def _published(entry: SignatureEntry | SignatureMarks) -> PublishedSignature:
    if isinstance(entry, SignatureMarks):
        raise TypeError("Marks have no name to publish.")
    name, *others = PublishedSignature.of(entry.signature).texts()
    # Interned: many name the same prisoner, and there may be a million.
    return PublishedSignature(name, *map(intern, others))


def _fate(decision: Decision | None) -> Fate:
    if decision is None:
        return Fate.UNDECIDED
    if decision.verdict is Verdict.HELD:
        return Fate.HELD
    if decision.verdict is Verdict.ACCEPTED:
        return Fate.COUNTED
    return Fate.DUPLICATE if decision.reason is Reason.DUPLICATE else Fate.REJECTED


@dataclass
class _Sums:
    """The running counts. Of a signature that is not public, only the eight bytes of its receipt are kept."""

    asked: Container[PublishedSignature]
    listed: bool
    received: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    public_counted: int = 0
    by_hand: int = 0
    public_by_hand: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    matched: set[Commitment] = field(default_factory=set)
    public: list[PublishedSignature] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    left_out: dict[PublishedSignature, Counter[Fate]] = field(default_factory=dict)

    def add(self, entry: SignatureEntry | SignatureMarks, fate: Fate) -> None:
        """A signature and what became of it."""
        self.fates[fate] += 1
        if fate is Fate.COUNTED:
            self._count(entry)
        elif self.asked and entry.public is True and (shown := _published(entry)) in self.asked:
            self.left_out.setdefault(shown, Counter())[fate] += 1

    def _count(self, entry: SignatureEntry | SignatureMarks) -> None:
        if entry.by_hand:
            self.by_hand += 1
            self.public_by_hand += entry.public
        elif self.listed:
            self.receipts.append(receipt(entry.commitment))
        if entry.public is True:
            self.public_counted += 1
            if self.listed:
                self.public.append(_published(entry))

    def finish(self, unmatched_withdrawals: int) -> Tally:
        """The tally of all that was added."""
        return Tally(
            counts=Counts(
                received=self.received,
                unreadable=self.unreadable.total(),
                duplicates=self.fates[Fate.DUPLICATE],
                rejected=self.fates[Fate.REJECTED],
                withdrawn=self.fates[Fate.WITHDRAWN],
                public=self.public_counted,
                nonpublic=self.fates[Fate.COUNTED] - self.public_counted,
            ),
            by_hand=ByHand(self.public_by_hand, self.by_hand - self.public_by_hand),
            signatures=tuple(sort_people(self.public, SIGNED)),
            receipts=tuple(sorted(self.receipts)),
            undecided=self.fates[Fate.UNDECIDED],
            held=self.fates[Fate.HELD],
            unreadable=dict(sorted(self.unreadable.items())),
            unmatched_withdrawals=unmatched_withdrawals,
            left_out=self.left_out,
        )
