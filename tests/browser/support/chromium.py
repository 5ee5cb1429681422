"""Chromium as the tests start it: switches, a new phone, what a tab asked for, and what it complained about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

from tests.support.envelopes import Arrived
from tests.support.service_process import Served

# How long anything may take on a machine that others keep busy.
PATIENCE = 30_000

# Pages of Chromium's own beside its address bar, and processes for what may come: a new tab would cost twice as much.
OWN_PAGES = (
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
# What Playwright switches off so that a page is the same each time; of two such lists Chromium reads the last one.
UNSTEADY = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)

# A page under test speaks to this machine only; Chromium's own errands would fail here and be noise.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(OWN_PAGES + UNSTEADY)}",
)


@contextmanager
def new_phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@contextmanager
def without_complaint(page: Page) -> Iterator[Page]:
    """A tab in which no script fails and nothing is complained about."""
    complaints: list[str] = []

    def complain(error: Error) -> None:
        complaints.append(str(error))

    page.on("pageerror", complain)
    yield page
    page.remove_listener("pageerror", complain)
    assert complaints == []


def arrived(site: Served) -> Arrived:
    """What a running service keeps from now on."""
    return Arrived(site.settings.store)


@dataclass
class Recorder:
    """What the page asked for, in order."""

    requests: list[Request] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """What was asked for over a network or from a disk; the icon stands in the page."""
        return [request.url for request in self.requests if not request.url.startswith(("data:", "blob:"))]

    @property
    def posts(self) -> list[Request]:
        """The requests that carried something away."""
        return [request for request in self.requests if request.method == "POST"]
