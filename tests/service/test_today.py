"""The service's day: its pages carry it, and without a key for it nobody is shown a form."""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.envelopes import post
from tests.support.sample_appeal import APPEAL_ID, CODE
from tests.support.service_process import serving
from tests.support.site_map import SHIPPED_LANGUAGES

NEXT = OrganizersKey.derive(bytes(range(1, 33)), APPEAL_ID)


@pytest.fixture
def dated(settings: Settings, key: OrganizersKey) -> Callable[[str], None]:
    """Gives the appeal's key its days, and further entries."""

    def give(days: str) -> None:
        path = settings.appeal / "appeal.toml"
        record = f'record = "{base64.b64encode(bytes(key.record)).decode("ascii")}"\n'
        path.write_text(path.read_text("utf-8").replace(record, record + days + "\n"), "utf-8")

    return give


@pytest.fixture
def on(settings: Settings, store: FileStore) -> Callable[[str], FlaskClient]:
    """The site on a day."""
    return lambda day: create_app(settings, store, today=lambda: date.fromisoformat(day)).test_client()


def sealed_to(key: OrganizersKey) -> bytes:
    return seal_signature(key.record, Signature("Марыя Прыклад", public=False), bytes(32), commitment(CODE))


@pytest.mark.parametrize("page", ["", "withdraw"])
def test_pages_that_seal_carry_the_day_on_which_they_are_asked_for(
    settings: Settings, store: FileStore, page: str
) -> None:
    """Whoever asks tomorrow gets tomorrow's, without a restart; nothing else of the page changes."""
    today = [date(2026, 12, 30)]
    client = create_app(settings, store, today=lambda: today[0]).test_client()
    before = client.get(f"/en/{page}").text
    today[0] = date(2027, 1, 1)
    after = client.get(f"/en/{page}").text
    assert re.findall('data-today="([^"]*)"', before) == ["2026-12-30"]
    assert before.replace("2026-12-30", "2027-01-01") == after


@pytest.mark.parametrize("day", ["2027-01-09", "2027-07-01", "1970-01-01", "2106-02-07"])
@pytest.mark.parametrize("page", ["", "withdraw"])
def test_without_a_key_for_the_day_there_is_no_form(
    dated: Callable[[str], None], on: Callable[[str], FlaskClient], day: str, page: str
) -> None:
    """Before the first and after the last day of all keys, in every language; what a person typed would be lost."""
    dated("from = 2027-01-10\nuntil = 2027-06-30")
    client = on(day)
    for language in SHIPPED_LANGUAGES:
        text = client.get(f"/{language}/{page}").text
        assert 'id="no-key"' in text
        assert not re.findall(r'id="(?:form|submit|typed-code|not-started|sent)"', text)
    health = client.get("/healthz")
    assert (health.status_code, health.json["type"]) == (503, "urn:undersigned:problem:no-key")


@pytest.mark.parametrize("day", ["2027-01-10", "2027-06-30"])
def test_on_the_first_and_on_the_last_day_there_is_one(
    dated: Callable[[str], None], on: Callable[[str], FlaskClient], day: str
) -> None:
    """Both ends are included, as a browser chooses keys."""
    dated("from = 2027-01-10\nuntil = 2027-06-30")
    client = on(day)
    for page in ("", "withdraw"):
        text = client.get(f"/be/{page}").text
        assert 'id="form"' in text
        assert 'id="no-key"' not in text
    assert client.get("/healthz").status_code == 200


DAYS = ("2027-06-30", "2027-07-01", "2027-07-02", "2027-07-03")


def test_a_gap_between_two_keys_is_none_of_either(
    dated: Callable[[str], None], on: Callable[[str], FlaskClient], settings: Settings
) -> None:
    """The envelopes of pages that are open still come in for two days, and the page says what is."""
    record = base64.b64encode(bytes(NEXT.record)).decode("ascii")
    dated(f'until = 2027-06-30\n[[keys]]\nrecord = "{record}"\nfrom = 2027-07-03')
    found = [(on(day).get("/healthz").status_code, 'id="form"' in on(day).get("/be/").text) for day in DAYS]
    assert found == [(200, True), (503, False), (503, False), (200, True)]


def test_a_missing_key_is_no_closed_letter(
    dated: Callable[[str], None], on: Callable[[str], FlaskClient], key: OrganizersKey
) -> None:
    """A page that was left open is told that it is out of date, not that collecting has ended."""
    dated("until = 2027-06-30")
    assert [post(on(day), sealed_to(key)).status_code for day in ("2027-07-02", "2027-07-03")] == [201, 409]


def test_a_closed_letter_needs_no_key(
    settings: Settings, dated: Callable[[str], None], on: Callable[[str], FlaskClient], key: OrganizersKey
) -> None:
    """Nobody is to be woken up for it: its health is good, and the page says that collecting has ended."""
    dated("until = 2027-06-30")
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2027-06-30\n" + path.read_text("utf-8"), "utf-8")
    client = on("2027-08-01")
    assert client.get("/healthz").status_code == 200
    text = client.get("/be/").text
    assert 'id="closed"' in text
    assert 'id="no-key"' not in text
    assert post(client, sealed_to(key)).status_code == 403


@contextmanager
def started(settings: Settings, folder: Path) -> Iterator[tuple[str, Path]]:
    with serving(settings, folder / "log") as site:
        yield site.url, site.log


def test_a_service_without_a_key_for_today_starts_and_says_so(
    settings: Settings, dated: Callable[[str], None], tmp_path: Path
) -> None:
    """By the real clock, in one sentence with the days and the file; it goes on showing what it has."""
    today = datetime.now(UTC).date()
    dated(f"from = {today + timedelta(200)}\nuntil = {today + timedelta(300)}")
    with started(settings, tmp_path) as (url, log):
        told = log.read_text("utf-8")
        assert f"is meant for today, {today} (UTC)" in told
        assert f"{today + timedelta(200)} to {today + timedelta(300)}" in told
        assert str(settings.appeal / "appeal.toml") in told
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{url}/healthz")
        with urllib.request.urlopen(f"{url}/be/") as page:
            assert 'id="no-key"' in page.read().decode()


def test_a_service_with_a_key_for_today_starts_without_a_word(settings: Settings, tmp_path: Path) -> None:
    """The control."""
    with started(settings, tmp_path) as (_, log):
        assert log.read_text("utf-8") == ""
