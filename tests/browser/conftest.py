"""A real Chromium, as Debian ships it, before the service as it runs for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from service.settings import Settings
from tests.browser.support.chromium import PATIENCE, QUIET, Recorder, arrived, new_phone, without_complaint
from tests.browser.support.engines import ENGINES, Engine, driven
from tests.support.envelopes import Arrived
from tests.support.programs import program
from tests.support.service_process import Served, serving

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=list(QUIET))
        yield browser
        browser.close()


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


@pytest.fixture(scope="module", params=ENGINES)
def browser_program(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each of ENGINES, one for all tests of a file."""
    with driven(request.param) as engine:
        yield engine


@pytest.fixture
def engine(browser_program: Engine) -> Iterator[Engine]:
    """Such a browser with a fresh profile; no script may fail in it."""
    browser_program.do("fresh")
    yield browser_program
    assert browser_program.do("complaints") == []


@pytest.fixture(scope="package")
def site(settle: Callable[[str], Settings]) -> Iterator[Served]:
    """The service with the test appeal, one for all tests that change no more of it than its envelopes."""
    settings = settle("site")
    with serving(settings, settings.data.with_name("log")) as served:
        yield served


@pytest.fixture
def kept(site: Served) -> Arrived:
    """The envelopes that the service keeps; none when a test begins."""
    return arrived(site)


@pytest.fixture
def recorder(page: Page) -> Iterator[Recorder]:
    """Every request of the tab."""
    recorder = Recorder()

    def record(request: Request) -> None:
        recorder.requests.append(request)

    page.on("request", record)
    yield recorder
    page.remove_listener("request", record)
