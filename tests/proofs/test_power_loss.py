"""Power cuts: only what was waited for survives, and chance decides about the rest (tests/support/power_cut.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service.settings import Settings
from tests.support.power_trials import file_store, redis_store
from tests.support.proving import Figure, Size
from tests.support.redis_servers import PROGRAMS, running


def test_power_cuts_of_a_machine_with_its_file_lose_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, size: Size, figure: Figure
) -> None:
    """The file grows again and again; every cut leaves all that was acknowledged."""
    found = file_store(settings, tmp_path, key, shim, [], size(2, 100))
    found.tell(figure)
    assert not found.lost


@pytest.mark.control
def test_a_file_that_is_not_waited_for_loses_in_power_cuts(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, figure: Figure
) -> None:
    """A build that leaves out fdatasync: a cut takes what was acknowledged."""
    found = file_store(settings, tmp_path, key, shim, ["leaves-out-fdatasync"], 1)
    found.tell(figure)
    assert found.lost


@pytest.mark.parametrize(
    "kind", ["redis", *(pytest.param(kind, marks=pytest.mark.long) for kind in PROGRAMS if kind != "redis")]
)
def test_power_cuts_of_a_server_lose_nothing(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, size: Size, figure: Figure, kind: str
) -> None:
    """Redis and Valkey, told at each start to write their file anew: every cut leaves what was acknowledged."""
    with running(kind, tmp_path / "server") as server:
        found = redis_store(settings, server, key, shim, [], size(2, 100))
    found.tell(figure)
    assert not found.lost


@pytest.mark.control
def test_a_server_with_everysec_loses_in_power_cuts(
    settings: Settings, tmp_path: Path, key: OrganizersKey, shim: Path, figure: Figure
) -> None:
    """`appendfsync everysec`, and a build that does not look at it: a cut takes what was acknowledged."""
    with running("redis", tmp_path / "server", options=("--appendfsync", "everysec")) as server:
        found = redis_store(settings, server, key, shim, ["takes-any-server"], 2)
    found.tell(figure)
    assert found.lost
