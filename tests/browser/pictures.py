"""Makes the pictures of docs/pictures/: ./run pictures

Signs, publishes and looks at the page as a reader does, in a trial of its own; nothing in the pictures is real.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from trial import publish, trial  # noqa: E402

from browser.conftest import QUIET  # noqa: E402 - the folders above are not installed
from browser.test_circle import open_letter, sign  # noqa: E402

FOLDER = HERE.parent.parent / "docs" / "pictures"
PEOPLE = (("public", "Alena Prykladnaja"), ("nonpublic", "Somebody"), ("public", "Jan Prykład"), ("nonpublic", "Else"))


def main() -> None:
    """The states of the page, in English, on a phone."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        data = Path(temporary) / "data"
        with trial(data) as running:
            take(browser, running.url, "form", "#sign", lambda page: None)
            for choice, name in PEOPLE:
                take(
                    browser,
                    running.url,
                    "sent",
                    "#sign",
                    lambda page, c=choice, n=name: sign(page, c, n, relation="sister"),
                )
            publish(running, Path(temporary) / "stick")
            take(browser, running.url, "result", "#result", lambda page: None)
            take(browser, running.url, "page", None, lambda page: None)
        browser.close()


def take(browser: Browser, url: str, name: str, part: str | None, act: Callable[[Page], None]) -> None:
    """Open the page, act, and keep a picture of a part of it, or of what a phone shows first."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    open_letter(page, f"{url}/en/")
    act(page)
    picture = FOLDER / f"{name}.png"
    if part is None:
        page.screenshot(path=picture)
    else:
        page.locator(part).screenshot(path=picture)
    context.close()


if __name__ == "__main__":
    main()
