"""Passing the letter on, and printing it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.settings import Settings
from tests.support.service_process import Served, serving

ADDRESS = "https://letter.example/below"
SHEET = """
navigator.share = async (what) => { window.shared = what };
Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } });
"""


@pytest.fixture
def known(settings: Settings, tmp_path: Path) -> Settings:
    """An appeal that says where it is."""
    path = settings.appeal / "appeal.toml"
    path.write_text(f'addresses = ["{ADDRESS}"]\n{path.read_text("utf-8")}', "utf-8")
    return settings


def test_the_appeals_own_address_is_passed_on(page: Page, known: Settings, tmp_path: Path) -> None:
    """Wherever the page was opened: the address and nothing else, to the clipboard or to the system's sheet."""
    page.add_init_script(SHEET)
    with serving(known, tmp_path / "log") as site:
        page.goto(f"{site.url}/ru/?utm=x")
        page.click("#copy")
        expect(page.locator("#copied")).to_be_visible()
        page.click("#send-on")
        assert page.evaluate("[copied, shared]") == [f"{ADDRESS}/ru/", {"url": f"{ADDRESS}/ru/"}]


def test_otherwise_it_is_the_address_of_the_page_without_what_was_added(page: Page, site: Served) -> None:
    """Whatever a messenger put behind it would tell where the link was found."""
    page.add_init_script(SHEET)
    page.goto(f"{site.url}/en/?fbclid=tell#tale")
    page.click("#copy")
    expect(page.locator("#copied")).to_be_visible()
    assert page.evaluate("copied") == f"{site.url}/en/"


def test_a_clipboard_that_refuses_is_told(page: Page, site: Served) -> None:
    """The address stands there to be copied by hand."""
    page.add_init_script(SHEET.replace("window.copied = text", "throw new Error('refused')"))
    page.goto(f"{site.url}/en/")
    page.click("#copy")
    expect(page.locator("#not-copied")).to_be_visible()
    expect(page.locator("#copied")).to_be_hidden()
    expect(page.locator("#share-address")).to_have_text(f"{site.url}/en/")


def test_what_a_browser_cannot_do_is_not_offered(browser: Browser, known: Settings, tmp_path: Path) -> None:
    """Without a script the address and the poster remain."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(known, tmp_path / "log") as site:
        page.goto(f"{site.url}/en/")
        expect(page.locator("#share-address")).to_have_text(f"{ADDRESS}/en/")
        expect(page.locator("#copy")).to_be_hidden()
        expect(page.locator("#send-on")).to_be_hidden()
        page.click("a[href=poster]")
        expect(page.locator("#poster svg")).to_be_visible()
    context.close()


def test_on_paper_there_are_the_letter_and_the_people_and_nothing_else(page: Page, site: Served) -> None:
    """No form, no buttons, no warnings for signers."""
    page.goto(f"{site.url}/en/")
    expect(page.locator("#submit")).to_be_visible()
    page.emulate_media(media="print")
    for shown in ("#letter h1", ".addressee", "#standing", "#letter .people", "#result"):
        expect(page.locator(shown)).to_be_visible()
    for gone in ("#sign", "#before", "#exit", "#share", "footer", ".languages", "button >> nth=0"):
        expect(page.locator(gone)).to_be_hidden()


def test_a_poster_fills_one_sheet(page: Page, known: Settings, tmp_path: Path) -> None:
    """With the longest address there is, and nothing of the page around it."""
    path = known.appeal / "appeal.toml"
    path.write_text(path.read_text("utf-8").replace(f'"{ADDRESS}"', f'"{ADDRESS}", "http://{"a2b3" * 14}.onion"'))
    with serving(known, tmp_path / "log") as site:
        page.goto(f"{site.url}/be/poster")
        printed = page.pdf(format="A4")
        assert printed.count(b"/Type /Page\n") == 1
        page.emulate_media(media="print")
        expect(page.locator("#poster-note")).to_be_hidden()
        expect(page.locator("#poster svg")).to_be_visible()
