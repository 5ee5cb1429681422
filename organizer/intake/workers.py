"""Worker processes: copies of this program that work on blocks of bytes, on all cores at once.

Why not multiprocessing or concurrent.futures: both load a network module, and their pipes carry every block twice
through the kernel. A copy made by fork has the keys already, so no secret is ever written anywhere to get there.
"""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from mmap import mmap
from os import _exit, close, closerange, cpu_count, fork, pipe, read, sysconf, waitpid, write

from organizer.errors import OrganizerError

BLOCK = 1 << 17
"""No block, and no result of one, is longer than this, in bytes."""

DEPTH = 16
"""Blocks that wait for each worker or are under its hands: enough for it to go on while the disk is written to."""

MOST = 8
"""More workers than this only take memory: the first program, which reads and writes, cannot feed them."""

Work = Callable[[bytes], bytes]
Crew = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Gives the results of blocks in their order, taking blocks only as workers become free."""


@dataclass(frozen=True)
class _Worker:
    """One copy of this program: the pipe it is told through, the one it answers through, the memory for blocks."""

    pid: int
    orders: int
    answers: int
    memory: mmap


def cores() -> int:
    """How many workers are worth hiring on this machine."""
    return min(cpu_count() or 1, MOST)


@contextmanager
def hired(work: Work, count: int) -> Iterator[Crew]:
    """`count` workers that each do `work`, gone at the end whatever happens. To be called before any thread starts."""
    workers: list[_Worker] = []
    try:
        for _ in range(count):
            workers.append(_hire(work))
        yield lambda blocks: _results(workers, blocks)
    finally:
        for worker in workers:
            close(worker.orders)  # a worker ends when nobody can tell it anything any more
        for worker in workers:
            close(worker.answers)
            waitpid(worker.pid, 0)
            worker.memory.close()


def _results(workers: list[_Worker], blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Every worker in turn, so that results come in the order of blocks; DEPTH blocks are with each."""
    left = iter(blocks)
    places = deque((worker, place) for place in range(DEPTH) for worker in workers)
    under_way: deque[tuple[_Worker, int]] = deque()
    while True:
        for block in islice(left, len(places)):
            worker, place = places.popleft()
            _put(worker.memory, place, block)
            _tell(worker, place, len(block))
            under_way.append((worker, place))
        if not under_way:
            return
        worker, place = under_way.popleft()
        answer = read(worker.answers, _MESSAGE)
        if len(answer) != _MESSAGE:
            raise _lost()
        yield _take(worker.memory, *_unpack(answer))
        places.append((worker, place))


def _tell(worker: _Worker, place: int, size: int) -> None:
    try:
        write(worker.orders, _pack(place, size))
    except BrokenPipeError as error:
        raise _lost() from error


def _lost() -> OrganizerError:
    text = "A part of this program was ended from outside, perhaps for lack of memory. Start it again."
    return OrganizerError("worker", f"{text} What was finished before is kept.")


def _hire(work: Work) -> _Worker:
    memory = mmap(-1, DEPTH * BLOCK)
    (told, orders), (answers, told_back) = pipe(), pipe()
    pid = fork()
    if pid == 0:
        # Whatever happens in the copy: it must never go on as this program does, nor close what is not its own.
        with suppress(BaseException):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to all; only the first program decides
            _close_all_but(told, told_back)
            gc.disable()  # nothing here goes in circles
            _serve(work, memory, told, told_back)
        _exit(0)
    close(told)
    close(told_back)
    return _Worker(pid, orders, answers, memory)


def _serve(work: Work, memory: mmap, told: int, told_back: int) -> None:
    while len(order := read(told, _MESSAGE)) == _MESSAGE:
        place, size = _unpack(order)
        result = work(_take(memory, place, size))
        _put(memory, place, result)
        write(told_back, _pack(place, len(result)))


def _close_all_but(*kept: int) -> None:
    # A pipe to another worker, held open here, would keep that one alive; a held ledger keeps a stick from ejecting.
    last = 2
    for descriptor in (*sorted(kept), sysconf("SC_OPEN_MAX")):
        closerange(last + 1, descriptor)
        last = descriptor


_MESSAGE = 8


def _pack(place: int, size: int) -> bytes:
    return place.to_bytes(4, "big") + size.to_bytes(4, "big")


def _unpack(message: bytes) -> tuple[int, int]:
    return int.from_bytes(message[:4], "big"), int.from_bytes(message[4:], "big")


def _put(memory: mmap, place: int, data: bytes) -> None:
    if len(data) > BLOCK:
        raise ValueError("A block is longer than the memory for it.")
    memory[place * BLOCK : place * BLOCK + len(data)] = data


def _take(memory: mmap, place: int, size: int) -> bytes:
    return memory[place * BLOCK : place * BLOCK + size]
