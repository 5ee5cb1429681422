"""Looks in a publication alone, as someone without the envelopes can, for people whom it may count twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from crypto.publication import Publication
from crypto.signature import PUBLISHED
from organizer.matching.duplicates import Index, Person
from organizer.matching.signs import main_reason, signs_of

SAME_RECEIPT = "same receipt"
BATCH = 500


def published_twice(publication: Publication, advance: Callable[[int, int], object]) -> Counter[str]:
    """How many pairs there are, by what speaks for one person: similar public names, and receipts that stand twice.

    `advance` is told (more names looked at, of how many).
    """
    found = Counter({SAME_RECEIPT: len(publication.receipts) - len(set(publication.receipts))})
    index, total = Index(), len(publication.signatures)
    for place, shown in enumerate(publication.signatures):
        said = dict(zip(PUBLISHED, shown.texts(), strict=True))
        person = Person(place.to_bytes(4, "big"), *shown.texts(), signs=signs_of(said))
        found.update(main_reason(pair.reasons) for pair in index.similar(person))
        index.add(person)
        if (place + 1) % BATCH == 0:
            advance(BATCH, total)
    advance(total % BATCH, total)
    return +found
