"""Leaving the page in a real browser: by the quick exit, by a link, by the back button; and what stays behind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from service.appeal_reader import EXIT
from tests.browser.support.chromium import QUIET
from tests.support.programs import program
from tests.support.service_process import Served

NAME = "Ірына Непублічная"
TYPED = "[...document.querySelectorAll('input:not([type=radio]), textarea')].map((field) => field.value).join('')"
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.fixture
def form(page: Page, site: Served) -> Page:
    """The page of the letter with a name typed into it."""
    page.goto(f"{site.url}/en/")
    expect(page.locator("#submit")).to_be_visible()
    page.fill("#name", NAME)
    return page


@pytest.fixture
def elsewhere(form: Page) -> list[Request]:
    """What was asked of the site that the quick exit leads to; it is answered here, and nothing leaves the machine."""
    asked: list[Request] = []

    def answer(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(content_type="text/html", body="<p>Weather</p>")

    form.route(f"{EXIT}**", answer)
    return asked


def press_exit(page: Page) -> None:
    page.click("#leave")


def press_escape(page: Page) -> None:
    page.focus("#name")
    for _ in range(3):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("leave", [press_exit, press_escape])
def test_the_quick_exit_blanks_the_page_before_the_next_one_arrives(
    form: Page, elsewhere: list[Request], site: Served, leave: Callable[[Page], None]
) -> None:
    """Nothing is to be seen, nothing typed is left, and the back button does not lead here again."""
    entries = form.evaluate("history.length")
    # What is to be seen at the moment in which the browser is told where to go.
    look = f"[kind.navigationType, getComputedStyle(document.documentElement).display, {TYPED}].join()"
    form.evaluate(f"navigation.addEventListener('navigate', (kind) => console.log({look}))")
    with form.expect_console_message() as seen:
        leave(form)
    assert seen.value.text == "replace,none,"
    form.wait_for_url(EXIT)
    assert [request.headers.get("referer") for request in elsewhere] == [None]
    assert form.evaluate("history.length") == entries
    form.go_back()
    assert not form.url.startswith(site.url)


@pytest.mark.parametrize("path", ["how", "cleanup", "nowhere"])
def test_the_quick_exit_is_the_same_where_nothing_is_typed(page: Page, site: Served, path: str) -> None:
    """Whoever reads how to clean up can leave as quickly as whoever signs."""
    page.route(f"{EXIT}**", lambda route: route.fulfill(content_type="text/html", body="<p>Weather</p>"))
    for leave in (press_exit, lambda page: [page.keyboard.press("Escape") for _ in range(3)]):
        page.goto(f"{site.url}/en/{path}")
        entries = page.evaluate("history.length")
        look = "[kind.navigationType, getComputedStyle(document.documentElement).display].join()"
        page.evaluate(f"navigation.addEventListener('navigate', (kind) => console.log({look}))")
        with page.expect_console_message() as seen:
            leave(page)
        assert seen.value.text == "replace,none"
        page.wait_for_url(EXIT)
        assert page.evaluate("history.length") == entries


def test_a_key_pressed_now_and_then_does_not_leave(form: Page, elsewhere: list[Request]) -> None:
    """Escape twice, or three times with something between, or held down."""
    for keys in (("Escape", "Escape", "a", "Escape"), ("Shift", "Shift", "Shift")):
        for key in keys:
            form.keyboard.press(key)
    form.keyboard.press("a")
    for _ in range(4):
        form.keyboard.down("Escape")
    form.keyboard.up("Escape")
    expect(form.locator("#name")).to_be_visible()
    assert elsewhere == []


def test_the_quick_exit_is_at_hand_everywhere_on_the_page(form: Page) -> None:
    """At the end of the page as at its beginning, and never over what has the focus."""
    form.emulate_media(reduced_motion="reduce")  # or the page would still be scrolling
    form.locator("footer").scroll_into_view_if_needed()
    form.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(form.locator("#leave")).to_be_in_viewport(ratio=1)
    form.click("#more summary")
    for field in ("message", "vouch", "prisoner", "name"):
        form.focus(f"#{field}")
        bar, box = form.locator("#exit").bounding_box(), form.locator(f"#{field}").bounding_box()
        assert bar
        assert box
        assert box["y"] >= bar["y"] + bar["height"]


def test_the_quick_exit_works_without_a_script(browser: Browser, site: Served) -> None:
    """A plain link then."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route(f"{EXIT}**", lambda route: route.fulfill(content_type="text/html", body="<p>Weather</p>"))
    page.goto(f"{site.url}/en/how")
    page.click("#leave")
    page.wait_for_url(EXIT)
    context.close()


def test_a_page_that_the_browser_kept_comes_back_empty(form: Page) -> None:
    """Also where the browser did not say that the person was leaving, or typed something in again."""
    form.click("label[for=public]")
    form.evaluate(COME_BACK)
    assert form.evaluate(TYPED) == ""
    expect(form.locator("#nonpublic")).to_be_checked()


def test_the_code_is_gone_once_the_person_left(form: Page) -> None:
    """A page kept by the browser shows an empty form, and no code in its bytes."""
    form.click("#submit")
    form.click("#show-code")
    code = form.inner_text("#code")
    assert code in form.content()
    form.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    form.evaluate(COME_BACK)
    assert code not in form.content()
    expect(form.locator("#sent")).to_be_hidden()
    expect(form.locator("#submit")).to_be_visible()


def test_the_code_can_be_hidden_again(form: Page) -> None:
    """And shown again; the focus stays where the person is."""
    form.click("#submit")
    form.click("#show-code")
    code = form.inner_text("#code")
    expect(form.locator("#hide-code")).to_be_focused()
    form.keyboard.press("Enter")
    assert code not in form.content()
    expect(form.locator("#show-code")).to_be_focused()
    form.keyboard.press("Enter")
    assert form.inner_text("#code") == code


def test_whoever_left_while_it_was_being_sent_is_told(form: Page) -> None:
    """Nothing goes on behind a page that was left; coming back, the person learns that it is not certain."""
    form.route("**/envelopes", lambda route: route.abort("connectionreset"))
    form.click("#submit")
    expect(form.locator("[data-state=retrying]")).to_be_visible()
    form.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(form.locator("#failed")).to_contain_text("You left this page while it was being sent")
    form.evaluate(COME_BACK)
    expect(form.locator("#failed")).to_be_visible()
    expect(form.locator("#failed-kept")).to_be_hidden()
    expect(form.locator("[data-state=retrying]")).to_be_hidden()
    expect(form.locator("#submit")).to_be_visible()
    assert form.evaluate(TYPED) == ""


def test_the_browser_keeps_the_address_and_nothing_else(browser: Browser, site: Served) -> None:
    """Its history has the visit, as the page says; its cache and all its other files have neither page nor words."""
    with tempfile.TemporaryDirectory() as profile:
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=program("chromium"), args=list(QUIET)
        )
        page = context.new_page()
        page.goto(f"{site.url}/en/")
        page.fill("#name", NAME)
        page.click("#submit")
        page.click("#show-code")
        code = page.inner_text("#code")
        context.close()
        files = {path: path.read_bytes() for path in Path(profile).rglob("*") if path.is_file()}
    address = f"{site.url}/en/".encode()
    assert [path.name for path, content in files.items() if address in content and path.name == "History"]
    for secret in (NAME, code, code.replace(" ", "")):
        for encoding in ("utf-8", "utf-16-le"):
            assert not [path for path, content in files.items() if secret.encode(encoding) in content]
    cached = {path: content for path, content in files.items() if "Cache_Data" in path.parts}
    assert cached
    assert not [path for path, content in cached.items() if address in content]
