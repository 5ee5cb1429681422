"""What readers see: complete, the same for everyone, in their language, with nothing that could leak."""

from __future__ import annotations

import gzip
import html
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import APPEAL_ID, CODE, TODAY
from flask.testing import FlaskClient
from publishing import hand_in, publication

from crypto.appeal import read_appeal
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from service import create_app
from service.settings import Settings
from service.store_sqlite import SqliteStore

LANGUAGES = ("be", "ru", "en")
PAGES = [f"/{language}/{page}" for language in LANGUAGES for page in ("", "how", "result", "withdraw", "check")]
HTML = {"Accept": "text/html"}


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.found if tag in tags)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("be", "be"), ("fr", "be"), ("", "be"), ("fr,en;q=0.1", "en")],
)
def test_the_start_leads_to_the_browsers_language(client: FlaskClient, accepted: str, language: str) -> None:
    """The appeal's first language is for those who ask for none of its languages."""
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{language}/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_bytes_for_everyone(client: FlaskClient, path: str) -> None:
    """Whatever browser, language, cookie, address or query asks."""
    plain = client.get(path)
    assert plain.status_code == 200
    other = client.get(
        path + "?from=somewhere",
        headers={"Accept-Language": "de", "User-Agent": "x", "Cookie": "a=b", "Accept": "text/html"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
        base_url="https://mirror.example",
    )
    assert other.data == plain.data
    assert list(other.headers) == list(plain.headers)


@pytest.mark.parametrize("path", [*PAGES, "/appeal.json"])
def test_a_page_is_sent_compressed_to_those_who_can_read_that(client: FlaskClient, path: str) -> None:
    """The same content, the same bytes each time, and caches are told that there are two."""
    plain = client.get(path, headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in plain.headers
    answers = [client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"}) for _ in range(2)]
    for answer in answers:
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(answer.data) == plain.data
    assert answers[0].data == answers[1].data
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_every_answer_carries_the_same_protective_headers(client: FlaskClient, envelope: bytes) -> None:
    """Pages, files, refusals, redirects, errors: one set, and no cookie anywhere."""
    names = (
        "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy",
        "Permissions-Policy", "X-DNS-Prefetch-Control", "Cache-Control",
    )  # fmt: skip
    answers = [client.get(path) for path in (*PAGES, "/", "/appeal.json", "/publication.json", "/healthz", "/ledger")]
    answers += [client.get("/nowhere", headers=HTML), client.get("/be", headers=HTML), client.put("/envelopes")]
    answers += [client.post("/envelopes", data=envelope, content_type="application/octet-stream")]
    answers += [client.post("/envelopes", data=b"x" * 100_000), client.open("/be/", method="OPTIONS")]
    assert {tuple(answer.headers.get_all(name)[0] for name in names) for answer in answers} == {
        tuple(answers[0].headers[name] for name in names)
    }
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything(client: FlaskClient, path: str) -> None:
    """No address of another site, no image, no frame, no inline handler."""
    text = client.get(path).text
    elements = Elements(text)
    addresses = [
        value for _, attributes in elements.found for key, value in attributes.items() if key in ("href", "src")
    ]
    assert not [
        address for address in addresses if address and re.match(r"[a-z]+:|//", address) and address != "data:,"
    ]
    assert not list(elements.named("img", "iframe", "object", "embed", "form", "video", "audio"))
    assert not [key for _, attributes in elements.found for key in attributes if key.startswith("on") or key == "style"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_browser_can_submit_what_is_typed(client: FlaskClient, language: str) -> None:
    """Fields have no name and stand in no form; the form and its button are shipped hidden."""
    elements = Elements(client.get(f"/{language}/").text)
    typed = [field for field in elements.named("input", "textarea") if field.get("type") != "radio"]
    assert len(typed) == 5
    assert not [field for field in typed if "name" in field]
    assert all(field["autocomplete"] == "off" and field["spellcheck"] == "false" for field in typed)
    assert not list(elements.named("form"))
    (form,) = [attributes for attributes in elements.named("div") if attributes.get("id") == "form"]
    assert "hidden" in form
    assert {button["type"] for button in elements.named("button")} == {"button"}


@pytest.mark.parametrize("page", ["withdraw", "check"])
def test_no_browser_can_submit_a_code(
    client: FlaskClient, page: str, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """The field for it has no name and stands in no form, hidden until the script has started."""
    hand_in(client, publication(), minisign_keys[0])
    elements = Elements(client.get(f"/be/{page}").text)
    (field,) = elements.named("input", "textarea")
    assert "name" not in field
    assert (field["autocomplete"], field["autocorrect"], field["spellcheck"]) == ("off", "off", "false")
    assert not list(elements.named("form"))
    hidden = [attributes for attributes in elements.named("div") if attributes.get("id") in ("form", "ready")]
    assert len(hidden) == 1
    assert "hidden" in hidden[0]


def test_before_the_first_result_there_is_nothing_to_look_into(client: FlaskClient) -> None:
    """The page says so, offers no field and asks for nothing."""
    text = client.get("/en/check").text
    assert "have not published a result here yet" in text
    assert "<input" not in text
    assert "<script" not in text


def test_a_receipt_can_be_computed_without_a_script(
    client: FlaskClient, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """The command on the page, run by the shell, gives the receipt of the worked example (docs/spec.md, section 8)."""
    hand_in(client, publication(), minisign_keys[0])
    (command,) = re.findall('<code id="command">(.*?)</code>', client.get("/en/check").text)
    done = subprocess.run(
        ["sh", "-c", html.unescape(command)], input=f"{CODE}\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == "d67b228d3fe7ad50\n"


def test_after_closing_a_withdrawal_says_how_long_it_is_taken(settings: Settings, store: SqliteStore) -> None:
    """The form stays, because the service still takes withdrawals for some days, and the page says what then."""
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2026-11-21\n" + path.read_text("utf-8"), "utf-8")
    text = create_app(settings, store, today=lambda: TODAY).test_client().get("/en/withdraw").text
    assert "no longer collects signatures" in text
    assert 'id="form"' in text


def test_the_title_tells_a_stranger_nothing(client: FlaskClient) -> None:
    """Neutral page title, blank icon."""
    for language in LANGUAGES:
        text = client.get(f"/{language}/").text
        (title,) = re.findall("<title>(.*?)</title>", text)
        assert title in ("Тэкст", "Текст", "Text")
        assert '<link rel="icon" href="data:,">' in text


def test_the_letter_stands_first_with_the_people_behind_it(client: FlaskClient) -> None:
    """Letter, group and contact in the page's language; contacts are no links."""
    text = client.get("/ru/").text
    assert (
        text.index("Мы — родные людей")
        < text.index("Татьяна Хомич")
        < text.index('id="before"')
        < text.index('id="form"')
    )
    assert "Telegram @Freepolitzek" in text
    assert "t.me" not in text


def test_markup_in_a_letter_or_a_name_is_text(
    settings: Settings, store: SqliteStore, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """Nobody can put an element, a link or an image into the page."""
    hostile = "<script>alert(1)</script> [link](https://x.example) ![i](https://x.example/i.png) <https://x.example>"
    (settings.appeal / "letter.en.md").write_text(hostile, "utf-8")
    client = create_app(settings, store).test_client()
    assert hand_in(client, publication(("<img src=x onerror=alert(1)>",)), minisign_keys[0]).status_code == 201
    text = client.get("/en/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;img src=x" in text
    assert not [a for a in Elements(text).named("a") if "x.example" in (a.get("href") or "")]
    assert not list(Elements(text).named("img"))


def test_a_publication_changes_the_page_and_nothing_else_does(
    client: FlaskClient, envelope: bytes, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """No live counter: signing changes no byte of any page."""
    before = {path: client.get(path).data for path in PAGES}
    client.post("/envelopes", data=envelope, content_type="application/octet-stream")
    assert {path: client.get(path).data for path in PAGES} == before
    hand_in(client, publication(("Алесь Прыклад",)), minisign_keys[0])
    text = client.get("/be/").text
    seen = re.sub("<[^>]*>", "", text).replace("\u00a0", " ").replace("\u202f", " ")
    assert "4 чалавекі падпісалі" in seen
    assert "1 з імем, 3 без імя. Праверана і падлічана арганізатарамі 21 лістапада 2026 г." in seen
    assert "Алесь Прыклад" in text


def test_before_the_first_result_the_earlier_signatures_are_told(client: FlaskClient) -> None:
    """91 were collected before the service existed, in every language's plural."""
    assert "91 подпіс сабраны да" in client.get("/be/").text
    assert "91 подпись собрана до" in client.get("/ru/").text
    assert "91 signatures were collected" in client.get("/en/").text


def test_after_the_closing_day_there_is_no_form(settings: Settings, store: SqliteStore) -> None:
    """The same service, a day later, without a restart."""
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2026-11-22\n" + path.read_text("utf-8"), "utf-8")
    today = [TODAY]
    client = create_app(settings, store, today=lambda: today[0]).test_client()
    assert 'id="form"' in client.get("/en/").text
    today[0] = date(2026, 11, 23)
    text = client.get("/en/").text
    assert "Collecting has ended" in text
    assert 'id="form"' not in text
    assert "<script" not in text


def test_a_trial_is_marked_on_every_page(settings: Settings, store: SqliteStore) -> None:
    """Nobody takes a DEMO for the real page."""
    path = settings.appeal / "appeal.toml"
    path.write_text("demo = true\n" + path.read_text("utf-8"), "utf-8")
    client = create_app(settings, store).test_client()
    assert all("<strong>DEMO</strong>" in client.get(page, headers=HTML).text for page in (*PAGES, "/be/nowhere"))


def test_no_other_page_is_marked_as_a_trial(client: FlaskClient) -> None:
    """A real appeal does not carry the mark."""
    assert not [page for page in PAGES if "DEMO" in client.get(page).text]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/be/nowhere", "старонкі няма"),
        ("/ru/nowhere", "страницы нет"),
        ("/fr/", "старонкі няма"),
        ("/x/", "старонкі няма"),
    ],
)
def test_a_missing_page_is_explained_in_the_readers_language(client: FlaskClient, path: str, words: str) -> None:
    """A person gets words, a program gets a problem."""
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert words in answer.text
    assert client.get(path).json["type"] == "urn:undersigned:problem:not-found"


def test_a_mistake_of_ours_is_told_calmly_and_logged_without_words(
    settings: Settings, store: SqliteStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 for the visitor; the log has the kind of error and the place, not what anyone sent."""
    app = create_app(settings, store)

    def break_down() -> Any:
        raise RuntimeError("somebody's secret")

    app.add_url_rule("/broken", view_func=break_down)
    answer = app.test_client().get("/broken", headers=HTML)
    assert answer.status_code == 500
    assert "The service does not work right now" in answer.text or "Сэрвіс зараз не працуе" in answer.text
    assert "RuntimeError at test_pages.py:" in caplog.text
    assert "secret" not in caplog.text + answer.text


def test_appeal_json_is_what_a_program_needs(client: FlaskClient, key: OrganizersKey) -> None:
    """It reads back by the strict reader, and the page carries the same bytes."""
    data = client.get("/appeal.json").data
    appeal = read_appeal(data)
    assert (appeal.appeal_id, appeal.keys[0].record, appeal.threshold) == (APPEAL_ID, key.record, 1)
    assert set(appeal.letters) == set(LANGUAGES)
    assert data in client.get("/en/").data


def test_the_key_can_be_compared_by_eye(client: FlaskClient, key: OrganizersKey) -> None:
    """The page that explains shows the fingerprint in digits and the stock command."""
    text = client.get("/en/how").text
    assert key.record.digits in text
    assert "minisign -V -P RW" in text
