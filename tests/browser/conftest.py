"""A real Chromium, as Debian ships it, before the service as it runs for people."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, expect, sync_playwright
from serving import Served, serving

from service.settings import Settings
from service.stores.sqlite_store import SqliteStore

# How long anything may take on a machine that others keep busy.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

# A page under test speaks to this machine only; Chromium's own errands would fail here and be noise.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    program = shutil.which("chromium")
    assert program, "Chromium is missing; ./run test says how to install it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone for one test."""
    with new_phone(browser) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Its only tab."""
    with without_complaint(context.new_page()) as page:
        yield page


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that the tests of one file use in turn; another one for each would cost them more than what they try."""
    with new_phone(browser) as context:
        yield context


@pytest.fixture
def tab(phone: BrowserContext) -> Iterator[Page]:
    """A new tab of that phone, and no other; for tests that leave nothing behind but pages."""
    with without_complaint(phone.new_page()) as page:
        yield page
        for opened in phone.pages:
            opened.close()


@pytest.fixture(scope="package")
def site(settle: Callable[[str], Settings]) -> Iterator[Served]:
    """The service with the test appeal, one for all tests that change no more of it than its envelopes."""
    settings = settle("site")
    with serving(settings, settings.data.with_name("log")) as served:
        yield served


@pytest.fixture
def kept(site: Served) -> Iterator[SqliteStore]:
    """The envelopes that the service keeps; none when a test begins."""
    with emptied(site) as store:
        yield store


@contextmanager
def emptied(site: Served) -> Iterator[SqliteStore]:
    """The same file that a running service writes to, without what was in it."""
    path = Path(site.settings.store.removeprefix("sqlite:"))
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM envelopes")
        yield store


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


@pytest.fixture
def recorder(page: Page) -> Iterator[Recorder]:
    """Every request of the tab."""
    recorder = Recorder()

    def record(request: Request) -> None:
        recorder.requests.append(request)

    page.on("request", record)
    yield recorder
    page.remove_listener("request", record)
