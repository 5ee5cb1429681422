"""What a second organizer should know before they sign: what changed since the last one, and whether their own count
says the same.

Knows publications. Must never sign or show anything itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from crypto.appeal import Appeal
from crypto.errors import PublicationError
from crypto.publication import Counts, Publication, PublishedSignature, digest, read_publication
from organizer.errors import OrganizerError


@dataclass(frozen=True)
class Changes:
    """From the publication before to this one: signatures that came, signatures that went, counts that moved."""

    added: tuple[PublishedSignature, ...]
    removed: tuple[PublishedSignature, ...]
    counts: dict[str, tuple[int, int]]


def changes(before: Publication | None, now: Publication) -> Changes:
    """What is new; with nothing before it, everything is."""
    old = Counter(before.signatures if before else ())
    new = Counter(now.signatures)
    was, is_now = (asdict(before.counts) if before else dict.fromkeys(asdict(now.counts), 0)), asdict(now.counts)
    moved = {name: (was[name], count) for name, count in is_now.items() if was[name] != count}
    return Changes(tuple((new - old).elements()), tuple((old - new).elements()), moved)


def differences(own: Publication, other: Publication) -> list[str]:
    """In sentences, where another publication says something else than our own of the same workspace would."""
    found = _count_differences(own.counts, other.counts)
    if own.by_hand != other.by_hand:
        found.append("The numbers of signatures entered by hand differ.")
    change = changes(own, other)
    found += [f"It names somebody whom your workspace does not: {one.name}" for one in change.added]
    found += [f"It does not name somebody whom your workspace does: {one.name}" for one in change.removed]
    if sorted(own.receipts) != sorted(other.receipts):
        missing = len(Counter(own.receipts) - Counter(other.receipts))
        extra = len(Counter(other.receipts) - Counter(own.receipts))
        found.append(f"Receipts differ: {missing:,} of yours are missing in it, {extra:,} of its are not yours.")
    return found


def _count_differences(own: Counts, other: Counts) -> list[str]:
    theirs = asdict(other)
    return [
        f"{name}: it says {theirs[name]:,}, your workspace {count:,}."
        for name, count in asdict(own).items()
        if theirs[name] != count
    ]


def check_not_another(data: bytes, kept: bytes | None) -> None:
    """Nobody signs two different publications of one number: readers could be shown either. Raises: signed-another."""
    if kept is not None and kept != data:
        text = (
            "You signed or published another file with this number before, of SHA-256 "
            f"{digest(kept)}. Two results with one number must not exist; find out which one is right."
        )
        raise OrganizerError("signed-another", text)


def check_before_signing(data: bytes, appeal: Appeal, before: bytes | None) -> None:
    """What a verifier will check besides minisigs: appeal, number, the file before. Raises PublicationError."""
    publication = read_publication(data)
    if publication.appeal != appeal.appeal_id.hex():
        raise PublicationError("publication-appeal", "The publication belongs to another appeal.")
    if (publication.number == 1) != (publication.previous is None):
        raise PublicationError("publication-previous", "Only the first publication has none before it.")
    if before is None:
        return
    if publication.previous != digest(before) or publication.number != read_publication(before).number + 1:
        raise PublicationError("publication-previous", "The publication does not follow the one before it.")
