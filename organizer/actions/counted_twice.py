"""Whether people are counted twice: accepted signatures of which two may be of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from crypto.publication import Publication
from organizer.actions.plan import Notice, Progress, no_progress
from organizer.actions.session import Session
from organizer.results.published_twice import published_twice
from organizer.review.queue import ReviewQueue


def accepted_pairs(session: Session, progress: Progress = no_progress) -> Counter[str]:
    """How many pairs of accepted signatures there are, by what speaks for one person.

    What was entered by hand counts once it is opened. Names that came since the review are compared now.
    """
    return ReviewQueue(session.records, None, lambda: progress("Comparing names", "names compared")).accepted_pairs()


def published_pairs(publication: Publication, progress: Progress = no_progress) -> Counter[str]:
    """The same among the public names and the receipts of a publication, for who has nothing else."""
    with progress("Comparing public names", "names compared") as advance:
        return published_twice(publication, advance)


def counted_twice(pairs: Mapping[str, int]) -> tuple[Notice, ...]:
    """What to tell about such pairs, if there are any."""
    if not pairs:
        return ()
    text = "Accepted pairs that may be one person, who is counted twice then: {pairs:,} ({reasons})."
    most = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    values = {"pairs": sum(pairs.values()), "reasons": ", ".join(f"{reason} {count:,}" for reason, count in most)}
    return (Notice("counted-twice", text, values),)
