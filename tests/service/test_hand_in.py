"""POST /<language>/hand-in takes an envelope as text and nothing else, and gives nothing back of what it refused."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from crypto.envelope import dearmor
from crypto.text_parts import read_text, write_parts
from service import create_app
from service.settings import Settings
from service.stores.base import StoreFull
from service.stores.file_store import FileStore
from tests.support.envelopes import held, some
from tests.support.older_text import armor
from tests.support.paths import ROOT
from tests.support.sample_appeal import TODAY, limits_of, speaking_all
from tests.support.site_map import SHIPPED_LANGUAGES

SECRET = "Марыя Сакрэтная"


OVERLOADED = {
    "be": ("Сайт перагружаны", "Справа не ў вашым падключэнні"),
    "de": ("Die Website ist überlastet", "nicht an Ihrer Verbindung"),
    "en": ("The site is overloaded", "It is not your connection."),
    "lt": ("Svetainė perkrauta", "Jūsų ryšys čia niekuo dėtas"),
    "pl": ("Strona jest przeciążona", "nie leży po stronie połączenia"),
    "ru": ("Сайт перегружен", "Дело не в вашем подключении"),
    "uk": ("Сайт перевантажений", "Справа не у вашому підключенні"),
}


def hand_in(client: FlaskClient, text: str, language: str = "en", **changes: Any) -> Any:
    return client.post(f"/{language}/hand-in", data={"envelope": text}, **changes)


def outcome(answer: Any) -> str:
    """What a person reads first."""
    found = re.search(r'id="outcome".*?>(.*?)</div>', answer.text, re.DOTALL)
    assert found, answer.text[:500]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", found[1])).split())


def field(answer: Any) -> str:
    """What stands in the field."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything any part of the service logs, down to the least."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_an_envelope_as_text_is_kept(client: FlaskClient, store: FileStore, envelope: bytes, language: str) -> None:
    """The very bytes, in every language; the field is empty afterwards."""
    answer = hand_in(client, armor(envelope), language)
    assert (answer.status_code, answer.mimetype) == (201, "text/html")
    assert f'<html lang="{language}">' in answer.text
    assert held(store) == [envelope]
    assert field(answer) == ""


def test_an_envelope_that_is_kept_already_gets_the_same_answer(
    client: FlaskClient, store: FileStore, envelope: bytes
) -> None:
    """Whoever has a text cannot learn whether it was handed in before."""
    answers = [hand_in(client, armor(envelope)) for _ in range(2)]
    answers.append(hand_in(client, armor(envelope), content_type="multipart/form-data"))
    assert len({(answer.status, answer.data, tuple(answer.headers)) for answer in answers}) == 1
    assert store.count() == 1


@pytest.mark.parametrize(
    "around",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"Добры дзень!\n\n{text}\nЗ павагай",
        lambda text: "\n".join(f"> > {line}" for line in text.split("\n")),
        lambda text: "\n".join(f"  {line}  " for line in text.split("\n")),
        lambda text: "\n" * 500 + text,
    ],
)
def test_what_mail_and_messengers_add_does_not_matter(
    client: FlaskClient, store: FileStore, envelope: bytes, around: Any
) -> None:
    """Line ends of a browser, words around it, quotes, spaces."""
    assert hand_in(client, around(armor(envelope))).status_code == 201
    assert held(store) == [envelope]


REFUSED = [
    (lambda text: SECRET, 400, "BEGIN UNDERSIGNED ENVELOPE----- is missing"),
    (lambda text: "", 400, "BEGIN UNDERSIGNED ENVELOPE----- is missing"),
    (lambda text: text + text, 400, "stands there more than once"),
    (lambda text: f"{SECRET}\n{text[:3000]}", 400, "END UNDERSIGNED ENVELOPE----- is missing"),
    (lambda text: text.replace("\n", f"\n{SECRET}\n", 1), 400, "not those of a sealed text"),
    (lambda text: text.replace("A", "*"), 400, "not one whole sealed text"),
    (lambda text: re.sub("\n[^\n]{64}", "", text, count=1), 400, "not one whole sealed text"),
    (lambda text: f"{SECRET}\n{armor(b'x' + dearmor(text)[1:])}", 400, "not one whole sealed text"),
    (lambda text: f"{SECRET}\n{armor(dearmor(text)[:1] + bytes(7) + dearmor(text)[8:])}", 409, "a new signing file"),
    (lambda text: SECRET * 2000 + text, 413, "too long"),
]


