"""A Redis that hangs or is full, lines that are cut between writing and answering, and a backup while people sign."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service import parse_store
from service.settings import Settings
from service.stores.base import StoreAddress
from tests.support.cut_line import cut_line
from tests.support.killed_service import Difference, KilledService, difference
from tests.support.proving import Figure, Size
from tests.support.redis_servers import Server, running
from tests.support.run_command import run
from tests.support.signing_clients import SigningClients

NOTHING = Difference(0, 0, 0)
CLIENTS = 4
# Envelopes in each spell of trouble and of peace.
SPELL = 20


def hangs(server: Server, clients: SigningClients) -> None:
    """It stops in the middle of whatever it does, for longer than anybody waits, and goes on later."""
    server.process.send_signal(signal.SIGSTOP)
    clients.wait_for_refusals(CLIENTS)
    server.process.send_signal(signal.SIGCONT)


def is_full(server: Server, clients: SigningClients) -> None:
    """It may use no more memory for a while."""
    with server.client("admin") as admin:
        admin.config_set("maxmemory", "1")
        clients.wait_for_refusals(SPELL)
        admin.config_set("maxmemory", "0")


def signed_through(
    service: KilledService, store: StoreAddress, key: OrganizersKey, port: int, troubles: list[Callable[..., None]]
) -> tuple[SigningClients, Difference]:
    """What was acknowledged between and in troubles, and what the store lacks of it."""
    clients = SigningClients(port, key.record.header, CLIENTS)
    for trouble in troubles:
        clients.wait_for_more(SPELL)
        trouble(clients)
    clients.wait_for_more(SPELL)
    clients.finish()
    return clients, difference(clients.acknowledged, store.read())


@contextmanager
def started(settings: Settings, store: StoreAddress, builds: list[str]) -> Iterator[KilledService]:
    service = KilledService(settings, store, builds)
    try:
        service.start()
        yield service
    finally:
        service.end()


def tell(figure: Figure, clients: SigningClients, found: Difference) -> None:
    """The figures of the report."""
    figure("acknowledged", len(clients.acknowledged))
    figure("sent again", clients.repeated)
    figure("lost", found.lost)
    figure("doubled", found.doubled)


@pytest.mark.parametrize("trouble", [is_full, pytest.param(hangs, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "kind", ["redis", *(pytest.param(kind, marks=pytest.mark.long) for kind in ("redis-8", "valkey-8"))]
)
def test_a_server_that_cannot_keep_anything_loses_nothing(
    settings: Settings,
    tmp_path: Path,
    key: OrganizersKey,
    size: Size,
    figure: Figure,
    kind: str,
    trouble: Callable[[Server, SigningClients], None],
) -> None:
    """Nothing is acknowledged meanwhile, and signing goes on by itself afterwards."""
    with running(kind, tmp_path / "server") as server, started(settings, parse_store(server.url), []) as service:
        troubles = [lambda clients: trouble(server, clients)] * size(1, 10)
        clients, found = signed_through(service, parse_store(server.url), key, service.port, troubles)
    tell(figure, clients, found)
    assert found == NOTHING


@pytest.mark.control
def test_an_error_of_a_server_that_is_ignored_loses(
    settings: Settings, tmp_path: Path, key: OrganizersKey, figure: Figure
) -> None:
    """A build that acknowledges whatever the server says: a full one loses all of it."""
    with running("redis", tmp_path / "server") as server, server.client("admin") as admin:
        admin.config_set("maxmemory", "1")
        with started(settings, parse_store(server.url), ["ignores-errors"]) as service:
            clients, found = signed_through(service, parse_store(server.url), key, service.port, [])
    tell(figure, clients, found)
    assert found.lost > 0


def test_a_line_that_is_cut_before_the_answer_loses_and_doubles_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, size: Size, figure: Figure
) -> None:
    """Between service and server, and between client and service: one answer in five never comes."""
    with running("redis", tmp_path / "server") as server, cut_line(server.port, 0.2) as (port, cuts):
        store = parse_store(server.url)
        behind = parse_store(server.url.replace(str(server.port), str(port)))
        with started(settings, behind, []) as service, cut_line(service.port, 0.2) as (front, front_cuts):
            rest = [lambda clients: None] * size(1, 100)
            clients, found = signed_through(service, store, key, front, rest)
    tell(figure, clients, found)
    figure("cuts", len(cuts) + len(front_cuts))
    assert cuts
    assert front_cuts
    assert found == NOTHING


def backup_under_load(settings: Settings, folder: Path, key: OrganizersKey, *, late: bool) -> Difference:
    """What was acknowledged before a backup began and is not in it; `late`: when the backup was over instead."""
    store = parse_store(f"file:{folder / 'store' / 'envelopes'}")
    with started(settings, store, ["begins-small"]) as service:
        clients = SigningClients(service.port, key.record.header, CLIENTS)
        clients.wait_for_more(150)  # the store is about to grow
        promised = list(clients.acknowledged)
        assert run(replace(settings, store=store), "backup", folder / "backup").returncode == 0
        clients.wait_for_more(1)
        promised = list(clients.acknowledged) if late else promised
        clients.finish()
    elsewhere = replace(
        settings, data=folder / "elsewhere", store=parse_store(f"file:{folder / 'elsewhere' / 'store'}")
    )
    assert run(elsewhere, "restore", folder / "backup").returncode == 0
    found = difference(promised, elsewhere.store.read())
    # What came after it began may be in it, too, and must be what somebody sent.
    return replace(found, strange=difference(clients.acknowledged, elsewhere.store.read()).strange)


def test_a_backup_under_load_has_all_that_was_acknowledged_before_it(
    settings: Settings, tmp_path: Path, key: OrganizersKey, size: Size, figure: Figure
) -> None:
    """Taken while people sign and the store grows, restored elsewhere."""
    for number in range(size(1, 20)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert backup_under_load(settings, folder, key, late=False) == NOTHING
    figure("backups", size(1, 20))


@pytest.mark.control
def test_what_comes_after_a_backup_is_not_in_it(settings: Settings, tmp_path: Path, key: OrganizersKey) -> None:
    """The same comparison with what was acknowledged later finds that some is missing."""
    assert backup_under_load(settings, tmp_path, key, late=True).lost > 0
