"""Names are compared behind the review: nothing is accepted before it is, and nothing else is found than before."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest

from bench.made_up_people import made_up_people
from bench.names import find
from crypto.envelope import EnvelopeId
from organizer.actions.plan import YES
from organizer.actions.review import accept, plan_accept_all
from organizer.cli.terminal.review import Dialogue
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.matching.comparison import Comparison, Crew, Part
from organizer.matching.duplicates import CROWD, CROWDED, Person
from organizer.matching.key_cache import SurnameKeys
from organizer.matching.pair_cache import SimilarPairs
from organizer.review import comparing
from organizer.review.comparing import Comparing
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.entries import Reason, SignatureEntry, SignatureMarks, Verdict, read_marks, write_entry
from organizer.workspace.records import Records
from tests.support.review_entries import KNOWN, entry, verdicts

PAIR = ("Ірына Слаўнікава", "Irina Slavnikova")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started for a handful of names, too."""
    monkeypatch.setattr(comparing, "FEW", 0)


@contextmanager
def behind(records: Records, told: Callable[[], object] = lambda: None) -> Iterator[Review]:
    """A review whose names are compared by workers; nothing of it is taken up unless a test asks for it."""
    queue = ReviewQueue(records, KNOWN)
    with closing(queue.comparing):
        review = Review(queue)
        queue.comparing.begin(review.ids, told)
        yield review


