"""The yardsticks of `./run bench serve`: what a request costs when less is done for it, on the server that ours uses.

Factories of WSGI applications, which granian calls in its worker processes. None of them counts limits.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The size of the letter's page, uncompressed.
PAGE_SIZE = 120_000
SIZE = 4096
# Where `raw_durable` appends.
FILE = "UNDERSIGNED_BENCH_FILE"
_CREATED = [("Content-Type", "application/octet-stream"), ("Content-Length", "0")]


def bare() -> Flask:
    """A Flask view that reads the body and stores nothing; and one that shows as many bytes as the page has."""
    app = Flask(__name__, static_folder=None)
    page = b"x" * PAGE_SIZE

    @app.post("/envelopes")
    def submit() -> Response:
        request.get_data(cache=False)
        return Response(status=201)

    @app.get("/en/")
    def show() -> Response:
        return Response(page, content_type="text/html; charset=utf-8")

    return app


def raw() -> WSGIApplication:
    """No framework: reads the body, stores nothing."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(SIZE)
        start_response("201 Created", _CREATED)
        return []

    return app


def raw_durable() -> WSGIApplication:
    """No framework: the body is appended to FILE, and on the disk before the answer."""
    journal = Journal(os.open(os.environ[FILE], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        journal.add(environ["wsgi.input"].read(SIZE))
        start_response("201 Created", _CREATED)
        return []

    return app


class Journal:
    """Appends to the file of a descriptor: those who wait while a group is written are written with the next one."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: queue.SimpleQueue[tuple[bytes, threading.Lock]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    def add(self, body: bytes) -> None:
        """Return once it is on the disk."""
        done = threading.Lock()
        done.acquire()
        self._waiting.put((body, done))
        done.acquire()

    def _write(self) -> None:
        while True:
            group = [self._waiting.get()]
            while not self._waiting.empty():
                group.append(self._waiting.get())
            _write_all(self._descriptor, [body for body, _ in group])
            os.fdatasync(self._descriptor)
            for _, done in group:
                done.release()


def _write_all(descriptor: int, bodies: Sequence[bytes]) -> None:
    rest = memoryview(b"".join(bodies))
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def serve(what: str, port: int, workers: int, threads: int) -> None:
    """Serve one of the factories above until stopped."""
    Server(
        f"bench.yardsticks:{what}",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))
