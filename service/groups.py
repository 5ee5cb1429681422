"""Group commit: whoever waits while a group is being kept is part of the next one, in random order.

Knows nothing of where envelopes go: a store gives the one function that keeps a group, and one thread calls it.
"""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

GROUP_MOST = 512
WAIT_SECONDS = 10.0

_Waiting = tuple[bytes, "Future[None]"]


class Groups:
    """Gathers envelopes of many threads; `keep` returns once a whole group will survive a power cut, or raises."""

    def __init__(self, keep: Callable[[Sequence[bytes]], None]) -> None:
        self._keep = keep
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._shuffle = random.SystemRandom().shuffle
        self._writer = threading.Thread(target=self._write, name="envelope-writer", daemon=True)
        self._writer.start()

    def add(self, envelope: bytes) -> None:
        """Return once the group with this envelope is kept. Raises what `keep` raised, or TimeoutError."""
        done: Future[None] = Future()
        self._waiting.put((envelope, done))
        done.result(timeout=WAIT_SECONDS)

    def close(self) -> None:
        """Finish what was begun."""
        self._waiting.put(None)
        self._writer.join()

    def _write(self) -> None:
        while group := self._next():
            try:
                self._keep([envelope for envelope, _ in group])
            except Exception as error:  # whatever happened, whoever waits must hear of it
                for _, done in group:
                    done.set_exception(error)
            else:
                for _, done in group:
                    done.set_result(None)

    def _next(self) -> list[_Waiting]:
        first = self._waiting.get()
        group = [] if first is None else [first]
        while group and len(group) < GROUP_MOST and not self._waiting.empty():
            following = self._waiting.get()
            if following is None:
                self._waiting.put(None)
                break
            group.append(following)
        self._shuffle(group)
        return group
