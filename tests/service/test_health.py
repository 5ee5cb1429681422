"""A server is examined seldom while all is well, often while it is not; nobody waits for one that hangs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from service.stores.base import StoreUnavailable
from service.stores.health import FAULTY_SECONDS, HEALTHY_SECONDS, READY_SECONDS, HealthCheck, Readiness


class Server:
    """What a server would say, how often it was asked, and the time."""

    def __init__(self) -> None:
        self.wrong: Sequence[str] = ()
        self.asked = 0
        self.now = 0.0
        self.answers = threading.Event()
        self.answers.set()
        self.being_asked = threading.Event()

    def examine(self) -> Sequence[str]:
        self.asked += 1
        self.being_asked.set()
        assert self.answers.wait(timeout=20)
        return self.wrong


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def health(server: Server) -> HealthCheck:
    return HealthCheck(server.examine, lambda: server.now)


def refused(health: HealthCheck) -> bool:
    try:
        health.require_healthy()
    except StoreUnavailable:
        return True
    return False


def test_an_answer_holds_for_a_while(server: Server, health: HealthCheck) -> None:
    """Longer when all is well than when it is not; invalidated, it is asked for anew at once."""
    assert [refused(health) for _ in range(3)] == [False] * 3
    assert server.asked == 1
    server.wrong = ("appendonly is “no”",)
    server.now += HEALTHY_SECONDS
    assert [refused(health) for _ in range(3)] == [True] * 3
    assert server.asked == 2
    server.wrong = ()
    server.now += FAULTY_SECONDS
    assert not refused(health)
    assert server.asked == 3
    health.invalidate()
    assert not refused(health)
    assert server.asked == 4


def test_nobody_waits_for_a_wrong_server_that_hangs(server: Server, health: HealthCheck) -> None:
    """One thread asks again; the others are refused at once, and can serve those who only read."""
    server.wrong = ("The server cannot be examined",)
    assert refused(health)
    server.answers.clear()
    server.being_asked.clear()
    server.now += FAULTY_SECONDS
    asking = threading.Thread(target=refused, args=(health,))
    asking.start()
    assert server.being_asked.wait(timeout=20)
    assert [refused(health) for _ in range(5)] == [True] * 5
    assert server.asked == 2
    server.wrong = ()
    server.answers.set()
    asking.join()
    assert not refused(health)


def test_the_first_answer_is_waited_for(server: Server, health: HealthCheck) -> None:
    """Before the server was asked for the first time nothing is promised to anyone."""
    server.wrong = ("appendonly is “no”",)
    server.answers.clear()
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(refused(health))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert server.being_asked.wait(timeout=20)
    server.answers.set()
    for thread in threads:
        thread.join()
    assert answers == [True] * 3
    assert server.asked == 1


@pytest.fixture
def readiness(server: Server) -> Readiness:
    def check() -> None:
        if found := server.examine():
            raise StoreUnavailable("\n".join(found))

    return Readiness([check], lambda: server.now)


def is_ready(readiness: Readiness) -> bool:
    try:
        readiness.require()
    except StoreUnavailable:
        return False
    return True


def test_however_many_ask_it_is_looked_up_once_in_a_second(server: Server, readiness: Readiness) -> None:
    """And again at once after an envelope was treated otherwise than the last answer says."""
    assert [is_ready(readiness) for _ in range(1000)] == [True] * 1000
    assert server.asked == 1
    server.wrong = ("The disk is full.",)
    readiness.saw(kept=True)
    assert is_ready(readiness)
    server.now += READY_SECONDS
    assert [is_ready(readiness) for _ in range(1000)] == [False] * 1000
    assert server.asked == 2
    server.wrong = ()
    readiness.saw(kept=False)
    assert not is_ready(readiness)
    readiness.saw(kept=True)
    assert is_ready(readiness)
    assert server.asked == 3


def test_while_one_looks_the_others_get_the_last_answer(server: Server, readiness: Readiness) -> None:
    """A store that hangs holds one thread of the service, however many ask."""
    assert is_ready(readiness)
    server.answers.clear()
    server.being_asked.clear()
    server.now += READY_SECONDS
    asking = threading.Thread(target=is_ready, args=(readiness,))
    asking.start()
    assert server.being_asked.wait(timeout=20)
    assert [is_ready(readiness) for _ in range(100)] == [True] * 100
    server.answers.set()
    asking.join()
    assert server.asked == 2
