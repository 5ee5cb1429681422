"""The review: one signature at a time, every decision kept at once, and every one can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from organizer_desk import LETTER, LETTERS, open_records

from crypto.signature import Signature
from organizer.duplicates import name_key
from organizer.entries import Decision, Reason, SignatureEntry, UnreadableEntry, Verdict, WithdrawalEntry
from organizer.records import Records
from organizer.review import Review, Shown

KNOWN = set(LETTERS.values())


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(tmp_path) as records:
        yield records


def entry(number: int, name: str = "", code: int | None = None, letter: bytes = LETTER) -> SignatureEntry:
    commitment = (number if code is None else code).to_bytes(32, "big")
    return SignatureEntry(number.to_bytes(32, "big"), letter, commitment, Signature(name or f"name {number}", False))


def start(records: Records, *entries: SignatureEntry, again: bool = False) -> Review:
    records.add(entries)
    return Review(records, KNOWN, again)


def current(review: Review) -> Shown:
    shown = review.current()
    assert shown is not None
    return shown


def number(review: Review) -> int:
    return int.from_bytes(current(review).entry.id, "big")


def verdicts(records: Records) -> dict[int, Verdict]:
    return {int.from_bytes(name, "big"): made.verdict for name, made in records.decisions().items()}


def test_one_after_another_until_the_pile_is_empty(records: Records) -> None:
    """Each is shown with its place, decided once, and then the next."""
    review = start(records, entry(1), entry(2), entry(3))
    assert (current(review).place, current(review).total) == (1, 3)
    review.decide(Verdict.ACCEPTED)
    assert (current(review).place, number(review)) == (2, 2)
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    review.decide(Verdict.HELD)
    assert (review.current(), review.left) == (None, 0)
    assert verdicts(records) == {1: Verdict.ACCEPTED, 2: Verdict.REFUSED, 3: Verdict.HELD}


def test_every_decision_is_on_disk_before_the_next(tmp_path: Path) -> None:
    """A review that ends anywhere goes on where it stopped."""
    with open_records(tmp_path) as records:
        start(records, entry(1), entry(2), entry(3)).decide(Verdict.ACCEPTED)
    with open_records(tmp_path) as records:
        review = Review(records, KNOWN)
        assert (number(review), review.total) == (2, 2)


def test_what_is_held_comes_after_what_is_undecided(records: Records) -> None:
    """The next time, not in the same pass."""
    review = start(records, entry(1), entry(2))
    review.decide(Verdict.HELD)
    assert (number(review), review.left) == (2, 1)
    later = Review(records, KNOWN)
    assert number(later) == 2
    later.decide(Verdict.ACCEPTED)
    assert number(later) == 1
    assert current(later).decided == Decision(Verdict.HELD, None, 1)


def test_undo_takes_back_the_latest_and_shows_it_again(records: Records) -> None:
    """Step by step, down to the first; then there is nothing to take back."""
    review = start(records, entry(1), entry(2), entry(3))
    review.decide(Verdict.ACCEPTED)
    review.decide(Verdict.REFUSED, Reason.OTHER)
    assert review.undo()
    assert (number(review), verdicts(records)) == (2, {1: Verdict.ACCEPTED})
    assert review.undo()
    assert (number(review), verdicts(records)) == (1, {})
    assert not review.undo()
    for _ in range(3):
        review.decide(Verdict.ACCEPTED)
    assert review.current() is None
    assert len(verdicts(records)) == 3


def test_undo_reaches_back_into_the_session_before(records: Records) -> None:
    """The mistake is often noticed only after the window was closed."""
    start(records, entry(1), entry(2), entry(3)).decide(Verdict.ACCEPTED)
    review = Review(records, KNOWN)
    assert review.undo()
    assert [number(review), review.total] == [1, 3]
    review.decide(Verdict.REFUSED, Reason.DUPLICATE)
    assert number(review) == 2


def test_undo_gives_back_what_was_decided_before(records: Records) -> None:
    """A held signature that was accepted by mistake is held again, and stays in the pile once."""
    start(records, entry(1)).decide(Verdict.HELD)
    review = Review(records, KNOWN)
    review.decide(Verdict.ACCEPTED)
    assert review.undo()
    assert verdicts(records) == {1: Verdict.HELD}
    assert review.undo()
    assert (verdicts(records), number(review), review.total) == ({}, 1, 1)


def test_undo_never_shows_a_signature_twice(records: Records) -> None:
    """A held one waits at the end of the pile; taking back the hold moves it to the front."""
    review = start(records, entry(1), entry(2), entry(3))
    review.decide(Verdict.HELD)
    later = Review(records, KNOWN)
    assert later.undo()
    assert (number(later), later.total) == (1, 3)


def test_one_code_is_not_accepted_twice_unseen(records: Records) -> None:
    """A browser that sent twice carries one code; accepting all leaves the second for a person to choose."""
    review = start(records, entry(1), entry(2, code=1), entry(3), entry(4, code=3))
    review.decide(Verdict.ACCEPTED)
    assert Review(records, KNOWN).accept_all() == 1
    assert verdicts(records) == {1: Verdict.ACCEPTED, 3: Verdict.ACCEPTED}
    assert [number(Review(records, KNOWN)), Review(records, KNOWN).total] == [2, 2]


def test_only_a_refusal_has_a_reason(records: Records) -> None:
    """And a refusal without one is not kept."""
    review = start(records, entry(1))
    with pytest.raises(ValueError, match="reason"):
        review.decide(Verdict.REFUSED)
    with pytest.raises(ValueError, match="reason"):
        review.decide(Verdict.ACCEPTED, Reason.OTHER)
    assert (verdicts(records), number(review)) == ({}, 1)


def test_all_that_is_undecided_can_be_accepted_at_once(records: Records) -> None:
    """What is held or refused stays so; how many is told."""
    review = start(records, *map(entry, range(1, 1203)))
    review.decide(Verdict.HELD)
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    assert Review(records, KNOWN).accept_all() == 1200
    found = verdicts(records)
    assert (found.pop(1), found.pop(2)) == (Verdict.HELD, Verdict.REFUSED)
    assert set(found.values()) == {Verdict.ACCEPTED}
    last = Review(records, KNOWN)
    assert last.undo()
    assert number(last) == 1202


def test_a_likeness_is_proposed_and_never_merged(records: Records) -> None:
    """Same name or same code as an accepted signature: it is shown, and nothing is decided by it."""
    review = start(records, entry(1, "Ірына  Слаўнікава"), entry(2, "ІРЫНА СЛАЎНІКАВА"), entry(3, "Ева", code=1))
    assert not current(review).same_name
    review.decide(Verdict.ACCEPTED)
    assert [other.id[-1] for other in current(review).same_name] == [1]
    assert not current(review).same_code
    review.decide(Verdict.REFUSED, Reason.DUPLICATE)
    assert [other.id[-1] for other in current(review).same_code] == [1]
    assert not current(review).same_name
    review.undo()
    review.undo()
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    assert not current(review).same_name


def test_a_text_that_nobody_knows_is_pointed_out(records: Records) -> None:
    """Unless no appeal.json is there to compare with."""
    review = start(records, entry(1, letter=bytes(32)), entry(2))
    assert current(review).unknown_letter
    assert not current(Review(records, None)).unknown_letter
    review.decide(Verdict.ACCEPTED)
    assert not current(review).unknown_letter


def test_what_was_withdrawn_need_not_be_read(records: Records) -> None:
    """Nor what could not be; and neither is compared with."""
    records.add(
        [
            entry(1, "Ева"),
            entry(2, "Ева"),
            WithdrawalEntry(b"w" * 32, (1).to_bytes(32, "big")),
            UnreadableEntry(b"u" * 32, "open-outer"),
        ],
        {entry(1).id: Decision(Verdict.ACCEPTED, None, 1)},
    )
    review = Review(records, KNOWN, again=True)
    assert (review.total, number(review), current(review).same_name) == (1, 2, ())


def test_everything_can_be_gone_over_again(records: Records) -> None:
    """A wrong entry by hand is corrected this way; what is left as it is keeps its decision."""
    records.add([entry(1), entry(2)], {entry(1).id: Decision(Verdict.ACCEPTED)})
    review = Review(records, KNOWN, again=True)
    assert current(review).decided == Decision(Verdict.ACCEPTED)
    review.decide(Verdict.REFUSED, Reason.OTHER)
    review.keep()
    assert review.current() is None
    assert verdicts(records) == {1: Verdict.REFUSED}
    assert review.undo()
    assert verdicts(records) == {1: Verdict.ACCEPTED}


def test_names_are_compared_as_people_read_them() -> None:
    """Capitals, spaces and composed letters make no difference; letters do."""
    assert name_key(" Йогаш  Ян ") == name_key("\u0438\u0306огаш ян")
    assert name_key("Ян") != name_key("Яна")
