"""Starts the shuffle of an SQLite store at the moment when a test wants it."""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from pathlib import Path

from service.stores.shuffle_schedule import ShuffleSchedule
from service.stores.sqlite_store import SqliteStore


class DueOnce(ShuffleSchedule):
    """A pass is due when a test asks for it; `is_over` is set when it has ended, and `failed` tells how."""

    def __init__(self, generator: random.Random | None = None) -> None:
        super().__init__(time.monotonic, generator or random.SystemRandom())
        self.asked, self.is_over, self.failed = threading.Event(), threading.Event(), False

    def seconds_left(self) -> float | None:
        return 0 if self.asked.is_set() else None

    def begin(self) -> None:
        super().begin()
        self.asked.clear()

    def added(self, count: int) -> None:
        self.failed |= count > 0
        super().added(count)

    def end(self) -> None:
        super().end()
        self.is_over.set()


def shuffle(path: Path, generator: random.Random | None = None) -> None:
    """One whole pass, by a store that finds its pass due when it is opened."""
    schedule = DueOnce(generator)
    schedule.asked.set()
    with closing(SqliteStore(path, schedule)):
        assert schedule.is_over.wait(30), "There was no pass."
