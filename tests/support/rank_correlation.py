"""The rank correlation of two orders: how well the order of arrival can be told from places in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crypto.envelope import envelope_id


def rank_correlation(places: list[int]) -> float:
    """Spearman's, of different numbers with their positions in the list; 0 when one says nothing about the other."""
    count = len(places)
    ranks = {place: rank for rank, place in enumerate(sorted(places))}
    return 1 - 6 * sum((at - ranks[place]) ** 2 for at, place in enumerate(places)) / (count * (count**2 - 1))


def places_of(folder: Path, arrived: Sequence[bytes]) -> list[int]:
    """Where the first 32 bytes of each lie in the bytes of all files of a folder; each must be there once."""
    wanted, places, base = {each[:32] for each in arrived}, {}, 0
    for path in sorted(folder.iterdir()):
        data = path.read_bytes() if path.is_file() else b""
        for at in range(0, len(data), 32):
            if (found := data[at : at + 32]) in wanted:
                assert found not in places
                places[found] = base + at
        base += len(data)
    return [places[each[:32]] for each in arrived]


def correlations(folder: Path, arrived: list[bytes]) -> list[float]:
    """Of the order of arrival with the places of the envelopes, and of their tags."""
    places, tags = places_of(folder, arrived), places_of(folder, [envelope_id(each) for each in arrived])
    return [abs(rank_correlation(each)) for each in (places, tags)]
