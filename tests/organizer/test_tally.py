"""The tally: every envelope is counted once, in whatever order, and no name gets out that must stay in."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.code import receipt
from crypto.errors import PublicationError
from crypto.publication import ByHand, Counts, PublishedSignature, read_publication, write_publication
from crypto.signature import Signature
from organizer.results.publication import Place, make_publication
from organizer.results.tally import Tally, tally
from organizer.workspace.entries import (
    Decision,
    Entry,
    Reason,
    SignatureEntry,
    UnreadableEntry,
    Verdict,
    WithdrawalEntry,
)
from tests.support.organizer_workspace import LETTER, RECORD, appeal_of, tally_of

ACCEPTED = Decision(Verdict.ACCEPTED)
HELD = Decision(Verdict.HELD)


def refused(reason: Reason) -> Decision:
    return Decision(Verdict.REFUSED, reason)


def signed(number: int, name: str = "Ева", public: bool = True, by_hand: bool = False) -> SignatureEntry:
    commitment = (1000 + number).to_bytes(32, "big")
    return SignatureEntry(number.to_bytes(32, "big"), LETTER, commitment, Signature(name, public), by_hand)


def withdrawal(number: int, of: int) -> WithdrawalEntry:
    return WithdrawalEntry(number.to_bytes(32, "big"), (1000 + of).to_bytes(32, "big"))


def unreadable(number: int, reason: str = "open-outer", by_hand: bool = False) -> UnreadableEntry:
    return UnreadableEntry(number.to_bytes(32, "big"), reason, by_hand)


def count(*made: tuple[Entry, Decision | None]) -> Tally:
    return tally_of([entry for entry, _ in made], {entry.id: decision for entry, decision in made if decision})


def test_every_number_says_what_the_specification_says() -> None:
    """One of each kind, and two of some."""
    found = count(
        (signed(1, "Ян", public=True), ACCEPTED),
        (signed(2, "Ева", public=False), ACCEPTED),
        (signed(3, "Ева", public=True, by_hand=True), ACCEPTED),
        (signed(4, "Зоя", public=False, by_hand=True), ACCEPTED),
        (signed(5), refused(Reason.DUPLICATE)),
        (signed(6), refused(Reason.ABUSE)),
        (signed(7), refused(Reason.OTHER)),
        (signed(8), HELD),
        (signed(9), None),
        (signed(10), ACCEPTED),
        (withdrawal(11, of=10), None),
        (withdrawal(12, of=77), None),
        (unreadable(13), None),
        (unreadable(14, "record-json"), None),
    )
    assert found.counts == Counts(
        received=12, unreadable=2, duplicates=1, rejected=2, withdrawn=1, public=2, nonpublic=2
    )
    assert found.by_hand == ByHand(public=1, nonpublic=1)
    assert found.signatures == (PublishedSignature("Ева", "", ""), PublishedSignature("Ян", "", ""))
    assert found.receipts == tuple(sorted(receipt(signed(number).commitment) for number in (1, 2)))
    assert (found.undecided, found.held) == (1, 1)
    assert found.unreadable == {"open-outer": 1, "record-json": 1}
    assert found.unmatched_withdrawals == 1


def test_a_withdrawal_counts_in_any_order_and_whatever_was_decided() -> None:
    """Before or after its signature, twice, and of what was refused or not looked at yet."""
    for decision in (ACCEPTED, HELD, None, refused(Reason.DUPLICATE)):
        late: list[Entry] = [withdrawal(1, of=2), withdrawal(3, of=2), signed(2)]
        early: list[Entry] = [signed(1), withdrawal(2, of=1)]
        for pair in (early, late):
            found = tally_of(pair, dict.fromkeys((entry.id for entry in pair), decision) if decision else {})
            assert found.counts == Counts(len(pair), 0, 0, 0, 1, 0, 0)
            assert (found.receipts, found.signatures, found.undecided, found.held) == ((), (), 0, 0)
            assert found.unmatched_withdrawals == 0


def test_what_was_entered_by_hand_was_not_received() -> None:
    """It has no receipt either, for nobody holds its code; what becomes of it is counted like the rest."""
    found = count(
        (signed(1, by_hand=True), ACCEPTED),
        (signed(2, by_hand=True), refused(Reason.OTHER)),
        (unreadable(3, by_hand=True), None),
    )
    assert found.counts == Counts(0, unreadable=1, duplicates=0, rejected=1, withdrawn=0, public=1, nonpublic=0)
    assert found.receipts == ()


def test_numbers_alone_are_the_same_and_publish_nothing() -> None:
    """Who only wants to know how things stand holds no names, and a publication cannot be made of it by mistake."""
    judged = [(signed(1, "Ян"), ACCEPTED), (signed(2, public=False), ACCEPTED), (signed(3, by_hand=True), ACCEPTED)]
    whole, numbers = tally(judged, {}), tally(judged, {}, listed=False)
    assert (numbers.counts, numbers.by_hand) == (whole.counts, whole.by_hand)
    assert (numbers.signatures, numbers.receipts) == ((), ())
    made = make_publication(numbers, appeal_of(RECORD), [], [], Place(1, None), "2026-10-01")
    with pytest.raises(PublicationError) as caught:
        write_publication(made)
    assert caught.value.reason == "publication-sums"


def test_nothing_gives_an_empty_tally() -> None:
    """An appeal begins so."""
    assert tally_of([], {}).counts == Counts(0, 0, 0, 0, 0, 0, 0)


NAMES = st.text(alphabet="абвгд", min_size=1, max_size=8)
SECRET = "НЕПУБЛІЧНА"  # no public name of these tests holds it


@st.composite
def decided_entries(draw: st.DrawFn) -> list[tuple[Entry, Decision | None]]:
    decisions = st.sampled_from([None, ACCEPTED, HELD, *map(refused, Reason)])
    made: list[tuple[Entry, Decision | None]] = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["public", "nonpublic", "withdrawal", "unreadable"]))
        if kind == "withdrawal":
            made.append((withdrawal(number, of=draw(st.integers(0, 12))), None))
        elif kind == "unreadable":
            made.append((unreadable(number), None))
        else:
            public = kind == "public"
            name = draw(NAMES) if public else SECRET + draw(NAMES)
            entry = signed(number, name, public, draw(st.booleans()))
            if not public:
                inside = replace(entry.signature, relation=SECRET, prisoner=SECRET, contact=SECRET, message=SECRET)
                entry = replace(entry, signature=inside)
            made.append((entry, draw(decisions)))
    return made


@given(decided_entries())
def test_a_name_that_is_not_public_is_in_no_byte_of_a_publication(made: list[tuple[Entry, Decision | None]]) -> None:
    """Whatever was decided, withdrawn or entered by hand."""
    found = count(*made)
    data = write_publication(
        make_publication(found, appeal_of(RECORD), [RECORD.fingerprint.hex()], [], Place(1, None), "2026-11-22")
    )
    assert SECRET.encode() not in data
    assert SECRET.encode("unicode-escape") not in data
    assert read_publication(data).signatures == found.signatures
    assert set(found.signatures) <= {
        PublishedSignature(entry.signature.name, "", "")
        for entry, decision in made
        if isinstance(entry, SignatureEntry) and entry.signature.public and decision == ACCEPTED
    }


@given(decided_entries())
def test_every_entry_is_counted_once(made: list[tuple[Entry, Decision | None]]) -> None:
    """The numbers add up to what came in, and no signature is in two of them."""
    found, counts = count(*made), count(*made).counts
    signatures = [(entry, decision) for entry, decision in made if isinstance(entry, SignatureEntry)]
    of_signatures = counts.public + counts.nonpublic + counts.withdrawn + counts.duplicates + counts.rejected
    assert of_signatures + found.undecided + found.held == len(signatures)
    by_hand = sum(entry.by_hand for entry, _ in signatures)
    assert counts.received == len(made) - by_hand
    assert counts.unreadable == sum(isinstance(entry, UnreadableEntry) for entry, _ in made)


@given(decided_entries(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(made: list[tuple[Entry, Decision | None]], random: Random) -> None:
    """The same entries give the same result."""
    shuffled = list(made)
    random.shuffle(shuffled)
    assert count(*shuffled) == count(*made)
