"""Makes the pictures of docs/pictures/: ./run pictures

Signs, publishes and looks at the page as a reader does, in a trial of its own; nothing in the pictures is real.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from tests.browser.support.chromium import QUIET  # noqa: E402 - so the file runs as a program
from tests.browser.support.signing import sign  # noqa: E402
from tests.browser.support.states import enter, make_mistakes, see, try_for_ever  # noqa: E402
from tests.support.demo_site import publish, trial  # noqa: E402
from tests.support.programs import program  # noqa: E402
from tests.support.sample_appeal import CODE  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
PEOPLE = (("public", "Alena Prykladnaja"), ("nonpublic", "Somebody"), ("public", "Jan Prykład"), ("nonpublic", "Else"))


PHONE, DESK = {"width": 390, "height": 844}, {"width": 1100, "height": 760}


def main() -> None:
    """The states of the page, on a phone and in English unless the name says otherwise."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=list(QUIET))
        with trial(Path(temporary) / "data") as running:
            letter = f"{running.url}/en/"
            take(browser, letter, "form", "#sign")
            take(browser, letter, "mistakes", "#sign", make_mistakes)
            take(browser, letter, "retrying", "#state", try_for_ever)
            for choice, name in PEOPLE:
                act = partial(sign, choice=choice, name=name, relation="sister")
                take(browser, letter, "sent", "#sign", act)
            publish(running, Path(temporary) / "stick")
            take(browser, letter, "result", "#result", see("good"))
            take(browser, letter, "page")
            take(browser, f"{running.url}/be/", "page-be-dark", scheme="dark")
            take(browser, letter, "page-desk", size=DESK)
            take(browser, f"{running.url}/en/check", "check", act=enter(CODE, "#look", "#not-counted"), whole=True)
            take(browser, f"{running.url}/en/hand-in", "hand-in")
        browser.close()


def take(
    browser: Browser,
    url: str,
    name: str,
    part: str | None = None,
    act: Callable[[Page], None] = lambda page: None,
    *,
    size: dict[str, int] = PHONE,
    scheme: str = "light",
    whole: bool = False,
) -> None:
    """Open the page, act, and keep a picture of a part of it, of all of it, or of what is to be seen first."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    expect(
        page.locator("#submit, #look, #verification [data-verdict=good]").locator("visible=true").first
    ).to_be_visible()
    act(page)
    picture = FOLDER / f"{name}.png"
    if part or whole:
        # The bar at the top would lie across what is taller than the screen.
        page.evaluate("() => { document.getElementById('exit').style.position = 'static' }")
    box = page.locator(part).bounding_box() if part else None
    if box:
        top = box["y"] + page.evaluate("scrollY")
        page.screenshot(path=picture, full_page=True, clip={**box, "x": 0, "y": top, "width": size["width"]})  # type: ignore[typeddict-item]
    else:
        page.screenshot(path=picture, full_page=whole)
    context.close()


if __name__ == "__main__":
    main()
