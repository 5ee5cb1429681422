"""The review: one signature at a time, every decision kept at once, and every one can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from organizer.matching.duplicates import name_key
from organizer.matching.signs import SAME_CODE
from organizer.review.filters import Filter, ReviewStatus
from organizer.review.queue import ReviewQueue
from organizer.review.review import Bulk, Review, Shown
from organizer.workspace.entries import (
    DECISION_WIDTH,
    Decision,
    Reason,
    SignatureEntry,
    UnreadableEntry,
    Verdict,
    WithdrawalEntry,
    write_decision,
)
from organizer.workspace.records import Records
from organizer.workspace.vouch_words import Vouched, VouchWords
from tests.support.organizer_workspace import open_records
from tests.support.review_entries import KNOWN, accept_all, again, entry, verdicts


def start(records: Records, *entries: SignatureEntry) -> Review:
    records.add(entries)
    return again(records)


def current(review: Review) -> Shown:
    shown = review.current()
    assert shown is not None
    return shown


def number(review: Review) -> int:
    return int.from_bytes(current(review).entry.id, "big")


def others(review: Review) -> list[int]:
    return [int.from_bytes(other.entry.id, "big") for other in current(review).similar]


def test_one_after_another_until_the_queue_is_empty(records: Records) -> None:
    """Each is shown with its place, decided once, and then the next."""
    review = start(records, entry(1), entry(2), entry(3))
    assert (review.at, review.total) == (0, 3)
    review.decide(Verdict.ACCEPTED)
    assert (review.at, number(review)) == (1, 2)
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    review.decide(Verdict.HELD)
    assert (review.current(), review.at) == (None, 3)
    assert verdicts(records) == {1: Verdict.ACCEPTED, 2: Verdict.REFUSED, 3: Verdict.HELD}


def test_every_decision_is_on_disk_before_the_next(tmp_path: Path) -> None:
    """A review that ends anywhere goes on where it stopped."""
    with open_records(tmp_path) as records:
        start(records, entry(1), entry(2), entry(3)).decide(Verdict.ACCEPTED)
    with open_records(tmp_path) as records:
        review = again(records)
        assert (number(review), review.total) == (2, 2)


def test_what_is_held_comes_after_what_is_undecided(records: Records) -> None:
    """The next time, not in the same pass."""
    review = start(records, entry(1), entry(2))
    review.decide(Verdict.HELD)
    assert (number(review), review.at, review.total) == (2, 1, 2)
    later = again(records)
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
    review = again(records)
    assert review.undo()
    assert [number(review), review.total] == [1, 3]
    review.decide(Verdict.REFUSED, Reason.DUPLICATE)
    assert number(review) == 2


def test_undo_gives_back_what_was_decided_before(records: Records) -> None:
    """A held signature that was accepted by mistake is held again, and stays in the queue once."""
    start(records, entry(1)).decide(Verdict.HELD)
    review = again(records)
    review.decide(Verdict.ACCEPTED)
    assert review.undo()
    assert verdicts(records) == {1: Verdict.HELD}
    assert review.undo()
    assert (verdicts(records), number(review), review.total) == ({}, 1, 1)


def test_undo_never_shows_a_signature_twice(records: Records) -> None:
    """A held one waits at the end of the queue; taking back the hold moves it to the front."""
    review = start(records, entry(1), entry(2), entry(3))
    review.decide(Verdict.HELD)
    later = again(records)
    assert later.undo()
    assert (number(later), later.total) == (1, 3)


def test_undo_gives_back_what_an_earlier_session_changed(records: Records) -> None:
    """What was decided before is on the disk, not in the memory of a session."""
    start(records, entry(1), entry(2)).decide(Verdict.REFUSED, Reason.ABUSE)
    over = again(records, everything=True)
    over.decide(Verdict.HELD)
    again(records, everything=True).decide(Verdict.ACCEPTED)
    for before in ({1: Verdict.HELD}, {1: Verdict.REFUSED}, {}):
        assert again(records).undo() == 1
        assert verdicts(records) == before
    assert again(records).undo() == 0


def test_a_decision_remembers_a_dozen_before_it(records: Records) -> None:
    """More do not fit into its row, which always has one size."""
    review = start(records, entry(1))
    for step in range(20):
        review.at = 0
        review.decide((Verdict.ACCEPTED, Verdict.HELD)[step % 2])
    (made,) = records.decisions().values()
    assert {len(write_decision(one)) for one in (made, Decision(Verdict.HELD))} == {DECISION_WIDTH}
    assert sum(again(records).undo() for _ in range(20)) == 12
    assert verdicts(records) == {}


def test_many_decisions_at_once_are_one_step(records: Records) -> None:
    """One key did it, one key takes it back, in a later session, too."""
    review = start(records, *map(entry, range(1, 40)))
    review.decide(Verdict.HELD)
    assert accept_all(again(records)) == Bulk(38, 0)
    assert len(again(records).latest()) == 38
    assert again(records).undo() == 38
    assert verdicts(records) == {1: Verdict.HELD}


def test_what_is_similar_to_another_is_not_accepted_unseen(records: Records) -> None:
    """Neither of two that may be one person: one code, or names like one; a person should choose."""
    review = start(
        records,
        entry(1),
        entry(2, code=1),
        entry(3, "Вольга Мароз"),
        entry(4, "Olga Moroz"),
        entry(5, "Ева Кот"),
        entry(6, "ЕВА КОТ"),
    )
    review.at = 4
    review.decide(Verdict.REFUSED, Reason.OTHER)
    assert accept_all(again(records)) == Bulk(1, 4)
    assert verdicts(records) == {5: Verdict.REFUSED, 6: Verdict.ACCEPTED}


def refused_before_another_came(records: Records) -> None:
    """Whoever was refused is not compared with those who come later."""
    review = start(records, entry(1, "Ева Кот"))
    review.decide(Verdict.REFUSED, Reason.OTHER)
    records.add([entry(2, "ЕВА КОТ"), entry(3)])
    assert accept_all(again(records)) == Bulk(2, 0)


def test_what_was_refused_is_compared_before_it_is_accepted_after_all(records: Records) -> None:
    """In a later pass over everything."""
    refused_before_another_came(records)
    review = again(records, everything=True)
    review.queue.finish_comparing()
    assert not current(review).compared
    review.queue.compare_too(current(review).entry.id)
    assert others(review) == [2]
    review.decide(Verdict.ACCEPTED)
    assert review.queue.accepted_pairs().total() == 1


def test_a_refusal_that_is_taken_back_is_compared_at_once(records: Records) -> None:
    """Else it would be accepted with many others, as similar to none."""
    refused_before_another_came(records)
    review = again(records)
    review.queue.finish_comparing()
    for _ in range(2):  # what was accepted at once, then the refusal
        review.undo()
    assert accept_all(review) == Bulk(1, 2)
    assert verdicts(records) == {3: Verdict.ACCEPTED}


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
    review = start(records, *map(entry, range(1, 203)))
    review.decide(Verdict.HELD)
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    assert accept_all(again(records)) == Bulk(200, 0)
    found = verdicts(records)
    assert (found.pop(1), found.pop(2)) == (Verdict.HELD, Verdict.REFUSED)
    assert set(found.values()) == {Verdict.ACCEPTED}


def test_a_similar_signature_is_shown_with_its_reason_and_never_merged(records: Records) -> None:
    """Same code, or a name like one, of what is accepted, undecided or held; refused ones are not compared with."""
    review = start(records, entry(1, "Ірына Слаўнікава"), entry(2, "Irina Slavnikova"), entry(3, "Ева", code=1))
    assert others(review) == [3, 2]
    first, second = current(review).similar
    assert (first.score, first.reasons) == (1.0, (SAME_CODE,))
    assert second.reasons
    review.decide(Verdict.ACCEPTED)
    assert others(review) == [1]
    assert current(review).similar[0].decided == Decision(Verdict.ACCEPTED, None, 1)
    review.undo()
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    assert others(review) == []
    assert again(records).current() is not None
    assert others(again(records)) == []


def test_those_that_are_accepted_are_compared_with_first(records: Records) -> None:
    """For them the decision is about."""
    review = start(records, entry(1, "Ева Кот"), entry(2, "ева кот"), entry(3, "ЕВА КОТ"))
    review.at = 2
    review.decide(Verdict.ACCEPTED)
    review.at = 0
    assert others(review) == [3, 2]


def test_names_are_compared_once_and_again_when_new_ones_came(records: Records) -> None:
    """Comparing takes a while; what was found is kept, and what was refused needs no comparing."""
    compared: list[int] = []

    @contextmanager
    def progress() -> Iterator[Callable[[int, int], object]]:
        yield lambda more, of: compared.append(of)

    records.add([entry(1, "Ева Кот"), entry(2, "Eva Kot"), entry(3)])
    review = Review(ReviewQueue(records, KNOWN, progress))
    assert (compared, others(review)) == ([3], [2])
    review.at = 2
    review.decide(Verdict.REFUSED, Reason.ABUSE)
    assert others(Review(ReviewQueue(records, KNOWN, progress))) == [2]
    records.add([entry(4, "Ева Кот")])
    assert others(Review(ReviewQueue(records, KNOWN, progress))) == [4, 2]
    assert compared == [3, 3]


def test_a_long_list_of_pairs_comes_back_as_it_was_kept(records: Records) -> None:
    """Longer than one row, then shorter, then none at all."""
    for text in (b"x" * 200_000 + b"y", b"short", b""):
        records.keep_compared(text)
        assert records.compared() == text


def test_a_text_that_nobody_knows_is_pointed_out(records: Records) -> None:
    """Unless no appeal.json is there to compare with."""
    review = start(records, entry(1, letter=bytes(32)), entry(2))
    assert current(review).facts.unknown_letter
    assert not current(Review(ReviewQueue(records, None))).facts.unknown_letter
    review.decide(Verdict.ACCEPTED)
    assert not current(review).facts.unknown_letter


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
    review = again(records, everything=True)
    assert (review.total, number(review), others(review)) == (1, 2, [])


def test_what_was_taken_back_keeps_its_step(records: Records) -> None:
    """Counted again after all, it is not undone together with what was decided meanwhile."""
    start(records, entry(1), entry(2)).decide(Verdict.ACCEPTED)
    withdrawal = WithdrawalEntry(b"w" * 32, entry(1).commitment, by_hand=True, reason="lost code")
    records.add([withdrawal])
    review = again(records)
    assert (number(review), review.latest()) == (2, [])
    review.decide(Verdict.ACCEPTED)
    records.forget(withdrawal.id)
    assert again(records).undo() == 1
    assert verdicts(records) == {1: Verdict.ACCEPTED}


def test_everything_can_be_gone_over_again(records: Records) -> None:
    """A wrong entry by hand is corrected this way; what is left as it is keeps its decision."""
    records.add([entry(1), entry(2)], {entry(1).id: Decision(Verdict.ACCEPTED)})
    review = again(records, everything=True)
    assert current(review).decided == Decision(Verdict.ACCEPTED)
    review.decide(Verdict.REFUSED, Reason.OTHER)
    review.move(1)
    assert review.current() is None
    assert verdicts(records) == {1: Verdict.REFUSED}
    assert review.undo()
    assert verdicts(records) == {1: Verdict.ACCEPTED}


def test_names_are_compared_as_people_read_them() -> None:
    """Capitals, spaces and composed letters make no difference; letters do."""
    assert name_key(" Йогаш  Ян ") == name_key("\u0438\u0306огаш ян")
    assert name_key("Ян") != name_key("Яна")


# Filters and words


def numbers(review: Review) -> list[int]:
    return [int.from_bytes(envelope_id, "big") for envelope_id in review.ids]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(public=True), [2]),
        (Filter(public=False), [1, 3, 4]),
        (Filter(status=ReviewStatus.ACCEPTED), [4]),
        (Filter(status=ReviewStatus.UNDECIDED), [1, 2, 3]),
        (Filter(language="be"), [2]),
        (Filter(language="other"), [1, 3, 4]),
        (Filter(unknown_letter=True), [3]),
        (Filter(similar=True), [1, 4]),
        (Filter(vouched=Vouched.UNKNOWN), [3]),
        (Filter().with_text("сястра АЛЕСЯ"), [2]),
        (Filter().with_text("каaт"), []),
        (Filter().with_text("кот ева"), [1, 4]),
        (Filter(public=True).with_text("ева"), []),
        (Filter().with_text("даўно не бачыў"), [3]),
    ],
    ids=str,
)
def test_a_filter_shows_what_was_asked_for(records: Records, wanted: Filter, found: list[int]) -> None:
    """By marks, and by words in any field in any order, whatever alphabet a letter was typed in."""
    records.add(
        [
            entry(1, "Ева Кот"),
            entry(2, "Зоя Мядзведзь", public=True, relation="сястра Алеся", language="be"),
            entry(3, letter=bytes(32), message="Даўно не бачыў", vouch="nobody's", language="x\u200dy"[:1] + "yy!"),
            entry(4, "Ева Koт"),
        ],
        {entry(4).id: Decision(Verdict.ACCEPTED, None, 1)},
    )
    assert numbers(again(records, everything=True, wanted=wanted)) == found


def test_a_filter_can_be_changed_in_the_middle(records: Records) -> None:
    """It starts with the first that fits, and what is asked for is said in words."""
    review = start(records, entry(1), entry(2, public=True), entry(3, public=True))
    review.decide(Verdict.ACCEPTED)
    review.narrow(Filter(public=True))
    assert (number(review), review.total, str(review.filter)) == (2, 2, "public")
    review.decide(Verdict.HELD)
    review.undo()
    assert number(review) == 2


def test_every_mark_goes_round() -> None:
    """One key changes it step by step and comes back to all."""
    for criterion, steps in (("public", 3), ("status", 5), ("vouched", 5), ("language", 3), ("similar", 2)):
        wanted = Filter()
        seen = []
        for _ in range(steps):
            wanted = wanted.next(criterion, ["be", "en"])
            seen.append(wanted)
        assert (wanted, len(set(map(str, seen)))) == (Filter(), steps)


def test_those_vouched_for_come_first(records: Records) -> None:
    """Among what is undecided and among what is held."""
    records.decide({}, [VouchWords([]).new("kamutirope", "A.")])
    vouched = [entry(number, vouch="Kamu-Tiro PE") for number in (2, 4)]
    review = start(records, entry(1), vouched[0], entry(3), vouched[1])
    assert numbers(review) == [2, 4, 1, 3]
    for _ in range(3):
        review.decide(Verdict.HELD)
    assert numbers(again(records)) == [3, 2, 4, 1]


def test_moving_decides_nothing_and_ends_at_both_ends(records: Records) -> None:
    """One beyond the last is where the pass is over."""
    review = start(records, entry(1), entry(2))
    review.move(-5)
    assert number(review) == 1
    review.move(5)
    assert (review.current(), review.at, verdicts(records)) == (None, 2, {})
    review.move(-1)
    assert number(review) == 2
