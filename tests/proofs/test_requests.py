"""Requests that nobody means well: no fault, no line in the journal, no memory that grows.

tests/service/test_malformed.py goes through a table of routes, methods and headers; here they are drawn by rules.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from crypto.envelope import SIZE
from crypto.keys import OrganizersKey
from service.settings import Settings
from tests.support.builds import command
from tests.support.hostile_requests import hostile_request
from tests.support.killed_service import PLENTY
from tests.support.proving import Figure, Size
from tests.support.raw_http import status
from tests.support.service_process import Served, serving
from tests.support.site_map import routes

THREADS = 4
# At most so many come before the memory is looked at: what is kept once, such as a page in each encoding, is there by
# then, and Python has begun to find what it does not need any more.
FIRST = 40_000
MOST_GROWTH = 10_000_000  # bytes
WHOLE = 200_000

Send = Callable[[int, int], Counter[int]]


@contextmanager
def under_fire(
    settle: Callable[[str], Settings], app: Flask, key: OrganizersKey, builds: list[str]
) -> Iterator[tuple[Served, Send]]:
    """A service in one of the builds of builds.py, and what sends requests of those numbers and counts the answers."""
    ways = sorted(set(routes(app)), key=str)
    header = key.record.header
    envelopes = [header + os.urandom(SIZE - len(header)) for _ in range(100)]
    settings = replace(settle("fire"), limits=PLENTY, work_above=100_000_000)
    with (
        serving(settings, settings.appeal.parent / "log", command=command(builds)) as served,
        ThreadPoolExecutor(THREADS) as threads,
    ):

        def ask(number: int) -> int:
            request = hostile_request(random.Random(number), ways, envelopes)
            with suppress(OSError):  # it may close before it has read all of what it refuses
                return status(served.ask(request.data, hang_up=not request.is_whole))
            return 0

        yield served, lambda start, end: Counter(threads.map(ask, range(start, end)))


def test_hostile_requests_make_no_fault_no_line_and_no_memory(
    settle: Callable[[str], Settings], app: Flask, key: OrganizersKey, size: Size, figure: Figure
) -> None:
    """No answer of 500 and above, nothing in the journal, and less than 10 MB of memory for all of them."""
    count = size(600, WHOLE)
    with under_fire(settle, app, key, []) as (served, send):
        first = min(FIRST, count // 2)
        answers = send(0, first)
        before = memory_of(served)
        answers += send(first, count)
        growth = memory_of(served) - before
        figure("requests", count)
        figure("answers", dict(sorted(answers.items())))
        figure("memory grew by, bytes", growth)
    assert [code for code in answers if code >= 500] == []
    assert served.log.read_bytes() == b""
    assert growth < MOST_GROWTH
    assert {200, 201, 400, 403, 404, 405, 415} <= set(answers)


@pytest.mark.control
def test_a_parser_that_raises_is_found(
    settle: Callable[[str], Settings], app: Flask, key: OrganizersKey, figure: Figure
) -> None:
    """A build that takes the header Origin apart answers 500 to some, and says so in the journal."""
    with under_fire(settle, app, key, ["parses-origins"]) as (served, send):
        answers = Counter[int]()
        while not answers[500] and answers.total() < 20_000:
            answers += send(answers.total(), answers.total() + 500)
        figure("requests", answers.total())
    assert answers[500]
    assert served.log.read_bytes()


@pytest.mark.control
def test_memory_that_grows_is_found(
    settle: Callable[[str], Settings], app: Flask, key: OrganizersKey, figure: Figure
) -> None:
    """A build that keeps what strangers send grows by more than that."""
    with under_fire(settle, app, key, ["remembers-requests"]) as (served, send):
        send(0, 100)
        before = memory_of(served)
        send(100, 1_100)
        figure("memory grew by, bytes", growth := memory_of(served) - before)
    assert growth > MOST_GROWTH


def memory_of(served: Served) -> int:
    """Bytes of memory that the processes of a service have for themselves."""
    children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text("ascii").split()
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text("ascii") for pid in (str(served.pid), *children)]
    lines = (line.split() for text in texts for line in text.splitlines())
    return sum(1024 * int(line[1]) for line in lines if line[0] in ("Private_Clean:", "Private_Dirty:"))
