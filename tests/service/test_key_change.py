"""What docs/operator.md says of changing keys: of a period, of a minisign signer, of the desk."""

from __future__ import annotations

import base64
import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto.code import commitment
from crypto.errors import PublicationError
from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app
from service.settings import Settings
from service.stores.file_store import FileStore
from tests.support.envelopes import held, post
from tests.support.publications import hand_in, publication
from tests.support.sample_appeal import APPEAL_ID, CODE, TOKEN, make_appeal

NEXT = OrganizersKey.derive(bytes(range(1, 33)), APPEAL_ID)
Keys = tuple[MinisignSecretKey, MinisignSecretKey]


def entry(key: OrganizersKey) -> str:
    return f'[[keys]]\nrecord = "{base64.b64encode(bytes(key.record)).decode("ascii")}"\n'


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def client_on(settings: Settings, store: FileStore, day: str) -> FlaskClient:
    return create_app(settings, store, today=lambda: date.fromisoformat(day)).test_client()


def sealed_to(key: OrganizersKey) -> bytes:
    return seal_signature(key.record, Signature("Марыя Прыклад", public=False), bytes(32), commitment(CODE))


def test_periods_follow_one_another_without_a_restart(settings: Settings, store: FileStore, key: OrganizersKey) -> None:
    """Both keys are taken for two days before and after the change, for wrong clocks and pages that are still open."""
    dated = f"{entry(key)}until = 2027-06-30\n{entry(NEXT)}from = 2027-07-01\n"
    change(settings.appeal / "appeal.toml", entry(key), dated)
    today = [date(2027, 6, 27)]
    client = create_app(settings, store, today=lambda: today[0]).test_client()
    found = []
    for day in (date(2027, 6, 28), date(2027, 6, 29), date(2027, 7, 2), date(2027, 7, 3)):
        today[0] = day
        found.append([post(client, sealed_to(each)).status_code for each in (key, NEXT)])
    assert found == [[201, 409], [201, 201], [201, 201], [409, 201]]


def test_a_key_that_was_taken_out_is_not_sealed_to_any_more_and_loses_nothing(
    settings: Settings, store: FileStore, key: OrganizersKey
) -> None:
    """From the next start on 409, at which the page says that it is out of date; what was kept stays in the ledger."""
    kept, late = sealed_to(key), sealed_to(key)
    assert post(client_on(settings, store, "2026-11-22"), kept).status_code == 201
    change(settings.appeal / "appeal.toml", entry(key), entry(NEXT))
    client = client_on(settings, store, "2026-11-22")
    assert (post(client, late).status_code, post(client, sealed_to(NEXT)).status_code) == (409, 201)
    assert kept in held(store)
    assert late not in held(store)


def test_a_signer_can_go_once_a_result_stands_without_him(
    settings: Settings, tmp_path: Path, key: OrganizersKey, minisign_keys: Keys
) -> None:
    """Before that the service does not start, for it would show a result that nobody listed has signed."""
    anna, boris = minisign_keys
    line = f'[[minisign]]\nsigner = "boris"\nkey = "{boris.public.line}"\n'
    with closing(FileStore(tmp_path / "data" / "envelopes")) as store:
        first = publication()
        hand_in(client_on(settings, store, "2026-11-22"), first, boris)
        change(settings.appeal / "appeal.toml", line, "")
        with pytest.raises(PublicationError):
            client_on(settings, store, "2026-11-22")
        both = replace(settings, appeal=make_appeal(tmp_path / "both", key, minisign_keys))
        second = publication(number=2, previous=hashlib.sha256(first).hexdigest())
        assert hand_in(client_on(both, store, "2026-11-22"), second, anna).status_code == 201
        client = client_on(settings, store, "2026-11-22")
        assert client.get("/publication.json").data == second


def test_a_new_token_replaces_the_old_one(settings: Settings, store: FileStore) -> None:
    """Only its hash is known here, so nobody but the organizers has to know either of them."""
    token = "another token"  # pragma: allowlist secret
    told = replace(settings, desk_token_sha256=hashlib.sha256(token.encode("ascii")).digest())
    client = client_on(told, store, "2026-11-22")
    for each, expected in ((TOKEN, 401), (token, 200)):
        answer = client.get("/ledger", headers={"Authorization": f"Bearer {each}"})
        assert (answer.status_code, len(answer.data) > 0) == (expected, True)
