"""Places for readers: of the threads that answer, those who read hold so many at most; the others are for who signs.

A request that finds no place is refused at once, in words: one that waited would hold a thread as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from service.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Of the 64 threads of service/__main__.py; the desk holds no more than 16 of them by the public doors, and 8 by the
# organizers' own (deploy/nginx/answers.conf).
READING = 24
# A search takes fifty times as long as other answers, and those that have a place take turns (site/rendering.py).
SEARCHING = 8

FULL = Problem(503, "busy", "Too many people ask for this at the moment. Please try again.", retry_after=5)


class Places:
    """A WSGI application before another one, which at most `number` requests are in at once; FULL for the others.

    `refuse` makes the answer to a request out of a Problem.
    """

    def __init__(
        self, behind: WSGIApplication, number: int, refuse: Callable[[WSGIEnvironment, Problem], WSGIApplication]
    ) -> None:
        self._behind, self._refuse = behind, refuse
        self._free = threading.Semaphore(number)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._free.acquire(blocking=False):
            return self._refuse(environ, FULL)(environ, start_response)
        try:
            return self._whole(environ, start_response)
        finally:
            self._free.release()

    def _whole(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer in one piece: however slowly it is read, its place is free."""
        answer = self._behind(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()
