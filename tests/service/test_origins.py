"""A file opened from disk may send envelopes and read the answer; no page of another site may."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.envelopes import some
from tests.support.paths import ROOT
from tests.support.sample_appeal import limits_of

ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,undersigned-work"}
FOREIGN = ["https://elsewhere.example", "http://localhost.elsewhere.example", "http://localhost:8001", "file://"]
FOREIGN += [
    "http://[",
    "http://[::1",
    "http://localhost@elsewhere.example",
    "http://localhost/",
    "//localhost",
    "",
    " ",
]


def post(client: FlaskClient, body: bytes, origin: str | None) -> Any:
    headers = {} if origin is None else {"Origin": origin}
    return client.post("/envelopes", data=body, content_type="application/octet-stream", headers=headers)


@pytest.mark.parametrize("origin", ["null", "http://localhost", None])
def test_a_file_is_told_that_it_may_send(client: FlaskClient, origin: str | None) -> None:
    """204 with what a browser wants to know, the same for whoever asks."""
    answer = client.options("/envelopes", headers=ASKS | ({"Origin": origin} if origin else {}))
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["null"]
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type, Undersigned-Work"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_site_is_refused_before_and_after_the_question(
    client: FlaskClient, store: FileStore, envelope: bytes, origin: str
) -> None:
    """Neither the question nor the envelope itself is accepted, and the answer stays unreadable for its page."""
    for answer in (client.options("/envelopes", headers=ASKS | {"Origin": origin}), post(client, envelope, origin)):
        assert answer.status_code == 403
        assert answer.json["type"] == "urn:undersigned:problem:origin"
        assert answer.headers["Access-Control-Allow-Origin"] == "null"
    assert store.count() == 0


def test_a_file_can_read_every_answer_to_an_envelope(
    settings: Settings, store: FileStore, client: FlaskClient, envelope: bytes
) -> None:
    """Kept, refused, too many, work owed, out of order: the signing file shows the same words as the page."""
    busy = create_app(
        Settings(**vars(settings) | {"limits": limits_of("1/minute", "1/minute", "9/minute")}), store
    ).test_client()
    now = itertools.count(step=2)  # seconds between two looks at the clock
    flooded = create_app(replace(settings, work_above=1), store, clock=lambda: next(now)).test_client()
    answers = [
        post(client, envelope, "null"),
        post(client, envelope[:-1], "null"),
        post(client, envelope[:1] + bytes(7) + envelope[8:], "null"),
        *(post(busy, envelope, "null") for _ in range(2)),
        post(flooded, envelope, "null"),
    ]
    store.add_all(some(2), 2)
    answers.append(post(flooded, envelope, "null"))
    store.close()
    answers.append(post(client, envelope, "null"))
    assert [answer.status_code for answer in answers] == [201, 400, 409, 201, 429, 201, 429, 503]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {"null"}


def test_nothing_else_can_be_read_from_a_file_or_another_site(client: FlaskClient, envelope: bytes) -> None:
    """Pages, the appeal, the form of hand-in, the ledger: no header opens them."""
    for origin in ("null", "https://elsewhere.example"):
        headers = {"Origin": origin}
        paths = ["/en/", "/en/hand-in", "/en/sign.html", "/appeal.json", "/ledger", "/healthz"]
        answers = [client.get(path, headers=headers) for path in paths]
        answers += [client.post("/en/hand-in", headers=headers), client.options("/en/hand-in", headers=headers)]
        assert not [answer for answer in answers if "Access-Control-Allow-Origin" in answer.headers]


def test_who_sends_cannot_be_told_from_the_answer(client: FlaskClient, envelope: bytes) -> None:
    """Our page, a file, an old browser: the same bytes and headers."""
    answers = [post(client, envelope, origin) for origin in ("http://localhost", "null", None)]
    assert len({(answer.status, answer.data, tuple(answer.headers)) for answer in answers}) == 1


def test_asking_does_not_use_up_what_a_client_may_send(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """The question keeps nothing, so it is not counted."""
    limits = limits_of("1/minute", "1/minute", "9/minute")
    client = create_app(Settings(**vars(settings) | {"limits": limits}), store).test_client()
    for _ in range(3):
        assert client.options("/envelopes", headers=ASKS | {"Origin": "null"}).status_code == 204
    assert post(client, envelope, "null").status_code == 201


def test_the_header_for_work_is_the_one_that_the_script_sends() -> None:
    """A file may send only the headers that the answer to its question names."""
    assert "'Undersigned-Work'" in (ROOT / "service" / "page" / "sending.mjs").read_text("utf-8")
