"""The health of a server: no envelope is taken while something is wrong, and the operator is told once.

Someone may set a running server otherwise, so it is examined again and again, not only at the start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from service.stores.base import StoreUnavailable

# A server that somebody sets otherwise is found out within this time; one that is wrong is looked at more often.
HEALTHY_SECONDS = 10.0
FAULTY_SECONDS = 1.0
# Whoever asks whether an envelope could be kept gets an answer that is no older.
READY_SECONDS = 1.0

_log = logging.getLogger("undersigned")


class HealthCheck:
    """Calls `examine`, which returns a sentence for each fault, whenever its last answer is too old."""

    def __init__(self, examine: Callable[[], Sequence[str]], clock: Callable[[], float]) -> None:
        self._examine = examine
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: Sequence[str] = ()
        self._until: float | None = None

    def require_healthy(self) -> None:
        """Return if nothing is wrong. Raises StoreUnavailable with what is."""
        # A server that hangs takes seconds to fail: one asks again, and nobody else waits for that.
        if self._lock.acquire(blocking=not self._faults):
            try:
                if self._until is None or self._clock() >= self._until:
                    self._examine_now()
            finally:
                self._lock.release()
        if faults := self._faults:
            raise StoreUnavailable("\n".join(faults))

    def invalidate(self) -> None:
        """Examine again before the next promise; an examination that has begun already will do."""
        self._until = None

    def _examine_now(self) -> None:
        before, self._faults = self._faults, self._examine()
        self._until = self._clock() + (FAULTY_SECONDS if self._faults else HEALTHY_SECONDS)
        if self._faults and self._faults != before:
            told = "".join(f"\n  - {sentence}" for sentence in self._faults)
            _log.error("No envelope is accepted, because a server would not keep its promise:%s", told)
        elif before and not self._faults:
            _log.warning("The servers are as they should be. Envelopes are accepted again.")


class Readiness:
    """Whether an envelope could be kept, by `checks`, which raise StoreUnavailable when it could not.

    Anybody may ask as often as they like: it is looked up once in READY_SECONDS, and while one looks, which can take
    seconds, the others get the last answer.
    """

    def __init__(self, checks: Sequence[Callable[[], None]], clock: Callable[[], float]) -> None:
        self._checks, self._clock = checks, clock
        self._lock = threading.Lock()
        self._refusal: str | None = None
        self._until: float | None = None  # None: look again
        self._is_known = False

    def require(self) -> None:
        """Return if it could. Raises StoreUnavailable."""
        if self._lock.acquire(blocking=not self._is_known):
            try:
                if self._until is None or self._clock() >= self._until:
                    self._look()
            finally:
                self._lock.release()
        if self._refusal is not None:
            raise StoreUnavailable(self._refusal)

    def saw(self, *, kept: bool) -> None:
        """An envelope was kept, or was not: a last answer that said otherwise holds no longer."""
        if kept != (self._refusal is None):
            self._until = None

    def _look(self) -> None:
        self._until, self._is_known = self._clock() + READY_SECONDS, True
        try:
            for check in self._checks:
                check()
            self._refusal = None
        except StoreUnavailable as error:
            self._refusal = str(error)
        except BaseException:
            self._until, self._is_known = None, False  # whoever asks next looks, too
            raise
