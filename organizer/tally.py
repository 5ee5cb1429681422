"""The tally: from entries and decisions to the numbers, names and receipts of a publication.

Knows only values, each once; in one pass, whatever order they come in. Keeps little of each: there may be a million.
Must never let anything of a signature that is not public out, except a number and its unlinked receipt.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from crypto.code import receipt
from crypto.publication import ByHand, Counts, PublishedSignature
from organizer.duplicates import name_key
from organizer.entries import Decision, Entry, Reason, SignatureEntry, UnreadableEntry, Verdict


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


def collation_key(signature: PublishedSignature) -> tuple[str, ...]:
    """The order of the published list. Plain for now: by name without regard to capitals, then by the rest."""
    shown = (signature.name, signature.relation, signature.prisoner)
    return (*(text.casefold() for text in shown), *shown)


def tally(judged: Iterable[tuple[Entry, Decision | None]], withdrawn: Mapping[bytes, int]) -> Tally:
    """Count entries, each with what was decided; `withdrawn` has how many withdrawals brought the code of a commitment.

    A withdrawn signature is withdrawn whatever was decided; undecided and held ones are not counted.
    """
    sums = _Sums()
    for entry, decision in judged:
        # What organizers entered by hand was not received as an envelope, though it lies in one.
        sums.received += not entry.by_hand
        if isinstance(entry, SignatureEntry):
            if entry.commitment in withdrawn:
                sums.withdrawn += 1
                sums.matched.add(entry.commitment)
            else:
                sums.add(entry, decision)
        elif isinstance(entry, UnreadableEntry):
            sums.unreadable[entry.reason] += 1
    unmatched = sum(count for code, count in withdrawn.items() if code not in sums.matched)
    return sums.finish(unmatched)


def _published(entry: SignatureEntry) -> PublishedSignature:
    assert entry.signature.public is True  # the one gate through which a name gets out
    return PublishedSignature(entry.signature.name, entry.signature.relation, entry.signature.prisoner)


@dataclass
class _Sums:
    """What is known so far; of a signature that is not public, a hash of its name and its receipt's eight bytes."""

    received: int = 0
    duplicates: int = 0
    rejected: int = 0
    withdrawn: int = 0
    undecided: int = 0
    held: int = 0
    counted: int = 0
    by_hand: int = 0
    public_by_hand: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    matched: set[bytes] = field(default_factory=set)
    public: list[PublishedSignature] = field(default_factory=list)
    names: array[int] = field(default_factory=lambda: array("q"))
    receipts: list[str] = field(default_factory=list)

    def add(self, entry: SignatureEntry, decision: Decision | None) -> None:
        """A signature that was not taken back."""
        if decision is None:
            self.undecided += 1
        elif decision.verdict is Verdict.HELD:
            self.held += 1
        elif decision.verdict is Verdict.ACCEPTED:
            self._count(entry)
        else:
            self.duplicates += decision.reason is Reason.DUPLICATE
            self.rejected += decision.reason is not Reason.DUPLICATE

    def _count(self, entry: SignatureEntry) -> None:
        self.counted += 1
        self.names.append(hash(name_key(entry.signature.name)))
        if entry.by_hand:
            self.by_hand += 1
            self.public_by_hand += entry.signature.public
        else:
            self.receipts.append(receipt(entry.commitment))
        if entry.signature.public is True:
            self.public.append(_published(entry))

    def finish(self, unmatched_withdrawals: int) -> Tally:
        """The tally of all that was added."""
        same_name = (sum(1 for _ in group) for _, group in groupby(sorted(self.names)))
        return Tally(
            counts=Counts(
                received=self.received,
                unreadable=self.unreadable.total(),
                duplicates=self.duplicates,
                rejected=self.rejected,
                withdrawn=self.withdrawn,
                public=len(self.public),
                nonpublic=self.counted - len(self.public),
            ),
            by_hand=ByHand(self.public_by_hand, self.by_hand - self.public_by_hand),
            signatures=tuple(sorted(self.public, key=collation_key)),
            receipts=tuple(sorted(self.receipts)),
            undecided=self.undecided,
            held=self.held,
            namesakes=sum(count for count in same_name if count > 1),
            unreadable=dict(sorted(self.unreadable.items())),
            unmatched_withdrawals=unmatched_withdrawals,
        )
