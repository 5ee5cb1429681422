"""The addresses of the site, taken from the application itself, so that no test keeps a list of its own.

Pages come from the table of templates, everything else from the map of routes. A new page or a route of a known form is
tried by every test that goes through them; a route with a part of another name stops the tests until PARTS has it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from service.site.rendering import FEED, TEMPLATES
from service.site.signing_file import ENVELOPES
from tests.support.paths import ROOT

SHIPPED_LANGUAGES: tuple[str, ...] = tuple(
    tomllib.loads((ROOT / "config" / "appeal" / "appeal.toml").read_text("utf-8"))["languages"]
)
"""The languages of the appeal that the project ships, which the tests use."""

PAGES = [f"/{language}/{page}" for language in SHIPPED_LANGUAGES for page in TEMPLATES]
"""Every page in every language; `poster` is there only when the appeal says its addresses."""

FEEDS = [f"/{language}/{FEED}" for language in SHIPPED_LANGUAGES]
"""The feeds, which are made and kept with the pages."""

PARTS = {"language": "be", "signer": "anna", "number": "1"}
"""What stands in a route for each of its variable parts."""


@dataclass(frozen=True)
class Route:
    """One way in: a method, and an address with all parts filled in."""

    method: str
    address: str


def routes(app: Flask) -> Iterator[Route]:
    """Every route of an application, and what it answers before Flask is asked. KeyError for a part not in PARTS."""
    for address in (*PAGES, *FEEDS):
        yield Route("GET", address)
    yield Route("OPTIONS", ENVELOPES)
    yield Route("POST", ENVELOPES)
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: PARTS[part[1]], rule.rule)
        for method in sorted(rule.methods or ()):
            yield Route(method, address)
