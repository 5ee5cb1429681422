"""Requests that nobody means well, made by rules from the routes of the site; each from a seeded generator.

Most are well formed but for one thing, so that they come far: through the server, to what parses or routes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from crypto.envelope import SIZE
from tests.support.hostile_input import trick
from tests.support.site_map import Route

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "get", "PROPFIND")
# What the service itself looks at, each with what is nearly right or breaks a careless reader of it.
LOOKED_AT = {
    "Origin": (b"http://[", b"https://]/", b"http://[::1", b"null, null", b"http://localhost:x", b"//localhost"),
    "Host": (b"", b"[::1", b"localhost:99999999", b"a b", b"localhost, localhost", b"http://localhost", b"\xff"),
    "Accept-Encoding": (b"gzip;q=", b"br;q=1e999", b"gzip;q=nan", b"identity;q=0, *;q=0", b",;=,", b"GZIP"),
    "Authorization": (b"Bearer", b"Bearer ", b"bearer \xff", b"Basic !", b'Digest realm="', b"Bearer a b"),
    "Content-Type": (b"application/octet-stream;", b"text/plain; charset=utf-99", b'multipart/form-data; boundary="'),
    "Undersigned-Work": (b"-", b"1-1", b"x" * 5000, b"\xff\xfe", b"0" * 64, b"99999999999999999999:1"),
}
OTHERS = (
    "Accept", "Accept-Language", "Access-Control-Request-Method", "Connection", "Content-Encoding", "Content-Length",
    "Cookie", "Expect", "Forwarded", "If-Match",
    "If-Modified-Since", "If-None-Match", "If-Range", "Range", "Referer", "Sec-Fetch-Site", "TE", "Trailer",
    "Transfer-Encoding", "Upgrade", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Original-URL",
)  # fmt: skip
VALUES = (
    b"", b"*", b"null", b"http://[", b"http://[::1]:99999", b"//", b":", b";;;=,,,", b"*/*;q=nan", b"text/html;q=1e999",
    b"gzip;q=-1, br;q=2", b"multipart/form-data", b"multipart/form-data; boundary=\"", b"text/plain; charset=utf-99",
    b"application/x-www-form-urlencoded", b"application/octet-stream", b"Bearer", b"Basic \xff", b"bytes=9-1,,-",
    b"bytes=0-,0-,0-,0-", b'W/"', b"Thu, 99 Foo 9999 99:99:99 GMT", b"chunked", b"chunked, chunked", b"gzip, chunked",
    b"100-continue", b"keep-alive, close", b"h2c", b"websocket", b"\xff\xfe\x80", b"1-1", b"-1", b"+4096", b"0x1000",
    b"4096, 4096", b"4096", b"0", b"1e3", b"99999999999999999999",
)  # fmt: skip
STEPS = ("..", ".", "", "%2e%2e", "%00", "%ff", "%zz", "%", ";a=b", "%2F", "\\", "%5c", "~", "%u0041", "\xff", "*")
VERSIONS = ("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "http/1.1", "HTTP/", "")


@dataclass(frozen=True)
class HostileRequest:
    """Bytes to send; `is_whole`: an honest server can tell where they end, and answers without waiting for more."""

    data: bytes
    is_whole: bool


def hostile_request(chance: random.Random, routes: Sequence[Route], envelopes: Sequence[bytes]) -> HostileRequest:
    """The next one; `envelopes` are real ones, which some requests carry whole or damaged."""
    # Most routes are pages, which are alike: half of the requests go to the others.
    route = chance.choice(routes if chance.random() < 0.5 else [route for route in routes if route.method == "POST"])
    method = route.method if chance.random() < 0.7 else chance.choice(METHODS)
    target = route.address if chance.random() < 0.6 else _target(chance, route.address)
    body = _body(chance, envelopes) if method == "POST" or chance.random() < 0.1 else b""
    headers = {b"Host": b"localhost", b"Connection": b"close"}
    if body:
        headers[b"Content-Length"] = str(len(body)).encode()
        headers[b"Content-Type"] = chance.choice((b"application/octet-stream", b"application/x-www-form-urlencoded"))
    is_whole = True
    for _ in range(chance.randrange(3)):
        name = chance.choice([*LOOKED_AT] if chance.random() < 0.5 else OTHERS)
        headers[name.encode()] = chance.choice(LOOKED_AT.get(name, VALUES)) if chance.random() < 0.5 else _value(chance)
        is_whole &= name not in ("Connection", "Content-Length", "Expect", "Transfer-Encoding", "Upgrade")
    version = "HTTP/1.1" if chance.random() < 0.97 else chance.choice(VERSIONS)
    lines = [f"{method} {target} {version}".encode("utf-8", "surrogatepass")]
    data = b"\r\n".join([*lines, *(b": ".join(header) for header in headers.items())]) + b"\r\n\r\n" + body
    if chance.random() < 0.1:
        return HostileRequest(_misframed(chance, data), is_whole=False)
    return HostileRequest(data, is_whole and version in VERSIONS[:2])


def _target(chance: random.Random, address: str) -> str:
    """An address with one part changed, added, or said in another way; or with a question behind it."""
    parts = address.split("/")
    at = chance.randrange(len(parts) + 1)
    made: list[Callable[[], str]] = [
        lambda: "/".join([*parts[:at], chance.choice(STEPS), *parts[at:]]),
        lambda: "/".join([*parts[:at], _quoted(chance), *parts[at + 1 :]]),
        lambda: f"{address}?{_quoted(chance, '&=+;')}",
        lambda: f"{address}?q={_quoted(chance)}&q={chance.choice(STEPS)}&" + "&" * chance.randrange(200),
        lambda: address.upper() if chance.random() < 0.5 else address + "/",
        lambda: "".join(f"%{byte:02x}" for byte in address.encode()),
        lambda: address + "9" * chance.randrange(1, 400),
        lambda: f"http://elsewhere.example{address}",
        lambda: "/" + "a/" * chance.randrange(3000),
        lambda: chance.choice(("*", "localhost:80", "//", "/.git/config", "/../../etc/passwd", "http://[/")),
    ]
    return chance.choice(made)()


def _quoted(chance: random.Random, safe: str = "") -> str:
    return quote(trick(chance), safe, errors="surrogatepass")


def _value(chance: random.Random) -> bytes:
    made: list[Callable[[], bytes]] = [
        lambda: chance.choice(VALUES),
        lambda: b", ".join(chance.choice(VALUES) for _ in range(chance.randrange(2, 20))),
        lambda: bytes(chance.randrange(32, 256) for _ in range(chance.randrange(40))),
        lambda: _quoted(chance).encode(),
        lambda: chance.choice((b"[", b"{", b"(", b",", b"=", b"9", b"a=b; ")) * chance.randrange(1, 5000),
    ]
    return chance.choice(made)()


def _body(chance: random.Random, envelopes: Sequence[bytes]) -> bytes:
    envelope = bytearray(chance.choice(envelopes))
    changed = chance.randrange(5)
    if changed == 0:
        envelope[chance.randrange(SIZE)] ^= 1 << chance.randrange(8)
    elif changed == 1:
        del envelope[chance.randrange(SIZE) :]
    elif changed == 2:
        envelope += bytes(chance.randrange(1, 5000))
    elif changed == 3:
        fields = (f"{_quoted(chance)}={_quoted(chance, '&')}" for _ in range(chance.randrange(9)))
        return "&".join(fields).encode()
    return bytes(envelope)


def _misframed(chance: random.Random, data: bytes) -> bytes:
    """Cut off, doubled, or with line ends and headers as no program should write them."""
    head, end, body = data.partition(b"\r\n\r\n")
    at = chance.randrange(1, len(data))
    made: list[Callable[[], bytes]] = [
        lambda: data[:at],
        lambda: data + data,
        lambda: head.replace(b"\r\n", b"\n") + b"\n\n" + body,
        lambda: head + b"\r\n folded: yes" + end + body,
        lambda: head + b"\r\nContent-Length: 1\r\nContent-Length: 2" + end + body,
        lambda: head + b"\r\nTransfer-Encoding: chunked" + end + b"1;x=\xff\r\na\r\nffffffffffffffffff\r\n",
        lambda: head + b"\r\nTransfer-Encoding: chunked" + end + b"5\r\nabcde\r\n0\r\nTrailer: \xff\r\n\r\n",
        lambda: head + b"\r\nno colon" + end + body,
        lambda: head + b"\r\n: no name" + end + body,
        lambda: head + b"\r\nX: \0" + end + body,
        lambda: head + b"".join(b"\r\nX-%d: y" % number for number in range(200)) + end + body,
        lambda: bytes(chance.randrange(256) for _ in range(chance.randrange(1, 2000))),
        lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + data,
        lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + data,
        lambda: b"\r\n" * chance.randrange(1, 50) + data,
    ]
    return chance.choice(made)()
