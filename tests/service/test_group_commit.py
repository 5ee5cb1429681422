"""Group commit: many wait, one writes, and everyone hears what became of their envelope."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import cycle

import pytest

from service.stores import group_commit
from service.stores.group_commit import GroupCommit
from tests.support.envelopes import some
from tests.support.redis_servers import wait_until


class SlowDisk:
    """Keeps groups in memory, but not before it is let."""

    def __init__(self) -> None:
        self.groups: list[list[bytes]] = []
        self.begun, self.let = threading.Semaphore(0), threading.Semaphore(0)
        self.error: Exception | None = None

    def keep(self, envelopes: Sequence[bytes]) -> None:
        self.begun.release()
        assert self.let.acquire(timeout=30)
        if self.error is not None:
            raise self.error
        self.groups.append(list(envelopes))


@pytest.fixture
def disk() -> SlowDisk:
    return SlowDisk()


@pytest.fixture
def groups(disk: SlowDisk) -> Iterator[GroupCommit]:
    with closing(GroupCommit(disk.keep)) as made:
        yield made
        disk.let.release(1000)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as made:
        yield made


def stacks_of(error: BaseException | None) -> int:
    """How many calls of `add` an error went through."""
    assert error is not None
    return sum(frame.name == "add" for frame in traceback.extract_tb(error.__traceback__))


def all_wait(groups: GroupCommit, count: int) -> None:
    wait_until(lambda: groups._waiting.qsize() == count)


def test_everyone_of_a_group_is_answered(disk: SlowDisk, groups: GroupCommit, pool: ThreadPoolExecutor) -> None:
    """60 who came while the disk was busy are written together, and each of them goes on."""
    first, *others = some(61)
    answers = [pool.submit(groups.add, first)]
    assert disk.begun.acquire(timeout=30)
    answers += [pool.submit(groups.add, envelope) for envelope in others]
    all_wait(groups, 60)
    disk.let.release(2)
    for answer in answers:
        answer.result(timeout=30)
    assert [len(group) for group in disk.groups] == [1, 60]
    assert sorted(disk.groups[1]) == sorted(others)


def test_everyone_of_a_group_hears_that_it_was_not_kept(
    disk: SlowDisk, groups: GroupCommit, pool: ThreadPoolExecutor
) -> None:
    """A full disk answers all of a group with the same error, and nobody of the next."""
    first, *others = some(31)
    answers = [pool.submit(groups.add, first)]
    assert disk.begun.acquire(timeout=30)
    answers += [pool.submit(groups.add, envelope) for envelope in others]
    all_wait(groups, 30)
    disk.error = OSError("no room")
    disk.let.release(2)
    for answer in answers:
        with pytest.raises(OSError, match="no room"):
            answer.result(timeout=30)
    # Each has an error of its own, which keeps the stack of one request and of no other.
    assert len({id(answer.exception()) for answer in answers}) == 31
    assert {stacks_of(answer.exception()) for answer in answers} == {1}
    disk.error = None
    disk.let.release()
    groups.add(first)


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_whoever_gives_up_holds_up_nobody(
    disk: SlowDisk,
    groups: GroupCommit,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    """Some lose patience while the disk hangs; those who wait on are answered, wherever these stood among them."""
    first, *others = some(1 + 20 + count)
    begun = pool.submit(groups.add, first)
    assert disk.begun.acquire(timeout=30)
    monkeypatch.setattr(group_commit, "WAIT_SECONDS", 0.01)
    for gone in [pool.submit(groups.add, envelope) for envelope in others[:count]]:
        with pytest.raises(TimeoutError):
            gone.result(timeout=30)
    monkeypatch.undo()
    staying = [pool.submit(groups.add, envelope) for envelope in others[count:]]
    all_wait(groups, 20 + count)
    disk.let.release(2)
    for answer in (begun, *staying):
        answer.result(timeout=30)


def test_closing_finishes_what_was_begun(disk: SlowDisk, pool: ThreadPoolExecutor) -> None:
    """What waited when the service was stopped is kept and answered."""
    groups = GroupCommit(disk.keep)
    first, *others = some(41)
    answers = [pool.submit(groups.add, first)]
    assert disk.begun.acquire(timeout=30)
    answers += [pool.submit(groups.add, envelope) for envelope in others]
    all_wait(groups, 40)
    closed = pool.submit(groups.close)
    disk.let.release(2)
    for answer in (*answers, closed):
        answer.result(timeout=30)
    assert sorted(disk.groups[1]) == sorted(others)


def test_nobody_is_lost_where_many_come_and_go(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 additions from 64 threads: every second one gives up at about the moment in which it is woken."""
    monkeypatch.setattr(group_commit, "WAIT_SECONDS", 120.0)
    kept: list[bytes] = []
    many = GroupCommit(kept.extend)
    impatient = iter(cycle((0.001, 120.0)))
    gave_up_late = threading.Event()

    def add(envelope: bytes) -> None:
        # Another thread may read it first, so nobody knows who is which; both kinds come about as often.
        group_commit.WAIT_SECONDS = next(impatient)
        began = time.monotonic()
        try:
            many.add(envelope)
        except TimeoutError:
            if time.monotonic() - began > 60:  # it had waited for the longer time: its turn never came
                gave_up_late.set()

    sent = [number.to_bytes(4) for number in range(20_000)]
    list(pool.map(add, sent))
    many.close()
    assert sorted(kept) == sent
    assert not gave_up_late.is_set()
