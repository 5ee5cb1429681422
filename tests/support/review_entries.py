"""What the tests of the review share: signatures whose names are unlike each other, a later session, verdicts."""

from __future__ import annotations

import hashlib

from crypto.envelope import EnvelopeId
from crypto.signature import Signature
from organizer.actions.plan import YES
from organizer.actions.review import accept, decide_for_word, plan_accept_all, plan_word_decision
from organizer.review.filters import Filter
from organizer.review.queue import ReviewQueue
from organizer.review.review import Bulk, Review
from organizer.workspace.entries import Reason, SignatureEntry, Verdict
from organizer.workspace.records import Records
from tests.support.organizer_workspace import LETTER, LETTERS

KNOWN = set(LETTERS.values())
# Names that are similar no more than their letters do.
SYLLABLES = [f"{a}{b}" for a in "bdgkmprstz" for b in "aeiou"]


def made_up(number: int) -> str:
    """A name for a number, unlike that of any other."""
    digest = hashlib.sha256(number.to_bytes(4, "big")).digest()
    parts = [SYLLABLES[byte % len(SYLLABLES)] for byte in digest[:9]]
    return f"{''.join(parts[:3])}n {''.join(parts[3:])}".title()


def entry(
    number: int, name: str = "", code: int | None = None, letter: bytes = LETTER, public: bool = False, **fields: str
) -> SignatureEntry:
    commitment = (number if code is None else code).to_bytes(32, "big")
    signature = Signature(name or made_up(number), public, **fields)
    return SignatureEntry(number.to_bytes(32, "big"), letter, commitment, signature)


def ids_of(*numbers: int) -> set[EnvelopeId]:
    return {entry(number).id for number in numbers}


def again(records: Records, everything: bool = False, wanted: Filter | None = None) -> Review:
    """A later session."""
    return Review(ReviewQueue(records, KNOWN), everything, wanted)


def accept_all(review: Review) -> Bulk:
    """All that is undecided and similar to no other one, at once."""
    return accept(review, plan_accept_all(review), {"accept-all": YES})


def verdicts(records: Records) -> dict[int, Verdict]:
    return {int.from_bytes(envelope_id, "big"): made.verdict for envelope_id, made in records.decisions().items()}


def decide_for(review: Review, word: int, verdict: Verdict, reason: Reason | None = None) -> Bulk:
    """All undecided ones with one vouch word, as with the key v."""
    return decide_for_word(review, plan_word_decision(review, word, verdict, reason), {"decide-word": YES})
