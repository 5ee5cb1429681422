"""How well duplicates are found, and how fast: ./run bench names

Recall and precision on the pairs of tests/names/, whose README tells how they were made and split; then the time and
the memory that a pile of 100,000 made-up signatures takes.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from organizer.duplicates import Pair, Person, compare, propose

SET = Path(__file__).parent.parent / "tests" / "names"


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
