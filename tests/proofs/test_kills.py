"""Kills at random moments: clients keep the bytes of an envelope and send them again until the answer is 201."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from crypto.keys import OrganizersKey
from service import parse_store
from service.settings import Settings
from service.stores.base import StoreAddress
from tests.support.killed_service import Difference, KilledService, difference
from tests.support.proving import Figure, Size
from tests.support.redis_servers import PROGRAMS, Server, running
from tests.support.signing_clients import SigningClients

CLIENTS = 8
NOTHING = Difference(0, 0, 0)
Kill = Callable[[int], None]


def under_kills(
    service: KilledService, store: StoreAddress, key: OrganizersKey, kill: Kill, kills: int, goal: int
) -> tuple[SigningClients, Difference]:
    """What was acknowledged under so many kills, and what of it the store does not hold in the end."""
    try:
        service.start()
        clients = SigningClients(service.port, key.record.header, CLIENTS)
        for number in range(kills):
            clients.wait_for_more(random.randrange(1, 2 * goal // kills))
            kill(number)
        clients.wait_for_more(max(1, goal - len(clients.acknowledged)))
        clients.finish()
        return clients, difference(clients.acknowledged, store.read())
    finally:
        service.end()


def service_and_worker(
    settings: Settings, folder: Path, key: OrganizersKey, builds: list[str], kills: int, goal: int
) -> tuple[SigningClients, Difference]:
    """The service with the store in a file, which begins small; service and worker are killed in turn."""
    store = parse_store(f"file:{folder / 'store' / 'envelopes'}")
    service = KilledService(settings, store, ["begins-small", *builds])

    def kill(number: int) -> None:
        service.kill(worker=number % 2 == 0)
        service.start()

    return under_kills(service, store, key, kill, kills, goal)


def redis_and_service(
    settings: Settings, server: Server, key: OrganizersKey, builds: list[str], kills: int, goal: int
) -> tuple[SigningClients, Difference]:
    """The service with its store in a server, which writes its file anew meanwhile; they are killed in turn."""
    store = parse_store(server.url)
    service = KilledService(settings, store, builds)

    def kill(number: int) -> None:
        if number % 2:
            service.kill(worker=number % 4 == 1)
            service.start()
            return
        with server.client("admin") as admin, suppress(redis.ResponseError):
            admin.bgrewriteaof()
        server.kill()
        server.start()

    return under_kills(service, store, key, kill, kills, goal)


def test_kills_of_service_and_worker_lose_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, size: Size, figure: Figure
) -> None:
    """Service and worker are killed in turn while a store that begins small grows again and again."""
    kills = size(2, 400)
    clients, found = service_and_worker(settings, tmp_path, key, [], kills, size(400, 100_000))
    tell(figure, clients, found, kills)
    assert found == NOTHING


@pytest.mark.control
def test_an_answer_before_the_commit_loses_in_kills(
    settings: Settings, tmp_path: Path, key: OrganizersKey, figure: Figure
) -> None:
    """A build that answers and then keeps: a kill loses what was acknowledged."""
    clients, found = service_and_worker(settings, tmp_path, key, ["answers-before-the-commit"], 2, 400)
    tell(figure, clients, found, 2)
    assert found.lost > 0


@pytest.mark.parametrize(
    "kind", ["valkey-8", *(pytest.param(kind, marks=pytest.mark.long) for kind in PROGRAMS if kind != "valkey-8")]
)
def test_kills_of_redis_and_service_lose_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, size: Size, figure: Figure, kind: str
) -> None:
    """Redis or Valkey and the service are killed in turn, the server also while it writes its file anew."""
    kills = size(2, 200)
    with running(kind, tmp_path / "server") as server:
        clients, found = redis_and_service(settings, server, key, [], kills, size(200, 20_000))
    tell(figure, clients, found, kills)
    assert found == NOTHING


@pytest.mark.control
def test_a_redis_that_writes_no_file_loses_in_kills(
    settings: Settings, tmp_path: Path, key: OrganizersKey, figure: Figure
) -> None:
    """A server with `appendonly no`, and a build that does not look at it: a kill loses what was acknowledged."""
    with running("redis", tmp_path / "server", options=("--appendonly", "no")) as server:
        clients, found = redis_and_service(settings, server, key, ["takes-any-server"], 2, 200)
    tell(figure, clients, found, 2)
    assert found.lost > 0


def tell(figure: Figure, clients: SigningClients, found: Difference, kills: int) -> None:
    """The figures of the report."""
    figure("kills", kills)
    figure("acknowledged", len(clients.acknowledged))
    figure("sent again", clients.repeated)
    figure("lost", found.lost)
    figure("doubled", found.doubled)
    figure("corrupted", found.strange)
