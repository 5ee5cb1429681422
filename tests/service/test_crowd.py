"""An honest person signs while a crowd hammers what anyone may ask for, through nginx as it is shipped.

`python -m pytest -m long tests/service/test_crowd.py -s` prints the table of docs/performance.md.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import PUBLICATION_FILE, minisig_name
from service.settings import Settings
from service.site.rendering import TEMPLATES
from tests.support.nginx_site import front, serving_behind
from tests.support.paths import ROOT
from tests.support.programs import program
from tests.support.publications import publication
from tests.support.raw_http import HOST
from tests.support.redis_servers import wait_until
from tests.support.sample_appeal import limits_of
from tests.support.service_process import free_port
from tests.support.site_map import routes

NAMES = 20_000
SECONDS = 3
CONNECTIONS = 200
# What an honest person waits at most, by the median of their tries.
GOAL = 1.0
# The shipped server block at a door without TLS, where the load says who it is, as tor says it.
DOOR = """
server {{
    listen 127.0.0.1:{port};
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    include answers.conf;
}}
"""
# Method, address, body.
ROUTES: dict[str, tuple[str, ...]] = {
    "the letter": ("GET", "/LANGUAGE/"),
    "a page": ("GET", "/LANGUAGE/how"),
    "pages of the list": ("GET", "/LANGUAGE/result-NUMBER"),
    "the feed": ("GET", "/LANGUAGE/feed.atom"),
    "the signing file": ("GET", "/LANGUAGE/sign.html"),
    "appeal.json": ("GET", "/appeal.json"),
    "publication.json": ("GET", "/publication.json"),
    "an earlier one": ("GET", "/publications/1/publication.json"),
    "a minisig": ("GET", "/publication.json.anna.minisig"),
    "result.csv": ("GET", "/result.csv"),
    "result.json": ("GET", "/result.json"),
    "the start": ("GET", "/"),
    "/healthz": ("GET", "/healthz"),
    "no page": ("GET", "/LANGUAGE/result-9NUMBER"),
    "no address": ("GET", "/x/y/z"),
    "a search": ("POST", "/LANGUAGE/result", "q=%D0%B0&page=1"),
    "a form": ("POST", "/LANGUAGE/hand-in", "envelope=x"),
    "the desk": ("POST", "/LANGUAGE/desk", "x"),
    "the desk's API": ("GET", "/ledger"),
    "a wrong method": ("PUT", "/LANGUAGE/"),
}
# For the control: readers do not wait in nginx, which asks for pages of the list as for all others.
SPOILT = {"burst=4000;": "burst=4000 nodelay;", '"~/result-[0-9]|^/publications/" $encoding_of_many;': ""}


@dataclass
class Signer:
    """Somebody who sends an envelope every now and then, from another address each time; how long each took."""

    port: int
    header: bytes
    waits: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `ended` is set."""
        while not self.ended.wait(0.03):
            began = time.perf_counter()
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
                point = bytes(byte & 0x7F for byte in os.urandom(4096 - len(self.header)))
                headers = {"Content-Type": "application/octet-stream", "Host": "letter.example"}
                headers["X-Forwarded-For"] = f"10.9.{len(self.waits) // 250}.{len(self.waits) % 250}"
                connection.request("POST", "/envelopes", self.header + point, headers)
                status = connection.getresponse().status
            self.waits.append(time.perf_counter() - began)
            if status != 201:
                self.refused.append(status)


@contextmanager
def signing(port: int, header: bytes) -> Iterator[Signer]:
    """Somebody who signs until the end of the block."""
    signer = Signer(port, header)
    thread = threading.Thread(target=signer.run)
    thread.start()
    try:
        yield signer
    finally:
        signer.ended.set()
        thread.join()


@contextmanager
def crowded(
    settings: Settings, keys: tuple[MinisignSecretKey, ...], module: str = "service", **nginx: dict[str, str]
) -> Iterator[int]:
    """The port of a site that shows many names, with the limits that are shipped."""
    data = publication(tuple(f"Імя {number:x} Прозвішча{number % 977}" for number in range(NAMES)))
    kept = settings.publications / "000001"
    kept.mkdir(parents=True)
    (kept / PUBLICATION_FILE).write_bytes(data)
    (kept / minisig_name("anna")).write_text(sign(keys[0], data, "a test"), "utf-8")
    shipped = limits_of("60/minute;600/hour", "30/minute", "6000/minute;2000000/day", "60/minute;1000/hour")
    port = free_port()
    with (
        front(added=DOOR.format(port=port), **nginx) as site,
        serving_behind(site, replace(settings, limits=shipped, work_above=6000), module),
    ):
        # Up, and nothing made yet but what it makes at its start.
        wait_until(lambda: is_up(port))
        yield port


def is_up(port: int) -> bool:
    """Whether the service answers behind nginx."""
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": HOST}), timeout=60) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def hammer(port: int, route: tuple[str, ...], clients: int) -> str:
    """What wrk says of so many seconds of it."""
    script = ROOT / "tests" / "support" / "crowd.lua"
    command = [program("wrk"), "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "60s", "-s", str(script)]
    method, address, *body = route
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/", "--", method, address, str(clients), *body],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (rate,) = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Requests/sec")]
    return rate


def waits_while(port: int, key: OrganizersKey, attack: Callable[[], str]) -> tuple[list[float], list[int], str]:
    """How long an honest person waited each time meanwhile, what refused them, and the rate of the attack."""
    with signing(port, key.record.header) as signer:
        rate = attack()
    return signer.waits, signer.refused, rate


@pytest.mark.long  # two minutes, and wants a quiet machine
def test_an_honest_person_can_sign_whatever_a_crowd_asks_for(
    settings: Settings, key: OrganizersKey, minisign_keys: tuple[MinisignSecretKey, ...]
) -> None:
    """Each route in turn, from one address and from 200: nobody who signs is refused or waits for a second."""
    slow = []
    with crowded(settings, minisign_keys) as port:
        for name, route in ROUTES.items():
            for clients in (1, 200):
                waits, refused, rate = waits_while(port, key, lambda: hammer(port, route, clients))  # noqa: B023
                median, worst = statistics.median(waits), max(waits)
                print(f"| {name} | {clients} | {rate} | {median * 1e3:.0f} | {worst * 1e3:.0f} |", flush=True)
                assert not refused
                if median > GOAL:
                    slow.append((name, clients, median))
    assert not slow


@pytest.mark.control
@pytest.mark.long
def test_the_control_keeps_them_waiting(
    settings: Settings, key: OrganizersKey, minisign_keys: tuple[MinisignSecretKey, ...]
) -> None:
    """The same check on the service that makes every page anew and has no places for readers."""
    control = "tests.support.priced_by_readers"
    with crowded(settings, minisign_keys, control, spoilt=SPOILT) as port:
        route = ROUTES["pages of the list"]
        waits, _, rate = waits_while(port, key, lambda: hammer(port, route, 200))
    print(f"control: {rate}/s, median {statistics.median(waits):.2f} s, worst {max(waits):.2f} s")
    assert statistics.median(waits) > GOAL


def test_every_route_is_hammered(app: Flask) -> None:
    """A new route has no figures yet: it needs a line in the table."""
    hammered = {path.replace("LANGUAGE", "be").replace("result-NUMBER", "result") for _, path, *_ in ROUTES.values()}
    same = {"/be", "/desk", "/publications/1/publication.json.anna.minisig", "/publication", "/envelopes"}
    same |= {f"/be/{page}" for page in TEMPLATES}
    assert {route.address for route in routes(app) if "/ru/" not in route.address and "/en/" not in route.address} <= (
        hammered | same
    )
