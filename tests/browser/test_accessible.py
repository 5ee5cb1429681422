"""Every page in every state, for people who see, hear, read or point differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from service.site.rendering import TEMPLATES
from tests.browser.support.states import FILE, STATES, all_sites, reach
from tests.support.paths import ROOT
from tests.support.sample_appeal import LANGUAGES

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NARROW = {"width": 320, "height": 640}
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LOOKS = [(scheme, size) for scheme in ("light", "dark") for size in (PHONE, DESKTOP)]
# Everything axe knows, its experiments and the strictest level of WCAG excepted. What it could not decide counts, too,
# but for the colours of a field that is empty. The bar at the top would lie over what axe looks at.
RUN = """async () => {
  const bar = document.getElementById('exit');
  if (bar) bar.style.position = 'static';
  const found = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations', 'incomplete'],
  });
  return [...found.violations, ...found.incomplete]
    .map(({ id, nodes }) => [id, nodes
      .map(({ target, failureSummary }) => [target.join(' '), failureSummary])
      .filter(([, words]) => !words.includes('Element has no value'))])
    .filter(([, nodes]) => nodes.length);
}"""
# Links inside a sentence may be smaller (WCAG 2.5.8 excepts them); the rest is for a thumb.
SMALL_TARGETS = """() => [...document.querySelectorAll(
  'button, input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select, summary, ' +
  '.choice, .languages a, a.go, a.leave, a.way, a.onward, nav a')]
  .filter((element) => element.offsetParent && getComputedStyle(element).visibility === 'visible')
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 43.9)
  .map(([html, { width, height }]) => `${Math.round(width)}x${Math.round(height)} ${html}`)"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => element.outerHTML.slice(0, 80)).slice(-3)"""

MOVING = (
    "() => document.getAnimations().map((each) => String(each.effect && each.effect.target && each.effect.target.id))"
)
# Where the focus is, how far down, and whether it can be seen: in view, under nothing, with an outline of its own.
# Over a choice lies its own label.
FOCUSED = """() => {
  const element = document.activeElement;
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return [
    element.id || element.className || element.localName,
    Math.round(top + scrollY),
    (element.closest('.choice') || element).contains(above) &&
      outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
  ];
}"""

Sites = dict[str, str]


@pytest.fixture(scope="module")
def sites(
    tmp_path_factory: pytest.TempPathFactory,
    key: OrganizersKey,
    minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey],
) -> Iterator[Sites]:
    """The service in every state of an appeal."""
    with all_sites(tmp_path_factory.mktemp("states"), key, minisign_keys) as addresses:
        yield addresses


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all, without motion; axe stands in every page before the page's own script, outside its policy."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


def misfits(page: Page) -> dict[str, Any]:
    """What stands out at the side, also with text of double size, and what is too small for a thumb."""
    found = {"narrow": page.evaluate(TOO_WIDE), "small": page.evaluate(SMALL_TARGETS)}
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    found["large"] = page.evaluate(TOO_WIDE)
    page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    return found


def look(page: Page, scheme: str, size: dict[str, int]) -> Any:
    """What axe finds in the state at hand."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return page.evaluate(RUN)


@pytest.mark.parametrize(("at", "name"), list(enumerate(STATES)), ids=list(STATES))
def test_every_state_is_for_everyone(tab: Page, sites: Sites, tmp_path: Path, at: int, name: str) -> None:
    """No sideways scrolling at 320 pixels and with 200 % of the text, 44 pixels for a thumb, no motion; axe is content.

    In one language and one look after the other; the long proof has them all.
    """
    tab.set_viewport_size(NARROW)
    reach(tab, STATES[name], sites, LANGUAGES[at % len(LANGUAGES)], tmp_path)
    assert tab.evaluate(MOVING) == []
    assert misfits(tab) == {"narrow": [], "small": [], "large": []}
    tab.set_viewport_size(PHONE)
    assert look(tab, *LOOKS[at % len(LOOKS)]) == []


def test_a_letter_is_signed_with_the_keyboard_alone(browser: Browser, sites: Sites) -> None:
    """From the top of the page, by Tab, arrows, space and Enter; the focus goes down the page and can be seen."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{sites['open']}/be/")
    expect(page.locator("#submit")).to_be_visible()
    passed: list[tuple[str, float]] = []
    typed = {"name": "Ян", "relation": "брат", "vouch": "бусел", "message": "Трымайцеся"}
    while not passed or passed[-1][0] != "submit":
        page.keyboard.press("Tab")
        name, top, seen = page.evaluate(FOCUSED)
        assert seen, f"the focus on {name} cannot be seen"
        passed.append((name, top))
        if name == "nonpublic":
            page.keyboard.press("ArrowDown")
        elif name == "summary":
            page.keyboard.press("Enter")
        elif name in typed:
            page.keyboard.type(typed.pop(name))
        assert len(passed) < 60, passed
    names = [name for name, _ in passed]
    assert typed == {}
    assert names[:2] == ["skip", "leave"]
    tops = [top for _, top in passed[2:]]
    assert tops == sorted(tops)
    fields = ["nonpublic", "name", "relation", "prisoner", "summary", "vouch", "contact", "message", "submit"]
    assert names[names.index("nonpublic") :] == fields
    page.keyboard.press("Enter")
    expect(page.locator("#sent")).to_be_focused()
    while page.evaluate(FOCUSED)[0] != "show-code":
        page.keyboard.press("Tab")
    page.keyboard.press(" ")
    expect(page.locator("#code")).to_have_text(re.compile(r"^(\d{5} ?){5}$"))
    context.close()


