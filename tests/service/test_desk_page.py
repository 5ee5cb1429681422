"""The organizers' page: it works without a script, looks at the token first, and says what came of it in words."""

from __future__ import annotations

import hashlib
import io
import os
import re
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from crypto.envelope import envelope_id
from crypto.minisign import MinisignSecretKey, sign
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from service.web.desk_api import PUBLICATION_MOST
from service.web.desk_page import DeskOutcome
from service.web.token_form import BEFORE_TOKEN_MOST, BEFORE_TOKEN_SECONDS, Body, Form, FormError, read_form
from tests.support.html_pages import HTML, Elements
from tests.support.publications import publication
from tests.support.sample_appeal import APPEAL_ID, TODAY, TOKEN, limits_of
from tests.support.site_map import SHIPPED_LANGUAGES

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
BOUNDARY = "----of-a-test"
Part = tuple[str, str | None, bytes]


def part(name: str, content: bytes | str, filename: str | None = None) -> Part:
    return name, filename, content.encode() if isinstance(content, str) else content


def multipart(parts: list[Part]) -> bytes:
    body = b""
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: application/octet-stream'
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def press(client: FlaskClient, language: str, what: str, *files: Part, token: str = TOKEN, **more: Any) -> Any:
    """POST the form as a browser does: the token, the files, the pressed button."""
    body = multipart([part("token", token), *files, part("what", what)])
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return client.post(
        f"/{language}/desk", data=body, content_type=content_type, headers=HTML, **{"buffered": True} | more
    )


def handed_in(data: bytes, *signers: MinisignSecretKey) -> list[Part]:
    minisigs = [part("minisig", sign(key, data, "a test"), "x.minisig") for key in signers]
    return [part("publication", data, "publication.json"), *minisigs]


def kept(store: FileStore, count: int) -> list[bytes]:
    envelopes = sorted((os.urandom(4096) for _ in range(count)), key=envelope_id)
    for envelope in envelopes:
        store.add(envelope)
    return envelopes


def text_of(html: str, element: str) -> str:
    (found,) = re.findall(rf'id="{element}"[^>]*>([^<]*)<', html)
    return str(found).strip()


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_the_page_is_the_same_for_everyone_and_asks_for_the_token_first(client: FlaskClient, language: str) -> None:
    """Two forms that post to the page itself; in each the first field is the token, as a password, and empty."""
    answer = client.get(f"/{language}/desk")
    assert answer.status_code == 200
    elements = Elements(answer.text)
    forms = list(elements.named("form"))
    wanted = {"method": "post", "action": "desk", "enctype": "multipart/form-data"}
    assert forms == [wanted, wanted]
    named = [attributes for tag, attributes in elements.found if tag in ("input", "button") and "name" in attributes]
    assert [each["name"] for each in named] == ["token", "what", "what", "token", "publication", "minisig", "what"]
    tokens = [each for each in named if each["name"] == "token"]
    assert all(each["type"] == "password" and "value" not in each and "required" in each for each in tokens)
    assert not list(elements.named("script"))


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_every_field_has_a_label_and_every_part_a_heading(client: FlaskClient, language: str) -> None:
    """Whoever hears the page knows what is asked for."""
    elements = Elements(client.get(f"/{language}/desk").text)
    labelled = {label["for"] for label in elements.named("label")}
    assert {field["id"] for field in elements.named("input")} == labelled
    ids = {attributes["id"] for _, attributes in elements.found if "id" in attributes}
    pointed = [
        attributes.get(name) for _, attributes in elements.found for name in ("aria-labelledby", "aria-describedby")
    ]
    assert {each for each in pointed if each} <= ids