@pytest.mark.parametrize(("change", "status", "words"), REFUSED)
def test_whatever_is_no_envelope_is_refused_in_words_and_not_given_back(
    client: FlaskClient,
    store: FileStore,
    settings: Settings,
    envelope: bytes,
    logged: pytest.LogCaptureFixture,
    change: Any,
    status: int,
    words: str,
) -> None:
    """Plain text by mistake: not kept, not logged, not in the answer, in no header, in no file."""
    answer = hand_in(client, change(armor(envelope)), headers={"Accept": "*/*"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert words in outcome(answer)
    assert "Nothing of what you sent was kept." in outcome(answer)
    assert field(answer) == ""
    assert store.count() == 0
    everything = answer.text + str(answer.headers) + logged.text
    files = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())
    for word in SECRET.split():
        assert word not in everything
        assert word.encode() not in files


def test_a_form_of_another_kind_is_refused(client: FlaskClient, store: FileStore, envelope: bytes) -> None:
    """The envelope as it is, a field of another name, a file: none of them is the form's text."""
    text = armor(envelope)
    for sent in (
        {"data": text, "content_type": "text/plain"},
        {"data": envelope, "content_type": "application/octet-stream"},
        {"data": {"other": text}},
        {"data": b"--x\r\nrubbish", "content_type": "multipart/form-data; boundary=x"},
    ):
        assert client.post("/en/hand-in", **sent).status_code == 400
    assert store.count() == 0


def test_the_longest_mail_is_longer_than_any_envelope(client: FlaskClient, envelope: bytes) -> None:
    """Quoted Belarusian words before the envelope have room: each letter takes six bytes in a form."""
    assert hand_in(client, "мова " * 700 + "\n" + armor(envelope)).status_code == 201


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 201), ("null", 201), ("http://localhost", 201), ("https://elsewhere.example", 403)],
)
def test_no_other_site_hands_in(
    client: FlaskClient, store: FileStore, envelope: bytes, origin: str | None, status: int
) -> None:
    """Browsers say null here, because the pages forbid to tell where one comes from."""
    answer = hand_in(client, armor(envelope), headers={"Origin": origin} if origin else {})
    assert answer.status_code == status
    assert store.count() == (status == 201)


