"""The organizers' page in a real browser, with scripts switched off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.minisign import MinisignSecretKey, sign
from service.settings import Settings
from tests.support.envelopes import TYPE, Arrived, held
from tests.support.publications import publication
from tests.support.sample_appeal import TOKEN
from tests.support.service_process import Served, serving
from tests.support.site_map import SHIPPED_LANGUAGES

Keys = tuple[MinisignSecretKey, MinisignSecretKey]


@pytest.fixture(params=["light", "dark"])
def desk(request: pytest.FixtureRequest, browser: Browser, site: Served) -> Iterator[Page]:
    """The page on the narrowest screen, in a browser that runs no script."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, color_scheme=request.param
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{site.url}/be/desk")
    yield page
    assert context.cookies() == []
    context.close()


@pytest.fixture
def result(tmp_path: Path, minisign_keys: Keys) -> list[Path]:
    """publication.json and two minisigs, as the organizers carry them over."""
    data = publication()
    files = [tmp_path / name for name in ("publication.json", "a.minisig", "b.minisig")]
    for path, content in zip(files, [data, *(sign(key, data, "x").encode() for key in minisign_keys)], strict=True):
        path.write_bytes(content)
    return files


def test_the_envelopes_are_downloaded_with_the_keyboard_alone(
    desk: Page, site: Served, kept: Arrived, envelope: bytes, tmp_path: Path
) -> None:
    """Token, Tab, Enter; the file is the one that its name says, and the token is not in the address."""
    desk.request.post(f"{site.url}/envelopes", data=envelope, headers={"content-type": TYPE})
    desk.focus("#take-token")
    desk.keyboard.type(TOKEN)
    desk.keyboard.press("Tab")
    expect(desk.locator("button[value=file]")).to_be_focused()
    with desk.expect_download() as caught:
        desk.keyboard.press("Enter")
    caught.value.save_as(tmp_path / "ledger")
    ledger = (tmp_path / "ledger").read_bytes()
    assert held(kept) == [envelope]
    assert envelope in ledger
    name = f"ledger-{len(ledger) // 4096}-{hashlib.sha256(ledger).hexdigest()}.undersigned"
    assert caught.value.suggested_filename == name
    assert desk.url.endswith("/be/desk")


def test_a_result_is_handed_in_and_told(desk: Page, result: list[Path], settings: Settings, tmp_path: Path) -> None:
    """Focus is on what came of it; the token field is empty again; the language can be changed."""
    with serving(settings, tmp_path / "log") as site:
        desk.goto(f"{site.url}/be/desk")
        desk.fill("#give-token", TOKEN)
        desk.set_input_files("#publication", result[0])
        desk.set_input_files("#minisig", result[1:])
        desk.click("button[value=publication]")
        expect(desk.locator("#outcome")).to_contain_text("Вынік прыняты і паказаны.")
        expect(desk.locator("#outcome")).to_be_focused()
        expect(desk.locator("#digest")).to_have_text(hashlib.sha256(result[0].read_bytes()).hexdigest())
        assert desk.input_value("#give-token") == desk.input_value("#take-token") == ""
        desk.click("text=Русский")
        expect(desk.locator("h1")).to_have_text("Для организаторов")


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_it_fits_on_the_narrowest_screen(desk: Page, site: Served, language: str) -> None:
    """No sideways scrolling at 320 pixels, before and after; a wrong token is told where the reader is."""
    desk.goto(f"{site.url}/{language}/desk")
    for _ in range(2):
        widest = max(box["x"] + box["width"] for each in desk.locator("main *").all() if (box := each.bounding_box()))
        assert widest <= 320
        desk.fill("#take-token", "wrong")
        desk.click("button[value=count]")
        expect(desk.locator("#outcome[role=alert]")).to_be_focused()
