"""What everyone shares is how fast the store grows: nothing that is not stored for the first time is charged."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.code import commitment
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service import create_app, parse_store
from service.limits.load import BLUR, Growth, Load
from service.limits.unpaid import Lot
from service.limits.windows import Limit
from service.settings import Settings
from service.stores.base import StoreUnavailable
from service.stores.file_store import FileStore
from tests.support.envelopes import TYPE, post, some
from tests.support.redis_servers import Server, cluster_url
from tests.support.sample_appeal import CODE, limits_of


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Many:
    """As many envelopes as a test says."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.number


def load(many: Many, clock: Clock, free: int = 100, *everyone: Limit) -> Load:
    return Load(free, everyone, many, clock, lambda: 0.0)


def test_growth_is_what_came_within_the_last_minute() -> None:
    """It slides: half a minute later, half of the minute before still counts. What was there before never does."""
    growth = Growth(60)
    assert growth.of(1_000_000, 10) == 0
    assert growth.of(1_000_060, 50) == 60
    assert growth.of(1_000_061, 90) == 31
    assert 5 < growth.of(1_000_061, 115) < 7
    assert growth.of(1_000_061, 300) == 0
    assert growth.of(900_000, 310) == 0


def test_what_nobody_saw_come_may_be_old() -> None:
    """After a time in which nobody asked, what the store has more of is charged to nobody."""
    growth = Growth(60)
    growth.of(0, 10)
    assert growth.of(5000, 400) == 0
    assert growth.of(5001, 401) == 1


def test_each_doubling_is_a_step_and_a_limit_of_everyone_is_two() -> None:
    """Above the shared limits more work is asked for, and nothing is refused."""
    many, clock = Many(), Clock()
    shared = load(many, clock, 100, Limit("everyone", 1000, 60), Limit("everyone", 5000, 86400))
    found = []
    for number in (0, 100, 101, 200, 201, 1000, 1001, 2001):
        many.number, clock.now = number, clock.now + 1
        found.append(shared.steps())
    assert found == [0, 0, 1, 1, 2, 4, 4 + 2, 5 + 4]
    many.number, clock.now = 5001, 600
    shared.steps()
    clock.now = 601
    assert shared.steps() == 2


def test_the_store_is_asked_once_in_a_second() -> None:
    """However many come: asking must not cost what keeping does."""
    many, clock = Many(), Clock()
    asked = load(many, clock)
    for _ in range(1000):
        asked.steps()
    assert many.asked == 1
    clock.now = 1
    asked.steps()
    assert many.asked == 2


def test_a_store_that_cannot_count_is_asked_again() -> None:
    """Nobody is told that nothing is owed for ever because it could not be looked at once."""
    clock, answers = Clock(), [0, StoreUnavailable("no"), 500]

    def count() -> int:
        answer = answers.pop(0)
        if isinstance(answer, StoreUnavailable):
            raise answer
        return answer

    asked = Load(100, (), count, clock, lambda: 0.0)
    assert asked.steps() == 0
    clock.now = 1
    with pytest.raises(StoreUnavailable):
        asked.steps()
    assert asked.steps() == 3


def test_whether_one_envelope_was_new_cannot_be_told_from_what_is_owed() -> None:
    """At the most telling load the best guess after two minutes of looking is right 0.53 of the time.

    The control has no blur: there one look tells.
    """
    chance = random.Random(7)

    def seen(number: int, blur: Callable[[], float]) -> int:
        many, clock, owed = Many(), Clock(), 0
        asked = Load(600, (), many, clock, blur)
        asked.steps()
        many.number = number
        for _ in range(50):
            clock.now += 1
            owed += asked.steps() > 0
        return owed

    def told(without: int, blur: Callable[[], float]) -> float:
        few, many = ([seen(number, blur) for _ in range(400)] for number in (without, without + 1))
        best = max(sum(owed <= at for owed in few) + sum(owed > at for owed in many) for at in range(51))
        return best / 800

    assert told(600, lambda: 0.0) == 1.0
    assert max(told(number, lambda: chance.gammavariate(*BLUR)) for number in (400, 500, 560)) < 0.55


def sealed(key: OrganizersKey) -> bytes:
    return seal_signature(key.record, Signature("Марыя Прыклад", public=False), bytes(32), commitment(CODE))


@pytest.mark.parametrize("kind", ["file", "redis", "redis-8", "valkey-8", "redis-cluster"])
def test_only_what_is_stored_for_the_first_time_is_charged(
    settings: Settings, tmp_path: Path, key: OrganizersKey, empty: Callable[[str], list[Server]], kind: str
) -> None:
    """On every store: refused and repeated envelopes cost nobody anything, the same number of new ones does."""
    servers = empty(kind) if kind != "file" else []
    url = f"file:{tmp_path / 'here'}" if not servers else servers[0].url if len(servers) == 1 else cluster_url(servers)
    clock = Clock()
    with closing(parse_store(url).open()) as store:
        client = create_app(replace(settings, work_above=10), store, clock=clock).test_client()
        kept = sealed(key)

        def send(envelope: bytes, **changes: Any) -> int:
            clock.now += 0.1
            return int(post(client, envelope, **changes).status_code)

        assert send(kept) == 201
        for _ in range(20):
            assert send(kept) == 201
            assert send(kept[:-1]) == 400
            assert send(kept[:1] + bytes(7) + kept[8:]) == 409
            assert send(kept[:8] + bytes(32) + kept[40:]) == 400
            assert send(sealed(key), headers={"Origin": "https://elsewhere.example"}) == 403
            assert client.get("/envelopes").status_code == 405
        store.add_all(some(20), 20)
        clock.now += 1
        assert send(sealed(key)) == send(kept) == 429
        for _ in range(30):
            assert client.post("/envelopes", data=sealed(key), content_type=TYPE).status_code == 429
        assert store.count() == 21


def test_above_the_limit_of_everyone_nobody_is_refused(
    settings: Settings, store: FileStore, key: OrganizersKey
) -> None:
    """Neither of a minute nor of a day: whoever works is let in, and nothing says that it is this connection."""
    clock = Clock()
    limits = limits_of("1000/minute", "10/minute", everyone="4/minute;8/day")
    client = create_app(replace(settings, limits=limits, work_above=2), store, clock=clock).test_client()
    assert post(client, sealed(key)).status_code == 201
    store.add_all(some(30), 30)
    for seconds in (1, 3600):
        clock.now += seconds
        answer = post(client, sealed(key))
        assert (answer.status_code, answer.json["type"]) == (429, "urn:undersigned:problem:work")
        assert "connection" not in answer.text


def test_a_lot_lets_about_the_number_through_and_favours_nobody() -> None:
    """Up to the number all win; of thirty times as many about the number, in each half of a minute alike."""
    clock = Clock(6e8)
    few, many = (Lot(100, clock, random.Random(1).random) for _ in range(2))
    assert all(few.wins() for _ in range(100))
    won = [0] * 42
    for half, _ in ((half, at) for half in range(42) for at in range(1500)):
        clock.now += 30 / 1500
        won[half] += many.wins()
    first, second = sum(won[2::2]), sum(won[3::2])
    assert 1800 < first + second < 2200
    assert 0.8 < first / second < 1.25
    assert few.wins()
