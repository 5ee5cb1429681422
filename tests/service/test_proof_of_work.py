"""Proof of work: asked of everyone alike, only under load, for one envelope, and without remembering anything."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from altcha import Challenge, Payload, solve_challenge
from flask.testing import FlaskClient

from crypto.envelope import envelope_id
from service import create_app
from service.limits.proof_of_work import LIFETIME_SECONDS, MOST_TRIES, ProofOfWork, tries_for
from service.settings import Settings
from service.stores.file_store import FileStore

ENVELOPE, OTHER = b"n" * 32, b"o" * 32


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def busy() -> tuple[ProofOfWork, Clock]:
    clock = Clock(4e9)  # far ahead: altcha judges expiry by the machine's own clock
    return ProofOfWork(lambda: 1, clock), clock


def solved(challenge: dict[str, Any]) -> str:
    found = Challenge.from_dict(challenge)
    solution = solve_challenge(found)
    assert solution is not None
    return Payload(found, solution).to_base64()


def owed(work: ProofOfWork, envelope: bytes = ENVELOPE, solution: str | None = None) -> dict[str, Any]:
    challenge = work.challenge_for(envelope, solution)
    assert challenge is not None
    return challenge


def test_while_no_step_is_owed_nobody_owes_and_then_everyone_does() -> None:
    """An ordinary day costs nobody anything."""
    steps = [0]
    work = ProofOfWork(lambda: steps[0], Clock(4e9))
    assert work.challenge_for(ENVELOPE, None) is None
    assert not work.is_owed()
    steps[0] = 1
    assert owed(work)["parameters"]["algorithm"] == "PBKDF2/SHA-256"
    assert owed(work, OTHER)
    assert work.is_owed()


def test_a_solution_pays_for_its_envelope_and_for_no_other() -> None:
    """Used again it only brings the same envelope again."""
    work, _ = busy()
    solution = solved(owed(work))
    assert work.challenge_for(ENVELOPE, solution) is None
    assert work.challenge_for(ENVELOPE, solution) is None
    assert work.challenge_for(OTHER, solution) is not None


def test_an_expired_challenge_pays_for_nothing() -> None:
    """Solutions cannot be collected for a later flood."""
    work, clock = busy()
    clock.now = 1_000_000_000 - LIFETIME_SECONDS
    assert work.challenge_for(ENVELOPE, solved(owed(work))) is not None


def test_another_services_challenge_pays_for_nothing() -> None:
    """Each process signs with a secret of its own."""
    (work, _), (stranger, _) = busy(), busy()
    assert work.challenge_for(ENVELOPE, solved(owed(stranger))) is not None


@pytest.mark.parametrize("part", ["cost", "keyPrefix", "nonce", "data", "keySignature"])
def test_a_changed_challenge_pays_for_nothing(part: str) -> None:
    """Nobody makes their own work easier."""
    work, _ = busy()
    payload = json.loads(base64.b64decode(solved(owed(work))))
    payload["challenge"]["parameters"][part] = {"cost": 1, "data": {"envelope": OTHER.hex()}}.get(part, "00")
    changed = base64.b64encode(json.dumps(payload).encode()).decode()
    assert work.challenge_for(ENVELOPE, changed) is not None
    assert work.challenge_for(OTHER, changed) is not None


@pytest.mark.parametrize(
    "rubbish",
    ["", "x", "====", "e30=", "bnVsbA==", "W10=", base64.b64encode(b'{"challenge":1}').decode(), "é", "\ud800"],
)
def test_rubbish_pays_for_nothing(rubbish: str) -> None:
    """And breaks nothing."""
    work, _ = busy()
    assert work.challenge_for(ENVELOPE, rubbish) is not None


def test_the_work_rises_in_steps_and_has_an_end() -> None:
    """Twice the flood, twice the price; an old phone can still pay it."""
    assert [tries_for(steps) for steps in (1, 2, 3, 7, 8, 60)] == [500, 1000, 2000, MOST_TRIES, MOST_TRIES, MOST_TRIES]


def test_the_service_asks_takes_and_keeps(settings: Settings, store: FileStore, envelope: bytes) -> None:
    """429 with the challenge and Retry-After; 201 with the solution; the store has one envelope more."""
    clock = Clock()
    client: FlaskClient = create_app(replace(settings, work_above=1), store, clock=clock).test_client()

    def send(**headers: str) -> Any:
        return client.post("/envelopes", data=envelope, content_type="application/octet-stream", headers=headers)

    assert send().status_code == 201
    store.add(bytes(4096))
    clock.now += 1
    answer = send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert answer.json["type"] == "urn:undersigned:problem:work"
    assert answer.json["challenge"]["parameters"]["data"] == {"envelope": envelope_id(envelope).hex()}
    assert send(**{"Undersigned-Work": "rubbish"}).status_code == 429
    answer = send(**{"Undersigned-Work": solved(answer.json["challenge"])})
    assert (answer.status_code, answer.data) == (201, b"")
    assert store.count() == 2
