"""When a pass over the envelopes is due: at random times, soon enough, and not one after another."""

from __future__ import annotations

import random

from service.stores.shuffle_schedule import REST, ShuffleSchedule


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_due_while_nothing_came() -> None:
    """An idle store does not touch its disk."""
    clock = Clock()
    schedule = ShuffleSchedule(clock, random.Random(1))
    clock.now += 10**6
    assert schedule.seconds_left() is None
    schedule.added(0)
    assert schedule.seconds_left() is None


def test_after_the_first_addition_it_is_due_within_the_time() -> None:
    """Between half of it and all of it, at another time each time."""
    waits = set()
    for seed in range(50):
        schedule = ShuffleSchedule(Clock(), random.Random(seed), most_seconds=600)
        schedule.added(1)
        waits.add(schedule.seconds_left())
    assert len(waits) == 50
    assert 300 <= min(wait for wait in waits if wait) < 330
    assert 570 < max(wait for wait in waits if wait) <= 600


def test_after_enough_additions_it_is_due_at_once() -> None:
    """Between half of them and all of them, at another number each time."""
    numbers = set()
    for seed in range(50):
        schedule, number = ShuffleSchedule(Clock(), random.Random(seed), most_additions=100), 0
        while schedule.seconds_left() != 0:
            schedule.added(1)
            number += 1
        numbers.add(number)
    assert 50 <= min(numbers) < 55
    assert 95 < max(numbers) <= 100
    assert len(numbers) > 20


def test_a_long_pass_is_followed_by_a_longer_rest() -> None:
    """A store that takes a minute to rewrite is not rewritten all the time."""
    clock = Clock()
    schedule = ShuffleSchedule(clock, random.Random(1))
    schedule.begin()
    clock.now += 60
    schedule.added(10_000)
    schedule.end()
    assert schedule.seconds_left() == 60 * REST


def test_what_comes_during_a_pass_is_for_the_next() -> None:
    """It may have been added to a part that was written already."""
    clock = Clock()
    schedule = ShuffleSchedule(clock, random.Random(1))
    schedule.added(1)
    schedule.begin()
    schedule.added(1)
    schedule.end()
    left = schedule.seconds_left()
    assert left is not None
    assert left > 0
