"""Browsers of 2019, browsers without what sealing needs, and browsers inside other apps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.keys import OrganizersKey
from crypto.seal import OpenedSignature
from tests.support.envelopes import Arrived
from tests.support.service_process import Served
from tests.support.twins import open_envelope

# What came after the oldest browsers that have BigInt, and so after 2019; Safari 14 is the last without setBigUint64.
NEWER = """
for (const [owner, names] of [
  [Object, ['hasOwn', 'groupBy']],
  [Map, ['groupBy']],
  [Array, ['fromAsync']],
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with', 'group']],
  [Object.getPrototypeOf(Uint8Array.prototype), ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with']],
  [Uint8Array, ['fromBase64', 'fromHex']],
  [Uint8Array.prototype, ['toBase64', 'toHex', 'setFromBase64', 'setFromHex']],
  [String.prototype, ['at', 'replaceAll', 'matchAll', 'isWellFormed', 'toWellFormed']],
  [Promise, ['any', 'allSettled', 'withResolvers', 'try']],
  [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']],
  [ArrayBuffer.prototype, ['transfer', 'transferToFixedLength', 'resize']],
  [DataView.prototype, ['setBigUint64', 'getBigUint64', 'setBigInt64', 'getBigInt64']],
  [window, ['structuredClone', 'WeakRef', 'FinalizationRegistry', 'Iterator', 'reportError', 'trustedTypes']],
  [Crypto.prototype, ['randomUUID']],
  [AbortSignal, ['any', 'timeout', 'abort']],
  [AbortSignal.prototype, ['throwIfAborted', 'reason']],
  [Element.prototype, ['replaceChildren', 'checkVisibility', 'getHTML', 'setHTMLUnsafe', 'ariaInvalid']],
  [Response.prototype, ['bytes']],
  [Navigator.prototype, ['clipboard', 'share', 'canShare', 'userAgentData']],
]) for (const name of names) delete owner[name];
"""


@pytest.fixture
def open_with(browser: Browser, site: Served) -> Iterator[Callable[..., Page]]:
    """Opens the letter in a browser of a kind: after a script has taken something away from it, or by another name."""
    contexts = []

    def start(missing: str = "", **kind: str) -> Page:
        contexts.append(browser.new_context(**kind))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.add_init_script(missing)
        page.goto(f"{site.url}/en/")
        return page

    yield start
    for context in contexts:
        context.close()


def test_a_browser_of_2019_signs(open_with: Callable[..., Page], kept: Arrived, key: OrganizersKey) -> None:
    """With nothing newer than BigInt, and not all of that."""
    page = open_with(NEWER)
    assert page.evaluate("typeof Array.prototype.at + typeof DataView.prototype.getBigUint64") == "undefinedundefined"
    page.fill("#name", "Марыя")
    page.click("#submit")
    expect(page.locator("#sent")).to_be_visible()
    with closing(kept.snapshot()) as snapshot:
        (opened,) = [open_envelope(key, envelope) for envelope in snapshot.envelopes]
    assert isinstance(opened, OpenedSignature)
    assert opened.signature.name == "Марыя"


def test_a_browser_that_cannot_seal_gets_a_sentence_and_no_button(open_with: Callable[..., Page]) -> None:
    """Nobody types into a form that cannot work; the other ways are named instead."""
    for missing in (
        "delete window.BigInt",
        "delete Crypto.prototype.getRandomValues",
        "delete window.crypto; Object.defineProperty(window, 'crypto', { value: undefined })",
        "delete window.fetch",
        "delete window.AbortController",
        "delete window.TextEncoder",
    ):
        page = open_with(missing)
        expect(page.locator("#not-started")).to_contain_text("your browser is too old")
        for door in ("sign.html", "hand-in"):
            expect(page.locator(f"#not-started a[href='{door}']")).to_be_visible()
        expect(page.locator("#form")).to_be_hidden()


def test_a_script_that_did_not_arrive_whole_leaves_the_sentence(page: Page, site: Served) -> None:
    """Cut off by a bad line, or changed on the way: it does not run, and the page says so."""
    page.route("**/en/", lambda route: route.fulfill(response=(got := route.fetch()), body=got.text()[:-2000]))
    page.goto(f"{site.url}/en/")
    expect(page.locator("#not-started")).to_be_visible()
    expect(page.locator("#form")).to_be_hidden()


def test_without_scripts_the_page_names_both_other_doors(browser: Browser, site: Served) -> None:
    """The file for signing and the page for handing in, and that scripts are off."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/en/")
    expect(page.locator("#not-started noscript p")).to_be_visible()
    for door in ("sign.html", "hand-in"):
        expect(page.locator(f"#not-started a[href='{door}']")).to_be_visible()
    context.close()


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile"


def test_a_browser_inside_another_app_is_told_from_a_whole_one(open_with: Callable[..., Page]) -> None:
    """The hint is for the first kind only, and the form works in both."""
    for user_agent, is_inside in (
        (f"{IPHONE} Mobile/15E148 Instagram 331.0.0 (iPhone14,5; iOS 17_5)", True),
        (f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/465.0.0;FBBV/1]", True),
        (f"{IPHONE} Mobile/15E148", True),
        (ANDROID % "; wv" + " Safari/537.36", True),
        (ANDROID % "" + " Safari/537.36 Telegram-Android/10.14", True),
        (ANDROID % "" + " Safari/537.36 Viber/22.5", True),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", False),
        (f"{IPHONE} CriOS/124.0 Mobile/15E148 Safari/604.1", False),
        (ANDROID % "" + " Safari/537.36", False),
        (ANDROID % "" + " Safari/537.36 SamsungBrowser/25.0", False),
        (ANDROID % "" + " YaBrowser/24.4 Safari/537.36", False),
        ("Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Firefox/115.0", False),
    ):
        page = open_with(user_agent=user_agent)
        expect(page.locator("#submit")).to_be_visible()
        expect(page.locator("#in-app")).to_be_visible(visible=is_inside)
    # Telegram's own browser is known by what it puts into the page.
    expect(open_with("window.TelegramWebviewProxy = {}").locator("#in-app")).to_be_visible()
