"""What readers see: complete, the same for everyone, in their language, with nothing that could leak."""

from __future__ import annotations

import gzip
import html
import re
import subprocess
from collections.abc import Callable
from datetime import date
from typing import Any

import brotli
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, ngettext

from crypto.appeal import read_appeal
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from service import create_app
from service.appeal_reader import EXIT
from service.settings import Settings
from service.site.headers import security_headers
from service.site.rendering import LANGUAGE_NAMES, TEMPLATES, Assets
from service.stores.file_store import FileStore
from tests.support.html_pages import HTML, Elements
from tests.support.paths import ROOT
from tests.support.publications import hand_in, publication
from tests.support.sample_appeal import APPEAL_ID, CODE, TODAY, speaking_all
from tests.support.site_map import PAGES, SHIPPED_LANGUAGES, Route, routes

PAGE_MOST = 54_000
ADDRESSES = ("https://letter.example", f"http://{'a2b3' * 14}.onion")


@pytest.fixture
def add(settings: Settings) -> Callable[[str, str], None]:
    """Writes further entries into appeal.toml: among the first ones, or at the end."""
    path = settings.appeal / "appeal.toml"

    def write(first: str, last: str = "") -> None:
        path.write_text(f"{first}\n{path.read_text('utf-8')}\n{last}", "utf-8")

    return write


@pytest.fixture
def visit(settings: Settings, store: FileStore) -> Callable[[], FlaskClient]:
    """Starts the application with the appeal as it is then."""
    return lambda: create_app(settings, store, today=lambda: TODAY).test_client()


@pytest.fixture
def with_addresses(add: Callable[..., None], visit: Callable[[], FlaskClient]) -> FlaskClient:
    """The site of an appeal that says where it is."""
    add(f"addresses = {list(ADDRESSES)}")
    return visit()


def scripts(text: str) -> list[str]:
    return re.findall("<script>(.*?)</script>", text, re.DOTALL)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("be", "be"), ("fr", "be"), ("", "be"), ("fr,en;q=0.1", "en")],
)
def test_the_start_leads_to_the_browsers_language(client: FlaskClient, accepted: str, language: str) -> None:
    """The appeal's first language is for those who ask for none of its languages."""
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{language}/")


NUMBERS = (1, 2, 5, 21)
# For each language of the pages: the closing day, and so many people.
SEVEN = {
    "be": ("31 студзеня 2027 г.", "чалавек падпісаў", "чалавекі падпісалі", "чалавек падпісалі", "чалавек падпісаў"),
    "ru": ("31 января 2027 г.", "человек подписал", "человека подписали", "человек подписали", "человек подписал"),
    "uk": ("31 січня 2027 р.", "людина підписала", "людини підписали", "людей підписали", "людина підписала"),
    "pl": ("31 stycznia 2027", "osoba podpisała", "osoby podpisały", "osób podpisało", "osób podpisało"),
    "lt": ("2027 m. sausio 31 d.", "žmogus pasirašė", "žmonės pasirašė", "žmonės pasirašė", "žmogus pasirašė"),
    "de": ("31. Januar 2027", "Person hat", "Menschen haben", "Menschen haben", "Menschen haben"),
    "en": ("January 31, 2027", "person has", "people have", "people have", "people have"),
}


