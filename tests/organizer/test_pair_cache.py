"""Pairs kept from one session to the next: what is compared later comes to the same as all compared at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crypto.envelope import EnvelopeId
from organizer.matching.comparison import Progress, no_progress
from organizer.matching.duplicates import Index, Person
from organizer.matching.pair_cache import SimilarPair, SimilarPairs
from organizer.review.comparing import MUCH, Comparing
from organizer.workspace.records import Records
from tests.support.organizer_workspace import open_records
from tests.support.review_entries import entry, ids_of, made_up

LIKE = (
    "Ірына Слаўнікава",
    "Irina Slavnikova",
    "Слаўнікава Іра",
    "Iryna Slaunikava",
    "Ірына Слаўнікаў",
    "І. Слаўнікава",
)
NAMES = st.sampled_from(
    [*LIKE, *map(made_up, range(9)), "Ева Кот", "Eva Kot", "кот ева", "Ева Котт", "Ъ", "Ян", "Ivan"]
)


def find_pairs(records: Records, ids: set[EnvelopeId], progress: Progress = no_progress) -> SimilarPairs:
    """What is kept once these are compared."""
    Comparing(records, ids).wait(None, progress)
    return SimilarPairs.read(records.compared())


def pairs_of(found: SimilarPairs, ids: set[EnvelopeId]) -> list[SimilarPair]:
    return sorted(found.among(ids.__contains__), key=lambda pair: (-pair.score, pair.first, pair.second))


@given(st.lists(NAMES, min_size=2, max_size=30), st.data())
@example([*LIKE, *LIKE], None)
@example(["Ъ", *LIKE, "Ъ"], None)
@settings(max_examples=60, deadline=None)
@pytest.mark.slow  # thousands of made-up names are compared
def test_what_comes_later_is_found_as_if_it_had_been_there(names: list[str], data: st.DataObject | None) -> None:
    """Law: below a crowd, pairs do not depend on what came when, nor on what was refused in between."""
    numbers = list(range(1, len(names) + 1))
    later = {numbers[0]} if data is None else data.draw(st.sets(st.sampled_from(numbers)))
    gone = set() if data is None else data.draw(st.sets(st.sampled_from(numbers)))
    with tempfile.TemporaryDirectory() as folder, open_records(Path(folder)) as records:
        records.add([entry(number, name) for number, name in zip(numbers, names, strict=True) if number not in later])
        find_pairs(records, ids_of(*numbers) - ids_of(*later))
        records.add([entry(number, name) for number, name in zip(numbers, names, strict=True) if number in later])
        left = ids_of(*numbers) - ids_of(*gone)
        found = pairs_of(find_pairs(records, left), left)
        everything = pairs_of(find_pairs(records, ids_of(*numbers)), ids_of(*numbers))
        records.keep_compared(b"")
        assert everything == pairs_of(find_pairs(records, ids_of(*numbers)), ids_of(*numbers))
        assert found == [pair for pair in everything if {pair.first, pair.second} <= left]


@pytest.mark.slow  # thousands of made-up names are compared
def test_a_few_new_ones_leave_the_others_where_they_are(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand names only those are compared that a new one could be similar to; all are told as looked at."""
    records.add([entry(number) for number in range(2, 1002)])
    ids = ids_of(*range(2, 1002))
    find_pairs(records, ids)
    records.add([entry(1, made_up(500)), entry(1500, "Ева Кот")])
    compared: list[bytes] = []
    steps: list[tuple[int, int]] = []
    add = Index.add

    def noted(index: Index, one: Person) -> None:
        compared.append(one.id)
        add(index, one)

    monkeypatch.setattr(Index, "add", noted)

    @contextmanager
    def progress() -> Iterator[Callable[[int, int], object]]:
        yield lambda more, of: steps.append((more, of))

    found = find_pairs(records, ids | ids_of(1, 1500), progress)
    assert [other for other, _ in found.of(entry(1).id)] == [entry(500).id]
    assert 3 <= len(compared) < 100
    assert (sum(more for more, _ in steps), {of for _, of in steps}) == (1002, {1002})


def test_much_that_is_new_is_compared_with_everything(records: Records) -> None:
    """From one in MUCH on; it comes to the same."""
    records.add([entry(number, "Ева Кот") for number in range(1, 10)])
    for last in (9 - 9 // MUCH - 1, 9):
        ids = ids_of(*range(1, last + 1))
        assert len(pairs_of(find_pairs(records, ids), ids)) == last * (last - 1) // 2


def test_a_pair_is_found_from_either_side_the_likeliest_first(records: Records) -> None:
    """And an id that was never compared has none."""
    records.add([entry(1, "Ірына Слаўнікава"), entry(2, "І. Слаўнікава"), entry(3, "Irina Slavnikova"), entry(4)])
    found = find_pairs(records, ids_of(1, 2, 3, 4))
    assert [other for other, _ in found.of(entry(1).id)] == [entry(3).id, entry(2).id]
    assert [other for other, _ in found.of(entry(2).id)][:1] == [entry(1).id]
    assert [list(found.of(entry(number).id)) for number in (4, 5)] == [[], []]
    ((_, pair), *_) = found.of(entry(3).id)
    assert (pair.first, pair.second, pair.reasons) == (entry(1).id, entry(3).id, ("another language or spelling",))


@pytest.mark.parametrize("kept", [b"", b".", b"{}\n.", b'{"ids":["00"],"reasons":[],"pairs":[]}', b"\xff\n", b"[1]\n."])
def test_what_another_version_kept_is_compared_anew(records: Records, kept: bytes) -> None:
    """It is kept to save time only."""
    records.add([entry(1, "Ева Кот"), entry(2, "Eva Kot")])
    records.keep_compared(kept)
    assert len(pairs_of(find_pairs(records, ids_of(1, 2)), ids_of(1, 2))) == 1
    assert len(SimilarPairs.read(records.compared())) == 2


def test_a_pair_takes_eight_bytes_on_the_disk(records: Records) -> None:
    """A million signatures may have millions of pairs."""
    sizes = []
    for count in (20, 21):
        records.add([entry(number, "Ева Кот") for number in range(1, count + 1)])
        ids = ids_of(*range(1, count + 1))
        find_pairs(records, ids)
        sizes.append(len(records.compared()))
    assert sizes[1] - sizes[0] <= 32 + 8 * 20 + 2
