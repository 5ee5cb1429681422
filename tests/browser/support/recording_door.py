"""Stands on the way between browsers and the site, and keeps every byte that a browser says.

One door leads to the site; another one, without a site behind it, is what a browser takes for its proxy: whatever is
meant for any other place arrives there, and goes no further.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from service.site.rendering import Assets

ESCAPES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&#34;", b'"'), (b"&#39;", b"'"), (b"&amp;", b"&"))
OWN = {"content-length", "transfer-encoding", "connection"}


class Door(ThreadingHTTPServer):
    """`heard` has what browsers said, in pieces; `bodies` those of requests, `cut` where an answer ends for good.

    `script` stands in for the page's own script, in the page and in the policy. `unescapes` turns text into markup as a
    wrong template would; `drops_policy` takes the policy away.
    """

    daemon_threads = True

    def __init__(self, site: str | None) -> None:
        self.behind = urlsplit(site).netloc if site else None
        self.heard: list[bytes] = []
        self.bodies: list[bytes] = []
        self.script: str | None = None
        self.cut: int | None = None
        self.unescapes = self.drops_policy = False
        super().__init__(("127.0.0.1", 0), _Passing)

    @property
    def url(self) -> str:
        """The site's address on this side."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def said(self) -> bytes:
        """All that was heard, in one."""
        return b"".join(self.heard)

    def changed(self, answer: bytes, policy: str | None) -> tuple[bytes, str | None]:
        """A page and its policy, changed as this door is told."""
        if self.unescapes:
            for escaped, sign in ESCAPES:
                answer = answer.replace(escaped, sign)
        policy = None if self.drops_policy else policy
        if self.script is None or policy is None:
            return answer, policy
        served = Assets.load().script
        before, after = (_hash(each) for each in (served, self.script))
        return answer.replace(served.encode(), self.script.encode()), policy.replace(before, after)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no news."""


class _Passing(BaseHTTPRequestHandler):
    server: Door
    rfile: Any

    def setup(self) -> None:
        super().setup()
        self.rfile = _Ear(self.rfile, self.server.heard)

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        self.close_connection = True
        if self.raw_requestline and self.parse_request():
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if body:
                self.server.bodies.append(body)
            self.pass_on(body)

    def pass_on(self, body: bytes) -> None:
        if self.server.behind is None:
            self.send_error(502)
            return
        connection = HTTPConnection(self.server.behind, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content, policy = self.server.changed(answer.read(), answer.getheader("Content-Security-Policy"))
        connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() == "content-security-policy":
                value = policy or ""
            if name.lower() not in OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.server.cut])

    def log_message(self, *args: object) -> None: ...


class _Ear:
    """A stream to read from; whatever is read is kept."""

    def __init__(self, stream: Any, heard: list[bytes]) -> None:
        self._stream, self._heard = stream, heard
        self.close = stream.close

    @property
    def closed(self) -> bool:
        return bool(self._stream.closed)

    def readline(self, most: int = -1) -> bytes:
        return self._keep(self._stream.readline(most))

    def read(self, most: int = -1) -> bytes:
        return self._keep(self._stream.read(most))

    def _keep(self, data: bytes) -> bytes:
        self._heard.append(data)
        return data


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


@contextmanager
def door_to(site: str | None) -> Iterator[Door]:
    """A door, open until the end of the block."""
    door = Door(site)
    thread = threading.Thread(target=door.serve_forever)
    thread.start()
    try:
        yield door
    finally:
        door.shutdown()
        thread.join()
        door.server_close()
