"""The result in a browser: checked against what the organizers signed, as a reader sees it; searched without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import Counts, PublishedSignature, digest
from service.settings import Settings
from tests.browser.support.chromium import Recorder
from tests.browser.support.results import SMALL, hand_in
from tests.support.publications import publication
from tests.support.service_process import Served, serving

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
STRANGER = MinisignSecretKey.make(b"annaanna", bytes(range(200, 232)))
LARGE = SMALL + tuple(PublishedSignature(f"Мікалай {at}", "", "") for at in range(800))


def made(signatures: tuple[PublishedSignature, ...], number: int = 1, previous: bytes | None = None) -> bytes:
    """The bytes of a publication of these and 51 signatures that are not named."""
    public = len(signatures)
    return publication(
        (),
        counts=Counts(public + 60, 1, 2, 3, 4, public, 51),
        signatures=signatures,
        receipts=tuple(f"{at:016x}" for at in range(public + 51)),
        number=number,
        previous=digest(previous) if previous else None,
    )


FIRST = made(SMALL)
SECOND = made(SMALL[1:], 2, FIRST)
THIRD = made(LARGE, 3, SECOND)


@pytest.fixture(scope="module")
def shown(settle: Callable[[str], Settings], minisign_keys: Keys) -> Iterator[Served]:
    """A site that shows the first publication, signed by both organizers; one for all tests that only read."""
    settings = settle("result")
    with serving(settings, settings.data.with_name("log")) as site:
        hand_in(site, FIRST, *minisign_keys)
        yield site


@pytest.fixture
def page(tab: Page) -> Page:
    """A tab of a phone that is used again."""
    return tab


def verdict(page: Page, name: str) -> None:
    """This verdict is shown, and no other."""
    expect(page.locator(f"[data-verdict={name}]")).to_be_visible(timeout=20_000)
    assert page.locator("[data-verdict]:visible").count() == 1


def changing(what: str, into: str) -> Callable[[Route], None]:
    """A hand on the way from the site to the browser."""

    def change(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert re.search(what, text), what
        route.fulfill(response=answer, body=re.sub(what, into, text, count=1))

    return change


@pytest.mark.parametrize("address", ["en/", "be/", "en/result", "ru/result-2"])
def test_an_honest_page_says_who_signed_and_how_many_are_counted(
    page: Page, shown: Served, recorder: Recorder, address: str
) -> None:
    """By itself when the file is small; everything comes from the site, and nothing is sent to it."""
    page.goto(f"{shown.url}/{address}")
    verdict(page, "good")
    told = page.locator("[data-verdict=good]")
    for words in ("anna, boris", "272"):
        expect(told).to_contain_text(words)
    assert [request.method for request in recorder.requests if not request.url.startswith("data:")] == ["GET"] * 4
    assert all(request.url.startswith((shown.url, "data:")) for request in recorder.requests)


@pytest.mark.parametrize(
    ("address", "what", "into"),
    [
        ("en/", '(data-count="total">)272', r"\g<1>273"),
        ("en/result", '(data-count="counts.nonpublic">)51', r"\g<1>52"),
        ("en/result", '(data-count="counts.rejected">)3', r"\g<1>0"),
        ("be/", "(data-day datetime=.2026-11-21.>)21", r"\g<1>20"),
        ("en/", "Аляксандра 1<", "Аляксандра Сямёнава<"),
        ("en/result", '<li><bdi class="name">Аляксандра 7<.*</li>\n', ""),
        ("en/result", '(<ul class="people" data-names[^>]*>)', r'\1<li><bdi class="name">Нехта</bdi></li>'),
        ("en/result", '(data-names="[0-9]+ )[0-9]+', r"\g<1>0"),
        ("en/result", '(data-names="[0-9]+ )[0-9]+', r"\g<1>9999"),
        ("en/result-2", "сястра", "брат"),
        ("en/result-2", '<bdi class="whose">Ян', '<bdi class="whose">Яна'),
        ("en/result", "(data-digest>)[0-9a-f]{8}", r"\g<1>00000000"),
    ],
)
def test_a_page_that_shows_anything_else_is_not_to_be_trusted(
    page: Page, shown: Served, address: str, what: str, into: str
) -> None:
    """A number, the day, a name, a relation, a prisoner, a name left out, added or at another place, the digest."""
    page.route(f"{shown.url}/{address}", changing(what, into))
    page.goto(f"{shown.url}/{address}")
    verdict(page, "differs")
    warning = {"en": "Do not trust this page", "be": "Не давярайце гэтай старонцы"}[address[:2]]
    expect(page.get_by_role("alert")).to_contain_text(warning)


def fulfilling(body: str | bytes, status: int = 200) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body)


def test_files_that_the_organizers_did_not_sign_are_not_to_be_trusted(
    context: BrowserContext, shown: Served, minisign_keys: Keys
) -> None:
    """A minisig of another file, a key that is not pinned, a changed file, no minisig at all."""
    answers = [
        ("**/*.minisig", fulfilling(sign(minisign_keys[0], FIRST + b" ", "c"))),
        ("**/*.minisig", fulfilling(sign(STRANGER, FIRST, "c"))),
        ("**/*.minisig", fulfilling("rubbish")),
        ("**/*.minisig", fulfilling("", 404)),
        ("**/publication.json", fulfilling(FIRST.replace(b'"number": 1', b'"number": 2'))),
    ]
    pages = []
    for address, answer in answers:
        pages.append(context.new_page())
        pages[-1].route(address, answer)
        pages[-1].goto(f"{shown.url}/en/")
    for page in pages:
        verdict(page, "unsigned")
        expect(page.get_by_role("alert")).to_contain_text("have not signed it")


def test_a_result_that_is_just_arriving_raises_no_alarm(page: Page, shown: Served, minisign_keys: Keys) -> None:
    """File and minisig of different seconds do not fit; a moment later they do."""
    page.route("**/*.minisig", fulfilling(sign(minisign_keys[0], SECOND, "c")), times=2)
    page.goto(f"{shown.url}/en/")
    verdict(page, "good")


def test_one_organizer_less_is_told_when_the_threshold_allows_it(
    page: Page, shown: Served, minisign_keys: Keys
) -> None:
    """Only those are named whose minisig verifies."""
    page.route("**/*.boris.minisig", fulfilling(sign(minisign_keys[1], FIRST + b" ", "c")))
    page.goto(f"{shown.url}/en/result")
    verdict(page, "good")
    expect(page.locator("[data-verdict=good]")).to_contain_text("Signed by anna.")


def test_what_organizers_signed_by_mistake_is_told_as_damaged(page: Page, shown: Served, minisign_keys: Keys) -> None:
    """Signed, but the numbers contradict one another, or it is another appeal's."""
    for changed in (FIRST.replace(b'"total": 272', b'"total": 999'), FIRST.replace(b'"appeal": "6f', b'"appeal": "00')):
        assert changed != FIRST
        page.route("**/publication.json", fulfilling(changed))
        page.route("**/*.minisig", fulfilling(sign(minisign_keys[0], changed, "c")))
        page.goto(f"{shown.url}/en/")
        verdict(page, "damaged")
        page.unroute_all()