def test_seven_languages_have_their_links_dates_and_plurals(settings: Settings, store: FileStore) -> None:
    """Each is offered under its own name, by a plain link to the same page in it."""
    speaking_all(settings.appeal, "closing = 2027-01-31", 8000)
    app = create_app(settings, store, today=lambda: TODAY)
    assert set(SEVEN) == set(LANGUAGE_NAMES)
    for language, (day, *counts) in SEVEN.items():
        text = app.test_client().get(f"/{language}/").text
        assert f'<html lang="{language}">' in text
        assert day in re.sub(r"\s", " ", text)
        for other, name in LANGUAGE_NAMES.items():
            link = f'<a href="../{other}/" lang="{other}" hreflang="{other}">{name}</a>'
            here = f'<span aria-current="true" lang="{other}">{name}</span>'
            assert (here if other == language else link) in text
        with app.test_request_context(), force_locale(language):
            for number, words in zip(NUMBERS, counts, strict=True):
                found = ngettext("%(num)s person has signed", "%(num)s people have signed", number)
                assert found.startswith(f"{number} {words}"), found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_bytes_for_everyone(with_addresses: FlaskClient, path: str) -> None:
    """Whatever browser, language, cookie, address or query asks."""
    plain = with_addresses.get(path)
    assert plain.status_code == 200
    other = with_addresses.get(
        path + "?from=somewhere",
        headers={"Accept-Language": "de", "User-Agent": "x", "Cookie": "a=b", "Accept": "text/html"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
        base_url="https://mirror.example",
    )
    assert other.data == plain.data
    assert list(other.headers) == list(plain.headers)


@pytest.mark.parametrize("path", [*PAGES, "/appeal.json"])
def test_a_page_is_sent_compressed_to_those_who_can_read_that(with_addresses: FlaskClient, path: str) -> None:
    """Brotli where it is taken, else gzip: the same content, the same bytes each time, and caches are told."""
    plain = with_addresses.get(path, headers={"Accept-Encoding": "gzip;q=0, br; q=0.0, deflate, xbr"})
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding"
    sizes = []
    for accepted, encoding, decompress in (
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate, br;q=0", "gzip", gzip.decompress),
    ):
        answers = [with_addresses.get(path, headers={"Accept-Encoding": accepted}) for _ in range(2)]
        for answer in answers:
            assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == (encoding, "Accept-Encoding")
            assert decompress(answer.data) == plain.data
        assert answers[0].data == answers[1].data
        sizes.append(len(answers[0].data))
    assert sizes[0] < sizes[1] < len(plain.data)


def test_every_page_fits_a_slow_line(with_addresses: FlaskClient) -> None:
    """At most 54 kB gzipped, in one response, in every language."""
    for page in PAGES:
        answer = with_addresses.get(page, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert len(answer.data) <= PAGE_MOST, (page, len(answer.data))


def test_every_template_is_a_page_a_part_of_one_or_looked_at() -> None:
    """A new file in templates/ is served and tried, or stands here with what it is."""
    others = {
        "base.html": "around every page",
        "error.html": "for every address that has nothing",
        "feed.xml": "the feed",
        "offline.html": "the signing file",
    }
    files = {path.name for path in (ROOT / "templates").iterdir()}
    text = "".join((ROOT / "templates" / name).read_text("utf-8") for name in files)
    parts = {name for name in files if name.startswith("_")}
    assert files - parts == {*TEMPLATES.values(), *others}
    assert not [name for name in parts if f'"{name}"' not in text]


def test_a_route_with_an_unknown_part_stops_the_tests(app: Flask) -> None:
    """What cannot be filled in has not been looked at; a plain new one is tried at once."""
    app.add_url_rule("/new/<language>", "new", lambda language: "")
    assert Route("GET", "/new/be") in set(routes(app))
    app.add_url_rule("/newer/<colour>", "newer", lambda colour: "")
    with pytest.raises(KeyError, match="colour"):
        list(routes(app))


def test_the_letter_is_there_before_the_script(client: FlaskClient) -> None:
    """On a slow line people read while the rest still comes."""
    text = client.get("/en/").text
    assert "<script" not in text[: text.index('id="sign"')]
    assert text.index("walk them with you") < text.index("<script")


def test_every_answer_carries_the_same_protective_headers(with_addresses: FlaskClient, envelope: bytes) -> None:
    """Pages, files, refusals, redirects, errors: one set, and no cookie anywhere."""
    names = tuple(security_headers([], []))
    client = with_addresses
    answers = [client.open(route.address, method=route.method) for route in routes(client.application)]
    answers += [client.get("/nowhere", headers=HTML), client.get("/be", headers=HTML), client.put("/envelopes")]
    answers += [client.post("/envelopes", data=envelope, content_type="application/octet-stream")]
    answers += [client.post("/envelopes", data=b"x" * 100_000), client.open("/be/", method="OPTIONS")]
    assert {tuple(answer.headers.get_all(name)[0] for name in names) for answer in answers} == {
        tuple(answers[0].headers[name] for name in names)
    }
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything(with_addresses: FlaskClient, path: str) -> None:
    """No address of another site but the quick exit's link, no image, no frame, no inline handler; forms by name."""
    text = with_addresses.get(path).text
    elements = Elements(text)
    addresses = [(tag, attributes.get(key) or "") for tag, attributes in elements.found for key in ("href", "src")]
    elsewhere = [(tag, address) for tag, address in addresses if re.match(r"[a-z]+:|//", address)]
    assert elsewhere == [("link", "data:,"), ("a", EXIT)]
    assert not list(elements.named("img", "iframe", "object", "embed", "video", "audio"))
    # Handing in and the desk work without a script; a result has a search once it has names.
    assert bool(list(elements.named("form"))) == (path.split("/")[2] in {"hand-in", "desk"})
    assert not [key for _, attributes in elements.found for key in attributes if key.startswith("on") or key == "style"]


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_no_browser_can_submit_what_is_typed(client: FlaskClient, language: str) -> None:
    """Fields have no name and stand in no form; the form and its button are shipped hidden."""
    elements = Elements(client.get(f"/{language}/").text)
    typed = [field for field in elements.named("input", "textarea") if field.get("type") != "radio"]
    assert len(typed) == 6
    assert not [field for field in typed if "name" in field]
    assert not list(elements.named("form"))
    (form,) = [attributes for attributes in elements.named("div") if attributes.get("id") == "form"]
    assert "hidden" in form
    assert {button["type"] for button in elements.named("button")} == {"button"}


def test_no_field_is_completed_corrected_or_checked_by_the_device(
    with_addresses: FlaskClient, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """What a person types teaches no browser and no keyboard, on any page and in the signing file."""
    hand_in(with_addresses, publication(), minisign_keys[0])
    seen = 0
    for page in (*TEMPLATES, "sign.html"):
        for field in Elements(with_addresses.get(f"/be/{page}").text).named("input", "textarea"):
            if field.get("type") not in ("radio", "file", "hidden"):
                kept = (field["autocomplete"], field["autocorrect"], field["spellcheck"])
                assert kept == ("off", "off", "false"), (page, field["id"])
                seen += 1
    assert seen == 20


@pytest.mark.parametrize("page", ["withdraw", "check"])
def test_no_browser_can_submit_a_code(
    client: FlaskClient, page: str, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """The field for it has no name and stands in no form, hidden until the script has started."""
    hand_in(client, publication(), minisign_keys[0])
    elements = Elements(client.get(f"/be/{page}").text)
    (field,) = elements.named("input", "textarea")
    assert "name" not in field
    assert not list(elements.named("form"))
    hidden = [attributes for attributes in elements.named("div") if attributes.get("id") in ("form", "ready")]
    assert len(hidden) == 1
    assert "hidden" in hidden[0]


def test_before_the_first_result_there_is_nothing_to_look_into(client: FlaskClient) -> None:
    """The page says so, offers no field and asks for nothing."""
    text = client.get("/en/check").text
    assert "have not published a result here yet" in text
    assert "<input" not in text
    assert scripts(text) == [Assets.load().exit]


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


def test_after_closing_a_withdrawal_says_how_long_it_is_taken(settings: Settings, store: FileStore) -> None:
    """The form stays, because the service still takes withdrawals for some days, and the page says what then."""
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2026-11-21\n" + path.read_text("utf-8"), "utf-8")
    text = create_app(settings, store, today=lambda: TODAY).test_client().get("/en/withdraw").text
    assert "no longer collects signatures" in text
    assert 'id="form"' in text


def test_the_title_tells_a_stranger_nothing(client: FlaskClient) -> None:
    """Neutral page title, blank icon."""
    for language in SHIPPED_LANGUAGES:
        text = client.get(f"/{language}/").text
        (title,) = re.findall("<title>(.*?)</title>", text)
        assert title in ("Тэкст", "Текст", "Text")
        assert '<link rel="icon" href="data:,">' in text


def test_a_shared_link_shows_a_stranger_nothing(with_addresses: FlaskClient) -> None:
    """What messengers read for their preview is the neutral title again, and there is no picture."""
    for page in PAGES:
        told = [tag for tag in Elements(with_addresses.get(page).text).named("meta") if "content" in tag]
        previews = {tag.get("property") or tag["name"]: tag["content"] for tag in told}
        words = {previews[name] for name in ("description", "og:title", "og:description")}
        assert words <= {"Тэкст", "Текст", "Text"}
        assert not [name for name in previews if name and "image" in name]
        assert previews["twitter:card"] == "summary"


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
    settings: Settings, store: FileStore, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
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
    with_addresses: FlaskClient, envelope: bytes, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey]
) -> None:
    """No live counter: signing changes no byte of any page."""
    client = with_addresses
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
    assert read_appeal(client.get("/appeal.json").data).collected_before == 91  # where publishing looks at it


def test_after_the_closing_day_there_is_no_form(settings: Settings, store: FileStore) -> None:
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
    assert scripts(text) == [Assets.load().exit]


def shown_state(client: FlaskClient) -> str:
    (words,) = re.findall(r'id="standing">(.*?)</p>', client.get("/en/").text, re.S)
    return " ".join(re.sub("<[^>]*>", "", words).split())


def test_the_letter_says_when_it_was_written_and_whether_it_collects(
    add: Callable[..., None], visit: Callable[[], FlaskClient]
) -> None:
    """Under its title, from the appeal's own entries."""
    assert shown_state(visit()) == "Collecting signatures"
    add("date = 2026-10-31")
    assert shown_state(visit()) == "October 31, 2026 · Collecting signatures"
    add("closing = 2026-11-22")
    assert shown_state(visit()) == "October 31, 2026 · Collecting signatures until November 22, 2026"


def test_a_letter_past_its_closing_day_says_so(add: Callable[..., None], visit: Callable[[], FlaskClient]) -> None:
    """At the top, too, before anyone looks for the form."""
    add("closing = 2026-11-21")
    assert shown_state(visit()) == "Closed: it no longer collects signatures"


def test_what_came_of_a_letter_that_was_handed_over_is_told(
    add: Callable[..., None], visit: Callable[[], FlaskClient], envelope: bytes
) -> None:
    """In each language; then there is no form, and no envelope is taken."""
    add("", '[handed_over]\nday = 2026-11-20\nbe = "Адказалі."\nru = "Ответили."\nen = "They <b>answered</b>."')
    client = visit()
    assert shown_state(client) == "Handed over on November 20, 2026"
    assert "Ответили." in client.get("/ru/").text
    assert "They &lt;b&gt;answered&lt;/b&gt;." in client.get("/en/").text
    assert 'id="form"' not in client.get("/en/").text
    refused = client.post("/envelopes", data=envelope, content_type="application/octet-stream")
    assert (refused.status_code, refused.json["type"]) == (403, "urn:undersigned:problem:closed")


def test_a_warning_stands_above_every_page_once_it_is_switched_on(
    add: Callable[..., None], visit: Callable[[], FlaskClient]
) -> None:
    """On errors, too; not before."""
    pages = (*PAGES, "/en/nowhere")
    before = visit()
    assert not [page for page in pages if 'id="warning"' in before.get(page, headers=HTML).text]
    add(f"warning = true\naddresses = {list(ADDRESSES)}")
    client = visit()
    for page in pages:
        text = client.get(page, headers=HTML).text
        assert text.index('id="warning"') < text.index("<main")
    assert "has been declared extremist in Belarus" in client.get("/en/").text


def test_organizers_can_warn_in_words_of_their_own(add: Callable[..., None], visit: Callable[[], FlaskClient]) -> None:
    """They replace the page's words, and are text."""
    add('warning = { be = "Увага", ru = "Внимание", en = "Take <i>care</i>" }')
    text = visit().get("/en/").text
    assert "Take &lt;i&gt;care&lt;/i&gt;" in text
    assert "declared extremist" not in text


def test_the_page_says_until_when_names_are_kept(add: Callable[..., None], visit: Callable[[], FlaskClient]) -> None:
    """The organizers' day, or that they have named none."""
    assert "have not named a day" in visit().get("/en/").text
    add("names_until = 2027-12-31")
    text = visit().get("/en/").text
    assert "delete the non-public names by December 31, 2027" in text
    assert "have not named a day" not in text


def test_a_poster_leads_to_the_letter_in_its_language(with_addresses: FlaskClient) -> None:
    """The QR code is that of the first address; all addresses stand there to be typed."""
    text = with_addresses.get("/ru/poster").text
    (drawn,) = re.findall(r'stroke="#000" d="([^"]+)"', text)
    assert f'd="{drawn}"' in segno.make_qr(f"{ADDRESSES[0]}/ru/", error="m").svg_inline(border=4)
    assert all(f">{address}/ru/<" in text for address in ADDRESSES)
    assert "style=" not in text


def test_a_site_that_does_not_know_where_it_is_has_no_poster(client: FlaskClient) -> None:
    """And no link to one."""
    assert client.get("/en/poster").status_code == 404
    assert 'href="poster"' not in client.get("/en/").text


def test_the_quick_exit_leads_where_the_organizers_say(
    add: Callable[..., None], visit: Callable[[], FlaskClient]
) -> None:
    """A plain link on every page, which works without a script."""
    add(f'exit = "https://weather.example/by?now=1"\naddresses = {list(ADDRESSES)}')
    client = visit()
    for page in (*PAGES, "/en/nowhere"):
        (link,) = [a for a in Elements(client.get(page, headers=HTML).text).named("a") if a.get("id") == "leave"]
        assert (link["href"], link["rel"]) == ("https://weather.example/by?now=1", "noreferrer")


def test_every_page_has_one_script_with_the_quick_exit_in_it(with_addresses: FlaskClient) -> None:
    """The large one where it has work, and a few hundred bytes elsewhere; none where organizers type their token."""
    assets = Assets.load()
    assert len(assets.exit) < 600
    for page in (*TEMPLATES, "nowhere"):
        expected = {"": [assets.script], "withdraw": [assets.script], "hand-in": [assets.script], "desk": []}
        found = scripts(with_addresses.get(f"/be/{page}", headers=HTML).text)
        assert found == expected.get(page, [assets.exit]), page


def test_a_trial_is_marked_on_every_page(settings: Settings, store: FileStore) -> None:
    """Nobody takes a DEMO for the real page."""
    path = settings.appeal / "appeal.toml"
    path.write_text(f"demo = true\naddresses = {list(ADDRESSES)}\n" + path.read_text("utf-8"), "utf-8")
    client = create_app(settings, store).test_client()
    assert all("<strong>DEMO</strong>" in client.get(page, headers=HTML).text for page in (*PAGES, "/be/nowhere"))


def test_no_other_page_is_marked_as_a_trial(with_addresses: FlaskClient) -> None:
    """A real appeal does not carry the mark."""
    assert not [page for page in PAGES if "DEMO" in with_addresses.get(page).text]


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
    settings: Settings, store: FileStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 for the visitor; the log has the kind of error and the place, not what anyone sent."""
    app = create_app(settings, store)

    def break_down() -> Any:
        raise RuntimeError("somebody's secret")

    app.add_url_rule("/broken", view_func=break_down)
    answer = app.test_client().get("/broken", headers=HTML)
    assert answer.status_code == 500
    assert "The service does not work right now" in answer.text or "Сэрвіс зараз не працуе" in answer.text
    assert "RuntimeError at test_public.py:" in caplog.text
    assert "secret" not in caplog.text + answer.text


def test_appeal_json_is_what_a_program_needs(client: FlaskClient, key: OrganizersKey) -> None:
    """It reads back by the strict reader, and the page carries the same bytes."""
    data = client.get("/appeal.json").data
    appeal = read_appeal(data)
    assert (appeal.appeal_id, appeal.keys[0].record, appeal.threshold) == (APPEAL_ID, key.record, 1)
    assert set(appeal.letters) == set(SHIPPED_LANGUAGES)
    assert data in client.get("/en/").data


def test_the_key_can_be_compared_by_eye(client: FlaskClient, key: OrganizersKey) -> None:
    """The page that explains shows the fingerprint in digits and the stock command."""
    text = client.get("/en/how").text
    assert key.record.digits in text
    assert "minisign -V -H -P RW" in text
