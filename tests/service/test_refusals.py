"""What is refused leaves nothing in the memory of the service: no stack, and so no request and no address."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from itertools import product
from types import FrameType

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.problems import STANDARD, Refused
from tests.support.site_map import PAGES, routes

METHODS = ("GET", "POST", "BREW")
NOWHERE = ("/nowhere", "/be/nowhere", "/xx/", "/xx/hand-in", "/publication-9.json")
TIMES = 3


def ask(app: Flask, method: str, address: str) -> int:
    """The status of an answer that is read to its end, as a server reads it."""
    environ = EnvironBuilder(method=method, path=address, headers={"Authorization": "Bearer wrong"}).get_environ()
    content, status, _ = run_wsgi_app(app, environ)
    b"".join(content)
    return int(status[:3])


def frames() -> int:
    """How many frames of stacks are in memory."""
    gc.collect()
    return sum(isinstance(one, FrameType) for one in gc.get_objects())


def frames_kept(app: Flask, requests: Sequence[tuple[str, str]]) -> int:
    """How many frames these requests leave in memory when they come several times."""
    for method, address in requests:
        ask(app, method, address)  # what is made once, such as a page, is made here
    before = frames()
    for method, address in [*requests] * TIMES:
        ask(app, method, address)
    return frames() - before


def test_no_refusal_stays_in_memory(app: Flask) -> None:
    """Every route and addresses that there are not, with a method that fits and others, without what is needed."""
    addresses = {route.address for route in routes(app) if route.address not in PAGES[1:]}
    assert frames_kept(app, [*product(METHODS, sorted({*addresses, *NOWHERE}))]) == 0


def test_a_refusal_that_is_raised_again_stays_in_memory(app: Flask) -> None:
    """The control: one exception for all requests keeps what each of them went through."""
    again = Refused(STANDARD[404])

    @app.route("/again")
    def refuse() -> str:
        raise again

    assert frames_kept(app, [("GET", "/again")]) >= TIMES
