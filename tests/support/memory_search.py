"""Searches the memory of running processes for what must have gone from it: as it was typed, as bytes, and encoded.

Needles come in families: all of one kind in one encoding, of one length, with a beginning or an end in common that is
looked for first. So memory is gone through once for each family, however many needles it has.
"""

from __future__ import annotations

import base64
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

PIECE = 4 * 1024 * 1024
Found = dict[str, set[str]]
"""For the name of a family, those of its needles that were seen."""


def address_forms(address: str) -> dict[str, bytes]:
    """An IPv4 address as people write it, as the network does (struct in_addr), and as a number of this machine."""
    packed = bytes(map(int, address.split(".")))
    return {"text": address.encode(), "in_addr": packed, "number": packed[::-1], "UTF-16": address.encode("utf-16-le")}


def word_forms(word: str) -> dict[str, bytes]:
    """A word in every way in which a program may hold it."""
    plain = word.encode()
    forms = {
        "UTF-8": plain,
        "UTF-16": word.encode("utf-16-le"),
        "UTF-32": word.encode("utf-32-le"),
        "hex": plain.hex().encode(),
        "in an address": quote(word).encode(),
    }
    for skipped in range(3):
        # What stands before the word in what was encoded is not known: its last letters may begin anywhere in a group.
        encoded = base64.b64encode(b"\0" * skipped + plain)
        forms[f"base64, {skipped}"] = encoded[-(-skipped * 4 // 3) + (skipped > 0) :][: len(plain) * 4 // 3 - 3]
    return forms


class Needles:
    """All that is looked for."""

    def __init__(self) -> None:
        self._families: dict[str, dict[bytes, str]] = defaultdict(dict)

    def add(self, kind: str, names: Iterable[str], forms: Callable[[str], Mapping[str, bytes]]) -> None:
        """Look for each of `names`, which belong to one kind, in all their forms."""
        for name in names:
            for form, needle in forms(name).items():
                self._families[f"{kind}, {form}"][needle] = name

    def found_in(self, pid: int) -> Found:
        """What of it lies in the memory of a process."""
        found: Found = defaultdict(set)
        for data in memory(pid):
            for family, needles in self._families.items():
                found[family].update(_found(data, needles))
        return {family: names for family, names in found.items() if names}


def memory(pid: int) -> Iterable[bytes]:
    """All that a process may read of its memory, in pieces that overlap."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8", "surrogateescape").splitlines():
            start, end, rights, name = re.fullmatch(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)", line).groups()  # type: ignore[union-attr]
            if "r" not in rights or name in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            for at in range(int(start, 16), int(end, 16), PIECE):
                try:
                    yield os.pread(file.fileno(), min(PIECE + 256, int(end, 16) - at), at)
                except OSError:  # it was given back meanwhile, or is beyond the end of a file
                    continue


def _found(data: bytes, needles: Mapping[bytes, str]) -> Iterable[str]:
    some = list(needles)
    size = len(some[0])
    begin, end = _common(some), _common([needle[::-1] for needle in some])[::-1]
    assert {len(needle) for needle in some} == {size}
    anchor, before = (begin, 0) if len(begin) >= len(end) else (end, size - len(end))
    assert len(anchor) > 1, "These needles have nothing in common that could be looked for."
    at = data.find(anchor)
    while at >= 0:
        if name := needles.get(data[max(at - before, 0) : at - before + size]):
            yield name
        at = data.find(anchor, at + 1)


def _common(needles: Sequence[bytes]) -> bytes:
    """How all of them begin."""
    first, last = min(needles), max(needles)
    return first[
        : next((at for at, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(first))
    ]
