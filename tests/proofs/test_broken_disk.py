"""Disks that are full, fail or become read-only while people sign, and clocks that jump; then the power goes.

What a failed wait was for is gone, as the kernel treats it; a second wait that succeeds must convince nobody.
"""

from __future__ import annotations

import errno
import re
from itertools import product
from pathlib import Path
from urllib.request import urlopen

import pytest

from crypto.keys import OrganizersKey
from service import parse_store
from service.settings import Settings
from tests.support.killed_service import Difference, KilledService, difference
from tests.support.power_cut import recorded, set_fault
from tests.support.power_trials import Trouble, file_store, redis_store
from tests.support.proving import Figure, Size
from tests.support.redis_servers import PROGRAMS, running
from tests.support.signing_clients import SigningClients

FAULTS = {
    "full": {"write": errno.ENOSPC},
    "failing": {"wait": errno.EIO},
    "read-only": {"write": errno.EROFS, "wait": errno.EROFS},
}
# The others are for ./run prove.
ORDINARY = {("redis", "failing"), ("valkey-8", "full")}
# So many envelopes are refused before the disk is well again.
REFUSALS = 20
TRIALS_OF_A_CONTROL = 6
HOUR, DAY = 3600, 86400
JUMPS = (-HOUR, HOUR, -DAY, 40 * DAY, -400 * DAY, 3650 * DAY, -3650 * DAY)


def trouble_with(shim: Path, fault: str) -> Trouble:
    """A disk that refuses for a while, and then is well again."""

    def trouble(clients: SigningClients) -> None:
        set_fault(shim, **FAULTS[fault])
        clients.wait_for_refusals(REFUSALS)
        set_fault(shim)

    return trouble


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_disk_of_the_service_loses_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, size: Size, figure: Figure, fault: str
) -> None:
    """Nothing is acknowledged that is not on the disk, also not once the disk works again."""
    found = file_store(settings, tmp_path, key, shim, [], size(1, 20), trouble_with(shim, fault))
    found.tell(figure)
    assert not found.lost


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        pytest.param(kind, fault, marks=[] if (kind, fault) in ORDINARY else pytest.mark.long)
        for kind, fault in product(PROGRAMS, FAULTS)
    ],
)
def test_a_broken_disk_of_a_server_loses_nothing(
    settings: Settings,
    tmp_path: Path,
    key: OrganizersKey,
    shim: Path,
    size: Size,
    figure: Figure,
    kind: str,
    fault: str,
) -> None:
    """The same with Redis and Valkey."""
    with running(kind, tmp_path / "server") as server:
        found = redis_store(settings, server, key, shim, [], size(1, 10), trouble_with(shim, fault))
    found.tell(figure)
    assert not found.lost


@pytest.mark.control
def test_an_error_of_fsync_that_is_ignored_loses(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, figure: Figure
) -> None:
    """A build that goes on after an error of fdatasync: what it acknowledged then is gone, in one trial of several.

    What a file system had already written by then stays, so a single trial may lose nothing.
    """

    def trouble(clients: SigningClients) -> None:
        set_fault(shim, wait=errno.EIO)
        clients.wait_for_more(50)
        set_fault(shim)
        clients.wait_for_more(50)

    for trial in range(TRIALS_OF_A_CONTROL):
        folder = tmp_path / str(trial)
        folder.mkdir()
        found = file_store(settings, folder, key, shim, ["ignores-errors"], 1, trouble)
        if found.lost:
            break
    found.tell(figure)
    assert found.lost


def test_people_sign_while_the_clock_jumps(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, size: Size, figure: Figure
) -> None:
    """An hour, a day, ten years forwards and back: envelopes are taken all the time, and kept."""
    clients, found, _ = with_jumps(settings, tmp_path, key, shim, JUMPS * size(1, 10))
    figure("jumps", len(JUMPS) * size(1, 10))
    figure("acknowledged", len(clients.acknowledged))
    figure("lost", found.lost)
    assert found == Difference(0, 0, 0)


@pytest.mark.control
def test_the_clock_did_jump(settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path) -> None:
    """The pages of the same service bear the wrong day: it believed the clock."""
    _, _, days = with_jumps(settings, tmp_path, key, shim, (0, 40 * DAY))
    assert len(set(days)) == 2


def with_jumps(
    settings: Settings, folder: Path, key: OrganizersKey, shim: Path, jumps: tuple[int, ...]
) -> tuple[SigningClients, Difference, list[str]]:
    """The day on the page after each jump, what was acknowledged, and what the store lacks of it."""
    disk, days = folder / "disk", list[str]()
    disk.mkdir()
    store = parse_store(f"file:{disk / 'envelopes'}")
    service = KilledService(settings, store, [], recorded(shim, disk, folder / "log"))
    try:
        service.start()
        clients = SigningClients(service.port, key.record.header, 4)
        for seconds in jumps:
            set_fault(shim, seconds=seconds)
            clients.wait_for_more(20)
            with urlopen(f"http://127.0.0.1:{service.port}/en/", timeout=20) as answer:
                days += re.findall(r'data-today="([^"]*)"', answer.read().decode())
        clients.finish()
        return clients, difference(clients.acknowledged, store.read()), days
    finally:
        service.end()
