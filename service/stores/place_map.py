"""Where each envelope lies, and which places are free: what a running service knows of its file of places.

It takes 13 bytes of memory for a place, and nothing in it tells which envelope came first.
A dict would: it remembers the order. So this is a table in which each key has one possible position for one set of
keys, in whatever order they came (linear probing, the smaller key first: Amble and Knuth, "Ordered hash tables", 1974).
Keys are keyed hashes of the ids, so nobody can choose envelopes that crowd one part of the table.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from array import array
from collections.abc import Callable

from crypto.envelope import EnvelopeId

_generator = random.SystemRandom()


class PlaceMap:
    """The map of a file with so many places, all of them free. Not for several threads at once."""

    def __init__(self, places: int) -> None:
        self.used = bytearray(places)
        self._count = 0
        self._secret = secrets.token_bytes(32)
        self._mask = (1 << places.bit_length()) - 1
        self._keys = array("Q", bytes(8 * (self._mask + 1)))
        self._places = array("I", bytes(4 * (self._mask + 1)))

    def __len__(self) -> int:
        """How many envelopes lie in the file."""
        return self._count

    def find(self, own_id: EnvelopeId, tag_of: Callable[[int], bytes]) -> int | None:
        """The place of the envelope with this id, or None. `tag_of` tells two ids with the same key apart."""
        key = self._key(own_id)
        at = key & self._mask
        while 0 < (found := self._keys[at]) <= key:
            if found == key and tag_of(self._places[at]) == own_id:
                return self._places[at]
            at = (at + 1) & self._mask
        return None

    def free_place(self) -> int:
        """A free place, each with the same chance. There must be one."""
        # Cheaper than randrange; of 2**53 steps, each place has as many as any other but for one.
        while self.used[place := int(_generator.random() * len(self.used))]:
            pass
        return place

    def add(self, own_id: EnvelopeId, place: int) -> None:
        """Remember that this envelope, which was not there yet, lies in this place."""
        self.used[place] = True
        key = self._key(own_id)
        at = key & self._mask
        while found := self._keys[at]:
            if found > key:
                self._keys[at], key = key, found
                self._places[at], place = place, self._places[at]
            at = (at + 1) & self._mask
        self._keys[at], self._places[at] = key, place
        self._count += 1

    def _key(self, own_id: EnvelopeId) -> int:
        # Zero means that nothing is there.
        return int.from_bytes(hashlib.blake2b(own_id, key=self._secret, digest_size=8).digest(), "big") or 1
