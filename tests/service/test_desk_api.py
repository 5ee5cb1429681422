"""The desk: the ledger goes out whole, and only what the organizers signed comes in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto.envelope import envelope_id
from crypto.errors import PublicationError
from crypto.minisign import MinisignSecretKey, sign
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.publications import hand_in, post_files, publication
from tests.support.sample_appeal import APPEAL_ID, TODAY, TOKEN

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {hashlib.sha256(TOKEN.encode()).hexdigest()}"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/ledger"), ("POST", "/publication")])
def test_without_the_token_there_is_no_desk(
    client: FlaskClient, headers: dict[str, str], method: str, path: str
) -> None:
    """Neither the hash of the token nor another scheme opens it."""
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code == 401
    assert answer.json["type"] == "urn:undersigned:problem:token"


def test_the_ledger_is_all_envelopes_sorted(client: FlaskClient, store: FileStore) -> None:
    """Byte for byte the file of the specification, with its length announced."""
    envelopes = [os.urandom(4096) for _ in range(200)]
    for envelope in envelopes:
        store.add(envelope)
    answer = client.get("/ledger", headers=BEARER, buffered=True)
    expected = f"undersigned/v1/ledger {APPEAL_ID.hex()} 200\n".encode() + b"".join(sorted(envelopes, key=envelope_id))
    assert answer.data == expected
    assert answer.headers["Content-Length"] == str(len(expected))
    assert client.get("/ledger", headers=BEARER, buffered=True).data == expected


def test_a_signed_publication_is_shown_exactly_as_signed(client: FlaskClient, minisign_keys: Keys) -> None:
    """The JSON and the minisig come back byte for byte."""
    data = publication()
    assert client.get("/publication.json").status_code == 404
    answer = hand_in(client, data, minisign_keys[0])
    assert (answer.status_code, answer.data) == (201, b"")
    assert client.get("/publication.json").data == data
    assert client.get("/publication.json.anna.minisig").text == sign(minisign_keys[0], data, "a test")
    assert client.get("/publication.json.boris.minisig").status_code == 404


def test_the_next_publication_replaces_the_shown_one_and_the_first_stays(
    client: FlaskClient, minisign_keys: Keys, settings: Settings, store: FileStore
) -> None:
    """Both are on the disk, and a restarted service shows the newer."""
    first = publication()
    second = publication(("Зміцер",), number=2, previous=hashlib.sha256(first).hexdigest())
    assert hand_in(client, first, minisign_keys[0]).status_code == 201
    assert hand_in(client, second, *minisign_keys).status_code == 201
    folder = settings.data / "publications"
    assert [(folder / name / "publication.json").read_bytes() for name in ("000001", "000002")] == [first, second]
    again = create_app(settings, store, today=lambda: TODAY).test_client()
    assert again.get("/publication.json").data == second
    assert again.get("/publication.json.boris.minisig").status_code == 200


def test_what_the_verifier_refuses_is_refused_with_the_reason(client: FlaskClient, minisign_keys: Keys) -> None:
    """Unsigned, foreign, out of turn: the shown publication stays."""
    anna, _ = minisign_keys
    stranger = MinisignSecretKey.make(b"stranger", bytes(32))
    first = publication()
    assert hand_in(client, first, anna).status_code == 201
    digest = hashlib.sha256(first).hexdigest()
    for data, signer, reason in (
        (publication(number=2, previous=digest), stranger, "publication-minisig"),
        (publication(number=2, previous=digest, appeal="00" * 16), anna, "publication-appeal"),
        (publication(number=3, previous=digest), anna, "publication-number"),
        (publication(number=2, previous="00" * 32), anna, "publication-previous"),
        (first, anna, "publication-number"),
        (b"{}", anna, "publication-shape"),
        (b"[", anna, "publication-json"),
    ):
        answer = hand_in(client, data, signer)
        assert answer.status_code == 422
        assert answer.json["type"] == f"urn:undersigned:problem:{reason}"
    assert client.get("/publication.json").data == first


def test_another_process_shows_it_at_once(
    client: FlaskClient, settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """What one process accepts, the others show; what is not signed, none of them shows."""
    other = create_app(settings, store, today=lambda: TODAY).test_client()
    data = publication()
    assert hand_in(client, data, minisign_keys[0]).status_code == 201
    assert other.get("/publication.json").data == data
    folder = settings.data / "publications" / "000002"
    folder.mkdir()
    (folder / "publication.json").write_bytes(data.replace("Алесь".encode(), "Алекс".encode()))
    assert other.get("/publication.json").data == data


def test_two_must_sign_where_two_are_required(settings: Settings, store: FileStore, minisign_keys: Keys) -> None:
    """The threshold of the appeal counts different organizers."""
    path = settings.appeal / "appeal.toml"
    path.write_text(path.read_text("utf-8").replace("threshold = 1", "threshold = 2"), "utf-8")
    client = create_app(settings, store).test_client()
    anna, boris = minisign_keys
    assert hand_in(client, publication(), anna).status_code == 422
    assert hand_in(client, publication(), anna, anna).status_code == 422
    assert hand_in(client, publication(), anna, boris).status_code == 201


def test_a_request_without_the_files_is_told_what_to_send(client: FlaskClient) -> None:
    """Both parts are needed."""
    for files in ([], [("publication", (b"{}", "p"))], [("minisig", (b"", "m"))]):
        answer = post_files(client, files, TOKEN)
        assert (answer.status_code, answer.json["type"]) == (400, "urn:undersigned:problem:files")


def test_a_publication_cut_off_while_being_kept_is_not_shown(
    client: FlaskClient, settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """What a crash left unfinished is overwritten by the next one."""
    unfinished = settings.data / "publications" / "unfinished"
    unfinished.mkdir()
    (unfinished / "publication.json").write_bytes(b"half")
    again = create_app(settings, store).test_client()
    assert again.get("/publication.json").status_code == 404
    assert hand_in(again, publication(), minisign_keys[0]).status_code == 201


def test_a_changed_publication_on_the_disk_is_not_shown(
    client: FlaskClient, settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """Whoever holds the disk cannot change the result; the service does not start with it."""
    hand_in(client, publication(), minisign_keys[0])
    path: Path = settings.data / "publications" / "000001" / "publication.json"
    path.write_bytes(path.read_bytes().replace("Алесь".encode(), "Алекс".encode()))
    with pytest.raises(PublicationError):
        create_app(settings, store)
