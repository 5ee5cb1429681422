"""What browsers and their programs make of a page innocently: it raises no alarm, and the reader is told what it is.

Each change is made as the program makes it that is named: its elements, its attributes, and what it leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from crypto.minisign import MinisignSecretKey
from service.settings import Settings
from tests.browser.support.results import hand_in
from tests.browser.support.states import result
from tests.support.service_process import Served, serving

Keys = tuple[MinisignSecretKey, MinisignSecretKey]

# Calls `change` for the nodes with words, of which a translation leaves some alone.
TEXTS = """
const texts = (obeys) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    const isCode = parentElement.closest('script, style, textarea');
    if (data.trim() && !isCode && !(obeys && parentElement.closest('[translate=no]'))) found.push(walker.currentNode);
  }
  return found;
};
const styled = (rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
};
const turned = (text) => text.replace(/\\p{L}/gu, 'x');
"""
# As Chrome does it, and Google's and Yandex's own programs: each text is put into elements of theirs.
WRAPPED = """
for (const text of texts(%s)) {
  const [outer, inner] = [document.createElement('%s'), document.createElement('%s')];
  inner.textContent = turned(text.data);
  outer.append(inner);
  text.replaceWith(outer);
}
"""
# As Firefox, Safari and Edge do it: the text is another one, and its element carries their notes.
REPLACED = """
for (const text of texts(true)) {
  text.parentElement.setAttribute('%s', '1');
  text.data = turned(text.data);
}
document.documentElement.lang = 'lt';
"""
TRANSLATIONS = {
    "chrome": WRAPPED % ("true", "font", "font")
    + "document.documentElement.classList.add('translated-ltr'); document.documentElement.lang = 'lt';",
    "yandex": WRAPPED % ("true", "ya-tr-span", "ya-tr-span"),
    "firefox": REPLACED % "data-moz-translations-id",
    "edge": REPLACED % "_msttexthash",
}
# Programs that change no word that was written.
OTHERS = {
    "dark-reader": """
        document.documentElement.setAttribute('data-darkreader-mode', 'dynamic');
        for (const each of document.querySelectorAll('body, body *')) {
          each.setAttribute('data-darkreader-inline-bgcolor', '');
          each.style.setProperty('--darkreader-inline-color', '#e8e6e3');
        }
        styled('body { color: #fff }');""",
    "ad-block": """
        styled('#share, .notice, [class*=share], #exit { display: none !important }');""",
    "grammarly": """
        document.body.setAttribute('data-gr-ext-installed', '');
        for (const each of document.querySelectorAll('textarea')) each.dataset.gramm = 'false';
        document.body.append(document.createElement('grammarly-desktop-integration'));""",
    "password-manager": """
        for (const each of document.querySelectorAll('input'))
          each.after(document.createElement('com-1password-button'));""",
    "hyphenation": """
        for (const text of texts(false)) text.data = text.data.replace(/(\\p{L}{2})(?=\\p{L})/gu, '$1\\u00ad');""",
    "breaks": "for (const text of texts(false)) text.data = text.data.replace(/(\\p{L}{5})/gu, '$1\\u200b');",
    "bold-beginnings": """
        for (const text of texts(false)) {
          const bold = document.createElement('b');
          bold.textContent = text.data.slice(0, 3);
          text.before(bold);
          text.data = text.data.slice(3);
        }""",
    "telephone-links": """
        for (const text of texts(false).filter(({ data }) => /^[\\d\\s]+$/.test(data))) {
          const link = document.createElement('a');
          link.href = 'tel:1';
          text.before(link);
          link.append(text);
        }""",
    "large-letters": "document.documentElement.style.fontSize = '200%';",
}
# A program that changes everything, whatever the page asks for.
RUTHLESS = WRAPPED % ("false", "font", "font")
NUMBERS = "for (const place of document.querySelectorAll('[data-count]')) place.textContent = '١٢';"
# Before the check begins: as soon as the page has been read, which is before all of it has loaded.
EARLY = "addEventListener('DOMContentLoaded', () => {{ {} }});"


@pytest.fixture(scope="module")
def shown(settle: Callable[[str], Settings], minisign_keys: Keys) -> Iterator[Served]:
    """A site that shows a result; one for all tests of this file."""
    settings = settle("translated")
    with serving(settings, settings.data.with_name("log")) as site:
        hand_in(site, result(), *minisign_keys)
        yield site


@pytest.fixture
def page(tab: Page) -> Page:
    """A tab of a phone that is used again."""
    return tab


def verdict(page: Page, name: str) -> None:
    """This verdict is shown, and no other."""
    expect(page.locator(f"[data-verdict={name}]")).to_be_visible()
    assert page.locator("[data-verdict]:visible").count() == 1


def open_changed(page: Page, address: str, change: str, early: bool) -> None:
    """Go there while a program changes the page: while it loads, or once it has been checked."""
    code = f"{{ {TEXTS} {change} }}"
    if early:
        page.add_init_script(EARLY.format(code))
        page.goto(address)
    else:
        page.goto(address)
        verdict(page, "good")
        page.evaluate(code)


@pytest.mark.parametrize("early", [True, False], ids=["early", "late"])
@pytest.mark.parametrize("address", ["be/", "en/result"])
@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translated_page_says_that_it_is_one_and_raises_no_alarm(
    page: Page, shown: Served, name: str, address: str, early: bool
) -> None:
    """Names and numbers stay what they are; only the month of the day is another word."""
    names = "Array.from(document.querySelectorAll('[data-names] .name'), (each) => each.textContent)"
    page.goto(f"{shown.url}/{address}")
    before = page.evaluate(names)
    open_changed(page, f"{shown.url}/{address}", TRANSLATIONS[name], early)
    expect(page.locator("#translated")).to_be_visible()
    verdict(page, "altered")
    assert page.evaluate(names) == before
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("early", [True, False], ids=["early", "late"])
@pytest.mark.parametrize("address", ["be/", "en/result"])
@pytest.mark.parametrize("name", OTHERS)
def test_programs_that_change_no_word_are_not_mentioned(
    page: Page, shown: Served, name: str, address: str, early: bool
) -> None:
    """The result is good, and nothing is said of a translation."""
    open_changed(page, f"{shown.url}/{address}", OTHERS[name], early)
    verdict(page, "good")
    expect(page.locator("#translated")).to_be_hidden()


@pytest.mark.parametrize("early", [True, False], ids=["early", "late"])
@pytest.mark.parametrize("change", [RUTHLESS, NUMBERS], ids=["everything", "digits"])
def test_names_and_numbers_that_were_changed_on_the_way_to_the_eye_are_told_as_that(
    page: Page, shown: Served, change: str, early: bool
) -> None:
    """It says that the site sent the right ones; it does not say that those are what one sees."""
    open_changed(page, f"{shown.url}/en/", change, early)
    verdict(page, "altered")


@pytest.mark.parametrize("change", [*TRANSLATIONS.values(), *OTHERS.values(), RUTHLESS, ""])
@pytest.mark.parametrize("marked", [False, True])
def test_the_alarm_rings_on_a_changed_page_too(page: Page, shown: Served, change: str, marked: bool) -> None:
    """The control: what the site sent is not what was signed, whatever a program did to it, or is claimed to have."""
    address = f"{shown.url}/en/"

    def tamper(route: Route) -> None:
        answer = route.fetch()
        body, count = re.subn(r'(data-count="total">)\d+', r"\g<1>999", answer.text())
        assert count
        mark = '<html class="translated-ltr" lang="lt">'
        route.fulfill(response=answer, body=re.sub("<html[^>]*>", mark, body) if marked else body)

    page.route(address, tamper)
    page.add_init_script(EARLY.format(f"{{ {TEXTS} {change} }}"))
    page.goto(address)
    verdict(page, "differs")
    expect(page.locator("[data-verdict=differs]")).to_have_attribute("role", "alert")


@pytest.mark.parametrize("path", ["", "withdraw", "hand-in", "check", "result"])
def test_every_page_on_which_something_is_done_says_that_it_was_translated(
    page: Page, shown: Served, path: str
) -> None:
    """And no longer, once the original is shown again."""
    page.goto(f"{shown.url}/en/{path}")
    expect(page.locator("#translated")).to_be_hidden()
    page.evaluate("window.kept = document.querySelector('h1').textContent")
    page.evaluate("document.querySelector('h1').textContent = 'Laiškas'")
    expect(page.locator("#translated")).to_be_visible()
    page.evaluate("document.querySelector('h1').textContent = window.kept")
    expect(page.locator("#translated")).to_be_hidden()


@pytest.mark.parametrize("name", [*TRANSLATIONS, *OTHERS])
def test_one_can_sign_on_a_page_that_was_changed(page: Page, shown: Served, name: str) -> None:
    """The form is read and sent as ever, and a mistake is counted right."""
    change = (TRANSLATIONS | OTHERS)[name]
    page.goto(f"{shown.url}/en/")
    page.evaluate(f"{{ {TEXTS} {change} }}")
    page.fill("#name", "Ян")
    page.click("#submit")
    expect(page.locator("#sent")).to_be_focused()
    page.click("#show-code")
    assert re.fullmatch(r"[0-9]{5}( [0-9]{5}){4}", page.inner_text("#code"))
    page.goto(f"{shown.url}/en/withdraw")
    page.evaluate(f"{{ {TEXTS} {change} }}")
    page.fill("#typed-code", "123")
    page.click("#submit")
    expect(page.locator("#typed-code-error")).to_contain_text("3.")
