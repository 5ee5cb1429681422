"""An SQLite file is shuffled: what places in it tell of the order of arrival before and after, and what it costs."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service.__main__ import app
from service.settings import Settings
from service.stores.shuffle import PIECE_MOST
from service.stores.shuffle_schedule import ShuffleSchedule
from service.stores.sqlite_store import SqliteStore
from service.web.context import EXTENSION
from tests.support.envelopes import held, some
from tests.support.rank_correlation import rank_correlation
from tests.support.service_process import environment_for
from tests.support.shuffle_passes import DueOnce, shuffle

ROOT = Path(__file__).parents[2]
# An envelope lies in the file in two parts: its beginning beside its id, the rest on a page of its own.
PARTS = {"beginning": slice(0, 64), "rest": slice(2000, 2064)}


def correlations(path: Path, arrived: list[bytes]) -> dict[str, float]:
    """Of the order of arrival with the places in the file's bytes, for each part of an envelope."""
    data = path.read_bytes()
    return {name: abs(rank_correlation([data.index(each[part]) for each in arrived])) for name, part in PARTS.items()}


def is_forgotten(path: Path, arrived: list[bytes], below: float) -> bool:
    """Whether all correlations are below; not yet while a pass is writing, for then a piece is not where it will be."""
    try:
        return max(correlations(path, arrived).values()) < below
    except ValueError:
        return False


def arrive(path: Path, envelopes: list[bytes]) -> None:
    """Puts them into a store's file one after the other, as `add` does, but waits for the disk once."""
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = ((envelope_id(envelope), envelope) for envelope in envelopes)
        connection.executemany("INSERT INTO envelopes VALUES (?, ?)", rows)


def wait_for(happened: Callable[[], bool]) -> None:
    """Return once it has happened; AssertionError after half a minute."""
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "It did not happen."
        threading.Event().wait(0.01)


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_after_a_pass_places_in_the_file_say_nothing_about_arrival(tmp_path: Path) -> None:
    """2,000 envelopes one after the other: the file tells their order, and a pass ends that without growing it."""
    path, arrived = tmp_path / "envelopes.sqlite", some(2000)
    with closing(SqliteStore(path)) as store:
        arrive(path, arrived)
        assert correlations(path, arrived)["rest"] > 0.99
        before = path.stat().st_size
        shuffle(path)
        assert max(correlations(path, arrived).values()) < 0.1
        assert path.stat().st_size < before * 1.03
        assert held(store) == sorted(arrived, key=envelope_id)


def test_the_generator_decides_where_each_comes_to_lie(tmp_path: Path) -> None:
    """Another draw, other places: whoever knows how SQLite fills its pages cannot reckon back."""
    first, kept = tmp_path / "first.sqlite", some(PIECE_MOST // 2 - 1)  # one piece, whatever its size
    with closing(SqliteStore(first)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, kept))
    places: dict[int, list[int]] = {}
    for seed in (1, 2):
        copy = tmp_path / f"{seed}.sqlite"
        shutil.copy(first, copy)
        shuffle(copy, random.Random(seed))
        data = copy.read_bytes()
        places[seed] = [data.index(each[PARTS["rest"]]) for each in kept]
    assert sum(one == other for one, other in zip(places[1], places[2], strict=True)) < 20


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_the_newest_are_hidden_among_the_oldest(tmp_path: Path) -> None:
    """What came after one pass does not lie at the end after the next."""
    path, early, late = tmp_path / "envelopes.sqlite", some(1000), some(100)
    with closing(SqliteStore(path)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, early))
        shuffle(path)
        for envelope in late:
            store.add(envelope)
        assert correlations(path, early + late)["rest"] > 0.1
        shuffle(path)
    data = path.read_bytes()
    places = sorted(data.index(each[PARTS["rest"]]) for each in early + late)
    last = set(places[-100:])
    assert sum(data.index(each[PARTS["rest"]]) in last for each in late) < 40


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_a_store_shuffles_its_file_by_itself(tmp_path: Path) -> None:
    """After at most so many additions, and after at most so long without any."""
    path, arrived = tmp_path / "envelopes.sqlite", some(1000)
    schedule = ShuffleSchedule(time.monotonic, random.SystemRandom(), most_additions=600, most_seconds=0.4)
    with closing(SqliteStore(path, schedule)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, arrived))
        wait_for(lambda: is_forgotten(path, arrived, 0.15))
        assert held(store) == sorted(arrived, key=envelope_id)


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_a_store_that_is_opened_shuffles_what_its_last_process_did_not(tmp_path: Path) -> None:
    """Killed before its pass was due: the next process cannot know, so it makes a pass in any case."""
    path, arrived = tmp_path / "envelopes.sqlite", some(600)
    with closing(SqliteStore(path)) as store:
        for envelope in arrived:
            store.add(envelope)
    assert correlations(path, arrived)["rest"] > 0.99
    with closing(SqliteStore(path, ShuffleSchedule(time.monotonic, random.SystemRandom(), most_seconds=0.1))):
        wait_for(lambda: is_forgotten(path, arrived, 0.18))


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_snapshots_are_read_and_envelopes_added_during_a_pass(tmp_path: Path) -> None:
    """A download that began before is the same bytes; whoever adds meanwhile is answered before the pass is over."""
    path, early, late = tmp_path / "envelopes.sqlite", some(1500), some(60)
    schedule = DueOnce()
    with closing(SqliteStore(path, schedule)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, early))
        with closing(store.snapshot()) as snapshot:
            reading = snapshot.envelopes
            read = [next(reading)]
            schedule.asked.set()
            answered_during = 0
            for envelope in late:
                store.add(envelope)  # the first of them has the store look whether a pass is due
                answered_during += not schedule.is_over.is_set()
                read.append(next(reading))
            assert schedule.is_over.wait(30)
            read += reading
        assert answered_during
        assert read == sorted(early, key=envelope_id)
        assert held(store) == sorted(early + late, key=envelope_id)


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_a_pass_killed_in_the_middle_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """kill -9 again and again while one pass follows another: every envelope once, and no file beside the store."""
    path, kept = tmp_path / "envelopes.sqlite", some(700)
    with closing(SqliteStore(path)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, kept))
    program = (
        "import pathlib, random, sys, threading, time\n"
        "from service.stores.shuffle_schedule import ShuffleSchedule\n"
        "from service.stores.sqlite_store import SqliteStore\n"
        "class AlwaysDue(ShuffleSchedule):\n"
        "    def seconds_left(self): return 0\n"
        "store = SqliteStore(pathlib.Path(sys.argv[1]), AlwaysDue(time.monotonic, random.SystemRandom()))\n"
        "print('begins', flush=True)\n"
        "threading.Event().wait()\n"
    )
    unfinished = 0
    for delay in (0.0, 0.004, 0.011, 0.017, 0.023, 0.03, 0.05, 0.07):
        with subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            threading.Event().wait(delay)  # another part of a pass each time
            process.kill()
        unfinished += any(other.stat().st_size for other in tmp_path.iterdir() if other != path)
        with closing(SqliteStore(path)) as store:
            assert held(store) == sorted(kept, key=envelope_id)
            store.check()
        assert [other.name for other in tmp_path.iterdir() if other.stat().st_size] == [path.name]
    assert unfinished, "No kill met a pass in the middle."


