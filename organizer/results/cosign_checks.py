"""The checks before a second organizer signs: may this publication be signed, and does their own count say the same?"""

from __future__ import annotations

from dataclasses import asdict

from crypto.publication import Counts, Publication, digest
from organizer.errors import OrganizerError
from organizer.results.diff import compare
from organizer.text import in_groups


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
            "You signed or published another file with this number before. Two results with one number must not exist; "
            f"find out which one is right. The one before has the SHA-256 {in_groups(digest(kept))}"
        )
        raise OrganizerError("signed-another", text)