def children() -> set[int]:
    return {int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


# The same pairs


def crowds() -> list[str]:
    """A flood of one name, more spellings of a surname than are compared, and what sounds like nothing."""
    flood = ["Алена Кавальчук", "алена  КАВАЛЬЧУК"] * CROWD
    spellings = [f"Мікола {chr(ord('а') + at % 20)}{'бвгдж'[at // 20 % 5]}ін Паўлоўскі" for at in range(CROWDED + 20)]
    return [*flood, *spellings, *["Ъ", "12345", "王小明", "Ян"] * 3]


@pytest.mark.slow  # thousands of made-up names are compared
@pytest.mark.parametrize("parts", [1, 2, 5])
def test_parts_of_an_index_find_together_what_one_index_finds(records: Records, parts: int) -> None:
    """Each pair with its score and its reasons, in a crowd, too: however many cores a computer has."""
    people = list(made_up_people(1500, random.Random("parts")))
    said = [(one.name, one.prisoner) for one in people] + [(name, "") for name in crowds()]
    random.Random("mixed").shuffle(said)
    records.add(entry(number, name, prisoner=prisoner) for number, (name, prisoner) in enumerate(said))
    people = [Person(number.to_bytes(32, "big"), name, "", prisoner) for number, (name, prisoner) in enumerate(said)]
    expected = {(pair.first, pair.second, pair.score, pair.reasons) for pair in find(people)}
    counted: list[int] = []
    ids = [EnvelopeId(one.id) for one in people]
    found = Comparison(records, crews(records, parts), ids, counted.append, SurnameKeys()).of_all()
    assert listed(found) == sorted(expected)
    assert len(expected) > 500
    assert sum(counted) == len(people)


def crews(records: Records, parts: int) -> list[Crew]:
    def crew(part: Part) -> Crew:
        return lambda blocks: map(part, blocks)

    return [crew(Part(records.boxes, part, parts)) for part in range(parts)]


def all_by(records: Records, parts: Sequence[Crew], ids: list[EnvelopeId]) -> SimilarPairs:
    return Comparison(records, parts, ids, lambda _: None, SurnameKeys()).of_all()


def listed(found: SimilarPairs) -> list[tuple[bytes, bytes, float, tuple[str, ...]]]:
    return sorted((pair.first, pair.second, pair.score, pair.reasons) for pair in found.among(lambda _: True))


def test_one_part_alone_does_not_find_everything(records: Records) -> None:
    """Control: the parts do divide the work."""
    records.add([entry(number, name) for number, name in enumerate([*PAIR, "Ева Кот", "Eva Kot", "Яна Новік"] * 2)])
    ids = [entry(number).id for number in range(10)]
    whole = listed(Comparison(records, crews(records, 1), ids, lambda _: None, SurnameKeys()).of_all())
    part = [
        listed(Comparison(records, [one], ids, lambda _: None, SurnameKeys()).of_all()) for one in crews(records, 3)
    ]
    assert all(len(pairs) < len(whole) for pairs in part)
    assert sorted(set().union(*part)) == whole


def test_workers_find_what_is_found_here(records: Records, tmp_path: Path) -> None:
    """Among all, and of what came later; what they found is kept, and compared no more."""
    names = [*PAIR, "Ева Кот", "Eva Kot", *(one.name for one in made_up_people(300, random.Random("workers")))]
    ids = [entry(number).id for number in range(len(names))]
    records.add([entry(number, name) for number, name in enumerate(names) if number % 10])
    assert_all_found(records, [one for number, one in enumerate(ids) if number % 10])
    records.add([entry(number, name) for number, name in enumerate(names) if number % 10 == 0])
    assert_all_found(records, ids)


def assert_all_found(records: Records, ids: Sequence[EnvelopeId]) -> None:
    expected = listed(all_by(records, crews(records, 1), list(ids)))
    before = children()
    with behind(records) as review:
        assert not review.queue.comparing.is_finished
        assert children() > before
        review.queue.finish_comparing()
    assert children() == before
    assert listed(SimilarPairs.read(records.compared())) == expected
    assert Comparing(records, set(ids)).is_finished


# Nothing is accepted before it is compared


def test_what_is_not_compared_is_shown_but_not_accepted(records: Records) -> None:
    """It can be refused and held. Once it is compared, it is shown beside the one that it resembles."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1]), entry(3), entry(4)])
    with behind(records) as review:
        shown = review.current()
        assert shown is not None
        assert (shown.compared, shown.similar) == (False, ())
        with pytest.raises(OrganizerError) as caught:
            review.decide(Verdict.ACCEPTED)
        assert caught.value.reason == "still-comparing"
        assert (verdicts(records), review.at) == ({}, 0)
        review.at = 2
        review.decide(Verdict.HELD)
        review.decide(Verdict.REFUSED, Reason.ABUSE)
        assert verdicts(records) == {3: Verdict.HELD, 4: Verdict.REFUSED}
        review.at = 0
        review.queue.finish_comparing(entry(1).id)
        shown = review.current()
        assert shown is not None
        assert shown.compared
        assert [other.entry.id for other in shown.similar] == [entry(2).id]
        review.decide(Verdict.ACCEPTED)
    assert verdicts(records) == {1: Verdict.ACCEPTED, 3: Verdict.HELD, 4: Verdict.REFUSED}


def test_many_at_a_time_wait_for_the_comparing(records: Records) -> None:
    """So that neither of two that may be one person is among them."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1]), entry(3), entry(4)])
    with behind(records) as review:
        plan = plan_accept_all(review)
        assert review.queue.comparing.is_finished
        assert (accept(review, plan, {"accept-all": YES}).decided, plan.left) == (2, 2)
    assert verdicts(records) == {3: Verdict.ACCEPTED, 4: Verdict.ACCEPTED}


def test_what_is_similar_waits_too_when_all_is_accepted(records: Records) -> None:
    """Nothing is accepted that was never compared, whatever was asked for."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    with behind(records) as review:
        plan = plan_accept_all(review, include_similar=True)
        assert (len(plan.chosen), review.queue.comparing.is_finished) == (2, True)


def test_the_last_numbers_wait_for_the_comparing(records: Records) -> None:
    """How many accepted pairs may be one person is never told of half of them."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    with behind(records) as review:
        review.accept([entry(1).id, entry(2).id])
        assert review.queue.accepted_pairs().total() == 1
        assert len(review.queue.pairs()) == 1


def test_nothing_changes_between_two_steps(records: Records) -> None:
    """What the workers found is there only after it was taken up."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    over, others = Event(), children()
    with behind(records, lambda: over.set() if children() <= others else None) as review:
        assert over.wait(60)
        assert not review.queue.comparing.is_finished
        assert review.queue.comparing.take_up()
        assert review.queue.comparing.is_finished
        assert not review.queue.comparing.take_up()


def test_those_that_a_person_sees_first_are_compared_first(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all others: so they can be accepted while the rest is compared."""
    monkeypatch.setattr(comparing, "FIRST", 2)
    records.add([entry(1), entry(2, PAIR[0]), entry(3), entry(4, PAIR[1])])
    go_on = Event()
    queue = ReviewQueue(records, KNOWN)
    with closing(queue.comparing):
        review = Review(queue)
        queue.comparing.begin(review.ids, lambda: wait_once_early(queue, go_on))
        queue.finish_comparing(entry(2).id)
        assert not queue.comparing.is_finished
        assert [queue.comparing.is_known(entry(number).id) for number in (1, 2, 3, 4)] == [True, True, False, False]
        assert [other for other, *_ in queue.similar_to(entry(2).id)] == [entry(4).id]
        review.decide(Verdict.ACCEPTED)
        go_on.set()
        queue.finish_comparing()
    assert verdicts(records) == {1: Verdict.ACCEPTED}


def wait_once_early(queue: ReviewQueue, go_on: Event) -> None:
    if queue.comparing.progress.done:
        go_on.wait(60)


def test_a_key_pressed_too_early_accepts_nothing_that_was_not_seen(
    records: Records, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key waits. If the signature resembles another one now, both are shown, and the key must be pressed again."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    seen: list[dict[int, Verdict]] = []
    go_on = Event()

    class Keys:
        keys = iter("aaq")

        def isatty(self) -> bool:
            return False

        def readline(self) -> str:
            seen.append(verdicts(records))
            go_on.set()  # not before the first signature was shown
            return f"{next(self.keys)}\n"

    monkeypatch.setattr(sys, "stdin", Keys())
    with behind(records, lambda: go_on.wait(60)) as review:
        Dialogue(Terminal(), review).run()
    assert seen == [{}, {}, {1: Verdict.ACCEPTED}]
    shown = capsys.readouterr().out
    assert "Still comparing names, 0 of 2" in shown
    assert "it resembles another one. Look at both" in shown
    assert shown.index("Still comparing") < shown.index("May be one person")


def test_a_key_that_accepts_who_was_refused_waits_for_the_comparing(
    records: Records, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those who were refused are not compared with others, until somebody wants to accept them after all."""
    records.add([entry(1, PAIR[0])])
    Review(ReviewQueue(records, KNOWN)).decide(Verdict.REFUSED, Reason.OTHER)
    records.add([entry(2, PAIR[1])])
    keys = iter(["a\n", "a\n", "q\n"])
    monkeypatch.setattr(sys.stdin, "readline", lambda: next(keys), raising=False)
    with reviewing_again(records) as review:
        Dialogue(Terminal(), review).run()
    assert verdicts(records) == {1: Verdict.ACCEPTED}
    assert "it resembles another one. Look at both" in capsys.readouterr().out


@contextmanager
def reviewing_again(records: Records) -> Iterator[Review]:
    queue = ReviewQueue(records, KNOWN)
    try:
        yield Review(queue, again=True)
    finally:
        queue.comparing.close()


# When it ends otherwise


def test_a_worker_that_is_killed_is_told_and_no_decision_is_lost(records: Records) -> None:
    """Nothing is accepted without comparing, and the next time all is compared."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1]), entry(3)])
    others = children()
    go_on = Event()
    with behind(records, lambda: go_on.wait(60)) as review:
        review.at = 2
        review.decide(Verdict.HELD)
        for child in children() - others:
            os.kill(child, signal.SIGKILL)
        go_on.set()
        for wait in (lambda: review.queue.finish_comparing(), lambda: review.queue.similar_to(entry(1).id)):
            with pytest.raises(OrganizerError) as caught:
                wait()
            assert caught.value.reason == "worker"
    assert children() == others
    assert (verdicts(records), records.compared()) == ({3: Verdict.HELD}, b"")
    assert len(ReviewQueue(records, KNOWN).pairs()) == 1


def test_what_is_left_early_leaves_nothing_behind(records: Records) -> None:
    """No process, nothing kept, and it can begin anew."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    before = children()
    with behind(records) as review:
        review.queue.comparing.close()
        assert children() == before
        assert records.compared() == b""
        assert [other for other, *_ in review.queue.similar_to(entry(1).id)] == [entry(2).id]


def test_other_rules_compare_anew(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier program found by other rules is not taken over."""
    records.add([entry(1, PAIR[0]), entry(2, PAIR[1])])
    assert len(ReviewQueue(records, KNOWN).pairs()) == 1
    assert ReviewQueue(records, KNOWN).comparing.is_finished
    monkeypatch.setattr("organizer.matching.pair_cache.RULES", 0)
    assert not ReviewQueue(records, KNOWN).comparing.is_finished


# Marks


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"language": "be", "vouch": "wolf moon"},
        {"vouch": '"public":false,"language":"xx"'},
        {"vouch": "\\", "message": '","public":false,"vouch":"x'},
        {"relation": '"public":true', "prisoner": '"language":"ru"', "language": 'a"\\b'},
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_marks_are_what_the_row_says(fields: dict[str, str], public: bool) -> None:
    """Whatever a stranger typed to look like a key."""
    one = entry(1, 'Ева "public":true', public=public, **fields)
    row = write_entry(one)
    said = one.signature
    assert read_marks(one.id, row) == SignatureMarks(
        one.id, one.letter_hash, one.commitment, public, said.language, said.vouch, False
    )
    assert isinstance(one, SignatureEntry)
