"""What a request leaves behind in memory is gone soon after its answer.

Freed memory is overwritten by the three allocators of this process, which are told so before it starts (OVERWRITING).
What Flask, werkzeug and Jinja leave tied in circles is not freed with the request, but when the circles are looked for;
that is done here, in time. The key of clients' names ends here, too, whether anyone comes or not.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NoReturn

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Python asks the C library for all memory, which overwrites what is freed; its cache for each thread would not.
# The last one is granian's own allocator. The files in deploy/ set the same.
OVERWRITING = {
    "GLIBC_TUNABLES": "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0",
    "PYTHONMALLOC": "malloc",
    "_RJEM_MALLOC_CONF": "junk:free",
}
PAUSE_SECONDS = 0.4
# At most this part of the time goes into it.
PAUSES = 9
# A new publication brings as many objects as this; looking through them each time would hold up those who sign.
MANY_OBJECTS = 20_000
EXTENSION = "forgetting"


def overwrite_from_the_start() -> None:
    """Return if this process overwrites what it frees; otherwise begin the program anew so that it does."""
    if OVERWRITING.items() <= os.environ.items():
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | OVERWRITING)  # noqa: S606  # itself


class Forgetting:
    """A WSGI application before the framework. `end_key` replaces the key of clients' names when its time is over."""

    def __init__(self, behind: WSGIApplication, end_key: Callable[[], object]) -> None:
        self._behind, self._end_key = behind, end_key
        self._lock = threading.Lock()
        self._inside, self._was_asked = 0, False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            self._inside += 1
        try:
            return ClosingIterator(self._behind(environ, start_response), self._left)
        except BaseException:
            self._left()
            raise

    def _left(self) -> None:
        with self._lock:
            self._inside -= 1
            self._was_asked = True

    def run(self) -> NoReturn:
        """Forget for as long as the process lives."""
        gc.collect()
        gc.freeze()  # what is here now stays, and is not looked through each time
        while True:
            began = time.thread_time()
            self.forget()
            time.sleep(max(PAUSE_SECONDS, PAUSES * (time.thread_time() - began)))

    def forget(self) -> None:
        """Forget what is due now."""
        self._end_key()
        if self._was_asked:
            self._was_asked = False
            gc.collect()
            with self._lock:
                # Circles of a request that is under way would stay for good.
                if not self._inside and len(gc.get_objects()) > MANY_OBJECTS:
                    gc.collect()
                    gc.freeze()
