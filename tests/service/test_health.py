"""The watch asks seldom while all is well, often while it is not, and keeps nobody waiting for a server that hangs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from service.stores.base import StoreUnavailable
from service.stores.health import SOUND_SECONDS, WRONG_SECONDS, Watch


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
def watch(server: Server) -> Watch:
    return Watch(server.examine, lambda: server.now)


def refused(watch: Watch) -> bool:
    try:
        watch.require_sound()
    except StoreUnavailable:
        return True
    return False


def test_its_word_holds_for_a_while(server: Server, watch: Watch) -> None:
    """Longer when all is well than when it is not; a doubt ends it at once."""
    assert [refused(watch) for _ in range(3)] == [False] * 3
    assert server.asked == 1
    server.wrong = ("appendonly is “no”",)
    server.now += SOUND_SECONDS
    assert [refused(watch) for _ in range(3)] == [True] * 3
    assert server.asked == 2
    server.wrong = ()
    server.now += WRONG_SECONDS
    assert not refused(watch)
    assert server.asked == 3
    watch.doubt()
    assert not refused(watch)
    assert server.asked == 4


def test_nobody_waits_for_a_wrong_server_that_hangs(server: Server, watch: Watch) -> None:
    """One thread asks again; the others are refused at once, and can serve those who only read."""
    server.wrong = ("The server cannot be examined",)
    assert refused(watch)
    server.answers.clear()
    server.being_asked.clear()
    server.now += WRONG_SECONDS
    asking = threading.Thread(target=refused, args=(watch,))
    asking.start()
    assert server.being_asked.wait(timeout=20)
    assert [refused(watch) for _ in range(5)] == [True] * 5
    assert server.asked == 2
    server.wrong = ()
    server.answers.set()
    asking.join()
    assert not refused(watch)


def test_the_first_word_is_waited_for(server: Server, watch: Watch) -> None:
    """Before the server was asked for the first time nothing is promised to anyone."""
    server.wrong = ("appendonly is “no”",)
    server.answers.clear()
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(refused(watch))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert server.being_asked.wait(timeout=20)
    server.answers.set()
    for thread in threads:
        thread.join()
    assert answers == [True] * 3
    assert server.asked == 1
