"""The checks before a second organizer signs: may this publication be signed, and does their own count say the same?"""

from __future__ import annotations

from dataclasses import asdict

from crypto.appeal import Appeal
from crypto.errors import PublicationError
from crypto.publication import Counts, Publication, digest, read_publication
from organizer.errors import OrganizerError
from organizer.results.diff import compare


def differences(own: Publication, other: Publication) -> list[str]:
    """Where another organizer's publication differs from what the own workspace would publish, in sentences."""
    found = _count_differences(own.counts, other.counts)
    if own.by_hand != other.by_hand:
        found.append("The numbers of signatures entered by hand differ.")
    change = compare(own, other)
    found += [f"It names somebody whom your workspace does not: {one.name}" for one in change.added]
    found += [f"It does not name somebody whom your workspace does: {one.name}" for one, _ in change.gone]
    if change.receipts_added or change.receipts_gone:
        text = f"{change.receipts_gone:,} of yours are missing in it, {change.receipts_added:,} of its are not yours."
        found.append(f"Receipts differ: {text}")
    return found


def _count_differences(own: Counts, other: Counts) -> list[str]:
    theirs = asdict(other)
    return [
        f"{name}: it says {theirs[name]:,}, your workspace {count:,}."
        for name, count in asdict(own).items()
        if theirs[name] != count
    ]


def check_not_another(data: bytes, kept: bytes | None) -> None:
    """Refuse a second, different publication of one number: readers could be shown either. Raises: signed-another."""
    if kept is not None and kept != data:
        text = (
            "You signed or published another file with this number before, of SHA-256 "
            f"{digest(kept)}. Two results with one number must not exist; find out which one is right."
        )
        raise OrganizerError("signed-another", text)


def check_before_signing(data: bytes, appeal: Appeal, before: bytes | None) -> None:
    """Check what a verifier checks besides minisigs: appeal, number, the file before. Raises PublicationError."""
    publication = read_publication(data)
    if publication.appeal != appeal.appeal_id.hex():
        raise PublicationError("publication-appeal", "The publication belongs to another appeal.")
    if (publication.number == 1) != (publication.previous is None):
        raise PublicationError("publication-previous", "Only the first publication has none before it.")
    if before is None:
        return
    if publication.previous != digest(before) or publication.number != read_publication(before).number + 1:
        raise PublicationError("publication-previous", "The publication does not follow the one before it.")
