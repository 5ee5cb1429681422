"""Every state in which a person can find a page, and how to get there; for tests of all of them and for pictures.

It has the selectors and addresses of each state; the tests say what has to hold in a state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from crypto.code import commitment, receipt
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.publication import Counts
from crypto.seal import seal_signature
from crypto.signature import Signature
from tests.browser.support.results import SMALL, hand_in
from tests.support.publications import publication
from tests.support.sample_appeal import CODE, make_appeal, make_settings, speaking_all
from tests.support.service_process import free_port, serving

# What distinguishes the sites: what stands in the appeal, and whether a result is published.
SITES = {
    "open": ("", False),
    "published": ("warning = true\ndate = 2026-10-31", True),
    "closed": ("closing = 2026-01-31", True),
    "handed-over": ('demo = true\nhanded_over = { day = 2026-01-31, en = "They answered." }', False),
}
CHALLENGE = {
    "challenge": {
        "parameters": {"nonce": "00", "salt": "00", "cost": 1, "keyLength": 32, "keyPrefix": "00"},
        "signature": "",
    }
}


@contextmanager
def all_sites(
    folder: Path, key: OrganizersKey, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> Iterator[dict[str, str]]:
    """The address of a running service for each of SITES."""
    with ExitStack() as stack:
        addresses = {}
        for name, (entries, is_published) in SITES.items():
            port, here = free_port(), folder / name
            here.mkdir()
            settings = make_settings(here / "data", make_appeal(here / "appeal", key, minisign_keys))
            speaking_all(settings.appeal, entries, port)
            site = stack.enter_context(serving(settings, here / "log", port))
            if is_published:
                hand_in(site, result(), *minisign_keys)
            addresses[name] = site.url
        yield addresses


def result() -> bytes:
    """The bytes of a publication of 221 names, the longest possible among them, which counts CODE."""
    public = len(SMALL)
    receipts = [receipt(commitment(CODE)), *(f"{at:016x}" for at in range(public + 50))]
    counts = Counts(public + 60, 1, 2, 3, 4, public, 51)
    return publication((), counts=counts, signatures=SMALL, receipts=tuple(sorted(receipts)))


@dataclass(frozen=True)
class State:
    """`path` stands behind the language; `reach` does what a person does there, and ends when it is to be seen."""

    site: str
    path: str
    reach: Callable[[Page], None] = lambda page: None


def hang(route: Route) -> None:
    """No answer for as long as anyone looks."""


def answers(address: str, status: int, body: object = None) -> Callable[[Page], None]:
    """What the service says from now on."""
    return lambda page: page.route(address, lambda route: route.fulfill(status=status, json=body or {}))


def send(page: Page) -> None:
    page.fill("#name", "Марыя Прыклад")
    page.click("#submit")


def show_all_fields(page: Page) -> None:
    page.click("label[for=public]")
    page.click("#more summary")
    expect(page.locator("#message")).to_be_visible()


def make_mistakes(page: Page) -> None:
    show_all_fields(page)
    page.fill("#message", "м" * 501)
    page.click("#submit")
    expect(page.locator("#name-error")).to_be_visible()
    expect(page.locator("#message-error")).to_be_visible()


def seal_for_ever(page: Page) -> None:
    page.evaluate("() => { window.requestAnimationFrame = () => 0 }")
    send(page)
    expect(page.locator("[data-state=sealing]")).to_be_visible()


def send_for_ever(page: Page) -> None:
    page.route("**/envelopes", hang)
    send(page)
    expect(page.locator("[data-state=sending]")).to_be_visible()


def compute_for_ever(page: Page) -> None:
    answers("**/envelopes", 429, CHALLENGE)(page)
    page.evaluate("() => { crypto.subtle.deriveBits = () => new Promise(() => {}) }")
    send(page)
    expect(page.locator("[data-state=working]")).to_be_visible()


def try_for_ever(page: Page) -> None:
    page.route("**/envelopes", lambda route: route.abort("connectionreset"))
    send(page)
    expect(page.locator("[data-state=retrying]")).to_be_visible()


def be_refused(page: Page) -> None:
    answers("**/envelopes", 409)(page)
    send(page)
    expect(page.locator("#failed")).to_be_visible()


def be_sent(page: Page) -> None:
    send(page)
    expect(page.locator("#sent")).to_be_visible()


def see_the_code(page: Page) -> None:
    be_sent(page)
    page.click("#show-code")
    expect(page.locator("#code")).to_be_visible()


def be_inside_an_app(page: Page) -> None:
    page.evaluate("() => { document.getElementById('in-app').hidden = false }")


def not_start(page: Page) -> None:
    page.evaluate(
        "() => { document.getElementById('form').hidden = true; document.getElementById('not-started').hidden = false }"
    )


def enter(code: str, button: str, shown: str) -> Callable[[Page], None]:
    """A code, and what comes of it."""

    def act(page: Page) -> None:
        page.fill("#typed-code", code)
        page.click(button)
        expect(page.locator(shown)).to_be_visible()

    return act


def find_it_broken(page: Page) -> None:
    page.route("**/*.minisig", lambda route: route.abort("connectionreset"))
    page.reload()
    expect(page.locator("#broken")).to_be_visible()


def see(verdict: str) -> Callable[[Page], None]:
    """One of the verdicts on the result."""
    return lambda page: expect(page.locator(f"[data-verdict={verdict}]")).to_be_visible(timeout=30_000)


def see_another_number(page: Page) -> None:
    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub('(data-count="total">)', r"\g<1>1", answer.text()))

    page.route(re.compile("/result$"), change)
    page.reload()
    see("differs")(page)


def search_for(words: str) -> Callable[[Page], None]:
    """In the list of names, with the form that needs no script."""

    def act(page: Page) -> None:
        page.fill("#q", words)
        page.press("#q", "Enter")
        page.wait_for_load_state()
        expect(page.locator("#q")).to_be_visible()

    return act


def hand_in_text(text: str, shown: str) -> Callable[[Page], None]:
    """Some text on the page for handing in."""

    def act(page: Page) -> None:
        page.fill("#envelope", text)
        page.click("#submit")
        expect(page.locator(shown)).to_be_visible()

    return act


def be_refused_without_script(page: Page) -> None:
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('form'))")
    expect(page.locator("#outcome")).to_be_visible()


def use_a_wrong_token(page: Page) -> None:
    page.fill("input[type=password] >> nth=0", "wrong")
    page.press("input[type=password] >> nth=0", "Enter")
    expect(page.locator("#outcome")).to_be_visible()


def open_all(page: Page) -> None:
    for summary in page.locator("summary").all():
        summary.click()


def get_text(page: Page) -> None:
    page.click("label[for=way-text]")
    be_sent(page)
    expect(page.locator("#part-1")).to_be_visible()


# The path that means: this language's signing file, opened from a disk.
FILE = "sign.html"
STATES = {
    "letter": State("open", ""),
    "letter with a result and a warning": State("published", "", see("good")),
    "letter closed": State("closed", "", see("good")),
    "letter handed over, in a trial": State("handed-over", ""),
    "letter without a script": State("open", "", not_start),
    "letter inside another app": State("open", "", be_inside_an_app),
    "all fields": State("open", "", show_all_fields),
    "mistakes": State("open", "", make_mistakes),
    "sealing": State("open", "", seal_for_ever),
    "sending": State("open", "", send_for_ever),
    "working": State("open", "", compute_for_ever),
    "retrying": State("open", "", try_for_ever),
    "refused": State("open", "", be_refused),
    "sent": State("open", "", be_sent),
    "code shown": State("open", "", see_the_code),
    "withdraw": State("open", "withdraw"),
    "withdraw after closing": State("closed", "withdraw"),
    "withdraw with a mistake": State("open", "withdraw", enter("12", "#submit", "#typed-code-error")),
    "withdrawn": State("open", "withdraw", enter(CODE, "#submit", "#sent")),
    "check before a result": State("open", "check"),
    "check with a mistake": State("published", "check", enter("12", "#look", "#typed-code-error")),
    "counted": State("published", "check", enter(CODE, "#look", "#counted")),
    "not counted": State("published", "check", enter(CODE[::-1], "#look", "#not-counted")),
    "check cannot be done": State("published", "check", find_it_broken),
    "hand-in": State("open", "hand-in"),
    "hand-in with a mistake": State("open", "hand-in", hand_in_text("Марыя", "#envelope-error")),
    "hand-in refused without script": State("open", "hand-in", be_refused_without_script),
    "file": State("open", FILE),
    "file's text": State("open", FILE, get_text),
    "result": State("published", "result", see("good")),
    "result's second page": State("published", "result-2", see("good")),
    "result that differs": State("published", "result", see_another_number),
    "search": State("published", "result", search_for("Аляксандра 7")),
    "search without a find": State("published", "result", search_for("nobody at all")),
    "result before there is one": State("open", "result"),
    "how": State("open", "how", open_all),
    "cleanup": State("open", "cleanup", open_all),
    "poster": State("open", "poster"),
    "desk": State("published", "desk", open_all),
    "desk with a wrong token": State("published", "desk", use_a_wrong_token),
    "no such page": State("published", "nowhere"),
}


def reach(page: Page, state: State, sites: dict[str, str], language: str, folder: Path) -> None:
    """Brings a tab into a state, in one of LANGUAGES; `folder` takes the signing file."""
    page.unroute_all(behavior="ignoreErrors")
    address = f"{sites[state.site]}/{language}/{state.path}"
    if state.path == FILE:
        file = folder / f"{state.site}.{language}.html"
        if not file.exists():
            file.write_bytes(page.request.get(address).body())
        address = file.as_uri()
    page.goto(address)
    state.reach(page)


def sealed(key: OrganizersKey) -> bytes:
    """An envelope of somebody."""
    return seal_signature(key.record, Signature(name="Марыя", public=False, language="be"), bytes(32), commitment(CODE))
