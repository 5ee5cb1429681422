"""What is particular to the store in a file of places; the contract is in test_stores.py."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from crypto.envelope import envelope_id
from service.stores import file_store, growing_shelf, old_sqlite, place_file, shelf
from service.stores import shelf as shelf_module
from service.stores.base import StoreFull, StoreUnavailable
from service.stores.file_store import FileAddress, FileStore
from service.stores.growing_shelf import CROWDED, FULL, SMALLEST
from service.stores.place_file import FREE, PAGE, PIECE, PlaceFile, lay_out
from service.stores.place_map import PlaceMap
from service.stores.shelf import Shelf
from tests.support import killed
from tests.support.envelopes import held, some
from tests.support.forked import begin, end_of
from tests.support.old_store import INSERT, connect, make_old_store
from tests.support.paths import ROOT
from tests.support.rank_correlation import correlations, places_of
from tests.support.redis_servers import wait_until


def files(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on a disk; those that pytest gives may be in memory, where nothing reaches one."""
    (ROOT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=ROOT / "var") as folder:
        yield Path(folder)


def wait_until_erased(path: Path) -> None:
    """Return once nothing is left beside the store but its lock; AssertionError after half a minute."""
    deadline = time.monotonic() + 30
    while files(path) != {path.name, f"{path.name}.lock"}:
        assert time.monotonic() < deadline, files(path)
        threading.Event().wait(0.01)


