"""Whoever watches the line, or the service, cannot tell a public signature, a non-public one and a withdrawal."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.chromium import Recorder
from tests.browser.support.signing import looks, open_letter
from tests.support.sample_appeal import CODE
from tests.support.service_process import Served

# How long sealing takes: from the first random bytes that it asks for to the request that carries the envelope.
CLOCK = """
window.took = null;
let began = null;
const { getRandomValues } = Crypto.prototype;
Crypto.prototype.getRandomValues = function (array) {
  if (began === null) began = performance.now();
  return getRandomValues.call(this, array);
};
const { fetch } = window;
window.fetch = (...given) => {
  window.took = performance.now() - began;
  return fetch.apply(window, given);
};
"""
# How many polynomials were made, how many key records read, how many times something was drawn at random.
WORK = """
window.made = 0;
window.read = 0;
window.drawn = 0;
window.Uint16Array = new Proxy(Uint16Array, {
  construct: (...given) => ((window.made += 1), Reflect.construct(...given)),
});
const { atob } = window;
window.atob = (text) => ((window.read += 1), atob(text));
const { getRandomValues } = Crypto.prototype;
Crypto.prototype.getRandomValues = function (array) {
  if ((window.drawn += 1) === 1) window.madeBefore = window.made;
  return getRandomValues.call(this, array);
};
"""
# Nine are the matrix of ML-KEM-768; the others are counted in the library as it is pinned.
POLYNOMIALS_OF_A_KEY = 9
POLYNOMIALS_OF_A_SEALING = 20
# Ten seconds of pictures, then a failure: the page's policy forbids Playwright's own way of waiting.
MADE = """(least) => new Promise((done, fail) => {
  let left = 600;
  const look = () => {
    if (window.made >= least) done();
    else if ((left -= 1)) requestAnimationFrame(look);
    else fail(new Error(`only ${window.made} of ${least}`));
  };
  look();
})"""
PAUSE = 500  # ms
KINDS = ("public", "nonpublic", "withdrawal")

DEALS = 2_000
CHANCE = 0.001

Times = dict[str, list[float]]
Seen = dict[str, list[tuple[list[dict[str, Any]], float]]]


def act(page: Page, kind: str, at: int) -> None:
    """One envelope of this kind, from a page that is open; everything that a person can fill in varies."""
    if kind == "withdrawal":
        page.fill("#typed-code", CODE[at % 25 :] + CODE[: at % 25])
    else:
        page.click(f"label[for={kind}]")
        page.fill("#name", "Я" * (1 + at % 120))
        page.fill("#relation", "маці" * (at % 20))
    # A form that is sent within a moment of its first touch is slower, whatever it holds; no person is as quick.
    page.wait_for_timeout(PAUSE)
    page.click("#submit")
    expect(page.locator("#sent")).to_be_visible()


def record(browser: Browser, site: Served, kinds: list[str]) -> Seen:
    """For each kind, what was seen of the requests after the page was there, and the milliseconds before the last."""
    seen: Seen = {kind: [] for kind in KINDS}
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(30_000)
    context.add_init_script(CLOCK)
    page = context.new_page()
    recorder = Recorder()
    page.on("request", lambda request: recorder.requests.append(request))
    for at, kind in enumerate(kinds):
        open_letter(page, f"{site.url}/en/{'withdraw' if kind == 'withdrawal' else ''}")
        recorder.requests.clear()
        act(page, kind, at)
        page.wait_for_load_state("networkidle")
        seen[kind].append(([looks(request) for request in recorder.requests], page.evaluate("window.took")))
    context.close()
    return seen


def shuffled(each: int, withdrawals: int) -> list[str]:
    """So many of both kinds of signature and withdrawals among them, in no order; the same in every run."""
    kinds = ["public", "nonpublic"] * each + ["withdrawal"] * withdrawals
    random.Random(4).shuffle(kinds)
    return kinds


def gap(times: Times, typical: Callable[[list[float]], float]) -> float:
    """How many times as long the slowest kind takes as the quickest, by their typical times."""
    took = [typical(found) for found in times.values()]
    return max(took) / min(took)


def by_chance(times: Times, typical: Callable[[list[float]], float]) -> float:
    """How often a gap as large comes from the machine alone: the same times, dealt to the kinds at random.

    The kinds came in no order, so whatever else the machine did fell on all of them alike (a permutation test).
    """
    draw = random.Random(5)
    pool = [ms for found in times.values() for ms in found]
    larger = 0
    for _ in range(DEALS):
        draw.shuffle(pool)
        rest = iter(pool)
        larger += gap({kind: [next(rest) for _ in found] for kind, found in times.items()}, typical) >= gap(
            times, typical
        )
    return larger / DEALS


def differ(times: Times, typical: Callable[[list[float]], float], apart: float) -> bool:
    """Whether a kind takes longer, by more than it may and by more than chance explains."""
    return gap(times, typical) > 1 + apart and by_chance(times, typical) < CHANCE


@pytest.mark.parametrize(
    ("each", "withdrawals", "typical", "apart"),
    [
        pytest.param(6, 6, min, 1.0, id="some"),
        pytest.param(50, 25, statistics.median, 0.35, id="many", marks=pytest.mark.long),
    ],
)
def test_requests_and_times_of_all_kinds_do_not_differ(
    browser: Browser,
    site: Served,
    each: int,
    withdrawals: int,
    typical: Callable[[list[float]], float],
    apart: float,
) -> None:
    """One request each, of one address, one set of headers, one size both ways; and sealing takes as long.

    Typical times may be `apart` by that part of them; of a few, the least is taken, for a busy machine only ever adds.
    """
    seen = record(browser, site, shuffled(each, withdrawals))
    times = {kind: [ms for _, ms in found] for kind, found in seen.items()}
    print("sealing, typical ms:", {kind: round(typical(found), 1) for kind, found in times.items()})
    first = seen["public"][0][0]
    assert len(first) == 1
    assert [requests for kind in KINDS for requests, _ in seen[kind] if requests != first] == []
    assert not differ(times, typical, apart), times


@pytest.mark.parametrize(("each", "typical", "apart"), [(6, min, 1.0), (50, statistics.median, 0.35)])
@pytest.mark.control
def test_a_kind_that_takes_longer_is_found_and_a_busy_machine_is_not(
    each: int, typical: Callable[[list[float]], float], apart: float
) -> None:
    """The control of the times: three times as long for one kind, on a machine that adds up to the whole again."""
    draw = random.Random(6)
    noisy: Times = {kind: [10 * (1 + draw.random()) for _ in range(each)] for kind in KINDS}
    assert not differ(noisy, typical, apart)
    assert differ(noisy | {"nonpublic": [3 * ms for ms in noisy["nonpublic"]]}, typical, apart)


@pytest.mark.parametrize(("path", "field"), [("", "#name"), ("withdraw", "#typed-code")])
def test_the_key_is_made_ready_at_the_first_touch_and_nothing_else_is(
    page: Page, site: Served, path: str, field: str
) -> None:
    """Both forms alike; whoever only reads pays nothing; no secret is drawn before the button; and nothing twice."""
    page.add_init_script(WORK)
    open_letter(page, f"{site.url}/en/{path}")
    page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    made = page.evaluate("window.made")
    assert page.evaluate("window.read") == 0
    page.fill(field, CODE)
    page.evaluate(MADE, made + POLYNOMIALS_OF_A_KEY)
    assert page.evaluate("[window.read, window.drawn]") == [1, 0]
    page.click("#submit")
    expect(page.locator("#sent")).to_be_visible()
    assert page.evaluate("window.read") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_never_touched_the_form_has_the_key_made_ready_before_anything_is_drawn(
    page: Page, site: Served, kind: str
) -> None:
    """Filled in and pressed by a program: no secret waits for that work, and then all kinds are sealed once."""
    page.add_init_script(WORK)
    open_letter(page, f"{site.url}/en/{'withdraw' if kind == 'withdrawal' else ''}")
    made = page.evaluate("window.made")
    if kind == "withdrawal":
        page.eval_on_selector("#typed-code", "(field, code) => (field.value = code)", CODE)
    else:
        page.eval_on_selector("#name", "(field) => (field.value = 'Ян')")
        page.eval_on_selector(f"#{kind}", "(choice) => (choice.checked = true)")
    page.eval_on_selector("#submit", "(button) => button.click()")
    expect(page.locator("#sent")).to_be_visible()
    assert page.evaluate("window.madeBefore") >= made + POLYNOMIALS_OF_A_KEY
    assert page.evaluate("window.made - window.madeBefore") == POLYNOMIALS_OF_A_SEALING
