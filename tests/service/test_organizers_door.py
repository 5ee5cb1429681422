"""The organizers' own door: strangers who hold all places of the public desk do not hold this one."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from service.settings import Settings
from tests.support.nginx_site import Front, front, serving_behind
from tests.support.raw_http import BEARER, body_of, exchange, request, status

STRANGERS = 10
"""Addresses; each has two places, and eight hold all 16, unless one is held for a moment by who went just now."""
LEDGER = request("GET /ledger", BEARER)
START = request("POST /be/desk", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000")


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings]) -> Iterator[Front]:
    with front() as running, serving_behind(running, settle("organizers-door")):
        yield running


def wait_until(held: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not held():
        assert time.monotonic() < deadline, "The places are not held."
        time.sleep(0.05)


@contextmanager
def silent_strangers(site: Front) -> Iterator[None]:
    """Whoever begins a form at the desk and says nothing more, until all public places are held."""
    with ExitStack() as stack:
        for number in range(2 * STRANGERS):
            stranger = stack.enter_context(site.connect(source=f"127.0.1.{1 + number // 2}"))
            stranger.sendall(START)
        wait_until(lambda: status(exchange(site.connect(source="127.0.2.1"), LEDGER)) == 503)
        yield


def test_the_door_answers_while_strangers_hold_the_public_desk(site: Front) -> None:
    """The control is the same request at the public doors in the same moment: TLS and onion have no place left."""
    before = body_of(exchange(site.connect(), LEDGER))
    with silent_strangers(site):
        public = (lambda: site.connect(source="127.0.3.1"), lambda: site.connect_as_tor(70_001))
        assert [status(exchange(connect(), LEDGER)) for connect in public] == [503, 503]
        answer = exchange(site.connect_as_organizer(), LEDGER)
        assert (status(answer), body_of(answer)) == (200, before)
        assert status(exchange(site.connect_as_organizer(), request("GET /be/desk"))) == 200
        assert status(exchange(site.connect_as_organizer(), request("GET /ledger"))) == 401
        assert [status(exchange(connect(), LEDGER)) for connect in public] == [503, 503]


def test_who_waits_at_the_organizers_door_takes_no_public_place(site: Front) -> None:
    """The other way round: its places are apart, and they end, too."""
    with ExitStack() as stack:
        for _ in range(20):  # one or another place may be held for a moment by who went just now
            waiting = stack.enter_context(site.connect_as_organizer())
            waiting.sendall(START)
        wait_until(lambda: status(exchange(site.connect_as_organizer(), LEDGER)) == 503)
        assert status(exchange(site.connect(source="127.0.4.1"), LEDGER)) == 200


def test_a_stranger_is_not_taken_for_an_organizer(site: Front) -> None:
    """No header and no line of the PROXY protocol brings a public connection to the other places."""
    with silent_strangers(site):
        for headers in (("X-Forwarded-For: unix:",), ("Forwarded: for=unix:", "X-Forwarded-Host: organizers-door")):
            asked = request("GET /ledger", BEARER, *headers)
            assert status(exchange(site.connect(source="127.0.5.1"), asked)) == 503
        proxied = b"PROXY UNKNOWN\r\n" + LEDGER
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(str(site.onion_socket))
            said = exchange(connection, proxied)
        assert status(said) == 503
