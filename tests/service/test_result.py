"""The result, as readers, programs and spreadsheets get it: all of what is published, and nothing else."""

from __future__ import annotations

import cProfile
import csv
import gzip
import html
import io
import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from crypto.collation import sort_people
from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import Counts, PublishedSignature, digest, line
from organizer.exports.phrases import PHRASES
from service import create_app
from service.settings import Settings
from service.site.name_search import PAGE_SIZE, QUERY_MOST, NameList
from service.site.rendering import LANGUAGE_NAMES
from service.stores.file_store import FileStore
from tests.support.programs import environment_with
from tests.support.publications import hand_in, post_files, publication
from tests.support.sample_appeal import APPEAL_ID, TOKEN, limits_of, speaking_all
from tests.support.site_map import SHIPPED_LANGUAGES

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
MANY = 10_000
ATOM = "{http://www.w3.org/2005/Atom}"
# A page and what it carries: one response, read on a slow line.
FIRST_VIEW_MOST = 54_000
# Work for one answer, in calls of functions: a page of the list makes 16,000, a search 9,000.
MOST_CALLS = 25_000


def many(count: int = MANY) -> tuple[PublishedSignature, ...]:
    """Names of ordinary length, no two alike."""
    firsts = ("Аляксандра", "Таццяна", "Владимир", "Наталля", "Jan", "Святлана", "Мікалай", "Ольга")
    lasts = ("Ціхановіч", "Кавалёва", "Петрова-Вадкіна", "Прыклад", "Nowak", "Гаўрылюк", "О’Ніл")
    return tuple(
        PublishedSignature(
            f"{firsts[at % 8]} {lasts[at % 7]}-{''.join(chr(0x430 + (at // 32**place) % 32) for place in range(3))}",
            ("сястра", "былы палітвязень", "")[at % 3],
            ("Зміцер Вязень", "")[at % 2],
        )
        for at in range(count)
    )


def publish(client: FlaskClient, keys: Keys, signatures: tuple[PublishedSignature, ...], **changes: Any) -> bytes:
    """Hand in a publication of these signatures and 51 that are not named; returns its bytes."""
    public = len(signatures)
    counts = Counts(public + 60, 1, 2, 3, 4, public, 51)
    receipts = tuple(f"{at:016x}" for at in range(public + 51))
    data = publication((), counts=counts, signatures=signatures, receipts=receipts, **changes)
    assert hand_in(client, data, keys[0]).status_code == 201
    return data


class Items(HTMLParser):
    """What a reader sees of each `<li>` in the lists that are compared with the signed file."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = self._item = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ul":
            self._inside = "data-names" in dict(attrs)
        if tag == "li" and self._inside:
            self._item = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "ul"
        self._item = self._item and tag != "li"

    def handle_data(self, data: str) -> None:
        if self._item:
            self.found[-1] += data


def seen(text: str) -> str:
    """What stands between the tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]*>", "", text)))


def searched(client: FlaskClient, query: str, **more: str) -> str:
    answer = client.post("/en/result", data={"q": query, **more})
    assert answer.status_code == 200
    return answer.text


def test_the_letter_shows_the_count_in_words_some_names_and_the_way_to_all(
    client: FlaskClient, minisign_keys: Keys
) -> None:
    """Each language with its plural; the number of names on the letter's page is bounded."""
    publish(client, minisign_keys, many(70))
    words = {"en": "121 people have signed", "be": "121 чалавек падпісаў", "ru": "121 человек подписал"}
    for language, text in words.items():
        page = client.get(f"/{language}/").text
        assert text in seen(page)
        assert len(Items(page).found) == 50
        assert 'href="result"' in page
    told = "70 by name, 51 not by name. Checked and counted by the organizers on November 21, 2026."
    assert told in seen(client.get("/en/").text)