def test_the_desk_is_found_in_the_browsers_language(client: FlaskClient) -> None:
    """/desk leads there."""
    answer = client.get("/desk", headers={"Accept-Language": "ru"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "ru/desk")


def test_the_envelopes_come_as_a_file_whose_name_says_what_it_must_be(client: FlaskClient, store: FileStore) -> None:
    """Number and SHA-256 stand in the name, so that sha256sum is all that is needed."""
    envelopes = kept(store, 130)
    answer = press(client, "be", "file")
    expected = f"undersigned/v1/ledger {APPEAL_ID.hex()} 130\n".encode() + b"".join(envelopes)
    digest = hashlib.sha256(expected).hexdigest()
    assert answer.data == expected
    assert answer.headers["Content-Length"] == str(len(expected))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ledger-130-{digest}.undersigned"'


def test_what_arrives_during_the_download_does_not_change_it(client: FlaskClient, store: FileStore) -> None:
    """The digest was told at the beginning; the file keeps to it."""
    kept(store, 130)
    with press(client, "be", "file", buffered=False) as answer:
        pieces = answer.iter_encoded()
        data = next(pieces)
        kept(store, 40)
        data += b"".join(pieces)
    assert f"-{hashlib.sha256(data).hexdigest()}." in answer.headers["Content-Disposition"]
    assert data.startswith(f"undersigned/v1/ledger {APPEAL_ID.hex()} 130\n".encode())


@pytest.mark.parametrize(("language", "words"), [("be", "3 канверты"), ("ru", "3 конверта"), ("en", "3 envelopes")])
def test_number_and_digest_are_shown_on_request(
    client: FlaskClient, store: FileStore, language: str, words: str
) -> None:
    """The same as those of the file, in the page's language."""
    kept(store, 3)
    answer = press(client, language, "count")
    assert answer.status_code == 200
    assert words in answer.text
    assert text_of(answer.text, "digest") == hashlib.sha256(press(client, language, "file").data).hexdigest()


@pytest.mark.parametrize(
    ("language", "words"),
    [("be", "Вынік прыняты"), ("ru", "Результат принят"), ("en", "The result is accepted")],
)
def test_an_accepted_result_is_told_with_number_total_and_digest(
    client: FlaskClient, minisign_keys: Keys, language: str, words: str
) -> None:
    """What the organizers compare with what they signed; from then on the page shows it."""
    data = publication()
    answer = press(client, language, "publication", *handed_in(data, *minisign_keys))
    assert answer.status_code == 201
    assert words in answer.text
    shown = [text_of(answer.text, element) for element in ("number", "total", "digest")]
    assert shown == ["1", "5", hashlib.sha256(data).hexdigest()]
    assert client.get("/publication.json").data == data
    assert hashlib.sha256(data).hexdigest() in client.get(f"/{language}/desk").text


def test_a_refused_result_is_told_with_the_failed_check(client: FlaskClient, minisign_keys: Keys) -> None:
    """Each check in words of the language, with its stable name; what was shown stays."""
    anna, _ = minisign_keys
    stranger = MinisignSecretKey.make(b"stranger", bytes(32))
    first = publication()
    assert press(client, "ru", "publication", *handed_in(first, anna)).status_code == 201
    digest = hashlib.sha256(first).hexdigest()
    second = publication(number=2, previous=digest)
    for data, signer, reason, words in (
        (second, stranger, "publication-minisig", "Нужна электронная подпись minisign 1 организатора"),
        (publication(number=2, previous=digest, appeal="00" * 16), anna, "publication-appeal", "другому обращению"),
        (publication(number=3, previous=digest), anna, "publication-number", "у следующего номер 2"),
        (publication(number=2, previous="00" * 32), anna, "publication-previous", "не продолжает результат"),
        (second.replace(b'"total": 5', b'"total": 6'), anna, "publication-sums", "противоречат"),
        (second.replace(b"0000000000000004", b"0000000000000000"), anna, "publication-order", "не по порядку"),
        (b"{}", anna, "publication-shape", "какой-то записи нет"),
        (b"[", anna, "publication-json", "повреждён"),
    ):
        answer = press(client, "ru", "publication", *handed_in(data, signer))
        assert answer.status_code == 422
        assert words in answer.text
        assert f">{reason}</code>" in answer.text
        assert 'role="alert"' in answer.text
    assert client.get("/publication.json").data == first


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_every_check_of_the_verifier_has_words(client: FlaskClient, language: str) -> None:
    """The list in crypto/errors.py is the list of the page."""
    reasons = ["json", "shape", "minisig", "appeal", "number", "previous", "sums", "order"]
    application = client.application.extensions["undersigned"]
    texts = {application.pages.desk(language, DeskOutcome(f"publication-{reason}")) for reason in reasons}
    plain = {re.sub(rb"publication-[a-z]+", b"", text) for text in texts}
    assert len(plain) == len(reasons)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", hashlib.sha256(TOKEN.encode()).hexdigest()])
@pytest.mark.parametrize("what", ["file", "count", "publication"])
def test_without_the_token_no_button_does_anything(
    client: FlaskClient, minisign_keys: Keys, what: str, token: str
) -> None:
    """401, told in words, and the token is not repeated."""
    answer = press(client, "be", what, *handed_in(publication(), minisign_keys[0]), token=token)
    assert answer.status_code == 401
    assert answer.mimetype == "text/html"
    assert "Ключавога слова няма, або яно няправільнае." in answer.text
    assert not token or token not in answer.text
    assert client.get("/publication.json").status_code == 404


def test_a_token_in_the_address_opens_nothing(client: FlaskClient) -> None:
    """It would stay in histories and logs."""
    body = multipart([part("what", "count")])
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    answer = client.post(f"/en/desk?token={TOKEN}&what=count", data=body, content_type=content_type, headers=HTML)
    assert answer.status_code == 400


class Counted(io.BytesIO):
    """A body that remembers how much of it was read."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.read_bytes += len(found)
        return found

    def readinto(self, buffer: Any, /) -> int:
        found = super().readinto(buffer)
        self.read_bytes += found
        return found


@pytest.mark.parametrize("first", [part("token", "wrong"), part("x", "y"), part("token", "t" * 500_000)])
def test_a_stranger_cannot_make_the_service_read_a_large_body(client: FlaskClient, first: Part) -> None:
    """Before the token was found right, at most one piece is read."""
    data = multipart([first, part("publication", os.urandom(4_000_000), "publication.json")])
    body = Counted(data)
    answer = client.post(
        "/en/desk",
        input_stream=body,
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        headers=HTML,
    )
    assert answer.status_code in (400, 401)
    assert 0 < body.read_bytes <= 2 * BEFORE_TOKEN_MOST


def test_a_stranger_cannot_make_the_service_wait_for_a_token() -> None:
    """One byte in a while is waited for some seconds; whoever showed the token may take as long as the line needs."""
    now = 0.0

    class Slow(io.BytesIO):
        """A body that comes a byte in a second."""

        def read(self, size: int | None = -1, /) -> bytes:
            nonlocal now
            now += size or 0
            return super().read(size)

    def right(token: str) -> None:
        assert token == TOKEN

    late = Body(Slow(multipart([part("token", TOKEN)])), right, lambda: now)
    with pytest.raises(FormError, match="in time"):
        read_form(late.pieces(), BOUNDARY, late.admit)
    assert now <= BEFORE_TOKEN_SECONDS + 1
    quick = Body(
        Slow(multipart([part("token", TOKEN), part("publication", bytes(300_000), "p")])), right, lambda: now / 1e3
    )
    assert read_form(quick.pieces(), BOUNDARY, quick.admit).files == {"publication": [bytes(300_000)]}


def test_a_body_that_is_too_large_is_refused_unread(client: FlaskClient) -> None:
    """By its announced length."""
    body = Counted(bytes(PUBLICATION_MOST + 1))
    answer = client.post(
        "/en/desk",
        input_stream=body,
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        headers=HTML,
    )
    assert (answer.status_code, body.read_bytes) == (413, 0)
    assert "The files are too large." in answer.text


def test_limits_are_asked_before_the_token(settings: Settings, store: FileStore) -> None:
    """Whoever guesses is stopped, and so is the right token from the same connection; in words, with Retry-After."""
    strict = Settings(**(vars(settings) | {"limits": limits_of("10/minute", "3/minute", "10/minute")}))
    client = create_app(strict, store, today=lambda: TODAY).test_client()
    assert [press(client, "ru", "count", token="guess").status_code for _ in range(3)] == [401] * 3
    answer = press(client, "ru", "count")
    assert answer.status_code == 429
    assert "Слишком много запросов" in answer.text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Choose the one file"),
        ([part("publication", "", ""), part("minisig", "", "")], "Choose the one file"),
        ([part("publication", "{}", "p")], "Choose the one file"),
        ([part("publication", "{}", "p"), part("publication", "{}", "p"), part("minisig", "", "m")], "Choose the one"),
        ([part("publication", "{}", "p"), *[part("minisig", "x", "m")] * 33], "Choose the one file"),
        ([part("publication", "{}", "p"), *[part("minisig", "x", "m")] * 60], "did not arrive whole"),
    ],
)
def test_a_form_without_the_files_says_which_are_needed(client: FlaskClient, files: list[Part], words: str) -> None:
    """One publication.json, one to 32 minisigs."""
    answer = press(client, "en", "publication", *files)
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"token=x&what=count", "application/x-www-form-urlencoded"),
        (b"", f"multipart/form-data; boundary={BOUNDARY}"),
        (b"rubbish", f"multipart/form-data; boundary={BOUNDARY}"),
        (multipart([part("token", TOKEN), part("what", "count")])[:-20], f"multipart/form-data; boundary={BOUNDARY}"),
        (multipart([part("token", TOKEN)]), f"multipart/form-data; boundary={BOUNDARY}"),
        (multipart([part("token", TOKEN), part("what", "else")]), f"multipart/form-data; boundary={BOUNDARY}"),
        (multipart([part("token", TOKEN, "f"), part("what", "count")]), f"multipart/form-data; boundary={BOUNDARY}"),
        (multipart([part("token", TOKEN)]), "multipart/form-data"),
        (multipart([part("token", TOKEN)]), "multipart/form-data; boundary=\u00e9"),
        (b"--x\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_another_form_is_refused_and_no_mistake_of_ours(client: FlaskClient, body: bytes, content_type: str) -> None:
    """Other types, other fields, cut in the middle."""
    answer = client.post("/en/desk", data=body, content_type=content_type, headers=HTML)
    assert answer.status_code == 400
    assert "The form did not arrive whole." in answer.text


def test_the_desk_speaks_only_the_appeals_languages(client: FlaskClient) -> None:
    """Another one is not there."""
    assert press(client, "fr", "count").status_code == 404


def test_no_answer_sets_a_cookie_or_differs_in_its_protective_headers(client: FlaskClient) -> None:
    """Success, refusal, file: the same set as every page."""
    answers = [client.get("/en/"), press(client, "en", "count"), press(client, "en", "file"), press(client, "en", "x")]
    answers.append(press(client, "en", "count", token="wrong"))
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]
    assert len({answer.headers["Content-Security-Policy"] for answer in answers}) == 1
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


@given(body=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=5))
def test_any_bytes_are_a_form_or_a_form_error(body: bytes, cuts: list[int]) -> None:
    """Whatever arrives in whatever pieces: it is read, or refused as a form; nothing else happens."""
    whole = multipart([part("token", TOKEN), part("what", body), part("publication", body, "p")])
    for data in (body, whole, whole[: len(body)], body + whole):
        at = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
        pieces = [data[start:end] for start, end in pairwise(at)]
        try:
            form = read_form(pieces, BOUNDARY, lambda token: None)
        except FormError:
            continue
        assert isinstance(form, Form)
