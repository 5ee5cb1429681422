"""Comparing the names of a workspace: what is told to the parts of an index, and what becomes of their answers.

Every part is told the same blocks and answers each; a part can be a worker on a core of its own, or the only one, here.

A block is a letter, and rows behind it: place (4 bytes, big-endian), length of the box (2), id (32), box. A place is
the number of a signature among all that are compared. What else is told and answered stands beside the letters.
"""

from __future__ import annotations

import struct
import sys
from collections import deque
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, tee

from crypto.envelope import ID_SIZE, EnvelopeId
from organizer.matching.duplicates import Index, Person
from organizer.matching.key_cache import SurnameKeys, spelling_of
from organizer.matching.pair_cache import SimilarPairs
from organizer.matching.signs import signs_of
from organizer.matching.surname_keys import write_key
from organizer.workspace.entries import read_words
from organizer.workspace.records import Boxes, Records

Crew = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Gives the answers of one part to blocks, in their order."""

Progress = Callable[[], AbstractContextManager[Callable[[int, int], object]]]
"""Begins to show how far it has come, when there is something to compare."""

_LONGEST = 1 << 13
"""Answers may be longer than what was asked (intake/workers.py has a bound): a name of few characters can have
thousands of letters when it is spoken, and each of the pairs of a row can have reasons of its own."""
_ROW = struct.Struct(">IH")

_BEGIN = b"b"  # forget all
_FIND = b"f"  # rows: the pairs of each with those before it, as SimilarPairs writes them
_ADD = b"a"  # rows: remember them, which are compared with
_KEYS = b"k"  # rows: the keys of those that fall to this part, a line each: place, spelling, signs, key


@contextmanager
def no_progress() -> Iterator[Callable[[int, int], object]]:
    """Shows nothing."""
    yield lambda more, of: None


class Part:
    """One of several parts of an index of names, which is told blocks. It needs no disk."""

    def __init__(self, boxes: Boxes, part: int = 0, parts: int = 1) -> None:
        self._boxes = boxes
        self._part, self._parts = part, parts
        self._begin(b"")
        self._does: dict[bytes, Callable[[bytes], bytes]] = {
            _BEGIN: self._begin,
            _FIND: self._find,
            _ADD: self._add,
            _KEYS: self._make_keys,
        }

    def __call__(self, block: bytes) -> bytes:
        """The answer to a block."""
        return self._does[block[:1]](block[1:])

    def _begin(self, _: bytes) -> bytes:
        self._index = Index(self._part, self._parts)
        return b""

    def _find(self, rows: bytes) -> bytes:
        found = SimilarPairs()
        for person in self._people(rows):
            for pair in self._index.similar(person):
                found.add(pair)
            self._index.add(person)
        return found.write()

    def _add(self, rows: bytes) -> bytes:
        for person in self._people(rows):
            self._index.add(person)
        return b""

    def _make_keys(self, rows: bytes) -> bytes:
        return "\n".join(map(_write_line, self._people(rows, own=True))).encode("utf-8")

    def _people(self, rows: bytes, own: bool = False) -> Iterator[Person]:
        """The people in these rows, each named by its place; with `own`, those that fall to this part."""
        at = 0
        while at < len(rows):
            place, length = _ROW.unpack_from(rows, at)
            start = at + _ROW.size + ID_SIZE
            if not own or place % self._parts == self._part:
                row_id = rows[at + _ROW.size : start]
                said = read_words(self._boxes.unlock("entries", row_id, rows[start : start + length]))
                # Interned: many name the same prisoner.
                relation, prisoner = (sys.intern(said.get(word, "")) for word in ("relation", "prisoner"))
                yield Person(rows[at : at + 4], said["name"], relation, prisoner, signs=signs_of(said))
            at = start + length


def _write_line(person: Person) -> str:
    signs = b"".join(person.signs).hex()
    return f"{int.from_bytes(person.id, 'big')}:{spelling_of(person.name)}:{signs}:{write_key(person.name)}"


class Comparison:
    """Compares the signatures `ids`, which stand in their order, by parts of an index. `told`: how many more are done.

    `keys` are those that were kept; those that are missing are made. Whatever `told` raises ends the comparing.
    """

    def __init__(
        self,
        records: Records,
        crews: Sequence[Crew],
        ids: list[EnvelopeId],
        told: Callable[[int], object],
        keys: SurnameKeys,
    ) -> None:
        self._records = records
        self._crews = crews
        self._ids = ids
        self._told = told
        self.keys = self._all_keys(keys.about(ids))

    def _all_keys(self, keys: SurnameKeys) -> SurnameKeys:
        for answers in self._rounds(self._blocks(_KEYS, keys.missing())):
            for line in "\n".join(answer.decode("utf-8") for answer in answers if answer).split("\n"):
                place, spelling, signs, key = line.split(":")
                keys.put(int(place), int(spelling), bytes.fromhex(signs), key)
        return keys

    def of_all(self) -> SimilarPairs:
        """All pairs."""
        found = SimilarPairs(b"".join(self._ids))
        everyone = range(len(self._ids))
        self._find(found, chain([(_BEGIN, 0)], self._blocks(_FIND, everyone)), everyone)
        return found

    def of_new(self, new: Collection[EnvelopeId], kept: SimilarPairs) -> SimilarPairs:
        """All pairs, when `kept` has those of which neither is new.

        Only names that one of the new ones would be compared with are put into the index.
        """
        found = kept.restricted(self._ids)
        finders = {place for place, envelope_id in enumerate(self._ids) if envelope_id in new}
        candidates = self.keys.candidates(finders)
        self._told(len(self._ids) - len(finders))
        told = chain([(_BEGIN, 0)], self._blocks(_ADD, sorted(candidates)), self._blocks(_FIND, sorted(finders)))
        self._find(found, told, finders)
        return found

    def _find(self, found: SimilarPairs, blocks: Iterable[tuple[bytes, int]], finders: Container[int]) -> None:
        for answers in self._rounds(blocks, counted=True):
            found.take_likeliest((SimilarPairs.read(answer) for answer in answers if answer), finders)

    def _rounds(self, blocks: Iterable[tuple[bytes, int]], counted: bool = False) -> Iterator[tuple[bytes, ...]]:
        """The answers of all parts to each block; with `counted`, it is told how many rows are done."""
        sizes: deque[int] = deque()

        def told() -> Iterator[bytes]:
            for block, size in blocks:
                sizes.append(size)
                yield block

        copies = tee(told(), len(self._crews))
        for answers in zip(*(crew(copy) for crew, copy in zip(self._crews, copies, strict=True)), strict=True):
            size = sizes.popleft()
            yield answers
            self._told(size if counted else 0)

    def _blocks(self, letter: bytes, places: Sequence[int]) -> Iterator[tuple[bytes, int]]:
        """Rows at these places as blocks, each with how many rows it has; those only to be compared with count none."""
        rows: list[bytes] = []
        size = 0
        boxes = self._records.boxes_of([self._ids[place] for place in places])
        for place, (row_id, box) in zip(places, boxes, strict=True):
            row = _ROW.pack(place, len(box)) + row_id + box
            if rows and size + len(row) > _LONGEST:
                yield letter + b"".join(rows), len(rows) if letter == _FIND else 0
                rows, size = [], 0
            rows.append(row)
            size += len(row)
        if rows:
            yield letter + b"".join(rows), len(rows) if letter == _FIND else 0


def here(records: Records) -> list[Crew]:
    """One part, in this process."""
    part = Part(records.boxes)
    return [lambda blocks: map(part, blocks)]
