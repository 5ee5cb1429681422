"""Searches the memory of running processes for what must have gone from it: as it was typed, as bytes, and encoded.

All needles of one kind in one encoding have a beginning or an end in common, which is looked for first. So memory is
gone through a few times, however many needles there are.
"""

from __future__ import annotations

import base64
import os
import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

PIECE, OVERLAP = 4 * 1024 * 1024, 256
PAGE = os.sysconf("SC_PAGESIZE")
# Bytes that needles must have in common, at their beginning or at their end.
ANCHOR = 2
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
    }
    if quote(word) != word:
        forms["in an address"] = quote(word).encode()
    for skipped in range(3):
        # What stands before the word in what was encoded is not known: its last letters may begin anywhere in a group.
        encoded = base64.b64encode(b"\0" * skipped + plain)
        forms[f"base64, {skipped}"] = encoded[-(-skipped * 4 // 3) + (skipped > 0) :][: len(plain) * 4 // 3 - 3]
    return forms


class Needles:
    """All that is looked for."""

    def __init__(self) -> None:
        # By what begins them, or ends them: needle -> its family and its name.
        self._by_anchor: dict[tuple[bytes, bool], dict[bytes, tuple[str, str]]] = defaultdict(dict)

    def add(self, kind: str, names: Iterable[str], forms: Callable[[str], Mapping[str, bytes]]) -> None:
        """Look for each of `names`, which belong to one kind, in all their forms."""
        families: dict[str, dict[bytes, tuple[str, str]]] = defaultdict(dict)
        for name in names:
            for form, needle in forms(name).items():
                families[form][needle] = f"{kind}, {form}", name
        for needles in families.values():
            begin, end = _common(list(needles)), _common([needle[::-1] for needle in needles])[::-1]
            is_end = len(end) > len(begin)
            anchor = end[-ANCHOR:] if is_end else begin[:ANCHOR]
            assert len(anchor) == ANCHOR, "These needles have nothing in common that could be looked for."
            self._by_anchor[anchor, is_end].update(needles)

    def found_in(self, pid: int) -> Found:
        """What of it lies in the memory of a process."""
        found: Found = defaultdict(set)
        for data in memory(pid):
            for (_, is_end), needles in self._by_anchor.items():
                for family, name in _found(data, needles, is_end=is_end):
                    found[family].add(name)
        return dict(found)


def memory(pid: int) -> Iterable[bytes]:
    """All memory into which a process may write, in pieces that overlap; the rest is as it lies in files."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file, open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pages:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8", "surrogateescape").splitlines():
            start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()  # type: ignore[union-attr]
            if not rights.startswith("rw"):
                continue
            for first, last in _present(pages.fileno(), int(start, 16) // PAGE, int(end, 16) // PAGE):
                for at in range(first * PAGE, last * PAGE, PIECE):
                    with suppress(OSError):  # it was given back meanwhile
                        yield os.pread(file.fileno(), min(PIECE + OVERLAP, last * PAGE - at), at)


def _present(pagemap: int, first: int, last: int) -> Iterable[tuple[int, int]]:
    """The runs of pages that were ever written to (proc_pid_pagemap(5): bit 63 in memory, bit 62 in the swap)."""
    states = array("Q", os.pread(pagemap, 8 * (last - first), 8 * first))
    for is_there, run in groupby(range(len(states)), lambda at: bool(states[at] >> 62)):
        if is_there:
            numbers = list(run)
            yield first + numbers[0], first + numbers[-1] + 1


def _found(data: bytes, needles: Mapping[bytes, tuple[str, str]], *, is_end: bool) -> Iterable[tuple[str, str]]:
    sizes = {len(needle) for needle in needles}
    common = _common([needle[::-1] for needle in needles])[::-1] if is_end else _common(list(needles))
    at = data.find(common)
    while at >= 0:
        for size in sizes:
            begin = at + len(common) - size if is_end else at
            if found := needles.get(data[max(begin, 0) : begin + size]):
                yield found
        at = data.find(common, at + 1)


def _common(needles: Sequence[bytes]) -> bytes:
    """How all of them begin."""
    first, last = min(needles), max(needles)
    shared = min(len(first), len(last))
    return first[: next((at for at in range(shared) if first[at] != last[at]), shared)]
