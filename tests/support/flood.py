"""Floods of requests that are worth nothing, from many addresses through nginx, and an honest person meanwhile."""

from __future__ import annotations

import itertools
import json
import os
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from altcha import Challenge, Payload, solve_challenge

from crypto.envelope import HEADER_SIZE, SIZE
from crypto.text_parts import write_parts
from tests.support.nginx_site import Front
from tests.support.raw_http import HOST, sealed, status
from tests.support.redis_servers import wait_until
from tests.support.service_process import Served

AT_ONCE = 8
TYPE = {"Content-Type": "application/octet-stream"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ENVELOPES, HAND_IN = "/envelopes", "/be/hand-in"
# Every door into the store: an honest person's address, whether there is a script, what it says.
DOORS: dict[str, tuple[str, bool, dict[str, str]]] = {
    "with script": ("127.0.1.{}", True, {}),
    "without script": ("127.0.1.{}", False, {}),
    "from a file": ("127.0.1.{}", True, {"Origin": "null"}),
    "onion, without script": ("fc00:dead:beef:4dad::1:{}", False, {}),
    "onion": ("fc00:dead:beef:4dad::1:{}", True, {}),
    "IPv6": ("2001:db8:1:{}::1", True, {}),
}


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str = "POST"
    path: str = ENVELOPES
    headers: dict[str, str] | None = None
    body: bytes = b""


@dataclass(frozen=True)
class Size:
    """How many addresses send how many requests each, and at how many doors an honest person comes by meanwhile.

    So many again afterwards; with fewer than all, it is the turn of others each time.
    """

    addresses: int
    requests: int
    doors: int

    @property
    def total(self) -> int:
        """Requests of a flood."""
        return self.addresses * self.requests


@dataclass(frozen=True)
class Visit:
    """An honest person at a door: the status of the last answer, and the seconds until it came, work included."""

    door: str
    when: str
    status: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """What a flood was answered, and honest people."""

    flood: str
    answers: Counter[int]
    honest: list[Visit]

    @property
    def closed(self) -> list[Visit]:
        """Where an honest person's envelope was not taken."""
        return [visit for visit in self.honest if visit.status != 201]


def fresh(header: bytes) -> bytes:
    """An envelope that nobody can tell from a real one without the key."""
    point = bytearray(os.urandom(32))
    point[31] &= 0x7F
    return header + point + os.urandom(SIZE - HEADER_SIZE - 32)


def as_form(envelope: bytes) -> bytes:
    """What a browser without script sends."""
    return urlencode({"envelope": "\n".join(write_parts(envelope))}).encode()


def floods(header: bytes, kept: bytes) -> dict[str, Callable[[], Sent]]:
    """All of them by name; `kept` is an envelope that the service has. Only the last two store anything."""
    methods = itertools.cycle(("HEAD", "PUT", "DELETE", "PATCH", "BREW"))
    sizes = itertools.cycle((0, 17, SIZE - 1, SIZE + 1))
    points = itertools.cycle((bytes(32), b"\1" + bytes(31)))
    other = {"Origin": "https://elsewhere.example"}
    paid = TYPE | {"Undersigned-Work": "bm90aGluZw=="}
    return {
        "GET, empty": lambda: Sent("GET"),
        "wrong methods": lambda: Sent(next(methods), headers=TYPE, body=kept),
        "wrong origins": lambda: Sent(headers=TYPE | other, body=fresh(header)),
        "wrong types": lambda: Sent(headers={"Content-Type": "text/plain"}, body=fresh(header)),
        "wrong sizes": lambda: Sent(headers=TYPE, body=os.urandom(next(sizes))),
        "wrong keys": lambda: Sent(headers=TYPE, body=fresh(b"\1" + os.urandom(HEADER_SIZE - 1))),
        "bad points": lambda: Sent(headers=TYPE, body=header + next(points) + fresh(header)[HEADER_SIZE + 32 :]),
        "repeated": lambda: Sent(headers=paid, body=kept),
        "hand-in, from another site": lambda: Sent(path=HAND_IN, headers=FORM | other, body=as_form(kept)),
        "hand-in, rubbish": lambda: Sent(path=HAND_IN, headers=FORM, body=b"envelope=" + b"x" * 9000),
        "hand-in, repeated": lambda: Sent(path=HAND_IN, headers=FORM, body=as_form(kept)),
        "hand-in, unpaid": lambda: Sent(path=HAND_IN, headers=FORM, body=as_form(fresh(header))),
        "unpaid": lambda: Sent(headers=paid, body=fresh(header)),
    }


def hammer(site: Front, size: Size, header: bytes) -> Iterator[Row]:
    """Each flood in turn from addresses of its own; an honest person comes by every door while and after it runs."""
    kept = fresh(header)
    with closing(Client(site, "127.0.0.1")) as client:
        assert sign(client, kept)[0] == 201
    strangers = (f"127.0.{block}.{at}" for block in itertools.count(2) for at in range(1, 254))
    visits = itertools.cycle(DOORS)
    people = itertools.count(1)
    for name, request in floods(header, kept).items():
        addresses = [next(strangers) for _ in range(size.addresses)]
        # Every fourth has an IPv6 network instead, as nginx learns of addresses that it does not see itself.
        addresses[::4] = [f"2001:db8:{hash(at) & 0xFFFF:x}:{index:x}::1" for index, at in enumerate(addresses[::4])]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = [pool.submit(send_all, Client(site, address), request, size.requests) for address in addresses]
            honest = [knock(site, next(visits), next(people), header, "meanwhile") for _ in range(size.doors)]
            answers = sum((each.result() for each in running), Counter[int]())
        honest += [knock(site, next(visits), next(people), header, "afterwards") for _ in range(size.doors)]
        yield Row(name, answers, honest)


def knock(site: Front, door: str, person: int, header: bytes, when: str) -> Visit:
    """An honest person with an address of their own at a door into the store."""
    kind, with_script, headers = DOORS[door]
    began = time.monotonic()
    with closing(Client(site, kind.format(person))) as client:
        found = sign(client, fresh(header), **headers)[0] if with_script else hand_in(client, fresh(header))
    return Visit(door, when, found, time.monotonic() - began)


class Client:
    """Somebody at an address, with one connection that is opened again when it was closed."""

    def __init__(self, site: Front, address: str) -> None:
        self._site, self._address = site, address
        self._connection = HTTPConnection(HOST)

    def ask(self, sent: Sent) -> tuple[int, bytes]:
        """Status and body of the answer; 0 when there was none.

        nginx ends lines on which nothing came for half a second; like a browser, this takes a new one then.
        """
        connection, was_kept = self._connection, self._connection.sock is not None
        try:
            if connection.sock is None:
                connection.sock = self._connect()
            connection.request(sent.method, sent.path, sent.body, sent.headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (HTTPException, ConnectionError, ssl.SSLError):
            connection.close()
            return self.ask(sent) if was_kept else (0, b"")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _connect(self) -> socket.socket:
        if ":" not in self._address:
            line = self._site.connect(source=self._address)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body are sent one after the other
            return line
        told = socket.socket(socket.AF_UNIX)
        told.settimeout(30)
        told.connect(str(self._site.onion_socket))
        told.sendall(f"PROXY TCP6 {self._address} ::1 1 80\r\n".encode())
        return told


def make_busy(served: Served, header: bytes) -> None:
    """Return once a service with `work_above` 1 asks everyone for work: a few envelopes came, so it is a little."""
    envelopes = [fresh(header) for _ in range(2)]
    for envelope in envelopes:
        assert status(served.ask(sealed(envelope))) == 201
    wait_until(lambda: status(served.ask(sealed(envelopes[0]))) == 429)


def send_all(client: Client, request: Callable[[], Sent], count: int) -> Counter[int]:
    """How often each status came."""
    with closing(client):
        return Counter(client.ask(request())[0] for _ in range(count))


def sign(client: Client, envelope: bytes, **headers: str) -> tuple[int, int]:
    """Send an envelope as the page does, and pay what is asked for. The last status, and how often work was asked."""
    found, body = client.ask(Sent(headers=TYPE | headers, body=envelope))
    asked = 0
    while found == 429 and (challenge := json.loads(body).get("challenge")) and asked < 3:
        asked += 1
        paid = {"Undersigned-Work": solved(challenge)}
        found, body = client.ask(Sent(headers=TYPE | headers | paid, body=envelope))
    return found, asked


def hand_in(client: Client, envelope: bytes) -> int:
    """Send an envelope as a browser without script does. The status."""
    return client.ask(Sent(path=HAND_IN, headers=FORM | {"Origin": "null"}, body=as_form(envelope)))[0]


def solved(challenge: dict[str, Any]) -> str:
    """What pays for a challenge, as a header."""
    found = Challenge.from_dict(challenge)
    solution = solve_challenge(found)
    assert solution is not None
    return Payload(found, solution).to_base64()
