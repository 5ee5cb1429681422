"""What browsers leave on the disk of whoever signed: the address, and nothing of what was typed or shown.

The whole folder of a profile is searched, while the page is open, and after the browser was closed; also inside the
files that Firefox compresses. Firefox keeps what was typed into fields for the case that it breaks down, and what was
sent with forms; both are asked of it here, at a short interval.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto.minisign import MinisignSecretKey
from service.settings import Settings
from tests.browser.support.engines import Engine, driven
from tests.browser.support.profile_files import contents
from tests.browser.support.results import hand_in
from tests.support.publications import publication
from tests.support.service_process import Served, serving
from tests.support.spellings import whole_in

TYPED = {
    "name": "Ядвіга Непаўторная",
    "relation": "траюрадная пляменніца",
    "prisoner": "Язэп Невядомы",
    "vouch": "бусел-сорак-два",
    "contact": "@nihto_ne_viedaje",
    "message": "Пішу з-пад Смаргоні",
}
CODE = "7391846205518273940617283"
SEARCHED = "Кацярына Шуканая"
ENVELOPE = "Гэта яшчэ не канверт"
SECRETS = [*TYPED.values(), CODE, SEARCHED, ENVELOPE]
# A field that another program might put into the page: once it is kept, the others were looked at, too.
PLANTED = "пасаджанае"
PLANT = "document.body.prepend(Object.assign(document.createElement('input'), { id: 'planted' }))"
EAGER: dict[str, object] = {
    "browser.sessionstore.interval": 500,
    "browser.sessionstore.interval.idle": 500,
    "browser.sessionstore.resume_from_crash": True,
    "browser.sessionstore.privacy_level": 0,
    "browser.formfill.enable": True,
    "places.history.enabled": True,
}
# The ordinary tests of leaving look into Chromium's folder, too (test_leaving.py).
ENGINE_NAMES = [pytest.param("chromium", marks=pytest.mark.long), "firefox-safer"]
# Where Firefox keeps open pages in case it breaks down.
KEPT_OPEN = ("sessionstore-backups",)


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings], minisign_keys: tuple[MinisignSecretKey, ...]) -> Iterator[Served]:
    """A service with a result, so that every page has its fields."""
    settings = settle("profiles")
    with serving(settings, settings.data.with_name("log")) as served:
        hand_in(served, publication(), minisign_keys[0])
        yield served


def until(happened: Callable[[], bool]) -> None:
    """Until a browser has written something; AssertionError after a while."""
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        threading.Event().wait(0.1)


def keeps(profile: Path, words: str) -> bool:
    """Whether a browser has written what is open, with these words in it."""
    return any(words.encode() in data for place in KEPT_OPEN for data in contents(profile / place).values())


def found(profile: Path) -> dict[str, list[str]]:
    """What stands of the secrets in which file."""
    return {str(path): told for path, data in contents(profile).items() if (told := whole_in(data, SECRETS))}


def write_all(engine: Engine) -> None:
    """Everything that the letter's form takes."""
    for field, text in TYPED.items():
        if field == "vouch":
            engine.click("#more summary")
        engine.type(f"#{field}", text)


def go_through(engine: Engine, site: Served) -> str:
    """Every page on which something can be typed; returns the code that was shown."""
    engine.click("#submit")
    engine.visible("#sent")
    engine.click("#show-code")
    engine.visible("#code")
    shown = str(engine.do("text", on="#code"))
    for page, button in (("withdraw", "#submit"), ("check", "#look")):
        engine.open(f"{site.url}/en/{page}")
        engine.type("#typed-code", CODE)
        engine.click(button)
        engine.visible("#sent" if page == "withdraw" else "#not-counted")
    engine.open(f"{site.url}/en/result")
    engine.type("#q", SEARCHED)
    engine.do("press", key="Enter")
    engine.visible("#q")
    engine.open(f"{site.url}/en/hand-in")
    engine.type("#envelope", ENVELOPE)
    engine.click("#submit")
    engine.visible("#envelope-error")
    return shown


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_a_profile_keeps_nothing_that_was_typed(name: str, site: Served, tmp_path: Path) -> None:
    """While it is open and when it was closed; the visit itself is kept, as the page says."""
    with driven(name, profile=tmp_path, prefs=EAGER) as engine:
        engine.do("fresh")
        engine.open(f"{site.url}/en/")
        engine.visible("#submit")
        write_all(engine)
        if "firefox" in name:
            engine.evaluate(PLANT)
            engine.type("#planted", PLANTED)
            until(lambda: keeps(tmp_path, PLANTED))
        while_open = found(tmp_path)
        shown = go_through(engine, site)
    assert while_open == {}
    assert found(tmp_path) == {}
    together = b"".join(contents(tmp_path).values())
    assert whole_in(together, [shown, shown.replace(" ", "")]) == []
    assert f"{site.url}/en/".encode() in together


@pytest.mark.control
@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_a_page_whose_fields_are_ordinary_is_found_in_the_profile(name: str, tmp_path: Path) -> None:
    """The control: fields as other sites have them, in a form that is sent as an address."""
    profile, page = tmp_path / "profile", tmp_path / "page.html"
    profile.mkdir()
    page.write_text("<!doctype html><title>x</title><form><input id=name name=name><button id=go>x</button></form>")
    with driven(name, profile=profile, prefs=EAGER) as engine:
        engine.do("fresh")
        engine.open(page.as_uri())
        engine.type("#name", TYPED["name"])
        if "firefox" in name:
            until(lambda: keeps(profile, TYPED["name"]))
        engine.click("#go")
        engine.visible("#name")
    assert TYPED["name"] in {each for told in found(profile).values() for each in told}
