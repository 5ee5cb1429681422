"""A file of places together with the map of what lies where: envelopes are put on it and read from it.

A new envelope goes to a place that is drawn from all free ones, each with the same chance.
So the places of the envelopes are at every moment a random choice in a random order, whatever came when.
An envelope that is there already is written to its own place again: that costs what a new one costs, and its sender
is answered only after the disk has it.
"""

from __future__ import annotations

import logging
import random
import secrets
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from crypto.envelope import SIZE, EnvelopeId, envelope_id
from service.stores.base import Snapshot, StoreUnavailable
from service.stores.place_file import PlaceFile, Rest, lay_out
from service.stores.place_map import PlaceMap

# Envelopes that a reader asks the disk for at once.
AHEAD = 64
# A power cut leaves at most one group half written, and a restore one of its pieces. More than that was the disk.
TORN_MOST = 4096
_DAMAGED = (
    "The store {path} is damaged: {count:,} envelopes in it are not what they were, which no power cut explains. "
    "Nothing was changed. Keep the file, and bring back the last backup into a new one."
)
_NOT_TAKEN = "An envelope was damaged on the disk and could not be taken along when the store grew."
_log = logging.getLogger("undersigned")


class Shelf:
    """An open file of places and its map; `damaged` counts what was found under a wrong tag. For one thread at once."""

    def __init__(self, file: PlaceFile, places: PlaceMap) -> None:
        self.file, self.map, self.damaged = file, places, 0

    @classmethod
    def open(cls, path: Path) -> Shelf:
        """Read a file whole, to write to it. Raises OSError, StoreUnavailable."""
        file = PlaceFile(path, writes=True)
        try:
            try:
                # What a process that was killed wrote last is found, but may not be on the disk.
                file.sync()
            except OSError:
                file.forget()
                raise
            shelf = cls(file, PlaceMap(file.places))
            wrong = []
            for place, own_id, is_right in file.found():
                if is_right:
                    shelf.map.add(own_id, place)
                else:
                    wrong.append(place)
            if len(wrong) > TORN_MOST:
                raise StoreUnavailable(_DAMAGED.format(path=path, count=len(wrong)))
            for place in wrong:
                file.free(place)
            shelf.damaged = len(wrong)
        except BaseException:
            file.close()
            raise
        return shelf

    def put(self, envelope: bytes) -> int:
        """Write 4,096 bytes to their place, which is returned; they are kept after `file.sync()`.

        Raises OSError, and ValueError for another size: it would reach into the next place.
        """
        if len(envelope) != SIZE:
            raise ValueError(f"An envelope has {SIZE} bytes.")
        own_id = envelope_id(envelope)
        place = self.map.find(own_id, self.file.tag)
        if place is None:
            place = self.map.free_place()
            self.file.write(place, own_id, envelope)
            self.map.add(own_id, place)
        else:
            self.file.write(place, own_id, envelope)
        return place

    def bring(self, place: int, larger: Shelf) -> None:
        """Put what lies in a place on a larger shelf."""
        own_id, envelope = EnvelopeId(self.file.tag(place)), self.file.read(place)
        if _is_whole(own_id, envelope):
            larger.put(envelope)

    def copy(self, path: Path, places: int, rest: Rest, is_over: Callable[[], bool]) -> Shelf:
        """The same envelopes in a new, larger file, in places drawn anew; `rest` as in `lay_out`.

        What is put on this shelf meanwhile is not in it. Raises OSError, and StoreUnavailable when `is_over`.
        """
        copied, used = PlaceMap(places), bytes(self.map.used)
        kept = ((own_id, envelope) for place, own_id, envelope in self.file.contents() if used[place])
        # Each set of places has the same chance (Knuth, "The Art of Computer Programming" 2, 3.4.2, algorithm S). They
        # are filled in the order in which the envelopes lie here, which is a random one. The system's own generator
        # gives up Python's lock for each number, and what is drawn here tells nothing of any order.
        left, draw = used.count(True), random.Random(secrets.token_bytes(32)).random  # noqa: S311  # see above

        def held(there: int) -> tuple[EnvelopeId, bytes] | None:
            nonlocal left
            if is_over():
                raise StoreUnavailable("The store was closed while it grew.")
            if draw() * (places - there) >= left:
                return None
            left -= 1
            if (found := next(kept, None)) is None:  # the disk has lost a tag
                _log.error(_NOT_TAKEN)
                return None
            if not _is_whole(*found):
                return None
            copied.add(found[0], there)
            return found

        lay_out(path, places, held, rest)
        return Shelf(PlaceFile(path, writes=True), copied)

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _is_whole(own_id: EnvelopeId, envelope: bytes) -> bool:
    """Whether this is the envelope of this id; if the disk damaged it, the operator is told."""
    if envelope_id(envelope) == own_id:
        return True
    _log.error(_NOT_TAKEN)
    return False


def snapshot_of(file: PlaceFile, kept: Iterable[tuple[int, bytes]]) -> Snapshot:
    """The envelopes in these places with these tags; it takes 4 bytes of memory for each, and closes the file.

    Raises OSError.
    """
    # By the first byte of their ids; within these, they are sorted when they are read.
    groups = [array("I") for _ in range(256)]
    try:
        for place, tag in kept:
            groups[tag[0]].append(place)
    except BaseException:
        file.close()
        raise
    return Snapshot(sum(map(len, groups)), partial(_read, file, groups), file.close)


def _read(file: PlaceFile, groups: list[array[int]]) -> Iterator[bytes]:
    try:
        for group in groups:
            in_order = sorted((file.tag(place), place) for place in group)
            for start in range(0, len(in_order), AHEAD):
                page = in_order[start : start + AHEAD]
                file.prefetch([place for _, place in page])
                for tag, place in page:
                    envelope = file.read(place)
                    if len(envelope) != SIZE or envelope_id(envelope) != tag:
                        raise StoreUnavailable("An envelope has gone while it was being read.")
                    yield envelope
    except OSError as error:
        raise StoreUnavailable(f"The store cannot be read: {error}") from error
