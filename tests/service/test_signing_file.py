"""The signing file: everything in one file, the same bytes for everyone, its hash where people and programs look."""

from __future__ import annotations

import base64
import gettext
import gzip
import hashlib
import html
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto.appeal import read_appeal
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from service import create_app
from service.appeal_reader import load_appeal
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.paths import ROOT
from tests.support.publications import hand_in, publication
from tests.support.sample_appeal import TODAY
from tests.support.site_map import SHIPPED_LANGUAGES

ADDRESSES = ("https://letter.example", "http://" + "a" * 56 + ".onion", "https://mirror.example/letter")


BLOCKED = (
    "If the site is blocked or gone, send it to the organizers by mail or messenger. They open files, mails and whole "
    "chats without the site. Whoever carries the message can see who wrote to whom, and when.",
    "If this site is blocked or gone, a sealed text counts nevertheless: send it, or the file with it, to the "
    "organizers by mail or messenger. They open it without the site. Whoever has the signing file can pass it on, so "
    "get it in time.",
)


def digests(client: FlaskClient) -> dict[str, str]:
    return {
        language: hashlib.sha256(client.get(f"/{language}/sign.html").data).hexdigest()
        for language in SHIPPED_LANGUAGES
    }


@pytest.fixture
def addressed(settings: Settings, store: FileStore) -> FlaskClient:
    """Somebody who asks a service whose appeal names its addresses."""
    name_addresses(settings.appeal, ADDRESSES)
    return create_app(settings, store, today=lambda: TODAY).test_client()


def name_addresses(folder: Path, addresses: tuple[str, ...]) -> None:
    path = folder / "appeal.toml"
    path.write_text(f"addresses = {json.dumps(addresses)}\n" + path.read_text("utf-8"), "utf-8")


def policy(text: str) -> dict[str, str]:
    (found,) = re.findall('<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    return dict(part.split(" ", 1) for part in found.replace("&#39;", "'").split("; "))


def test_its_hash_stands_on_the_pages_and_in_the_appeal(client: FlaskClient) -> None:
    """Who has the file from somewhere else can compare it by eye and by program."""
    expected = digests(client)
    assert read_appeal(client.get("/appeal.json").data).signing_file == expected
    for language, digest in expected.items():
        for page in ("how", "hand-in", ""):
            assert digest in client.get(f"/{language}/{page}").text


def test_it_is_the_same_for_everyone_and_at_all_times(
    settings: Settings,
    store: FileStore,
    client: FlaskClient,
    minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey],
) -> None:
    """Another visitor, another start, a publication, the end of collecting: not a byte changes."""
    before = digests(client)
    plain = client.get("/be/sign.html")
    other = client.get("/be/sign.html?x", headers={"Accept-Language": "de", "Cookie": "a=b", "Accept-Encoding": "gzip"})
    assert gzip.decompress(other.data) == plain.data
    assert hand_in(client, publication(), minisign_keys[0]).status_code == 201
    assert digests(client) == before
    later = create_app(settings, store, today=lambda: date(2031, 1, 1)).test_client()
    assert digests(later) == before


def test_a_change_of_the_letter_changes_it(settings: Settings, store: FileStore, client: FlaskClient) -> None:
    """The hash names this letter, not just this program."""
    before = digests(client)
    with (settings.appeal / "letter.ru.md").open("a", encoding="utf-8") as file:
        file.write("\nИ ещё.\n")
    after = digests(create_app(settings, store).test_client())
    # The others name the hashes of all letters, so they change with one.
    assert not set(before.values()) & set(after.values())


def test_it_is_kept_and_not_shown(client: FlaskClient) -> None:
    """A browser saves it under a name with its language; another language is no file."""
    answer = client.get("/be/sign.html")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sign.be.html"'
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.get("/fr/sign.html").status_code == 404


def test_it_holds_letter_form_key_and_script_and_needs_nothing_else(
    client: FlaskClient, key: OrganizersKey, settings: Settings
) -> None:
    """No link but the quick exit, nothing to load; what a program needs, without the hash of the file itself."""
    text = client.get("/ru/sign.html").text
    assert text.index("Мы — родные людей") < text.index("Татьяна Хомич") < text.index('id="form"')
    assert key.record.digits in text
    assert re.findall(r'(?:href|src|action)="([^"]*)"', text) == ["data:,", "#main", load_appeal(settings.appeal).exit]
    (inside,) = re.findall('<script type="application/json" id="appeal-json">(.*?)</script>', text, re.DOTALL)
    served = json.loads(client.get("/appeal.json").data)
    assert "signing_file" not in json.loads(inside)
    assert json.loads(inside) | {"signing_file": served["signing_file"]} == served
    assert read_appeal(inside.encode()).keys[0].record == key.record


def test_its_policy_allows_its_own_script_and_style_and_no_others(addressed: FlaskClient) -> None:
    """By hash; it may ask the addresses of the appeal for one thing, and nobody else for anything."""
    text = addressed.get("/en/sign.html").text
    rules = policy(text)
    for element, rule in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(f"<{element}>(.*?)</{element}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["connect-src"] == " ".join(f"{address}/envelopes" for address in ADDRESSES)
    assert (rules["default-src"], rules["form-action"], rules["base-uri"]) == ("'none'", "'none'", "'none'")
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_it_sends_to_the_first_address_unless_another_way_is_chosen(addressed: FlaskClient) -> None:
    """Each address, the onion one among them, and the text to pass on."""
    ways = re.findall(r'<input type="radio" name="way"[^>]*value="([^"]*)"([^>]*)', addressed.get("/en/sign.html").text)
    assert [way for way, _ in ways] == [*(f"{address}/envelopes" for address in ADDRESSES), ""]
    assert [" checked" in rest for _, rest in ways] == [True, False, False, False]


def test_without_an_address_there_is_only_the_text(client: FlaskClient) -> None:
    """Nothing to choose, nobody to ask."""
    text = client.get("/en/sign.html").text
    assert 'id="ways"' not in text
    assert policy(text)["connect-src"] == "'none'"


@pytest.mark.parametrize("page", ["sign.html", "withdraw", "check", "hand-in", "how", ""])
def test_every_page_is_small_enough_for_a_slow_link(addressed: FlaskClient, page: str) -> None:
    """At most 54 kB as it is sent, in one response."""
    for language in SHIPPED_LANGUAGES:
        answer = addressed.get(f"/{language}/{page}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.data) <= 54_000


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_it_says_where_a_sealed_text_goes_when_there_is_no_site(client: FlaskClient, language: str) -> None:
    """Beside the text, in the language of the file; how the organizers are reached stands in it, too.

    The page says so before the site is gone.
    """
    file, how = (html.unescape(client.get(f"/{language}/{page}").text) for page in ("sign.html", "how"))
    words = gettext.translation("messages", ROOT / "service" / "translations", [language], fallback=language == "en")
    beside, ahead = map(words.gettext, BLOCKED)
    assert language == "en" or beside != BLOCKED[0]
    assert beside in file.partition('data-way="text"')[2]
    assert ahead in how
    assert "Telegram @Freepolitzek" in file