class TestOrder:
    """Nothing tells which envelope came when."""

    @pytest.mark.slow  # thousands are written one by one
    def test_places_say_nothing_about_arrival(self, tmp_path: Path) -> None:
        """4,000 one after the other, through growths: in the files of a store that is open, killed, opened again."""
        path, arrived = tmp_path / "envelopes", some(4000)
        with closing(FileStore(path)) as store:
            for envelope in arrived:
                store.add(envelope)
            assert max(correlations(tmp_path, arrived)) < 0.1
            assert max(correlations(tmp_path, arrived[-800:])) < 0.15
            killed = tmp_path / "killed"
            killed.mkdir()
            for each in tmp_path.iterdir():
                if each.is_file():
                    shutil.copy(each, killed / each.name)
        with closing(FileStore(killed / "envelopes")) as store:
            assert held(store) == sorted(arrived, key=envelope_id)
        assert max(correlations(killed, arrived)) < 0.1

    @pytest.mark.control
    def test_a_store_that_fills_places_in_order_would_be_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: the same measurement on the first free place finds 1.0."""
        monkeypatch.setattr(PlaceMap, "free_place", lambda self: self.used.index(0))
        arrived = some(300)
        with closing(FileStore(tmp_path / "envelopes")) as store:
            for envelope in arrived:
                store.add(envelope)
        assert min(correlations(tmp_path, arrived)) > 0.999

    def test_each_free_place_has_the_same_chance(self) -> None:
        """A chi-square of 8,000 draws from 64 free places of 256: the most in ten million is 150."""
        places = PlaceMap(PIECE)
        places.used[:] = bytes(at % 4 != 0 for at in range(PIECE))
        drawn = [places.free_place() for _ in range(8000)]
        assert sum((drawn.count(at) - 125) ** 2 / 125 for at in range(0, PIECE, 4)) < 150
        assert not any(at % 4 for at in drawn)

    def test_the_map_in_memory_is_the_same_whatever_came_first(self) -> None:
        """Every order of six, also around the end of the table; a dict would differ in all 720."""
        ids = [envelope_id(each) for each in some(6)]
        maps = []
        for order in permutations(range(6)):
            places = PlaceMap(4)
            places._secret = bytes(32)
            for at in order:
                places.used = bytearray(8)
                places.add(ids[at], at)
            assert [places.find(each, ids.__getitem__) for each in ids] == [*range(6)]
            maps.append((places._keys.tobytes(), places._places.tobytes()))
        assert len(maps) == 720
        assert len(set(maps)) == 1

    def test_what_came_before_a_growth_is_not_told_apart(self, tmp_path: Path) -> None:
        """Any place of the larger file may hold what came first."""
        first, late = _first_and_late(tmp_path)
        assert max(correlations(tmp_path, first + late)) < 0.1
        size = (tmp_path / "envelopes").stat().st_size
        quarters = Counter(4 * (at - PAGE) // size for at in places_of(tmp_path, first))
        assert all(300 < quarters[quarter] < 400 for quarter in range(4))

    def test_places_that_are_not_drawn_would_tell_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: filled from the first place on, the larger file shows who came before it."""
        monkeypatch.setattr("service.stores.shelf.random.Random", lambda seed: SimpleNamespace(random=lambda: 0.0))
        first, late = _first_and_late(tmp_path)
        assert max(correlations(tmp_path, first + late)) > 0.4

    def test_what_a_growth_leaves_is_overwritten(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The bytes of the old file are others before its name goes: seen through a second name."""
        path, kept = tmp_path / "envelopes", some(200)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 200)
            with path.open("rb") as old:
                store.add_all([], 4000)
                wait_until_erased(path)
                found = old.read()
        assert len(found) > 2048 * 4096
        assert not [each for each in kept if each[:64] in found or bytes(envelope_id(each)) in found]


def _first_and_late(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """1,400 envelopes that came before the store in a folder grew, and 600 that came later."""
    first, late = some(1400), some(600)
    with closing(FileStore(folder / "envelopes")) as store:
        store.add_all(first, len(first))
        store.add_all(late, 1800)
        wait_until_erased(folder / "envelopes")
    return first, late


class TestDisk:
    """What is written, and what remains of it."""

    def test_only_the_owner_reads_the_files(self, tmp_path: Path) -> None:
        """Other accounts of the machine see nothing."""
        path = tmp_path / "data" / "envelopes"
        FileStore(path).close()
        assert files(path) == {"envelopes", "envelopes.lock"}
        assert [each.stat().st_mode & 0o077 for each in (path.parent, *path.parent.iterdir())] == [0, 0, 0]

    def test_every_place_is_written_before_the_first_envelope(self, tmp_path: Path) -> None:
        """No hole, no zeros, little twice: free places look like taken ones, and no envelope makes the file longer."""
        path = tmp_path / "envelopes"
        with closing(FileStore(path)) as store:
            size = path.stat().st_size
            assert path.stat().st_blocks * 512 >= size == 4096 + SMALLEST * (32 + 4096)
            blocks = path.read_bytes()[4096 + 32 * SMALLEST :]
            assert len({blocks[at : at + 512] for at in range(0, len(blocks), 512)}) > len(blocks) // 1024
            assert bytes(512) not in blocks
            assert path.read_bytes()[4096:].startswith(bytes(32 * SMALLEST))
            store.add_all(some(50), 50)
            assert path.stat().st_size == size

    def test_a_repeated_envelope_is_written_again_to_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same calls with the same sizes as for a new one, and as many waits for the disk."""
        calls: list[tuple[str, int]] = []
        pwrite, fdatasync = os.pwrite, os.fdatasync
        with closing(FileStore(tmp_path / "envelopes")) as store:
            store._moments.close()
            monkeypatch.setattr(os, "pwrite", lambda *told: calls.append(("pwrite", len(told[1]))) or pwrite(*told))
            monkeypatch.setattr(os, "fdatasync", lambda file: calls.append(("fdatasync", 0)) or fdatasync(file))
            (envelope,) = some(1)
            for _ in range(3):
                store.add(envelope)
            assert store.count() == 1
        assert calls == [("pwrite", 4096), ("pwrite", 32), ("fdatasync", 0)] * 3

    @pytest.mark.slow  # thousands are written one by one
    def test_one_envelope_costs_24_kib_of_the_disk_at_most(self, on_disk: Path) -> None:
        """As the kernel counts it, for one after the other, in an empty store and in one that has grown.

        The control: the SQLite file of before costs more, without its passes.
        """
        program = (
            "import os, pathlib, sys\n"
            "from tests.service.test_file_store import written\n"
            "from tests.support.old_store import INSERT, connect\n"
            "from crypto.envelope import envelope_id\n"
            "from service.stores.file_store import FileStore\n"
            "path = pathlib.Path(sys.argv[1])\n"
            "store = FileStore(path)\n"
            "print(written(store.add))\n"
            "store.add_all((os.urandom(4096) for _ in range(8000)), 8000)\n"
            "print(written(store.add))\n"
            "old = connect(path.with_name('old'))\n"
            "print(written(lambda envelope: old.execute(INSERT, (envelope_id(envelope), envelope))))\n"
        )
        command = [sys.executable, "-c", program, str(on_disk / "envelopes")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        empty, grown, old = map(int, done.stdout.split())
        assert 4096 <= empty <= 24 * 1024
        assert 4096 <= grown <= 24 * 1024
        assert old > 24 * 1024

    def test_a_torn_write_is_a_free_place(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """Half an envelope, half a tag, a tag without its envelope: gone; all others stay; the operator is told."""
        path, kept = tmp_path / "envelopes", some(30)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 30)
        with closing(PlaceFile(path, writes=True)) as file:
            place_of = {own_id: place for place, own_id, _ in file.found()}
            free = [place for place in range(file.places) if file.tag(place) == FREE]
            file.write(place_of[envelope_id(kept[0])], envelope_id(kept[0]), kept[0][:2048] + bytes(2048))
            file.write(place_of[envelope_id(kept[1])], envelope_id(kept[1])[:16] + bytes(16), kept[1])
            file.write(free[0], envelope_id(kept[2][::-1]), os.urandom(4096))
        whole = sorted(kept[2:], key=envelope_id)
        assert held(FileAddress(path).read()) == whole
        caplog.set_level(logging.WARNING, "undersigned")
        with closing(FileStore(path)) as store:
            assert (store.count(), held(store)) == (28, whole)
            assert "3 places of" in caplog.text
            for envelope in kept:
                store.add(envelope)
            assert held(store) == sorted(kept, key=envelope_id)

    def test_a_disk_that_fails_closes_the_store_until_it_is_opened_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """After EIO the kernel may call written what is not: nothing is promised; the reason is told once."""

        def broken(file: int) -> None:
            raise OSError(5, "Input/output error")

        path, (first, second, third) = tmp_path / "envelopes", some(3)
        with closing(FileStore(path)) as store:
            store.add(first)
            with monkeypatch.context() as patch:
                patch.setattr(os, "fdatasync", broken)
                with pytest.raises(StoreUnavailable, match="Input/output error"):
                    store.add(second)
            for call in (lambda: store.add(third), store.check):
                with pytest.raises(StoreUnavailable, match="start the service again"):
                    call()
            assert first in held(store)
        assert caplog.text.count("Input/output error") == 1
        with closing(FileStore(path)) as store:
            store.add(second)
            assert held(store) == sorted([first, second], key=envelope_id)

    def test_a_full_disk_stops_growing_and_loses_nothing(self, tmp_path: Path) -> None:
        """It takes envelopes until it is full, says so, and grows when there is room."""
        program = (
            "import os, sys, pathlib, resource, signal\n"
            "from service.stores import growing_shelf\n"
            "from service.stores.base import StoreUnavailable\n"
            "from service.stores.file_store import FileStore\n"
            "from tests.service.test_file_store import wait_until_erased\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "growing_shelf.SMALLEST, growing_shelf.RETRY_SECONDS = growing_shelf.PIECE, 0\n"
            "store = FileStore(pathlib.Path(sys.argv[1]))\n"
            "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))\n"
            "try:\n"
            "    for kept in range(1000):\n"
            "        store.add(os.urandom(4096))\n"
            "except StoreUnavailable as error:\n"
            "    print(error)\n"
            "try:\n"
            "    store.check()\n"
            "except StoreUnavailable as error:\n"
            "    print(error)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
            "store._shelf.tick()\n"
            "store.add(os.urandom(4096))\n"
            "print(kept, store.count(), sum(1 for _ in store.snapshot().envelopes))\n"
            "wait_until_erased(pathlib.Path(sys.argv[1]))\n"
        )
        command = [sys.executable, "-c", program, str(tmp_path / "envelopes")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        *said, numbers = done.stdout.splitlines()
        assert said == ["The store is full and cannot grow: make room on its disk."] * 2
        assert numbers == f"{int(PIECE * FULL)} {int(PIECE * FULL) + 1} {int(PIECE * FULL) + 1}"

    def test_a_flood_leaves_room_on_the_disk_for_all_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A store grows by itself only while a part of the disk stays free; an operator's own copy may fill it."""
        path = tmp_path / "envelopes"
        monkeypatch.setattr(growing_shelf, "SMALLEST", PIECE)
        monkeypatch.setattr(growing_shelf, "RETRY_SECONDS", 0)
        with closing(FileStore(path)) as store:
            with monkeypatch.context() as patch:
                patch.setattr(place_file, "ROOM_SHARE", 1.0)
                patch.setattr(place_file, "ROOM_MOST", 2**62)
                fits = int(PIECE * FULL)
                for envelope in some(fits):
                    store.add(envelope)
                with pytest.raises(StoreFull, match="make room on its disk"):
                    store.add(bytes(4096))
                assert "the disk would be full" in caplog.text
                store.add_all(some(PIECE), PIECE)
            assert store.count() == fits + PIECE
            wait_until_erased(path)


def written(add: Callable[[bytes], object]) -> int:
    """Bytes that this process gave to the disk for each of 50 envelopes, one after the other."""

    def so_far() -> int:
        return int(Path("/proc/self/io").read_text("ascii").split("\nwrite_bytes: ")[1].split()[0])

    before = so_far()
    for envelope in some(50):
        add(envelope)
    return (so_far() - before) // 50


class TestKilled:
    """kill -9: what was acknowledged is kept, once; nothing is left beside the store. Many kills: tests/proofs."""

    @pytest.mark.parametrize("at", range(6))
    def test_at_each_step_of_a_growth(self, tmp_path: Path, at: int) -> None:
        """Before and after the name of each file changes: all are there, and the next start tidies up."""
        path, kept = tmp_path / "envelopes", some(200)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 200)
        assert end_of(begin(killed.grows, str(path), at)) == -signal.SIGKILL
        assert held(FileAddress(path).read()) == sorted(kept, key=envelope_id)
        with closing(FileStore(path)) as store:
            assert held(store) == sorted(kept, key=envelope_id)
            wait_until_erased(path)
        assert held(FileAddress(path).read()) == sorted(kept, key=envelope_id)


class TestAlone:
    """One process writes; whoever reads disturbs nobody."""

    def test_a_second_process_is_refused_with_one_sentence(self, tmp_path: Path) -> None:
        """Also in the same process, and also before the first envelope; it may read."""
        path, (envelope,) = tmp_path / "envelopes", some(1)
        with closing(FileStore(path)) as store:
            store.add(envelope)
            with pytest.raises(StoreUnavailable, match="in use by another process, such as the service"):
                FileStore(path)
            assert held(FileAddress(path).read()) == [envelope]
        FileStore(path).close()

    def test_a_reader_keeps_what_it_began_to_read_when_the_store_grows(self, tmp_path: Path) -> None:
        """The old file is overwritten only after the last reader has gone, of this process or another."""
        path, kept = tmp_path / "envelopes", sorted(some(300), key=envelope_id)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 300)
            with closing(store.snapshot()) as inside, closing(FileAddress(path).read().snapshot()) as outside:
                growing = ThreadPoolExecutor(1).submit(store.add_all, some(3000), 3000)
                while store.count() < 3300:
                    threading.Event().wait(0.001)
                assert list(inside.envelopes) == list(outside.envelopes) == kept
                assert f"envelopes.old-{SMALLEST}" in files(path)
            growing.result(timeout=30)
            wait_until_erased(path)

    def test_people_sign_while_it_grows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Held in the middle of a growth: envelopes are kept, and are all there afterwards; nobody waited for it."""
        path, early, late = tmp_path / "envelopes", some(1500), some(200)
        begun, go_on = threading.Event(), threading.Event()

        def waiting(*told: object) -> None:
            begun.set()
            assert go_on.wait(30)
            lay_out(*told)  # type: ignore[arg-type]

        monkeypatch.setattr(shelf, "lay_out", waiting)
        with closing(FileStore(path)) as store:
            store.add_all(early, 1500)
            for envelope in late[:100]:
                store.add(envelope)
            assert begun.wait(30)
            assert store.count() == 1600
            go_on.set()
            for envelope in late[100:]:
                store.add(envelope)
            while path.stat().st_size < 4096 * 2 * SMALLEST:
                store.check()
            assert held(store) == sorted(early + late, key=envelope_id)
            store.add(late[0])
            assert store.count() == 1700
        assert held(FileAddress(path).read()) == sorted(early + late, key=envelope_id)


class TestRefused:
    """Nothing is overwritten that is no store, and every refusal is a sentence."""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"not a store" * 1000, "is no store of envelopes"),
            (b"undersigned envelopes 2, places 256\n", "newer version"),
            (b"undersigned envelopes 1, places 256\n", "is damaged"),
            (b"undersigned envelopes 1, places 1\n" + bytes(8191), "is damaged"),
        ],
    )
    def test_another_file(self, tmp_path: Path, content: bytes, words: str) -> None:
        """To write and to read."""
        path = tmp_path / "envelopes"
        path.write_bytes(content)
        with pytest.raises(StoreUnavailable, match=words):
            FileStore(path)
        with pytest.raises(StoreUnavailable, match=words):
            FileAddress(path).read().snapshot()
        assert path.read_bytes() == content

    def test_a_folder_and_nothing(self, tmp_path: Path) -> None:
        """A reader makes nothing."""
        with pytest.raises(StoreUnavailable, match="cannot be opened"):
            FileStore(tmp_path)
        with pytest.raises(StoreUnavailable, match="There is no store"):
            FileAddress(tmp_path / "nothing").read()
        assert not (tmp_path / "nothing").exists()


class TestBroughtOver:
    """A store of before is brought over when it is opened, without anybody's hand."""

    @pytest.mark.parametrize(
        ("setting", "before"), [("sqlite:{}/x.sqlite", "x.sqlite"), ("file:{}/x", "x.sqlite"), ("sqlite:{}/x", "x")]
    )
    def test_all_of_it_and_the_old_file_is_gone(self, tmp_path: Path, setting: str, before: str) -> None:
        """Where it lay, or beside; read before and after; the old bytes are overwritten."""
        arrived = some(700)
        make_old_store(tmp_path / before, arrived)
        (tmp_path / f"{before}-journal").touch()
        address = FileAddress.parse(setting.format(tmp_path))
        assert held(address.read()) == sorted(arrived, key=envelope_id)
        with (tmp_path / before).open("rb") as old:
            with closing(address.open()) as store:
                assert held(store) == sorted(arrived, key=envelope_id)
                assert store.count() == 700
            assert not any(each[1000:1064] in found for found in [old.read()] for each in arrived)
        assert files(address.path) == {address.path.name, f"{address.path.name}.lock"}
        assert max(correlations(tmp_path, arrived)) < 0.15
        assert held(address.read()) == sorted(arrived, key=envelope_id)

    def test_an_old_service_that_still_runs_keeps_nothing_more(self, tmp_path: Path) -> None:
        """What it acknowledged before is brought over; from then on it fails, and never acknowledges into nothing."""
        path, (early, late) = tmp_path / "x.sqlite", some(2)
        with closing(connect(path)) as old:
            old.execute(INSERT, (envelope_id(early), early))
            with closing(FileStore(path)) as store:
                with pytest.raises(sqlite3.Error):
                    old.execute(INSERT, (envelope_id(late), late))
                assert held(store) == [early]

    @pytest.mark.slow  # some 20 processes are started and killed
    @pytest.mark.parametrize("before", ["x", "x.sqlite"])
    def test_killed_at_any_moment_it_goes_on(self, tmp_path: Path, before: str) -> None:
        """At each call that changes a file; whatever was there is there at the end, and the old file is gone."""
        kept, path, kills = some(300), tmp_path / "x", 0
        while True:
            shutil.rmtree(tmp_path)
            tmp_path.mkdir()
            make_old_store(tmp_path / before, kept)
            if not (code := end_of(begin(killed.takes_over, str(path), kills))):
                break
            assert code == -signal.SIGKILL
            kills += 1
            with closing(FileStore(path)) as store:
                assert held(store) == sorted(kept, key=envelope_id)
            assert files(path) == {"x", "x.lock"}
        assert kills > 6

    def test_one_that_is_in_the_way_or_newer_is_refused(self, tmp_path: Path) -> None:
        """Two files of before: nobody could say which is meant. Nothing is changed."""
        for name in ("x", "x.sqlite"):
            make_old_store(tmp_path / name, some(3))
        with pytest.raises(StoreUnavailable, match="move it away"):
            FileStore(tmp_path / "x")
        with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
            database.execute("PRAGMA user_version = 2")
        (tmp_path / "x").unlink()
        with pytest.raises(StoreUnavailable, match="newer version"):
            FileStore(tmp_path / "x")
        assert files(tmp_path / "x") - {"x-journal", "x.sqlite-journal"} == {"x.sqlite", "x.lock"}

    def test_half_brought_over_is_not_read(self, tmp_path: Path) -> None:
        """A backup between a kill and the next start would lack what is in the other file."""
        FileStore(tmp_path / "x").close()
        make_old_store(tmp_path / "x.sqlite", some(3))
        with pytest.raises(StoreUnavailable, match="start the service once"):
            FileAddress(tmp_path / "x").read()


@pytest.mark.parametrize("is_tag", [False, True])
def test_a_damaged_envelope_stops_no_growth(tmp_path: Path, caplog: pytest.LogCaptureFixture, is_tag: bool) -> None:
    """A disk that changed a byte, or lost a tag, costs the one envelope; it is told, and never becomes another one."""
    path, kept = tmp_path / "envelopes", some(20)
    with closing(FileStore(path)) as store:
        store.add_all(kept, 20)
        with closing(PlaceFile(path, writes=True)) as file:
            place = next(place for place, own_id, _ in file.found() if own_id == envelope_id(kept[0]))
            if is_tag:
                file.free(place)
            else:
                file.write(place, envelope_id(kept[0]), kept[0][:-1] + bytes([kept[0][-1] ^ 1]))
                with pytest.raises(StoreUnavailable, match="has gone"):
                    held(store)
        store.add_all([], 3000)
        assert "was damaged on the disk" in caplog.text
        assert held(store) == sorted(kept[1:], key=envelope_id)


@pytest.mark.parametrize(("wrong", "opens"), [(3, True), (4, False)])
def test_a_store_with_more_damage_than_a_power_cut_explains_is_refused_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: int, opens: bool
) -> None:
    """What a group that was cut off leaves is cleared away; of anything more, nothing is touched."""
    monkeypatch.setattr(shelf_module, "TORN_MOST", 3)
    path, kept = tmp_path / "envelopes", some(20)
    with closing(FileStore(path)) as store:
        store.add_all(kept, 20)
    with closing(PlaceFile(path, writes=True)) as file:
        for place, own_id, _ in list(file.found())[:wrong]:
            file.write(place, own_id, bytes(4096))
    before = path.read_bytes()
    if opens:
        with closing(FileStore(path)) as store:
            assert store.count() == 20 - wrong
    else:
        with pytest.raises(StoreUnavailable, match=r"4 envelopes in it are not what they were.*Nothing was changed"):
            FileStore(path)
        assert path.read_bytes() == before


