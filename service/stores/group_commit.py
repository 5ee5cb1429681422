"""Group commit: envelopes that wait while one group is written are written together in the next one.

A group costs one wait for the disk, however many envelopes it keeps, so many senders share that wait.
The envelopes of a group are in random order, so that the file does not tell in which order they came.
A store gives the one function that keeps a group; one thread calls it.
Those whose envelopes were kept wake one another, each the next: woken all at once, they would stand in line for
Python's lock, and each in the line wakes every few milliseconds to ask for it (docs/decisions/0022-front.md).
"""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable, Sequence
from copy import copy
from itertools import pairwise

GROUP_MOST = 512
WAIT_SECONDS = 10.0


class _Waiting:
    """An envelope, the lock that is released once it is decided, the error if it was not kept, and who is next."""

    __slots__ = ("envelope", "error", "gave_up", "lock", "next")

    def __init__(self, envelope: bytes) -> None:
        self.envelope, self.lock = envelope, threading.Lock()
        self.error: Exception | None = None
        self.next: _Waiting | None = None
        self.gave_up = False
        self.lock.acquire()


class GroupCommit:
    """Gathers envelopes from many threads; `keep` returns once a whole group will survive a power cut, or raises."""

    def __init__(self, keep: Callable[[Sequence[bytes]], None]) -> None:
        self._keep = keep
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        # Held while somebody is woken or gives up, so that the line does not break off at one who has just gone.
        self._waking = threading.Lock()
        self._shuffle = random.SystemRandom().shuffle
        self._writer = threading.Thread(target=self._write, name="envelope-writer", daemon=True)
        self._writer.start()

    def add(self, envelope: bytes) -> None:
        """Return once the group with this envelope is kept. Raises what `keep` raised, or TimeoutError."""
        waiting = _Waiting(envelope)
        self._waiting.put(waiting)
        # A lock is the cheapest thing to wait on, several times cheaper than a Future (docs/performance.md).
        decided = waiting.lock.acquire(timeout=WAIT_SECONDS)
        with self._waking:
            if decided := decided or waiting.lock.acquire(blocking=False):
                _wake(waiting.next)
            waiting.gave_up = not decided
        if not decided:
            raise TimeoutError
        if waiting.error is not None:
            # A copy for each: raised in many threads, one error would keep the stacks of all.
            raise copy(waiting.error)

    def close(self) -> None:
        """Finish what was begun."""
        self._waiting.put(None)
        self._writer.join()

    def _write(self) -> None:
        while group := self._next():
            try:
                self._keep([waiting.envelope for waiting in group])
            except Exception as error:  # whatever happened, whoever waits must hear of it
                for waiting in group:
                    waiting.error = error.with_traceback(None)
            for waiting, following in pairwise(group):
                waiting.next = following
            with self._waking:
                _wake(group[0])

    def _next(self) -> list[_Waiting]:
        """Who waits now, at least one; nobody at the end."""
        group: list[_Waiting] = []
        while (found := self._waiting.get()) is not None:
            group.append(found)
            if len(group) == GROUP_MOST or self._waiting.empty():
                break
        if found is None and group:
            self._waiting.put(None)
        self._shuffle(group)
        return group


def _wake(waiting: _Waiting | None) -> None:
    """Wake the first in the line who still waits."""
    while waiting is not None and waiting.gave_up:
        waiting = waiting.next
    if waiting is not None:
        waiting.lock.release()