def test_it_counts_for_the_same_limit_as_an_envelope(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """Whoever is over it keeps the envelope in the field, and only that."""
    limits = limits_of("2/minute", "100/minute", "100/minute")
    client = create_app(replace(settings, limits=limits), store).test_client()
    sealed = {"data": envelope, "content_type": "application/octet-stream"}
    assert client.post("/envelopes", **sealed).status_code == 201
    assert hand_in(client, armor(envelope)).status_code == 201
    assert client.post("/envelopes", **sealed).status_code == 429
    answer = hand_in(client, f"{SECRET}\n{armor(envelope)}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Too many envelopes came from your connection." in outcome(answer)
    assert field(answer) == "\n".join(write_parts(envelope))
    assert SECRET.split()[0] not in answer.text
    assert field(hand_in(client, SECRET)) == ""
    assert client.options("/envelopes", headers={"Origin": "null"}).status_code == 204


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Flooded:
    """A service at which work is owed by whoever has a script; one text a minute wins, or two."""

    client: FlaskClient
    clock: Clock

    def hand_in(self, text: str, client: int, language: str = "en") -> Any:
        """From the client of a number."""
        return hand_in(self.client, text, language, headers={"X-Forwarded-For": f"203.0.113.{client}"})


@pytest.fixture
def flooded(settings: Settings, store: FileStore, envelope: bytes) -> Flooded:
    """A service under a flood."""
    return flood(settings, store, envelope)


def flood(settings: Settings, store: FileStore, envelope: bytes) -> Flooded:
    """Not yet noticed at the first text, and then for as long as the store grows."""
    told = replace(settings, work_above=1, trusted_hops=1)
    clock = Clock()
    found = Flooded(create_app(told, store, clock=clock).test_client(), clock)
    assert found.hand_in(armor(envelope), 0).status_code == 201
    store.add_all(some(50), 50)
    clock.now += 1
    return found


def test_under_a_flood_it_stays_open_for_a_browser_that_cannot_compute(flooded: Flooded, envelope: bytes) -> None:
    """Nobody owes work there; each connection has a turn a minute, whatever others do."""
    assert flooded.hand_in(armor(envelope), 1).status_code == 201
    assert [flooded.hand_in(armor(envelope), 1).status_code for _ in range(5)] == [503] * 5
    flooded.clock.now += 120
    assert flooded.hand_in(armor(envelope), 1).status_code == 201


def test_when_more_have_a_turn_than_there_is_room_for_lots_are_drawn(
    flooded: Flooded, store: FileStore, envelope: bytes
) -> None:
    """Of 200 who come in a minute a few are let in, and some of the last as of the first."""
    answers = [flooded.hand_in(armor(envelope), client).status_code for client in range(200)]
    assert set(answers) == {201, 503}
    assert 1 <= answers.count(201) <= 30


def test_it_says_that_the_site_is_overloaded_and_not_the_connection(
    settings: Settings, store: FileStore, envelope: bytes
) -> None:
    """In every language, with the text in the field and the time to wait, whether the page is kept or made anew."""
    speaking_all(settings.appeal, "", 80)
    flooded = flood(settings, store, envelope)
    flooded.hand_in(armor(envelope), 1)
    for language, words in [each for each in OVERLOADED.items() for _ in range(2)]:
        answer = flooded.hand_in(f"{SECRET}\n{armor(envelope)}", 1, language)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert all(word in outcome(answer) for word in words)
        assert field(answer) == "\n".join(write_parts(envelope))
        assert SECRET.split()[0] not in answer.text
    assert field(flooded.hand_in(SECRET, 1)) == ""


def test_a_store_without_room_says_so_too(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """Nobody's connection is to blame; programs read it as a kind of its own."""

    class Full(FileStore):
        def add(self, envelope: bytes) -> None:
            raise StoreFull("no room")

    with closing(Full(settings.data / "full")) as full:
        client = create_app(settings, full).test_client()
        answer = hand_in(client, armor(envelope))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "It is not your connection." in outcome(answer)
        told = client.post("/envelopes", data=envelope, content_type="application/octet-stream")
    assert (told.status_code, told.json["type"]) == (503, "urn:undersigned:problem:overloaded")


def test_a_store_that_cannot_keep_is_told(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """503 with the time to wait, never "handed in"."""
    client = create_app(settings, store).test_client()
    store.close()
    answer = hand_in(client, armor(envelope))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "cannot keep envelopes right now" in outcome(answer)
    assert field(answer) == "\n".join(write_parts(envelope))


def test_after_the_letter_has_closed_it_says_so(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """With the same days of grace as any envelope."""
    path = settings.appeal / "appeal.toml"
    path.write_text("closing = 2026-11-20\n" + path.read_text("utf-8"), "utf-8")
    today = [TODAY]
    client = create_app(settings, store, today=lambda: today[0]).test_client()
    assert hand_in(client, armor(envelope)).status_code == 201
    today[0] = date(2026, 11, 23)
    answer = hand_in(client, armor(envelope))
    assert answer.status_code == 403
    assert "no longer collecting" in outcome(answer)


def test_another_language_is_no_page(client: FlaskClient, store: FileStore, envelope: bytes) -> None:
    """404, and nothing is kept."""
    assert hand_in(client, armor(envelope), "fr").status_code == 404
    assert store.count() == 0


def test_every_reason_has_words(client: FlaskClient) -> None:
    """What dearmor and the checks can say, the page can say: no reason falls back to silence."""
    text = (ROOT / "templates" / "_reasons.html").read_text("utf-8")
    reasons = set(re.findall(r"`(armor-[a-z0-9-]+)`", (ROOT / "docs" / "spec.md").read_text("utf-8")))
    assert len(reasons) == 9
    for reason in reasons:
        assert f'"{reason}":' in text
        assert f'data-word="{reason}"' in client.get("/en/hand-in").text


def test_the_browser_itself_refuses_what_is_too_short(client: FlaskClient, envelope: bytes) -> None:
    """No sealed text is shorter than the form's minlength, and no name or message is as long."""
    found = re.search(r'<textarea name="envelope"[^>]* required minlength="(\d+)"', client.get("/en/hand-in").text)
    assert found
    bare = "".join("".join(part.rpartition("-----END")[0] for part in write_parts(envelope)).split())
    assert read_text(bare) == envelope  # the shortest that is read: no END lines, no white space
    assert 5000 < int(found[1]) <= len(bare)


def test_every_answer_is_protected(client: FlaskClient, envelope: bytes, tmp_path: Path) -> None:
    """The same headers as any page; no cookie."""
    expected = client.get("/en/hand-in").headers
    for answer in (hand_in(client, armor(envelope)), hand_in(client, SECRET), hand_in(client, "", "fr")):
        for name in ("Content-Security-Policy", "Cache-Control", "Referrer-Policy", "X-Frame-Options"):
            assert answer.headers.get_all(name) == expected.get_all(name)
        assert "Set-Cookie" not in answer.headers
