"""Links: what two signatures have in common that needs neither comparing of names nor any text in memory.

One browser gives a code to one signature, so whoever sent two with one code made them, or pressed twice.
A vouch word that nobody gave out is invented or mistyped, and two people seldom do so alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import combinations

from crypto.envelope import EnvelopeId
from organizer.matching.duplicates import CROWD
from organizer.matching.signs import SAME_CODE, SAME_WORD

WEIGHTS = {SAME_CODE: 1.0, SAME_WORD: 0.7}
"""How alike a link makes two signatures; by its reason."""

Keyed = Iterable[tuple[EnvelopeId, Hashable]]
"""Signatures, each with what it may have in common with another."""


class Links:
    """All signatures that have something in common. In a crowd, everyone is linked to the first only."""

    def __init__(self, by_reason: dict[str, Callable[[], Keyed]]) -> None:
        self._groups: list[tuple[str, list[EnvelopeId]]] = []
        self._of: dict[EnvelopeId, list[int]] = {}
        for reason, keyed in by_reason.items():
            for group in _repeated(keyed):
                for one in group:
                    self._of.setdefault(one, []).append(len(self._groups))
                self._groups.append((reason, group))

    def of(self, envelope_id: EnvelopeId) -> Iterator[tuple[EnvelopeId, str]]:
        """The ids that a signature is linked to, each with the reason; never more than a crowd."""
        for number in self._of.get(envelope_id, ()):
            reason, group = self._groups[number]
            linked = group if len(group) <= CROWD or envelope_id == group[0] else group[:1]
            yield from ((other, reason) for other in linked[:CROWD] if other != envelope_id)

    def pairs(self) -> set[tuple[EnvelopeId, EnvelopeId]]:
        """All pairs, each in the order of ids."""
        found: set[tuple[EnvelopeId, EnvelopeId]] = set()
        for _, group in self._groups:
            pairs = combinations(group, 2) if len(group) <= CROWD else ((group[0], other) for other in group[1:])
            found.update((min(pair), max(pair)) for pair in pairs)
        return found


def _repeated(keyed: Callable[[], Keyed]) -> list[list[EnvelopeId]]:
    seen: set[Hashable] = set()
    groups: dict[Hashable, list[EnvelopeId]] = {}  # of those that come twice: nearly every code comes once
    for _, key in keyed():
        if key in seen:
            groups[key] = []
        seen.add(key)
    for one, key in keyed() if groups else ():
        if key in groups:
            groups[key].append(one)
    return list(groups.values())