def test_another_signed_result_than_the_one_shown_is_told_apart(page: Page, shown: Served, minisign_keys: Keys) -> None:
    """Newer: reload. Older than what the page claims to be: do not trust."""
    page.route("**/publication.json", fulfilling(SECOND))
    page.route("**/*.minisig", fulfilling(sign(minisign_keys[0], SECOND, "c")))
    page.goto(f"{shown.url}/en/")
    verdict(page, "newer")
    page.unroute_all()
    page.route(f"{shown.url}/en/", changing('data-number="1"', 'data-number="2"'))
    page.goto(f"{shown.url}/en/")
    verdict(page, "older")


def test_without_a_connection_nothing_is_claimed_and_one_can_try_again(page: Page, shown: Served) -> None:
    """Not reached is neither good nor bad; nor is a service that is down."""
    for broken in (lambda route: route.abort(), fulfilling("", 503)):
        page.route("**/publication.json", broken)
        page.goto(f"{shown.url}/en/")
        verdict(page, "unreached")
        page.unroute_all()
        page.get_by_role("button", name="Check again").click()
        verdict(page, "good")


@pytest.fixture
def large(settings: Settings, tmp_path: Path, minisign_keys: Keys) -> Iterator[Served]:
    """A site that shows the third publication, of a thousand names."""
    with serving(settings, tmp_path / "log") as site:
        for data in (FIRST, SECOND, THIRD):
            hand_in(site, data, minisign_keys[0])
        yield site


def test_a_large_result_is_downloaded_only_when_asked_for(page: Page, large: Served, recorder: Recorder) -> None:
    """The button says how much; then it is checked like a small one."""
    page.goto(f"{large.url}/en/result")
    verdict(page, "offered")
    page.wait_for_load_state("networkidle")
    assert not [request for request in recorder.requests if "publication" in request.url]
    button = page.get_by_role("button", name="Check it now")
    expect(button).to_contain_text("kB")
    button.click()
    verdict(page, "good")
    expect(page.locator("[data-verdict=good]")).to_contain_text("result number 3 and counts 1072 people")


@pytest.fixture
def unscripted(browser: Browser) -> Iterator[Page]:
    """A small phone that runs no script."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_search_and_pages_work_without_script_and_leave_no_query_behind(unscripted: Page, shown: Served) -> None:
    """The address is the same before and after; pages of the list are plain links."""
    page = unscripted
    page.goto(f"{shown.url}/en/result")
    assert page.locator("[data-verdict]:visible").count() == 0
    page.get_by_label("Find a name").fill("Aleksandra 7")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("11 people found for “Aleksandra 7”.")).to_be_visible()
    expect(page.locator("[data-names] li").first).to_have_text("Аляксандра 7, сястра (Ян)")
    assert page.url == f"{shown.url}/en/result#names"
    page.get_by_role("link", name="Show all names").click()
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("[data-names] li")).to_have_count(21)
    assert page.url == f"{shown.url}/en/result-2#names"
    page.get_by_label("Find a name").fill("sjastra")
    page.get_by_label("Find a name").press("Enter")
    expect(page.locator("[data-names] li")).to_have_count(200)
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("[data-names] li")).to_have_count(20)
    assert page.url == f"{shown.url}/en/result#names"


def test_found_names_are_compared_with_the_signed_file_too(page: Page, shown: Served) -> None:
    """A search adds nobody."""
    page.goto(f"{shown.url}/en/result")
    page.get_by_label("Find a name").fill("Аляксандра 7")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("[data-names] li")).to_have_count(11)
    verdict(page, "good")
    page.route(f"{shown.url}/en/result*", changing("Аляксандра 71<", "Аляксандра Сямёнава<"))
    page.get_by_role("button", name="Find").click()
    verdict(page, "differs")


@pytest.mark.parametrize("address", ["en/", "be/result"])
def test_long_names_fit_a_small_screen(context: BrowserContext, shown: Served, address: str) -> None:
    """320 px wide, also with letters twice as large, and nothing to scroll sideways."""
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{shown.url}/{address}")
    verdict(page, "good")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    widest = (
        "Math.max(...Array.from(document.querySelectorAll('#result *'), (each) => each.getBoundingClientRect().right))"
    )
    assert page.evaluate(widest) <= 320