@pytest.mark.parametrize("size", [0, 4095, 4097, 8192])
def test_another_size_reaches_no_other_place(tmp_path: Path, size: int) -> None:
    """One alone and among others: refused before a byte is written."""
    with closing(FileStore(tmp_path / "envelopes")) as store:
        before = (tmp_path / "envelopes").read_bytes()
        with pytest.raises(ValueError, match="has 4096 bytes"):
            store.add(bytes(size))
        with pytest.raises(ValueError, match="has 4096 bytes"):
            store.add_all([bytes(size)], 1)
        assert (tmp_path / "envelopes").read_bytes() == before
        assert store.count() == 0


def test_asking_whether_all_is_well_costs_the_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask /healthz as often as they like."""
    waits: list[int] = []
    fdatasync = os.fdatasync
    with closing(FileStore(tmp_path / "envelopes")) as store:
        monkeypatch.setattr(os, "fdatasync", lambda file: waits.append(file) or fdatasync(file))
        for _ in range(50):
            store.check()
    assert len(waits) == 1


def test_two_ids_with_one_key_are_told_apart() -> None:
    """A key has 8 bytes; the tag decides."""
    first, second = (envelope_id(each) for each in some(2))
    places = PlaceMap(PIECE)
    places._key = lambda own_id: 7  # type: ignore[method-assign]
    tags = {3: first, 5: second}
    places.add(first, 3)
    assert places.find(second, tags.__getitem__) is None
    places.add(second, 5)
    assert [places.find(each, tags.__getitem__) for each in (first, second)] == [3, 5]


def test_a_shelf_remembers_what_a_file_holds(tmp_path: Path) -> None:
    """Opened again, every envelope is found in its place, and no place is taken twice."""
    lay_out(tmp_path / "file", PIECE)
    kept = some(PIECE)
    with closing(Shelf.open(tmp_path / "file")) as first:
        places = [first.put(envelope) for envelope in kept]
    assert sorted(places) == list(range(PIECE))
    with closing(Shelf.open(tmp_path / "file")) as again:
        assert [again.put(envelope) for envelope in kept] == places
        assert len(again.map) == PIECE


def broken(*told: object) -> None:
    """A disk that refuses."""
    raise OSError(5, "Input/output error")


class TestUncertain:
    """What a kill or an error left between memory and disk is settled before anything is kept or erased."""

    @pytest.mark.parametrize("refused", ["sync_folder", "fdatasync"])
    def test_a_start_erases_nothing_before_names_and_bytes_are_on_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
    ) -> None:
        """A power cut could bring back the file before; and what a killed process wrote last may only be in memory."""
        path, kept = tmp_path / "envelopes", some(20)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 20)
        whole = path.read_bytes()
        for ending in ("old-1024", "growing"):
            path.with_name(f"envelopes.{ending}").write_bytes(whole)
        with monkeypatch.context() as patch:
            patch.setattr(growing_shelf if refused == "sync_folder" else os, refused, broken)
            with pytest.raises(StoreUnavailable, match="Input/output error"):
                FileStore(path)
        assert [each.read_bytes() == whole for each in tmp_path.iterdir() if each.suffix != ".lock"] == [True] * 3
        with closing(FileStore(path)) as store:
            assert held(store) == sorted(kept, key=envelope_id)
            wait_until_erased(path)

    def test_a_new_name_that_the_disk_refuses_leaves_the_old_file_as_it_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a power cut it could have the name again; so no second growth and no closing erases it either."""
        path, kept = tmp_path / "envelopes", some(20)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 20)
            whole = path.read_bytes()
            monkeypatch.setattr(growing_shelf, "sync_folder", broken)
            store.add_all([], 4000)
            for call in (lambda: store.add(kept[0]), lambda: store.add_all(kept, 9000)):
                with pytest.raises(StoreUnavailable, match="Input/output error"):
                    call()
            assert held(store) == sorted(kept, key=envelope_id)
        assert path.with_name(f"envelopes.old-{SMALLEST}").read_bytes() == whole

    def test_a_growth_that_was_cut_off_is_overwritten(self, tmp_path: Path) -> None:
        """It holds what came before a moment, and nothing of what came later."""
        path, kept = tmp_path / "envelopes", some(20)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 20)
        growing = shutil.copy(path, tmp_path / "envelopes.growing")
        with growing.open("rb") as file:
            with closing(FileStore(path)):
                wait_until_erased(path)
            found = file.read()
        assert not [each for each in kept if each[:64] in found or bytes(envelope_id(each)) in found]

    def test_a_piece_that_cannot_be_read_is_no_end(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The kernel gives what it could read and no error: no snapshot may be shorter for it."""
        path, kept, pread = tmp_path / "envelopes", some(300), os.pread
        with closing(FileStore(path)) as store:
            store.add_all(kept, 300)
            with monkeypatch.context() as patch:
                patch.setattr(os, "pread", lambda file, size, at: pread(file, min(size, 4096), at))
                assert held(store) == held(FileAddress(path).read()) == sorted(kept, key=envelope_id)
                patch.setattr(os, "pread", lambda file, size, at: pread(file, size, at) if at % 8192 == 0 else b"")
                for source in (store, FileAddress(path).read()):
                    with pytest.raises(StoreUnavailable, match="too early"):
                        source.snapshot()
        with monkeypatch.context() as patch:
            patch.setattr(os, "pread", lambda file, size, at: pread(file, 4096, at) if at < 8192 else b"")
            with pytest.raises(StoreUnavailable, match="too early"):
                FileStore(path)

    def test_half_a_tag_is_in_no_snapshot(self, tmp_path: Path) -> None:
        """Seen while it is written, it would put its envelope at a wrong place of the ledger."""
        path, kept = tmp_path / "envelopes", some(20)
        with closing(FileStore(path)) as store:
            store.add_all(kept, 20)
            with closing(PlaceFile(path, writes=True)) as file:
                place = next(place for place in range(file.places) if file.tag(place) == FREE)
                file.write(place, bytes(8) + os.urandom(24), os.urandom(4096))
            assert held(store) == sorted(kept, key=envelope_id)

    def test_new_folders_are_on_the_disk_before_an_envelope(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The name of each lies in the one above it."""
        synced: list[Path] = []
        monkeypatch.setattr(file_store, "sync_folder", synced.append)
        FileStore(tmp_path / "a" / "b" / "envelopes").close()
        assert synced == [tmp_path / "a", tmp_path]

    def test_a_damaged_envelope_that_came_late_becomes_no_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What came while a growth went on is looked at, too, before it is taken along."""
        path, (early, late) = tmp_path / "envelopes", some(2)

        def comes_meanwhile(*told: object) -> None:
            lay_out(*told)
            store._shelf.keep([late])
            (place,) = store._shelf._came
            store._shelf._shelf.file.write(place, envelope_id(late), late[::-1])

        with closing(FileStore(path)) as store:
            store.add(early)
            monkeypatch.setattr(shelf, "lay_out", comes_meanwhile)
            store.add_all([], 4000)
            assert "was damaged on the disk" in caplog.text
            assert held(store) == [early]

    def test_a_takeover_that_fails_at_its_end_leaves_nothing_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its lock goes last; the next start finds all."""
        path, kept, closed = tmp_path / "x", some(20), []
        make_old_store(path, kept)
        with monkeypatch.context() as patch:
            close = growing_shelf.GrowingShelf.close
            patch.setattr(growing_shelf.GrowingShelf, "close", lambda self: closed.append(self) or close(self))
            patch.setattr(old_sqlite, "erase", broken)
            with pytest.raises(StoreUnavailable, match="Input/output error"):
                FileStore(path)
        assert len(closed) == 1
        with closing(FileStore(path)) as store:
            assert held(store) == sorted(kept, key=envelope_id)
            wait_until_erased(path)


class TestNames:
    """The file is the one that has its name."""

    def test_a_link_is_the_file_behind_it(self, tmp_path: Path) -> None:
        """One writer by both names; a kill between two names of the old file costs nothing; growing keeps the link."""
        real, link, kept = tmp_path / "real" / "envelopes", tmp_path / "link", some(20)
        with closing(FileStore(real)) as store:
            store.add_all(kept, 20)
        link.symlink_to(real)
        os.link(real, real.with_name(f"envelopes.old-{SMALLEST}"))
        with closing(FileStore(link)) as store:
            with pytest.raises(StoreUnavailable, match="in use"):
                FileStore(real)
            wait_until_erased(real)
            assert held(store) == sorted(kept, key=envelope_id)
            store.add_all([], 4000)
            wait_until_erased(real)
        assert link.is_symlink()
        assert held(FileAddress(link).read()) == held(FileAddress(real).read()) == sorted(kept, key=envelope_id)

    @pytest.mark.parametrize("grows_first", [False, True])
    def test_a_file_that_lost_its_name_takes_nothing(self, tmp_path: Path, grows_first: bool) -> None:
        """Somebody puts another file there: what came would be in neither, and a growth would replace the other."""
        path, (first, second) = tmp_path / "envelopes", some(2)
        with closing(FileStore(path)) as store:
            store.add(first)
            path.rename(tmp_path / "away")
            lay_out(path, PIECE)
            other = path.read_bytes()
            if grows_first:
                store.add_all([], 4000)
            with pytest.raises(StoreUnavailable, match="somebody moved"):
                store.add(second)
            with pytest.raises(StoreUnavailable, match="somebody moved"):
                store.snapshot()
        assert path.read_bytes() == other

    def test_a_reader_looks_again_when_the_file_was_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It opened the old file, which was overwritten before its first line was read."""
        path, (envelope,) = tmp_path / "envelopes", some(1)
        with closing(FileStore(path)) as store:
            store.add(envelope)
        whole = path.read_bytes()
        path.write_bytes(os.urandom(9000))

        def late(*told: object, **named: bool) -> PlaceFile:
            try:
                return PlaceFile(*told, **named)
            finally:
                if path.stat().st_size == 9000:
                    (tmp_path / "next").write_bytes(whole)
                    (tmp_path / "next").rename(path)

        monkeypatch.setattr(place_file, "PlaceFile", late)
        assert held(FileAddress(path).read()) == [envelope]


def test_asking_does_not_wait_for_a_growth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks /healthz would hold a thread of the service for as long as that takes."""
    monkeypatch.setattr(growing_shelf, "PATIENCE", 0.01)
    with closing(FileStore(tmp_path / "envelopes")) as store:
        monkeypatch.setattr(growing_shelf, "FULL", 0)
        store._shelf._is_growing = True
        with pytest.raises(StoreUnavailable, match="growing"):
            store.check()
        store._shelf._is_growing = False


def test_no_envelope_tries_a_growth_that_failed_and_the_journal_hears_of_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Ticks, which come at random moments, try again; each line and each try would tell when somebody signed."""
    tried = threading.Semaphore(0)

    def fails(*told: object) -> None:
        tried.release()
        broken()

    monkeypatch.setattr(growing_shelf, "SMALLEST", PIECE)
    monkeypatch.setattr(growing_shelf, "RETRY_SECONDS", 0)
    with closing(FileStore(tmp_path / "envelopes")) as store:
        store._moments.close()
        monkeypatch.setattr(shelf, "lay_out", fails)
        for envelope in some(int(PIECE * CROWDED) + 20):
            store.add(envelope)
            wait_until(lambda: not store._shelf._is_growing)
        assert tried.acquire(timeout=30)
        assert not tried.acquire(blocking=False)
        for _ in range(3):
            store._shelf.tick()
            assert tried.acquire(timeout=30)
            wait_until(lambda: not store._shelf._is_growing)
        assert caplog.text.count("could not grow") == 1


def test_a_growth_that_fails_late_is_not_tried_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try writes a whole file: it rests ten times as long as it took."""
    now = [time.monotonic()]

    def fails_late(*told: object) -> None:
        now[0] += 100
        broken()

    with closing(FileStore(tmp_path / "envelopes")) as store:
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        monkeypatch.setattr(shelf, "lay_out", fails_late)
        store._shelf.make_room(4000)
        assert store._shelf._grows_again_at == pytest.approx(now[0] + 1000)
