"""Keeps an eye on a server: no envelope is taken while something is wrong, and the operator hears of it once.

Knows only a function that tells what is wrong, and a clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from service.stores.base import StoreUnavailable

# A server that somebody sets otherwise is found out within this time; one that is wrong is looked at more often.
SOUND_SECONDS = 10.0
WRONG_SECONDS = 1.0

_log = logging.getLogger("undersigned")


class Watch:
    """Calls `examine`, which returns sentences about what is wrong, whenever its last word is too old."""

    def __init__(self, examine: Callable[[], Sequence[str]], clock: Callable[[], float]) -> None:
        self._examine = examine
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: Sequence[str] = ()
        self._until: float | None = None

    def require_sound(self) -> None:
        """Return if nothing is wrong. Raises StoreUnavailable."""
        # A server that hangs takes seconds to fail: one asks again, and nobody else waits for that.
        if self._lock.acquire(blocking=not self._wrong):
            try:
                if self._until is None or self._clock() >= self._until:
                    self._look()
            finally:
                self._lock.release()
        if wrong := self._wrong:
            raise StoreUnavailable("\n".join(wrong))

    def doubt(self) -> None:
        """Look again before the next promise; one look that has begun already will do."""
        self._until = None

    def _look(self) -> None:
        before, self._wrong = self._wrong, self._examine()
        self._until = self._clock() + (WRONG_SECONDS if self._wrong else SOUND_SECONDS)
        if self._wrong and self._wrong != before:
            told = "".join(f"\n  - {sentence}" for sentence in self._wrong)
            _log.error("No envelope is accepted, because a server would not keep its promise:%s", told)
        elif before and not self._wrong:
            _log.warning("The servers are as they should be. Envelopes are accepted again.")
