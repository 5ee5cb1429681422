"""The same in Chromium, in Chromium without its compiler, and in Firefox as Tor Browser's level "Safer" leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from crypto.code import check_code, commitment, receipt
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import OpenedSignature, OpenedWithdrawal
from crypto.text_parts import read_text
from service.appeal_reader import EXIT
from service.settings import Settings
from tests.browser.support.engines import SCRIPTLESS, Engine, driven
from tests.browser.support.results import hand_in
from tests.support.envelopes import Arrived, held
from tests.support.older_text import armor
from tests.support.publications import publication
from tests.support.sample_appeal import CODE
from tests.support.service_process import Served, free_port, serving
from tests.support.twins import open_envelope

Opened = list[Any]
Minisigns = tuple[MinisignSecretKey, MinisignSecretKey]
TYPED = "[...document.querySelectorAll('input:not([type=radio]), textarea')].map((field) => field.value).join('')"
TRACES = """(async () => [
  document.cookie, localStorage.length, sessionStorage.length, window.name,
  (await indexedDB.databases()).length, window.caches ? (await caches.keys()).length : 0,
  navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
])()"""
NO_TRACES = ["", 0, 0, "", 0, 0, 0]


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings], minisign_keys: Minisigns) -> Iterator[Served]:
    """A service that knows its own address."""
    settings, port = settle("engines"), free_port()
    toml = settings.appeal / "appeal.toml"
    toml.write_text(f'addresses = ["http://127.0.0.1:{port}"]\n' + toml.read_text("utf-8"), "utf-8")
    with serving(settings, settings.data.with_name("log"), port) as site:
        hand_in(
            site,
            publication(receipts=tuple(sorted([receipt(commitment(CODE)), *("0" * 15 + c for c in "1234")]))),
            minisign_keys[0],
        )
        yield site


@pytest.fixture
def arrived(site: Served, key: OrganizersKey) -> Callable[[], Opened]:
    """What the organizers' key opens of that which came since the test began."""
    came = Arrived(site.settings.store)
    return lambda: [open_envelope(key, envelope) for envelope in held(came)]


def ready(engine: Engine, url: str) -> None:
    engine.open(url)
    engine.visible("#submit")


def sign(engine: Engine, name: str, *, public: bool = False) -> None:
    if public:
        engine.click("label[for=public]")
    engine.type("#name", name)
    engine.click("#submit")


def test_signatures_of_both_kinds_arrive_and_leave_no_trace(
    engine: Engine, site: Served, arrived: Callable[[], Opened]
) -> None:
    """The organizers' key opens them; the page keeps nothing, moves nowhere, and asks nobody else."""
    ready(engine, f"{site.url}/be/")
    title = engine.evaluate("document.title")
    sign(engine, "Ірына Сямёнаўна О’Ніл")
    engine.focused("#sent")
    assert engine.evaluate(TYPED) == ""
    engine.click("#another")
    sign(engine, "Ян", public=True)
    engine.focused("#sent")
    assert {(each.signature.name, each.signature.public) for each in arrived()} == {
        ("Ірына Сямёнаўна О’Ніл", False),
        ("Ян", True),
    }
    assert engine.evaluate(TRACES) == NO_TRACES
    assert (engine.do("url"), engine.evaluate("document.title")) == (f"{site.url}/be/", title)
    assert {each["url"].startswith(site.url) for each in engine.asked} == {True}
    assert [each["url"] for each in engine.asked if each["method"] == "POST"] == [f"{site.url}/envelopes"] * 2


def test_a_signature_is_taken_back_with_the_code_that_was_shown(
    engine: Engine, site: Served, arrived: Callable[[], Opened]
) -> None:
    """The code belongs to the envelope that was sent."""
    ready(engine, f"{site.url}/en/")
    sign(engine, "Ян")
    engine.click("#show-code")
    code = engine.do("text", on="#code")
    ready(engine, f"{site.url}/en/withdraw")
    engine.type("#typed-code", code)
    engine.click("#submit")
    engine.focused("#sent")
    (signature,) = [each for each in arrived() if isinstance(each, OpenedSignature)]
    (withdrawal,) = [each for each in arrived() if isinstance(each, OpenedWithdrawal)]
    assert commitment(check_code(withdrawal.code)) == signature.commitment == commitment(check_code(code))


