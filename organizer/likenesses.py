"""Which signatures of a workspace resemble which, compared once and kept, for comparing takes a while.

Knows records. Must never know decisions' reasons nor decide anything.

Kept, encrypted like everything else, are the ids that were compared and the pairs found. When a signature came that is
not among them, all are compared anew: names are found only in an index of all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from organizer.duplicates import Pair, Person, propose
from organizer.entries import Decision, SignatureEntry, Verdict
from organizer.errors import OrganizerError
from organizer.records import Records

Progress = Callable[[], AbstractContextManager[Callable[[int, int], object]]]
"""Begins to show how far it has come, when there is something to compare."""


@contextmanager
def no_progress() -> Iterator[Callable[[int, int], object]]:
    """Shows nothing."""
    yield lambda more, of: None


class Likenesses:
    """Pairs by the id of either."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs: dict[bytes, list[Pair]] = {}
        for pair in pairs:
            for name in (pair.first, pair.second):
                self._pairs.setdefault(name, []).append(pair)

    def of(self, name: bytes) -> Iterator[tuple[bytes, Pair]]:
        """The ids that a signature resembles, each with the pair, the likeliest first."""
        for pair in self._pairs.get(name, ()):
            yield pair.second if pair.first == name else pair.first, pair

    def pairs(self) -> list[Pair]:
        """All pairs, the likeliest first."""
        found = (pair for name, pairs in self._pairs.items() for pair in pairs if pair.first == name)
        return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))


def is_compared(made: Decision | None) -> bool:
    """Whether a signature with this decision is compared with others: a flood that was refused is not."""
    return made is None or made.verdict is not Verdict.REFUSED


def find_pairs(records: Records, names: set[bytes], progress: Progress = no_progress) -> list[Pair]:
    """Pairs among at least these signatures: those kept, when there are none but those compared before.

    Raises OrganizerError: workspace-damaged.
    """
    compared, pairs = _read(records.compared())
    if names <= compared:
        return pairs
    with progress() as advance:
        pairs = propose(_people(records, names), advance)
    records.keep_compared(_write(sorted(names), pairs))
    return pairs


def _people(records: Records, names: set[bytes]) -> Iterator[Person]:
    for entry in records.entries():
        if isinstance(entry, SignatureEntry) and entry.id in names:
            signed = entry.signature
            yield Person(entry.id, signed.name, signed.relation, signed.prisoner)


def _write(names: list[bytes], pairs: list[Pair]) -> bytes:
    """Pairs as two places in the list of ids, the score, and the place of the reasons in their list."""
    places = {name: place for place, name in enumerate(names)}
    reasons: dict[tuple[str, ...], int] = {}
    rows = [
        (places[pair.first], places[pair.second], pair.score, reasons.setdefault(pair.reasons, len(reasons)))
        for pair in pairs
    ]
    value = {"ids": [name.hex() for name in names], "reasons": list(reasons), "pairs": rows}
    return json.dumps(value, separators=(",", ":")).encode("utf-8")


def _read(text: bytes) -> tuple[set[bytes], list[Pair]]:
    if not text:
        return set(), []
    try:
        value = json.loads(text)
        names = [bytes.fromhex(name) for name in value["ids"]]
        reasons = [tuple(kept) for kept in value["reasons"]]
        pairs = [Pair(names[one], names[other], score, reasons[why]) for one, other, score, why in value["pairs"]]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        told = "What was kept about resembling signatures was written by another version of this tool."
        raise OrganizerError("workspace-damaged", told) from error
    return set(names), pairs
