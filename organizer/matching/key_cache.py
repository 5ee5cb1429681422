"""The cache of surname keys: what the names of a workspace are found by, so that few must be read when a few are new.

What is kept is a line of JSON (the rules the keys were made by, how many ids, signs and different keys there are), then
the ids, 32 bytes each and in their order, for each the number of its key and a checksum of its spelling, 4 bytes each,
little-endian, then for each sign (signs.py) the place of its id, 4 bytes, too, and the sign, then the keys, a line
each, and a point. It is encrypted like everything else.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

from crypto.envelope import ID_SIZE, EnvelopeId
from organizer.matching.pair_cache import RULES, in_order
from organizer.matching.signs import SIGN_SIZE
from organizer.matching.surname_keys import similar_keys, write_key
from organizer.matching.tokens import plain

_MISSING = (1 << 32) - 1


def spelling_of(name: str) -> int:
    """A checksum that is equal for names of one spelling: they are compared even if they sound like nothing."""
    return crc32(plain(name).encode("utf-8"))


class SurnameKeys:
    """The keys of some signatures, whose ids are in their order; some may be missing.

    One takes eight bytes beside its id and its signs: many people share a key.
    """

    def __init__(self, ids: Sequence[EnvelopeId] = ()) -> None:
        self._ids = ids
        self._keys: dict[str, int] = {}
        self._numbers = array("I", [_MISSING]) * len(ids)
        self._spellings = array("I", [0]) * len(ids)
        self._signs: dict[int, bytes] = {}

    def put(self, place: int, spelling: int, signs: bytes, key: str) -> None:
        """Take up the signs of the signature at that place, one behind the other, and its key from write_key()."""
        self._numbers[place] = self._keys.setdefault(key, len(self._keys))
        self._spellings[place] = spelling
        if signs:
            self._signs[place] = signs

    def put_name(self, place: int, name: str, signs: Iterable[bytes] = ()) -> None:
        """The same of a name whose key was not written yet."""
        self.put(place, spelling_of(name), b"".join(signs), write_key(name))

    def missing(self) -> list[int]:
        """The places whose key is missing."""
        return [place for place, number in enumerate(self._numbers) if number == _MISSING]

    def candidates(self, few: set[int]) -> set[int]:
        """The places that an index would compare with those of `few`, without these; no key may be missing."""
        keys = list(self._keys)
        similar = similar_keys(keys, {keys[self._numbers[place]] for place in few})
        spellings = {self._spellings[place] for place in few}
        signs = {sign for place in few for sign in self._signs_at(place)}
        alike = {place for place in self._signs if not signs.isdisjoint(self._signs_at(place))}
        found = enumerate(zip(self._numbers, self._spellings, strict=True))
        return {place for place, (number, own) in found if similar[number] or own in spellings}.union(alike) - few

    def _signs_at(self, place: int) -> Iterator[bytes]:
        signs = self._signs.get(place, b"")
        return (signs[at : at + SIGN_SIZE] for at in range(0, len(signs), SIGN_SIZE))

    def about(self, ids: Sequence[EnvelopeId]) -> SurnameKeys:
        """The same keys for these ids, which stand in their order; those of others are left out."""
        found, keys = SurnameKeys(ids), list(self._keys)
        place_of = {envelope_id: place for place, envelope_id in enumerate(self._ids)}
        for place, old in enumerate(map(place_of.get, ids)):
            if old is not None and self._numbers[old] != _MISSING:
                found.put(place, self._spellings[old], self._signs.get(old, b""), keys[self._numbers[old]])
        return found

    def write(self) -> bytes:
        """All of it, for `read`; no key may be missing."""
        signs = [place.to_bytes(4, "little") + sign for place in self._signs for sign in self._signs_at(place)]
        counts = {"rules": RULES, "ids": len(self._ids), "signs": len(signs), "keys": len(self._keys)}
        head = json.dumps(counts, separators=(",", ":"))
        numbers = [in_order(numbers).tobytes() for numbers in (self._numbers, self._spellings)]
        keys = "\n".join(self._keys).encode("utf-8")
        return b"".join([head.encode("ascii"), b"\n", *self._ids, *numbers, *signs, keys, b"."])

    @staticmethod
    def read(text: bytes) -> SurnameKeys:
        """What `write` wrote; nothing, so that all keys are made anew, when another version wrote it."""
        head, _, rest = text.partition(b"\n")
        try:
            value = json.loads(head)
            count = value["ids"]
            signs_at = count * (ID_SIZE + 8)
            keys_at = signs_at + value["signs"] * (4 + SIGN_SIZE)
            keys = rest[keys_at:-1].decode("utf-8").split("\n")
            if value["rules"] != RULES or len(keys) != value["keys"]:
                return SurnameKeys()
            found = SurnameKeys([EnvelopeId(rest[at : at + ID_SIZE]) for at in range(0, count * ID_SIZE, ID_SIZE)])
            found._keys = {key: number for number, key in enumerate(keys)}
            found._numbers, found._spellings = _read_numbers(rest[count * ID_SIZE : signs_at], count)
            for at in range(signs_at, keys_at, 4 + SIGN_SIZE):
                place = int.from_bytes(rest[at : at + 4], "little")
                found._signs[place] = found._signs.get(place, b"") + rest[at + 4 : at + 4 + SIGN_SIZE]
        except (ValueError, KeyError, TypeError):
            return SurnameKeys()
        return found


def _read_numbers(text: bytes, count: int) -> Iterator[array[int]]:
    for at in (0, 4 * count):
        numbers = array("I")
        numbers.frombytes(text[at : at + 4 * count])
        yield in_order(numbers)
