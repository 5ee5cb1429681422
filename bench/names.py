"""`./run bench names`: measures how well and how fast duplicates are found.

It prints recall and precision on the pairs of tests/organizer/names/, whose README tells how they were made and split;
then the time and the memory that 100,000 made-up signatures take.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from bench.made_up_people import made_up_people
from organizer.matching.duplicates import Index, Pair, Person, compare
from organizer.matching.tokens import plain

STEP = 500
SET = Path(__file__).parent.parent / "tests" / "organizer" / "names"


@dataclass(frozen=True)
class Tried:
    """Two signatures, whether they are of one person, and how they differ. `is_held_out`: not to be looked at."""

    kind: str
    one: Person
    other: Person
    is_same: bool
    is_held_out: bool


def is_held_out(group: str) -> bool:
    """The fixed rule of the split."""
    return bool(hashlib.sha256(group.encode()).digest()[0] & 1)


def read_set() -> list[Tried]:
    """All pairs."""
    return [*_same(), *_different()]


def _same() -> Iterator[Tried]:
    for block in (SET / "people.txt").read_text("utf-8").split("\n\n"):
        lines = [line.partition(": ") for line in block.splitlines() if line and not line.startswith("#")]
        people = [(kind, _person(number, *_fields(text))) for number, (kind, _, text) in enumerate(lines)]
        if not people:
            continue
        main = people[0][1]
        held_out = is_held_out(main.name)
        for kind, one in people[1:]:
            yield Tried(kind, main, one, True, held_out)
        for (kind, one), (other_kind, other) in pairwise(people[1:]):
            yield Tried(f"{kind} and {other_kind}", one, other, True, held_out)


def _different() -> Iterator[Tried]:
    for line in (SET / "different.tsv").read_text("utf-8").splitlines():
        kind, group, *fields = line.split("\t")
        yield Tried(kind, _person(0, *fields[:3]), _person(1, *fields[3:]), False, is_held_out(group))


def _fields(text: str) -> list[str]:
    return ([part.strip() for part in text.split("|")] + ["", ""])[:3]


def _person(number: int, name: str, relation: str, prisoner: str) -> Person:
    return Person(number.to_bytes(4, "big"), name, relation, prisoner)


@dataclass(frozen=True)
class Found:
    """How many of the pairs of one kind were proposed, and how many there are."""

    proposed: int
    pairs: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.proposed / self.pairs


def try_set(tried: Iterable[Tried]) -> dict[tuple[bool, str], Found]:
    """What was found, by whether it is one person and by the kind of difference; "" is the kind of all together."""
    pairs: Counter[tuple[bool, str]] = Counter()
    proposed: Counter[tuple[bool, str]] = Counter()
    for one in tried:
        was_proposed = compare(one.one, one.other) is not None
        kind = "a variant and another variant" if " and " in one.kind else one.kind
        for key in ((one.is_same, ""), (one.is_same, kind)):
            pairs[key] += 1
            proposed[key] += was_proposed
    return {key: Found(proposed[key], count) for key, count in pairs.items()}


def lost_by_the_index(tried: Iterable[Tried]) -> int:
    """How many pairs the comparison of two finds, and the search among many does not."""
    lost = 0
    for one in tried:
        index = Index()
        index.add(one.other)
        lost += compare(one.one, one.other) is not None and not index.similar(one.one)
    return lost


def say_set(tried: list[Tried]) -> None:
    """Recall and false pairs by kind, and what the index loses."""
    for half, held_out in (("development", False), ("held-out", True)):
        pairs = [one for one in tried if one.is_held_out == held_out]
        found = try_set(pairs)
        same, different = found[True, ""], found[False, ""]
        precision = same.proposed / (same.proposed + different.proposed)
        print(f"\n{half} half: recall {same.share:.3f} of {same.pairs:,} pairs of one person,")
        print(f"  false pairs {different.share:.2%} of {different.pairs:,} pairs of different people,")
        print(f"  precision on this set {precision:.3f}, lost by the index {lost_by_the_index(pairs)}")
        for (is_same, kind), counted in sorted(found.items(), key=lambda item: (-item[0][0], -item[1].pairs)):
            if kind:
                sort = "one person" if is_same else "different "
                print(f"  {sort}  {kind:<30} {counted.proposed:>4} of {counted.pairs:>4} proposed")


def find(people: Iterable[Person]) -> Iterator[Pair]:
    """The pairs of each of these with those before it."""
    index = Index()
    for person in people:
        yield from index.similar(person)
        index.add(person)


def with_progress(people: Iterable[Person], total: int, progress: Callable[[int, int], object]) -> Iterator[Person]:
    """The same people; every some hundred, `progress` is told how many more were looked at, of how many."""
    at = 0
    for at, person in enumerate(people, start=1):
        yield person
        if at % STEP == 0:
            progress(STEP, total)
    if at % STEP:
        progress(at % STEP, total)


def propose(people: Iterable[Person], progress: Callable[[int, int], object] | None = None) -> list[Pair]:
    """All similar pairs, the likeliest first. `progress` is called with how many more were compared, of how many."""
    people = list(people)
    pairs = find(with_progress(people, len(people), progress) if progress else people)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def say_surnames() -> None:
    """How many pairs of a list of surnames count as one, when the first name is the same."""
    names = (SET / "common-surnames.txt").read_text("utf-8").split()
    pairs = list(combinations((Person(name.encode(), f"Максим {name}") for name in names), 2))
    similar = sum(compare(*pair) is not None for pair in pairs)
    print(f"\n{len(names)} surnames, each with one first name: {similar} of {len(pairs):,} pairs proposed")


def say_all_pairs(count: int) -> None:
    """Time and memory of all pairs among made-up people."""
    people = list(made_up_people(count, random.Random("a pile")))
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    pairs = propose(people)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"\n{count:,} signatures, {len({plain(one.name) for one in people}):,} spellings: {len(pairs):,} pairs")
    print(f"  {seconds:.1f} s, of that {cpu:.1f} s of one processor (user and system)")
    print(f"  {(after.ru_maxrss - before.ru_maxrss) / 1024:,.0f} MB of memory above the signatures themselves")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(prog="./run bench names", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="made-up signatures (100,000)")
    chosen = parser.parse_args()
    say_set(read_set())
    say_surnames()
    say_all_pairs(chosen.count)


if __name__ == "__main__":
    main()