def test_the_result_is_verified_and_a_code_found_in_it(engine: Engine, site: Served) -> None:
    """The organizers' minisign signatures are checked by this browser."""
    engine.open(f"{site.url}/en/check")
    engine.type("#typed-code", CODE)
    engine.click("#look")
    engine.focused("#counted")
    engine.open(f"{site.url}/en/result")
    engine.visible("[data-verdict=good]")


def test_the_file_signs_from_disk(
    engine: Engine, site: Served, key: OrganizersKey, arrived: Callable[[], Opened], tmp_path: Path
) -> None:
    """It gives the sealed text without asking anyone, and sends it if that is wanted."""
    path = tmp_path / "sign.be.html"
    with urlopen(f"{site.url}/be/sign.html") as answer:
        path.write_bytes(answer.read())
    ready(engine, path.as_uri())
    engine.click("label[for=way-text]")
    sign(engine, "Тэкстам")
    engine.focused("#sent")
    found = open_envelope(key, read_text(engine.value("#part-1") + engine.value("#part-2")))
    assert isinstance(found, OpenedSignature)
    assert found.signature.name == "Тэкстам"
    assert engine.asked == []
    engine.click("#another")
    engine.click("label[for=way-1]")
    sign(engine, "Сеткай")
    engine.focused("#sent")
    assert [each.signature.name for each in arrived()] == ["Сеткай"]


def test_a_bad_network_is_told_and_survived(engine: Engine, site: Served, arrived: Callable[[], Opened]) -> None:
    """A lost connection, a busy service: it arrives, once."""
    ready(engine, f"{site.url}/en/")
    engine.meets("/envelopes", "abort", 503)
    sign(engine, "Ян")
    engine.visible("[data-state=retrying]")
    engine.visible("#sent")
    assert len(arrived()) == 1
    assert [each["url"] for each in engine.asked if each["method"] == "POST"] == [f"{site.url}/envelopes"] * 3


def test_refusals_are_told_in_words_and_nothing_is_lost(
    engine: Engine, site: Served, arrived: Callable[[], Opened]
) -> None:
    """One sentence for each, the focus on it, and what was typed stays."""
    ready(engine, f"{site.url}/be/")
    engine.type("#name", "Ян")
    refusals = {409: "Старонка састарэла", 400: "Сэрвіс гэта не прыняў", 403: "больш не збірае подпісаў"}
    engine.meets("/envelopes", *refusals)
    for words in refusals.values():
        engine.click("#submit")
        engine.says("#failed", words)
        engine.focused("#failed")
        assert engine.value("#name") == "Ян"
    assert arrived() == []


def test_the_quick_exit_leaves_nothing_behind(engine: Engine, site: Served) -> None:
    """By its link and by Escape; the next page takes this page's place in the history."""
    for leave in (lambda: engine.click("#leave"), lambda: [engine.do("press", key="Escape") for _ in range(3)]):
        engine.meets(EXIT, "page")
        engine.open(f"{site.url}/en/how")
        ready(engine, f"{site.url}/en/")
        engine.type("#name", "Ян")
        entries = engine.evaluate("history.length")
        leave()
        engine.do("arrived", url=EXIT)
        engine.says("p", "Weather")
        assert engine.evaluate("history.length") == entries
        engine.do("back")
        assert engine.do("url") == f"{site.url}/en/how"


def test_the_back_button_finds_an_empty_form(engine: Engine, site: Served) -> None:
    """What was typed is gone, as the code is."""
    ready(engine, f"{site.url}/en/")
    engine.type("#name", "Ян")
    engine.open(f"{site.url}/en/how")
    engine.do("back")
    engine.visible("#submit")
    assert engine.evaluate(TYPED) == ""
    sign(engine, "Ян")
    engine.click("#show-code")
    engine.visible("#code")
    engine.open(f"{site.url}/en/how")
    engine.do("back")
    engine.visible("#submit")
    assert engine.do("text", on="#code") == ""


@pytest.mark.parametrize("name", SCRIPTLESS)
def test_a_sealed_text_is_handed_in_without_any_script(
    name: str, site: Served, arrived: Callable[[], Opened], envelope: bytes
) -> None:
    """The letter says that scripts are off; the form takes the envelope nevertheless."""
    with driven(name) as engine:
        engine.do("fresh")
        engine.open(f"{site.url}/en/")
        engine.says("#not-started noscript", "scripts are switched off")
        engine.open(f"{site.url}/en/hand-in")
        engine.type("#envelope", armor(envelope))
        engine.click("#submit")
        engine.says("#outcome", "Handed in.")
    assert [each.signature.name for each in arrived() if isinstance(each, OpenedSignature)] == ["Марыя Прыклад"]