def test_every_public_name_stands_on_some_page_in_the_order_of_its_language(
    client: FlaskClient, minisign_keys: Keys
) -> None:
    """With relation and prisoner; the pages are linked to one another and exist in every language."""
    signatures = many(2 * PAGE_SIZE + 1)
    publish(client, minisign_keys, signatures)
    found: list[str] = []
    address: str | None = "result"
    while address:
        page = client.get(f"/be/{address}").text
        found += Items(page).found
        addresses = re.findall(r'<a href="(result[-0-9]*)#names">', page)
        further = [each for each in addresses if each != "result" and each > address]
        address = min(further, default=None)
    assert found == [line(entry) for entry in sort_people(signatures, "be")]
    assert client.get("/ru/result-3").status_code == 200


def test_readers_of_each_language_find_names_where_they_expect_them(
    settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """On the letter's page, on that of the result and after a search; it says by what, as exported files do."""
    names = ("Яна", "Žana", "Čiž", "Ёлкина", "Ерофей", "Cibulskis", "Łukasz", "Lwow", "Yla", "Inga", "Ґанна", "Гнат")
    signatures = tuple(PublishedSignature(name, "сястра", "") for name in (*names, "دוד"))
    speaking_all(settings.appeal, "closing = 2027-01-31", 8000)
    client = create_app(settings, store).test_client()
    publish(client, minisign_keys, signatures)
    orders = set()
    for language in LANGUAGE_NAMES:
        expected = [line(entry) for entry in sort_people(signatures, language)]
        found = client.post(f"/{language}/result", data={"q": "сястра"}).text
        for page in (client.get(f"/{language}/").text, client.get(f"/{language}/result").text, found):
            assert Items(page).found == expected
            places = re.findall(r'data-names="([0-9 ]+)"', page)
            assert [[line(signatures[int(at)]) for at in some.split()] for some in places] == [expected]
            assert page.count(PHRASES[language].order) == 1
        orders.add(tuple(expected))
    assert len(orders) == len(LANGUAGE_NAMES) - 1  # German and English agree


def test_the_initiative_group_stands_first_and_only_once(client: FlaskClient, minisign_keys: Keys) -> None:
    """Before all names, on the first page of the list."""
    publish(client, minisign_keys, many(PAGE_SIZE + 1))
    first = client.get("/be/result").text
    assert 0 < first.index("Ініцыятыўная група") < first.index("data-names")
    assert "Ініцыятыўная група" not in client.get("/be/result-2").text


@pytest.mark.parametrize("page", ["result-0", "result-1", "result-2", "result-02", "result-9999999", "result-x"])
def test_a_page_of_the_list_that_does_not_exist_is_not_found(
    client: FlaskClient, minisign_keys: Keys, page: str
) -> None:
    """One address for one page, and no error of ours for any number."""
    publish(client, minisign_keys, many(3))
    assert client.get(f"/be/{page}").status_code == 404


def test_before_the_first_result_the_pages_say_so(client: FlaskClient) -> None:
    """Words for people, 404 for programs, an empty feed for feed readers."""
    assert "There is no result yet" in client.get("/en/result").text
    for path in ("/result.json", "/result.csv", "/publications/1/publication.json", "/en/result-2"):
        assert client.get(path).status_code == 404
    assert client.post("/en/result", data={"q": "x"}).status_code == 404
    feed = ElementTree.fromstring(client.get("/en/feed.atom").data)
    assert feed.findall(f"{ATOM}entry") == []


@pytest.mark.parametrize(
    ("written", "queries"),
    [
        ("Аляксандра Пятроўская", ["Александра Петровская", "aliaksandra", "Piatrouskaja"]),
        (
            "Ірына Кавалёва-Гаўрылюк",
            ["кавалева", "ГАВРИЛЮК", "гаўр ір", "Kavaliova", "Irina", "Кавалёва Ірына", "Ковалева"],
        ),
        ("Мар’яна О'Ніл", ["марьяна", "Marjana", "Мар'яна", "мар`яна", "oniл", "О’Ніл"]),
        ("Jan Chomič", ["Хоміч", "хомич", "Khomich", "ян"]),
        ("Łucja Żółć", ["lucja", "zolc", "люция", "Łuc"]),
    ],
)
def test_a_search_finds_other_spellings(written: str, queries: list[str]) -> None:
    """Case, ў and у, ё and е, apostrophes, Latin and Cyrillic letters, the order of words, beginnings."""
    names = NameList([PublishedSignature("Zmicier Inšy", "", ""), PublishedSignature(written, "", "")])
    for query in queries:
        assert [entry.name for entry in names.search(query, 1, "en").entries] == [written], query


def test_a_search_looks_at_relation_and_prisoner_too(client: FlaskClient, minisign_keys: Keys) -> None:
    """Who looks for a prisoner finds those who signed for them."""
    entries = (PublishedSignature("Ева", "", "Зміцер Вязень"), PublishedSignature("Ян", "сястра", ""))
    publish(client, minisign_keys, entries)
    assert Items(searched(client, "Змицер")).found == ["Ева (Зміцер Вязень)"]
    assert Items(searched(client, "siastra")).found == ["Ян, сястра"]


@pytest.mark.parametrize("query", ["!!!", "\u0000", "👍", "Нікога Такога"])
def test_a_search_that_finds_nobody_says_so(client: FlaskClient, minisign_keys: Keys, query: str) -> None:
    """And shows no name at all."""
    publish(client, minisign_keys, many(3))
    page = searched(client, query)
    assert Items(page).found == []
    assert "Nobody found" in seen(page)


@pytest.mark.parametrize("query", ["", "   "])
def test_whoever_looks_for_nothing_gets_the_list(client: FlaskClient, minisign_keys: Keys, query: str) -> None:
    """A button pressed by mistake does not say that nobody was found."""
    publish(client, minisign_keys, many(3))
    assert searched(client, query) == client.get("/en/result").text


def test_what_a_search_finds_comes_in_pages_too(client: FlaskClient, minisign_keys: Keys) -> None:
    """A button sends the same query with the number of the page; a number that makes no sense is the nearest."""
    publish(client, minisign_keys, (PublishedSignature("Ян Прыклад", "", ""),) * 450)
    lengths = [
        len(Items(searched(client, "прыклад", page=page)).found) for page in ("1", "2", "3", "4", "x", "-1", "٣")
    ]
    assert lengths == [200, 200, 50, 50, 200, 200, 200]
    assert '<button type="submit" class="quiet" form="search" name="page" value="2">' in searched(client, "ян")


def test_a_query_is_bounded_and_only_text(client: FlaskClient, minisign_keys: Keys) -> None:
    """Cut at its longest; a larger form is refused; markup in it is text."""
    publish(client, minisign_keys, many(3))
    assert f'value="{"ж" * QUERY_MOST}"' in searched(client, "ж" * (QUERY_MOST + 50))
    refused = client.post("/en/result", data={"q": "ж" * 5000}, headers={"Accept": "text/html"})
    assert refused.status_code == 413
    hostile = searched(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in hostile
    assert "&lt;script&gt;alert(1)" in hostile


def test_what_somebody_looked_for_stays_out_of_addresses_and_logs(
    client: FlaskClient, minisign_keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    """Sent in the body; a query in the address changes nothing; no other page and no log has it."""
    publish(client, minisign_keys, many(3))
    caplog.set_level(0)
    before = client.get("/en/result").data
    page = searched(client, "Патаемнае Імя")
    assert re.search('<form method="post" action="result#names"', page)
    assert client.get("/en/result?q=Патаемнае").data == before
    assert "Патаемнае" not in caplog.text
    assert "Патаемнае" not in client.get("/en/result").text


def test_searching_is_limited_like_other_work(settings: Settings, store: FileStore, minisign_keys: Keys) -> None:
    """Per client; reading goes on, and another client can search."""
    limits = limits_of(envelopes="1/minute", desk="9/minute", everyone="9/minute", search="2/minute")
    client = create_app(Settings(**{**vars(settings), "limits": limits}), store).test_client()
    publish(client, minisign_keys, many(3))
    html_wanted = {"Accept": "text/html"}
    statuses = [client.post("/en/result", data={"q": "x"}, headers=html_wanted).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get("/en/result").status_code == 200
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post("/en/result", data={"q": "x"}, environ_base=other).status_code == 200


def test_result_json_is_a_summary_of_what_was_signed(client: FlaskClient, minisign_keys: Keys) -> None:
    """Numbers, date, digest, and where the signed file is."""
    data = publish(client, minisign_keys, many(3))
    found = client.get("/result.json").json
    signed = json.loads(data)
    assert {key: found[key] for key in ("appeal", "number", "date", "total", "counts", "by_hand")} == {
        key: signed[key] for key in ("appeal", "number", "date", "total", "counts", "by_hand")
    }
    assert found["sha256"] == digest(data)
    assert client.get("/" + found["publication"]).data == data
    assert client.get("/" + found["minisigs"]["anna"]).status_code == 200
    assert client.get("/" + found["names"]).mimetype == "text/csv"


def test_addresses_are_whole_where_the_site_knows_its_own(
    settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """The first of the appeal's addresses, in result.json and in the feed."""
    path = settings.appeal / "appeal.toml"
    text = re.sub("(?m)^addresses = .*$", "", path.read_text("utf-8"))
    path.write_text('addresses = ["https://letter.example", "http://other.onion"]\n' + text, "utf-8")
    client = create_app(settings, store).test_client()
    publish(client, minisign_keys, many(3))
    assert client.get("/result.json").json["publication"] == "https://letter.example/publication.json"
    feed = ElementTree.fromstring(client.get("/be/feed.atom").data)
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links[0] == "https://letter.example/be/feed.atom"
    assert all(link.startswith("https://letter.example/") for link in links)


def test_the_feed_has_every_publication_with_lasting_ids_and_no_other_dates(
    client: FlaskClient, minisign_keys: Keys
) -> None:
    """The newest first; what a feed reader has seen keeps its id when another result comes; no names in it."""
    first = publish(client, minisign_keys, many(3))
    before = ElementTree.fromstring(client.get("/en/feed.atom").data)
    publish(client, minisign_keys, many(5), number=2, previous=digest(first), date="2026-11-22")
    answer = client.get("/en/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["56 people have signed", "54 people have signed"]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == ["2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z"]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T00:00:00Z"
    assert entries[1].findtext(f"{ATOM}id") == before.find(f"{ATOM}entry").findtext(f"{ATOM}id")  # type: ignore[union-attr]  # it has one
    ids = [element.text or "" for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert all(re.fullmatch("urn:uuid:[0-9a-f-]{36}", each) for each in ids)
    assert ids[0].replace("-", "").endswith(APPEAL_ID.hex())
    assert "Аляксандра" not in answer.text


def test_every_publication_can_be_had_so_that_the_chain_can_be_checked(
    client: FlaskClient, minisign_keys: Keys
) -> None:
    """Byte for byte with their minisigs; the list of results names their digests; nothing else can be reached."""
    first = publish(client, minisign_keys, many(3))
    second = publish(client, minisign_keys, many(4), number=2, previous=digest(first))
    for number, data in ((1, first), (2, second)):
        assert client.get(f"/publications/{number}/publication.json").data == data
        assert client.get(f"/publications/{number}/publication.json.anna.minisig").status_code == 200
        assert digest(data) in client.get("/en/result").text
    assert json.loads(second)["previous"] == digest(client.get("/publications/1/publication.json").data)
    for path in (
        "0/publication.json", "3/publication.json", "99999999999999999999999/publication.json",
        "1/publication.json.boris.minisig", "1/publication.json.%2e%2e%2fx.minisig", "1/publication.json.%00.minisig",
        "1/publication.json.A.minisig", "1/../../envelopes.sqlite", "-1/publication.json",
    ):  # fmt: skip
        assert client.get(f"/publications/{path}").status_code == 404, path


def test_a_damaged_earlier_publication_takes_nothing_away(
    settings: Settings, store: FileStore, minisign_keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest is shown, the list goes on without the damaged one, and the log says which."""
    client = create_app(settings, store).test_client()
    first = publish(client, minisign_keys, many(3))
    publish(client, minisign_keys, many(4), number=2, previous=digest(first))
    (settings.data / "publications" / "000001" / "publication.json").write_bytes(b"{")
    client = create_app(settings, store).test_client()
    page = client.get("/en/result").text
    assert "Result number 2" in seen(page)
    assert "Result number 1" not in seen(page)
    assert "000001" in caplog.text


def test_the_table_holds_every_public_name(client: FlaskClient, minisign_keys: Keys) -> None:
    """UTF-8 with a byte order mark, which spreadsheets need; the order is that of the publication."""
    signatures = many(300)
    publish(client, minisign_keys, signatures)
    data = client.get("/result.csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["name", "relation", "prisoner"]
    assert rows[1:] == [[entry.name, entry.relation, entry.prisoner] for entry in signatures]


def test_the_commands_on_the_page_verify_the_files_on_the_page(
    client: FlaskClient, minisign_keys: Keys, tmp_path: Path
) -> None:
    """With the stock minisign, one command for each organizer; a changed file fails."""
    data = publication()
    files = [("publication", (data, "publication.json"))]
    files += [("minisig", (sign(key, data, "c").encode(), "x.minisig")) for key in minisign_keys]
    assert post_files(client, files, TOKEN).status_code == 201
    text = html.unescape(client.get("/en/result").text)
    for address in re.findall('<a href="../(publication[^"]*)" download>', text):
        (tmp_path / address).write_bytes(client.get(f"/{address}").data)
    commands = re.findall("<code>(minisign [^<]*)</code>", text)
    assert len(commands) == 2
    environment = environment_with("minisign")
    for command in commands:
        subprocess.run(command.split(), cwd=tmp_path, env=environment, check=True, capture_output=True)
    (tmp_path / "publication.json").write_bytes(data + b" ")
    changed = subprocess.run(commands[0].split(), cwd=tmp_path, env=environment, check=False, capture_output=True)
    assert changed.returncode == 1


def test_the_page_names_keys_threshold_digest_and_fingerprint(client: FlaskClient, minisign_keys: Keys) -> None:
    """Also the key of an organizer who has not signed."""
    data = publish(client, minisign_keys, many(3))
    text = html.unescape(client.get("/en/result").text)
    assert "Not signed by boris" in text
    assert all(key.public.line in text for key in minisign_keys)
    assert "A result counts if 1 of these keys has signed it." in text
    assert digest(data) in text
    assert re.search(r"([0-9]{5} ){7}[0-9]{5}", text)


@pytest.fixture
def crowd(client: FlaskClient, minisign_keys: Keys) -> FlaskClient:
    """A site with 10,000 public names."""
    publish(client, minisign_keys, many())
    return client


@pytest.mark.slow  # ten thousand names
def test_ten_thousand_names_are_light_and_little_work(crowd: FlaskClient) -> None:
    """Each page within the budget of a first view; a page of the list and a search take few calls of functions."""
    asked: dict[str, Callable[[], Any]] = {
        f"/{language}/{page}": lambda path=f"/{language}/{page}": crowd.get(path, headers={"Accept-Encoding": "gzip"})  # type: ignore[misc]  # bound here
        for language in SHIPPED_LANGUAGES
        for page in ("", "result", "result-2", "result-50")
    }
    asked["search"] = lambda: crowd.post("/be/result", data={"q": "а"}, headers={"Accept-Encoding": "gzip"})
    for name, ask in asked.items():
        answer = ask()
        assert gzip.decompress(answer.data).count(b"<li><bdi class") >= 50
        assert len(answer.data) < FIRST_VIEW_MOST, name
        assert calls_of(ask) < MOST_CALLS, name


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions are called, in Python and in C: work that a busy machine does not make more of."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())
