"""What all share is charged for nothing but what is stored: no flood of nothing closes a door (through nginx)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from service import parse_store
from service.servers.connection import RedisAddress
from service.settings import Settings
from tests.support.flood import DOORS, Row, Size, floods, hammer
from tests.support.nginx_site import front, serving_behind
from tests.support.redis_servers import running
from tests.support.sample_appeal import limits_of

# More than everyone's limit in each flood; all honest people of a run together stay far below `work_above`.
SMALL = Size(addresses=4, requests=20, doors=1)
WORK_ABOVE, EVERYONE = 60, f"{SMALL.total - 1}/minute"
# As it was found: 6 s of empty GETs closed signing for everyone, with the limits that are shipped.
WHOLE = Size(addresses=104, requests=60, doors=len(DOORS))
SHIPPED = {"envelopes": "60/minute;600/hour", "desk": "30/minute", "everyone": "6000/minute;2000000/day"}

EMPTY = floods(b"", b"").keys()
STORES = ("hand-in, unpaid", "unpaid")


def rows(settings: Settings, size: Size, key: OrganizersKey, module: str = "service") -> list[Row]:
    with front() as site, serving_behind(site, settings, module):
        return list(hammer(site, size, key.record.header))


def small(settings: Settings) -> Settings:
    limits = limits_of(envelopes="60/minute;600/hour", desk="30/minute", everyone=EVERYONE)
    return replace(settings, limits=limits, work_above=WORK_ABOVE)


def require_open(found: list[Row], size: Size) -> None:
    """Every flood arrived, and none closed a door; what is worth nothing was refused."""
    assert [row.flood for row in found] == list(EMPTY)
    for row in found:
        assert row.answers.total() == size.total
        assert row.flood in STORES or row.answers[503] == row.answers[429] == 0
        assert row.closed == []
    assert {visit.door for row in found for visit in row.honest} == set(DOORS)


def test_no_flood_of_nothing_closes_a_door(settings: Settings, key: OrganizersKey) -> None:
    """With a file and limits in memory: what is refused, repeated or unpaid shuts nobody out."""
    require_open(rows(small(settings), SMALL, key), SMALL)


def test_the_control_is_closed_by_each_of_them(settings: Settings, key: OrganizersKey) -> None:
    """The same check on a service that charges everyone's limit first."""
    found = rows(small(settings), SMALL, key, "tests.support.shared_limit_in_front")
    assert [row.flood for row in found if row.closed] == list(EMPTY)


@pytest.mark.slow  # two servers and a whole site for each kind
@pytest.mark.parametrize("kind", ["redis", "valkey-8"])
def test_it_is_the_same_with_servers(settings: Settings, key: OrganizersKey, tmp_path: Path, kind: str) -> None:
    """Two processes, envelopes and limits in a Redis or Valkey each."""
    with ExitStack() as stack:
        envelopes = stack.enter_context(running(kind, tmp_path / "envelopes"))
        limits = stack.enter_context(running(kind, tmp_path / "limits", "limits"))
        several = replace(
            small(settings),
            store=parse_store(envelopes.url),
            limits_server=RedisAddress.parse(limits.url),
            processes=2,
        )
        require_open(rows(several, SMALL, key), SMALL)


@pytest.mark.long  # 81,000 requests through nginx
def test_what_closed_it_once_closes_it_no_more(settings: Settings, key: OrganizersKey) -> None:
    """104 addresses with 60 requests each, by every flood, with the limits as they are shipped."""
    require_open(rows(replace(settings, limits=limits_of(**SHIPPED), work_above=600), WHOLE, key), WHOLE)


@pytest.mark.control
@pytest.mark.long
def test_what_closed_it_once_still_closes_the_control(settings: Settings, key: OrganizersKey) -> None:
    """The same on the service that charges everyone's limit first."""
    shipped = replace(settings, limits=limits_of(**SHIPPED), work_above=600)
    found = rows(shipped, WHOLE, key, "tests.support.shared_limit_in_front")
    assert [row.flood for row in found if row.closed] == list(EMPTY)
