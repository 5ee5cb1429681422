"""Devices whose clocks are wrong, and pages that stay open for days: what is sealed is sealed to the key of the day."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from crypto.keys import KEY_ID_SIZE, KeyId, OrganizersKey
from crypto.text_parts import read_text
from service.settings import Settings
from tests.browser.support.engines import Engine
from tests.support.envelopes import Arrived, held
from tests.support.sample_appeal import APPEAL_ID
from tests.support.service_process import Served, serving

OLD, LATER = (OrganizersKey.derive(bytes(range(at, at + 32)), APPEAL_ID) for at in (1, 2))
DAY = 86_400_000
# A device whose clock is `moved` milliseconds wrong. It is set anew, or has slept, when a test changes that number; its
# other clock has counted on by `counted`.
DEVICE = """
const [Real, now, count] = [Date, Date.now, performance.now.bind(performance)];
window.moved = MOVED;
window.counted = 0;
window.Date = class extends Real {
  constructor(...given) {
    super(...(given.length ? given : [now() + window.moved]));
  }
  static now() {
    return now() + window.moved;
  }
};
performance.now = () => count() + window.counted;
"""


def day(shift: int) -> date:
    """A day as far from today; the service runs by the real clock."""
    return datetime.now(UTC).date() + timedelta(shift)


def since_1970(year: int) -> int:
    """Milliseconds by which a clock that stands at the beginning of this year is wrong."""
    return int((datetime(year, 1, 2, tzinfo=UTC) - datetime.now(UTC)).total_seconds() * 1000)


@pytest.fixture(scope="module")
def site(settle: Callable[[str], Settings], key: OrganizersKey) -> Iterator[Served]:
    """A service with three keys, one after the other; the one of today has three more days to go."""
    settings = settle("clocks")
    path = settings.appeal / "appeal.toml"
    record = {each: base64.b64encode(bytes(each.record)).decode("ascii") for each in (OLD, key, LATER)}
    own = f'record = "{record[key]}"\n'
    others = (
        f'[[keys]]\nrecord = "{record[OLD]}"\nfrom = {day(-300)}\nuntil = {day(-100)}\n'
        f'[[keys]]\nrecord = "{record[LATER]}"\nfrom = {day(4)}\nuntil = {day(300)}\n'
    )
    dated = f"{own}from = {day(-99)}\nuntil = {day(3)}\n{others}"
    text = path.read_text("utf-8")
    assert own in text
    path.write_text(text.replace(own, dated), "utf-8")
    with serving(settings, settings.data.with_name("log")) as site:
        yield site


def key_of(envelope: bytes) -> KeyId:
    return KeyId(envelope[1 : 1 + KEY_ID_SIZE])


def sign(engine: Engine, name: str = "Ян") -> None:
    engine.type("#name", name)
    engine.click("#submit")


@pytest.mark.parametrize(
    "moved",
    [0, -200 * DAY, 200 * DAY, -20 * DAY, since_1970(1970), since_1970(2015), since_1970(2106), DAY // 2, -DAY // 2],
    ids=["right", "200-back", "200-ahead", "20-back", "1970", "2015", "2106", "zone-ahead", "zone-behind"],
)
def test_a_page_of_the_site_seals_to_the_key_of_the_sites_day(
    engine: Engine, site: Served, key: OrganizersKey, moved: int
) -> None:
    """Whatever the device believes; the signature arrives, and nobody is asked to reload for ever."""
    came = Arrived(site.settings.store)
    engine.beforehand(DEVICE.replace("MOVED", str(moved)))
    engine.open(f"{site.url}/en/")
    sign(engine)
    engine.focused("#sent")
    assert [key_of(envelope) for envelope in held(came)] == [key.record.key_id]


@pytest.mark.parametrize(
    ("slept", "counted"),
    [(5 * DAY, 0), (5 * DAY, 3 * DAY), (200 * DAY, 0), (0, 5 * DAY)],
    ids=["asleep", "partly-asleep", "clock-set", "clock-set-back"],
)
def test_a_page_that_was_open_beyond_a_period_says_so_until_it_is_reloaded(
    engine: Engine, site: Served, key: OrganizersKey, slept: int, counted: int
) -> None:
    """Two clocks that lead to two keys: nothing is sealed to either, what was typed stays, and reloading helps."""
    came = Arrived(site.settings.store)
    engine.beforehand(DEVICE.replace("MOVED", str(-200 * DAY)))
    engine.open(f"{site.url}/en/")
    engine.type("#name", "Ян")
    engine.evaluate(f"window.moved += {slept}, window.counted += {counted}")
    engine.click("#submit")
    engine.says("#failed", "This page is out of date.")
    assert engine.value("#name") == "Ян"
    assert held(came) == []
    engine.do("reload")
    sign(engine)
    engine.focused("#sent")
    assert [key_of(envelope) for envelope in held(came)] == [key.record.key_id]


def test_a_page_that_was_open_for_days_within_a_period_goes_on(
    engine: Engine, site: Served, key: OrganizersKey
) -> None:
    """The control: two days, with or without sleep, are the same key."""
    came = Arrived(site.settings.store)
    engine.beforehand(DEVICE.replace("MOVED", str(-200 * DAY)))
    engine.open(f"{site.url}/en/")
    engine.evaluate(f"window.moved += {2 * DAY}")
    sign(engine)
    engine.focused("#sent")
    assert [key_of(envelope) for envelope in held(came)] == [key.record.key_id]


def test_a_page_that_was_awake_beyond_a_period_seals_to_the_next_key(engine: Engine, site: Served) -> None:
    """Both clocks say so: the service, whose day it is not yet in this test, refuses that key, and the page says so."""
    came = Arrived(site.settings.store)
    engine.beforehand(DEVICE.replace("MOVED", "0"))
    engine.open(f"{site.url}/en/")
    engine.evaluate(f"window.moved += {6 * DAY}, window.counted += {6 * DAY}")
    sign(engine)
    engine.says("#failed", "This page is out of date.")
    assert [each["method"] for each in engine.asked if each["url"].endswith("/envelopes")] == ["POST"]
    assert held(came) == []


# The signing file


@pytest.fixture
def file(site: Served, tmp_path: Path) -> str:
    """The signing file on a disk, as an address."""
    path = tmp_path / "sign.en.html"
    with urlopen(f"{site.url}/en/sign.html") as answer:
        path.write_bytes(answer.read())
    return path.as_uri()


def text_of(engine: Engine) -> bytes:
    engine.focused("#sent")
    return read_text("\n".join(engine.value(f"#part-{number}") for number in (1, 2)))


def give_day(engine: Engine, typed: str) -> None:
    engine.click("label[for=day-wrong]")
    engine.evaluate(f"void (document.getElementById('day-typed').value = {typed!r})")


def test_the_file_names_the_day_of_the_device_and_seals_nothing_before_it_is_answered(
    engine: Engine, file: str, key: OrganizersKey
) -> None:
    """On a device whose clock is right, too: the file cannot know."""
    engine.beforehand(DEVICE.replace("MOVED", "0"))
    engine.open(file)
    shown = engine.do("text", on="#device-day")
    today = engine.evaluate("[new Date().getDate(), new Date().getFullYear()].join(' ')").split()
    assert all(part in shown for part in today)
    sign(engine)
    engine.says("#day-right-error", "Please say whether this date is right.")
    engine.focused("#day-right")
    assert engine.value("#part-1") == ""
    engine.click("label[for=day-right]")
    engine.click("#submit")
    assert key_of(text_of(engine)) == key.record.key_id


@pytest.mark.parametrize("moved", [-200, 200])
def test_the_file_on_a_device_with_a_wrong_clock_takes_the_day_that_a_person_gives(
    engine: Engine, file: str, key: OrganizersKey, moved: int
) -> None:
    """What is no day is told; what is a day without a key, too, and nothing is sealed to another one."""
    engine.beforehand(DEVICE.replace("MOVED", str(moved * DAY)))
    engine.open(file)
    assert str(day(moved).year) in engine.do("text", on="#device-day")
    engine.type("#name", "Ян")
    for typed in ("", "2026-13-45", "yesterday"):
        give_day(engine, typed)
        engine.click("#submit")
        engine.says("#day-typed-error", "Please give today's date")
    for without in (day(-301), day(301)):
        give_day(engine, without.isoformat())
        engine.click("#submit")
        engine.says("#failed", "For this date the file has no key")
        assert engine.value("#part-1") == ""
    give_day(engine, day(0).isoformat())
    engine.click("#submit")
    assert key_of(text_of(engine)) == key.record.key_id


def test_the_file_asks_again_when_the_day_has_changed_since_it_was_answered(
    engine: Engine, file: str, key: OrganizersKey
) -> None:
    """A file that stays open for days, or a clock that is set at last."""
    engine.beforehand(DEVICE.replace("MOVED", str(-200 * DAY)))
    engine.open(file)
    engine.type("#name", "Ян")
    engine.click("label[for=day-right]")
    engine.evaluate("window.moved = 0")
    engine.click("#submit")
    engine.says("#day-right-error", "Please say whether this date is right.")
    engine.click("label[for=day-right]")
    engine.click("#submit")
    assert key_of(text_of(engine)) == key.record.key_id
