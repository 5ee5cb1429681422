"""The rank correlation of two orders: how well the order of arrival can be told from places in a file."""

from __future__ import annotations


def rank_correlation(places: list[int]) -> float:
    """Spearman's, of different numbers with their positions in the list; 0 when one says nothing about the other."""
    count = len(places)
    ranks = {place: rank for rank, place in enumerate(sorted(places))}
    return 1 - 6 * sum((at - ranks[place]) ** 2 for at, place in enumerate(places)) / (count * (count**2 - 1))
