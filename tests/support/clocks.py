"""What a clock tells of two kinds of requests: how often whoever knows the best threshold says the right kind.

The kinds come in pairs, and chance says which of a pair comes first: what else the machine does falls on both alike.
"""

from __future__ import annotations

import math
import random
import time
from bisect import bisect_right
from collections.abc import Callable

# So seldom chance alone goes beyond the bound below.
ONE_IN = 1_000_000


def times_of(first: Callable[[int], object], second: Callable[[int], object], pairs: int) -> tuple[list[float], ...]:
    """How long each of two calls takes in each pair, in seconds; they are given the number of their pair."""
    draw = random.SystemRandom()
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs):
        for kind in draw.sample((0, 1), 2):
            began = time.perf_counter()
            (first, second)[kind](number)
            took[kind].append(time.perf_counter() - began)
    return took


def right_at_best(one: list[float], other: list[float]) -> float:
    """The share of right answers at the best threshold, in the better direction: 0.5 says nothing, 1 says all."""
    one, other = sorted(one), sorted(other)
    below = ((bisect_right(one, at) / len(one), bisect_right(other, at) / len(other)) for at in (*one, *other))
    return (1 + max(abs(a - b) for a, b in below)) / 2


def by_chance(pairs: int) -> float:
    """What chance alone exceeds once in ONE_IN times at most.

    Of two samples of one distribution, the largest difference of their shares exceeds d with a probability of at most
    e·exp(-n·d²) (Wei and Dudley, "Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities", 2012).
    """
    return (1 + math.sqrt(math.log(math.e * ONE_IN) / pairs)) / 2


def kept_before(send: Callable[[bytes], object], made: Callable[[], bytes], count: int = 32) -> Callable[[int], object]:
    """Sends one of `count` envelopes again, each of which was sent once at the beginning."""
    kept = [made() for _ in range(count)]
    for envelope in kept:
        send(envelope)
    return lambda number: send(kept[number % count])
