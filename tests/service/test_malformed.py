"""Whatever a stranger sends, no answer is a fault of ours and no line appears in the journal.

Every route, taken from the application, with every method and every malformed header; and malformed paths.
The real server on raw sockets, for a client library would mend what is malformed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from flask import Flask

from service.settings import Settings
from tests.support.raw_http import status
from tests.support.service_process import Served, serving
from tests.support.site_map import routes

THREADS = 8
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "get", "PROPFIND")
# What programs parse: each of these names gets each of these values.
PARSED = (
    "Origin",
    "Host",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Cookie",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "Referer",
    "Undersigned-Work",
    "X-Forwarded-For",
    "X-Forwarded-Host",
)
VALUES = (
    "",
    "http://[",
    "http://[::1]:99999999999",
    "//",
    ":",
    ";;;=,,,",
    "*/*;q=nan",
    "text/html;q=1e999, application/problem+json;q=-1",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded; charset=utf-99",
    "Bearer",
    "Basic \xff",
    'Digest realm="',
    "bytes=9-1,,-",
    'W/"',
    "Thu, 99 Foo 99999999999999999999 99:99:99 GMT",
    "{" * 500,
    "[" * 7000,
    "\xff\xfe\x80",
    "9" * 5000,
    "a=b; " * 500,
)
LENGTHS = ("", "-1", "+1", "1e3", "0x10", "9" * 30, "１", "4096, 4096", "4095", " 5 ")
PATHS = (
    "//",
    "/%",
    "/%zz",
    "/%00",
    "/%ff",
    "/be/%ff%fe",
    "/be//letter",
    "/../../etc/passwd",
    "/be/..%2f..%2fetc",
    "/be/letter%00.html",
    "/be/letter;a=b",
    "/be/letter?%",
    "/?" + "&" * 3000,
    "/?lang=%ff",
    "/be/result-" + "9" * 400,
    "/be/result--1",
    "/be/result-%D9%A1",
    "/publication-" + "9" * 400 + ".json",
    "/" + "a/" * 2000,
    "/" + "%D1%8E" * 2000,
    "http://elsewhere.example/be/",
    "http://[/be/",
    "*",
    "elsewhere.example:443",
    "/\xff",
    "/.git/config",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, settle: Callable[[str], Settings]) -> Iterator[Served]:
    """The service, with limits that let all of this through to what is behind them."""
    with serving(settle("malformed"), tmp_path_factory.mktemp("log") / "log") as running:
        yield running


def test_no_route_method_or_header_makes_a_fault(served: Served, app: Flask) -> None:
    """No answer of 500 and above, and nothing in the journal, for thousands of requests that nobody means well."""
    found = sorted(set(routes(app)), key=str)
    requests = [
        *(raw(method, route.address) for route, method in product(found, METHODS)),
        *(
            raw(route.method, route.address, (name, value))
            for route, name, value in product(found, PARSED, VALUES)
            if route.address.startswith("/be/") or route.address.count("/") != 2
        ),
        *(raw(route.method, route.address, ("Content-Length", value)) for route, value in product(found, LENGTHS)),
        *(raw(method, path) for method, path in product(METHODS, PATHS)),
    ]

    def ask(request: bytes) -> tuple[bytes, int]:
        return request, status(served.ask(request, hang_up=b"Content-Length" in request))

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(ask, requests))
    assert [request for request, code in answers if code >= 500] == []
    assert sum(code > 0 for _, code in answers) > 0.9 * len(answers)
    assert served.log.read_bytes() == b""
    assert len(requests) > 5000


def raw(method: str, target: str, *headers: tuple[str, str]) -> bytes:
    """A request as somebody types it who has no browser."""
    given = {"Host": "localhost", "Connection": "close"} | dict(headers)
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"