def test_what_is_moved_is_overwritten_where_it_was(tmp_path: Path) -> None:
    """Each envelope stands in the file exactly once after a pass: freed places hold nothing."""
    path, kept = tmp_path / "envelopes.sqlite", some(PIECE_MOST + 50)
    with closing(SqliteStore(path)) as store, ThreadPoolExecutor(16) as adding:
        list(adding.map(store.add, kept))
    shuffle(path)
    data = path.read_bytes()
    assert {data.count(each[part]) for each in kept for part in PARTS.values()} == {1}


@pytest.mark.slow  # a store of thousands of envelopes is written and read
def test_a_pass_on_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """The journal cannot grow: the pass is given up, all envelopes stay, and the store goes on when there is room."""
    program = (
        "import os, sys, pathlib, resource, signal\n"
        "from service.stores.base import StoreUnavailable\n"
        "from service.stores.sqlite_store import SqliteStore\n"
        "from tests.support.shuffle_passes import DueOnce, shuffle\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "path, schedule = pathlib.Path(sys.argv[1]), DueOnce()\n"
        "store = SqliteStore(path, schedule)\n"
        "first = os.urandom(4096)\n"
        "for envelope in [first] + [os.urandom(4096) for _ in range(299)]:\n"
        "    store.add(envelope)\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))\n"
        "schedule.failed = False\n"
        "schedule.asked.set()\n"
        "try:\n"
        "    store.add(first)\n"
        "except StoreUnavailable:\n"
        "    pass\n"
        "print(schedule.is_over.wait(30), schedule.failed)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
        "store.add(os.urandom(4096))\n"
        "shuffle(path)\n"
        "print(store.count(), sum(1 for _ in store.snapshot().envelopes))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "envelopes.sqlite")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["True True", "301 301"]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_envelopes_are_no_special_case(tmp_path: Path, count: int) -> None:
    """Nothing, one, two."""
    kept = some(count)
    with closing(SqliteStore(tmp_path / "envelopes.sqlite")) as store:
        for envelope in kept:
            store.add(envelope)
        shuffle(tmp_path / "envelopes.sqlite")
        assert held(store) == sorted(kept, key=envelope_id)


def test_the_service_shuffles_by_itself(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `python -m service` opens has a schedule of its own, from the system's generator."""
    for name, value in environment_for(settings).items():
        monkeypatch.setenv(name, value)
    application = app()
    store = application.extensions[EXTENSION].store
    with closing(store):
        assert type(store._schedule.generator) is random.SystemRandom
        assert store._schedule.seconds_left() is None
