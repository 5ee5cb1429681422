"""What a browser's translation must leave alone: whatever people compare, type, copy, or bear as a name."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from crypto.minisign import MinisignSecretKey
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.publications import hand_in, publication
from tests.support.sample_appeal import TODAY, speaking_all
from tests.support.site_map import PAGES

# Digests, keys and fingerprints; addresses; the first and the last line of a sealed text; commands.
EXACT = re.compile(
    r"[0-9a-f]{16}|\bRW[A-Za-z0-9+/]{54}|\b[0-9]{5} [0-9]{5}\b|https?://\S|\.onion\b"
    r"|-----(?:BEGIN|END) [A-Z]|minisign -|\{count\}"
)
NAMES = {"name", "whose", "digest", "code", "plain", "address"}
VOID = {"meta", "link", "input", "br", "path", "img"}


class Texts(HTMLParser):
    """The texts that a translation may change, each with the classes around it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.around: list[tuple[str, bool, set[str]]] = []
        self.found: list[tuple[str, set[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            kept = values.get("translate") == "no" or tag in ("script", "style", "svg", "textarea")
            self.around.append((tag, kept, set((values.get("class") or "").split())))

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(kept for _, kept, _ in self.around):
            self.found.append((data, set().union(*(classes for _, _, classes in self.around))))


@pytest.fixture
def client(
    settings: Settings, store: FileStore, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> FlaskClient:
    """A site in all languages, with addresses, days of its key, an initiative group and a result."""
    speaking_all(settings.appeal, "", 80)
    path = settings.appeal / "appeal.toml"
    path.write_text(path.read_text("utf-8").replace("\nrecord = ", "\nfrom = 2026-01-01\nrecord = "), "utf-8")
    client = create_app(settings, store, today=lambda: TODAY).test_client()
    assert hand_in(client, publication(), *minisign_keys).status_code == 201
    return client


@pytest.mark.parametrize("address", [*PAGES, *(f"/{language}/sign.html" for language in ("be", "en", "ru"))])
def test_what_must_stay_is_marked(client: FlaskClient, address: str) -> None:
    """Names, digests, fingerprints, addresses, the lines around a sealed text, places for numbers."""
    page = Texts(client.get(address).text)
    assert [text for text, classes in page.found if classes & NAMES or EXACT.search(text)] == []
    assert page.found


def test_the_judge_finds_what_is_not_marked() -> None:
    """The control."""
    found = Texts('<p class="code">12345 67890</p><p translate="no">12345 67890</p><b>https://letter.example</b>').found
    assert [text for text, _ in found if EXACT.search(text)] == ["12345 67890", "https://letter.example"]
