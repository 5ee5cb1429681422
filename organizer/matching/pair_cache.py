"""The cache of similar pairs: which signatures of a workspace may be of one person.

Comparing takes a while, so the ids that were compared and the pairs found are kept, encrypted like everything else. A
signature that came since is compared with all; when many came, all are compared anew.

What is kept is a line of JSON (the rules it was found by; the number of ids; for each kind of pair its score, its
reasons and how many there are), then the ids, 32 bytes each and in their order, then for each kind its pairs, and a
point. A pair is the places of both ids as one number of 64 bits, little-endian, the smaller in its upper half.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain

from crypto.envelope import ID_SIZE, EnvelopeId
from organizer.matching.duplicates import CROWD, Pair
from organizer.workspace.entries import Decision, Verdict

Kind = tuple[float, tuple[str, ...]]
"""What many pairs have in common: score and reasons."""

RULES = 2
"""Goes up with every change of matching/ that finds other pairs or other keys (key_cache.py): what was found by other
rules is compared anew. tests/organizer/test_key_cache.py tells when."""

_OTHER = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two signatures that may be of one person, `first` before `second` by id; the rest is as in a Pair of people."""

    first: EnvelopeId
    second: EnvelopeId
    score: float
    reasons: tuple[str, ...]


class SimilarPairs:
    """The similar pairs among some signatures, found by the id of either.

    A pair takes sixteen bytes: there may be millions of them.
    """

    def __init__(self, ids: bytes = b"", kinds: dict[Kind, array[int]] | None = None) -> None:
        """`ids` are 32 bytes each, in their order."""
        self._ids = ids
        self._kinds = kinds or {}

    def __len__(self) -> int:
        return len(self._ids) // ID_SIZE

    def ids(self) -> Iterator[EnvelopeId]:
        """The ids of all that were compared, in their order."""
        return (EnvelopeId(self._ids[at : at + ID_SIZE]) for at in range(0, len(self._ids), ID_SIZE))

    def of(self, envelope_id: EnvelopeId) -> Iterator[tuple[EnvelopeId, SimilarPair]]:
        """The ids that a signature is similar to, each with the pair, the likeliest first."""
        place = self._place(envelope_id)
        if place < len(self) and self._id(place) == envelope_id:
            starts, numbers = self._by_place
            found = (self._pair(number) for number in numbers[starts[place] : starts[place + 1]])
            for pair in sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)):
                yield pair.second if pair.first == envelope_id else pair.first, pair

    def among(self, fits: Callable[[EnvelopeId], bool]) -> Iterator[SimilarPair]:
        """The pairs both of which fit, in no order."""
        ids = list(self.ids())  # one object for each id, however many pairs it is in
        fitting = bytes(map(fits, ids))
        for (score, reasons), pairs in self._kinds.items():
            for both in pairs:
                if fitting[both >> 32] and fitting[both & _OTHER]:
                    yield SimilarPair(ids[both >> 32], ids[both & _OTHER], score, reasons)

    def add(self, pair: Pair) -> None:
        """Take up a pair whose `first` and `second` are places, as person_of() writes them."""
        one, other = int.from_bytes(pair.first, "big"), int.from_bytes(pair.second, "big")
        self._kinds.setdefault((pair.score, pair.reasons), array("Q")).append(one << 32 | other)

    def take_likeliest(self, parts: Iterable[SimilarPairs], finders: Container[int]) -> None:
        """Take up what the parts of an index found, of each finder the CROWD likeliest, as one index finds them.

        `finders` are the places of those that were asked about; of two finders, the one that stands later was.
        """
        of_finder: defaultdict[int, set[tuple[float, int, Kind]]] = defaultdict(set)
        for part in parts:
            for kind, pairs in part._kinds.items():
                for both in pairs:
                    finder = both & _OTHER if both & _OTHER in finders else both >> 32
                    of_finder[finder].add((-kind[0], both, kind))
        for found in of_finder.values():
            for _, both, kind in sorted(found)[:CROWD]:
                self._kinds.setdefault(kind, array("Q")).append(both)

    def restricted(self, ids: list[EnvelopeId]) -> SimilarPairs:
        """The same pairs among these ids, which stand in their order; what is not about two of them is left out."""
        place_of = {envelope_id: place for place, envelope_id in enumerate(ids)}
        places = array("q", (place_of.get(envelope_id, -1) for envelope_id in self.ids()))
        found = SimilarPairs(b"".join(ids))
        for kind, pairs in self._kinds.items():
            moved = ((places[both >> 32], places[both & _OTHER]) for both in pairs)
            found._kinds[kind] = array("Q", (one << 32 | other for one, other in moved if one >= 0 and other >= 0))
        return found

    def write(self) -> bytes:
        """All of it, for `read`."""
        kinds = [(score, reasons, len(pairs)) for (score, reasons), pairs in self._kinds.items()]
        value = {"rules": RULES, "ids": len(self), "kinds": kinds}
        head = json.dumps(value, separators=(",", ":")).encode("ascii")
        return b"".join([head, b"\n", self._ids, *(in_order(pairs).tobytes() for pairs in self._kinds.values()), b"."])

    @staticmethod
    def read(text: bytes) -> SimilarPairs:
        """What `write` wrote; nothing, so that all is compared anew, when another version wrote it."""
        head, _, rest = text.partition(b"\n")
        try:
            value = json.loads(head)
            if value["rules"] != RULES:
                return SimilarPairs()
            at = value["ids"] * ID_SIZE
            kinds: dict[Kind, array[int]] = {}
            for score, reasons, count in value["kinds"]:
                pairs = kinds[score, tuple(reasons)] = array("Q")
                pairs.frombytes(rest[at : at + count * pairs.itemsize])
                at += count * pairs.itemsize
        except (ValueError, KeyError, TypeError):
            return SimilarPairs()
        return SimilarPairs(rest[: value["ids"] * ID_SIZE], {kind: in_order(pairs) for kind, pairs in kinds.items()})

    @cached_property
    def _by_place(self) -> tuple[array[int], array[int]]:
        """For each place where the numbers of its pairs start, and all these numbers; each pair has two."""
        starts = array("I", bytes(4 * (len(self) + 2)))
        for pairs in self._kinds.values():
            for both in pairs:
                starts[(both >> 32) + 2] += 1
                starts[(both & _OTHER) + 2] += 1
        starts = array("I", accumulate(starts))
        numbers = array("I", bytes(4 * starts[-1]))
        for number, both in enumerate(chain.from_iterable(self._kinds.values())):
            for place in (both >> 32, both & _OTHER):
                numbers[starts[place + 1]] = number
                starts[place + 1] += 1
        return starts, numbers

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(map(len, self._kinds.values()), initial=0))

    @cached_property
    def _by_number(self) -> list[tuple[Kind, array[int]]]:
        return list(self._kinds.items())

    def _pair(self, number: int) -> SimilarPair:
        kind = bisect_right(self._starts, number) - 1
        (score, reasons), pairs = self._by_number[kind]
        both = pairs[number - self._starts[kind]]
        return SimilarPair(self._id(both >> 32), self._id(both & _OTHER), score, reasons)

    def _id(self, place: int) -> EnvelopeId:
        return EnvelopeId(self._ids[place * ID_SIZE : (place + 1) * ID_SIZE])

    def _place(self, envelope_id: EnvelopeId) -> int:
        return bisect_left(range(len(self)), envelope_id, key=self._id)


def is_compared(made: Decision | None) -> bool:
    """Whether a signature with this decision is compared with others: a flood that was refused is not."""
    return made is None or made.verdict is not Verdict.REFUSED


def in_order(numbers: array[int]) -> array[int]:
    """From the machine's order of bytes to little-endian, and back."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