def test_what_a_screen_reader_is_told_of_the_form(tab: Page, sites: Sites, tmp_path: Path) -> None:
    """Names, groups, hints and mistakes, as the browser hands them on."""
    reach(tab, STATES["mistakes"], sites, "en", tmp_path)
    expect(tab.locator("#visibility")).to_match_aria_snapshot(
        """
        - group "How do you want to sign?":
          - radio "Non-publicly"
          - text: Non-publicly
          - paragraph: Only the organizers will see your name. You are counted, and your name is not published.
          - radio "Publicly" [checked]
        """
    )
    name = tab.get_by_role("textbox", name="Your name")
    expect(name).to_have_accessible_description(re.compile("As you write it yourself.*Please write your name.$"))
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()


@pytest.mark.parametrize("name", ["mistakes", "refused", "sent", "retrying", "result that differs"])
def test_nothing_is_told_by_colour_alone(tab: Page, sites: Sites, tmp_path: Path, name: str) -> None:
    """Each message is words, and what surrounds it has a border that stays when the browser takes all colours."""
    reach(tab, STATES[name], sites, "en", tmp_path)
    tab.emulate_media(forced_colors="active")
    told = tab.locator(".error:visible, .state:visible").all()
    assert told
    for each in told:
        assert len(each.inner_text()) > 10
        width = each.evaluate("(element) => parseFloat(getComputedStyle(element).borderLeftWidth)")
        assert width > 0 or "error" in str(each.get_attribute("class"))
    tab.emulate_media(forced_colors="none")


def test_every_page_is_among_the_states() -> None:
    """A new page is not judged before somebody said in which states a person finds it."""
    assert {*TEMPLATES, FILE} <= {state.path for state in STATES.values()}


@pytest.mark.control
def test_a_page_that_is_not_for_everyone_is_found(tab: Page, sites: Sites, tmp_path: Path) -> None:
    """Pale words, a field without a name, a button for a needle, a line that stands out: each is told."""
    reach(tab, next(iter(STATES.values())), sites, "en", tmp_path)
    assert (look(tab, *LOOKS[0]), misfits(tab)) == ([], {"narrow": [], "small": [], "large": []})
    tab.evaluate(
        """() => {
          for (const [name, style] of [
            ['p', 'color: #ddd; background: #fff; width: 2000px'],
            ['input', ''],
            ['button', 'min-height: 0; height: 9px; width: 9px'],
          ]) {
            const element = document.querySelector('main').appendChild(document.createElement(name));
            element.textContent = 'x';
            element.style.cssText = style;
          }
        }"""
    )
    assert len(look(tab, *LOOKS[0])) >= 2
    found = misfits(tab)
    assert found["narrow"]
    assert found["small"]


@pytest.mark.long
@pytest.mark.parametrize(("language", "name"), list(product(LANGUAGES, STATES)))
def test_axe_finds_nothing_in_any_state_language_and_look(
    tab: Page, sites: Sites, tmp_path: Path, language: str, name: str
) -> None:
    """Every state in every language, light and dark, on a phone and on a desk; and nothing stands out at the side."""
    tab.set_viewport_size(NARROW)
    reach(tab, STATES[name], sites, language, tmp_path)
    assert misfits(tab) == {"narrow": [], "small": [], "large": []}
    assert {f"{scheme} {size['width']}": look(tab, scheme, size) for scheme, size in LOOKS} == {
        f"{scheme} {size['width']}": [] for scheme, size in LOOKS
    }
