"""Has something forgotten at random moments (moments.py), in a thread of its own.

For stores whose forgetting is done by a server; knows only the function that asks for it. Must never know an envelope.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from service.stores.shuffle_schedule import Moments


class Forgetter:
    """Calls `forget` at the moments, one call at a time; it must not raise."""

    def __init__(self, moments: Moments, forget: Callable[[], None]) -> None:
        self._moments, self._forget = moments, forget
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="forgetter", daemon=True)
        self._thread.start()

    def added(self, count: int = 1) -> None:
        """So many envelopes were added."""
        with self._changed:
            self._moments.added(count)
            self._changed.notify()

    def close(self) -> None:
        """Forget no more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while self._wait():
            self._forget()
            with self._changed:
                self._moments.end()

    def _wait(self) -> bool:
        """Until the next moment; False at the end."""
        with self._changed:
            while not self._closed and (left := self._moments.seconds_left()) != 0:
                self._changed.wait(left)
            if not self._closed:
                self._moments.begin()
            return not self._closed
