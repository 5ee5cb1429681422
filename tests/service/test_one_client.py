"""One client that asks faster than anybody can read, and hangs up each time: others are answered all the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlencode

from service.settings import Settings
from tests.support.nginx_site import Front, front, serving_behind
from tests.support.raw_http import exchange, request, status

# A tenth of what is shipped and less, so that few requests do.
FEW = {
    "rate=50r/s": "rate=1r/s",
    "rate=500r/s": "rate=10r/s",
    "rate=200r/s": "rate=10r/s",
    "burst=500;": "burst=20;",
    "burst=200;": "burst=5;",
}
SPOILT = FEW | {"limit_req zone=client burst=5;": ""}
FORM = urlencode({"envelope": "x"}).encode()
TYPED = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(FORM)}")
# What the form refuses, and what is not there.
ASKED = {request("POST /be/hand-in", *TYPED, body=FORM): 400, request("GET /x/y/z"): 404}
TIMES = 100


def answered(site: Front, sent: bytes) -> int:
    """What another client is told while one floods."""
    for _ in range(TIMES):
        with site.connect_as_tor(7) as connection, suppress(ConnectionError):
            connection.sendall(sent)
    return status(exchange(site.connect_as_tor(8), sent))


def test_one_client_closes_nothing_for_others(settle: Callable[[str], Settings]) -> None:
    """What is refused to it is not charged to all."""
    with front(spoilt=FEW) as site, serving_behind(site, settle("alone")):
        assert {sent: answered(site, sent) for sent in ASKED} == ASKED


def test_the_control_is_closed(settle: Callable[[str], Settings]) -> None:
    """Without a rate for each client."""
    with front(spoilt=SPOILT) as site, serving_behind(site, settle("together")):
        assert answered(site, request("GET /x/y/z")) == 503
