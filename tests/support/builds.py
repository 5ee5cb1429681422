"""`python -m tests.support.builds NAME…`: the service, changed in the named ways.

All but the first are deliberately wrong: the controls of proofs, which must find what such a build loses.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.__main__ import main
from service.stores import growing_shelf, redis_store
from service.stores.base import StoreUnavailable
from service.stores.file_store import FileStore
from service.stores.place_file import PIECE
from service.stores.redis_store import RedisStore
from service.web import envelopes
from service.web.fast_path import FastPath

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# So late, what was acknowledged is kept by a build that does not wait for it.
LATE_SECONDS = 0.05


def begins_small() -> None:
    """A new store has the fewest places that there can be, so that it grows often."""
    growing_shelf.SMALLEST = PIECE


def answers_before_the_commit() -> None:
    """An envelope is acknowledged, and then kept."""
    for store in (FileStore, RedisStore):
        store.add = _later(store.add)


def leaves_out_fdatasync() -> None:
    """Nothing that was written is waited for."""
    os.fdatasync = lambda file: None


def ignores_errors() -> None:
    """An error of the disk or of a server is no reason not to acknowledge."""
    os.fsync, os.fdatasync = _without_errors(os.fsync), _without_errors(os.fdatasync)
    RedisStore.add = _without_errors(RedisStore.add)


def takes_any_server() -> None:
    """The settings of a Redis are not looked at."""
    redis_store.examine_envelopes = lambda *told: []  # type: ignore[attr-defined]  # it is imported there


def parses_origins() -> None:
    """The header Origin is taken apart by a parser of addresses, which raises for some."""

    def check(environ: WSGIEnvironment) -> None:
        urlsplit(environ.get("HTTP_ORIGIN", ""))

    envelopes.check_origin = check  # type: ignore[attr-defined]  # it is imported there


def remembers_requests() -> None:
    """What a stranger sends stays in memory."""
    answer, kept = FastPath.__call__, list[bytes]()

    def remember(self: FastPath, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept.append(repr(environ).encode() * 4)
        return answer(self, environ, start_response)

    FastPath.__call__ = remember  # type: ignore[method-assign]


BUILDS: dict[str, Callable[[], None]] = {
    build.__name__.replace("_", "-"): build
    for build in (
        begins_small,
        answers_before_the_commit,
        leaves_out_fdatasync,
        ignores_errors,
        takes_any_server,
        parses_origins,
        remembers_requests,
    )
}


def _later(add: Callable[..., None]) -> Callable[..., None]:
    return lambda *given: threading.Timer(LATE_SECONDS, add, given).start()


def _without_errors(work: Callable[..., None]) -> Callable[..., None]:
    def run(*given: object) -> None:
        with suppress(OSError, StoreUnavailable):
            work(*given)

    return run


def command(names: Sequence[str]) -> list[str]:
    """What starts the service with these changes."""
    return [sys.executable, "-m", "tests.support.builds", *names]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        BUILDS[name]()
    sys.exit(main())
