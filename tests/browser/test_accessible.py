"""Every page in every state, for people who see, hear, read or point differently."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from serving import ROOT

from browser.states import LANGUAGES, STATES, all_sites, reach
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
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
  '.choice label, .languages a, a.go, a.leave, a.way, a.onward, nav a')]
  .filter((element) => element.offsetParent && getComputedStyle(element).visibility === 'visible')
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 43.9)
  .map(([html, { width, height }]) => `${Math.round(width)}x${Math.round(height)} ${html}`)"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => element.outerHTML.slice(0, 80)).slice(-3)"""

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


def look(page: Page, scheme: str, size: dict[str, int]) -> Any:
    """What axe finds in the state at hand."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return page.evaluate(RUN)


@pytest.mark.parametrize(("at", "name"), list(enumerate(STATES)), ids=list(STATES))
def test_axe_finds_nothing_in_any_state(tab: Page, sites: Sites, tmp_path: Path, at: int, name: str) -> None:
    """Every state, in one language and one look after the other."""
    tab.set_viewport_size(PHONE)
    reach(tab, STATES[name], sites, LANGUAGES[at % len(LANGUAGES)], tmp_path)
    assert look(tab, *LOOKS[at % len(LOOKS)]) == []


@pytest.mark.long
@pytest.mark.parametrize(("language", "name"), list(product(LANGUAGES, STATES)))
def test_axe_finds_nothing_in_any_state_language_and_look(
    tab: Page, sites: Sites, tmp_path: Path, language: str, name: str
) -> None:
    """Every state in every language, light and dark, on a phone and on a desk."""
    tab.set_viewport_size(PHONE)
    reach(tab, STATES[name], sites, language, tmp_path)
    assert {f"{scheme} {size['width']}": look(tab, scheme, size) for scheme, size in LOOKS} == {
        f"{scheme} {size['width']}": [] for scheme, size in LOOKS
    }
