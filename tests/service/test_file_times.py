"""No file of a service tells when somebody signed, while it runs and after it was killed: `stat` says nothing of it.

A kernel's own times cannot be forbidden, so the newest of them is that of a moment that was drawn at random.
Each time that a test looks for is planted, too: the same without the random moments must tell.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from crypto.keys import OrganizersKey
from crypto.minisign import MinisignSecretKey, sign
from service import parse_store
from service.admin.backup_file import write_backup
from service.appeal_reader import load_appeal
from service.settings import Settings
from service.site.publications import Publications
from service.stores import file_times, growing_shelf
from service.stores.file_store import FileStore
from tests.support.clocks import by_chance, right_at_best
from tests.support.envelopes import held, keep_one_by_one, some
from tests.support.moments import STEP, Use, others_first
from tests.support.paths import ROOT
from tests.support.publications import publication
from tests.support.redis_servers import running, wait_until
from tests.support.sample_appeal import APPEAL_ID
from tests.support.service_process import environment_for, free_port, wait_until_it_answers

STILL = "import service.stores.file_times as times; times.MEAN_SECONDS = 1e9\n"
"""The control: a program in which the random moments never come."""


@contextmanager
def service(settings: Settings, port: int, before: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`python -m service` after a line of ours; killed at the end, if it was not before."""
    program = f"import sys\n{before}from service.__main__ import main\nsys.exit(main())"
    environment = environment_for(settings) | {"UNDERSIGNED_LISTEN": f"127.0.0.1:{port}"}
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_until_it_answers(process, port)
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """All of a service, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def test_the_files_of_a_service_do_not_tell_when_somebody_signed(
    settle: Callable[[str], Settings], key: OrganizersKey
) -> None:
    """All in its folder, seconds later and after kill -9; of the control, without random moments, the file does."""
    ours, still = settle("ours"), settle("still")
    ports = free_port(), free_port()
    with ExitStack() as stack:
        process = stack.enter_context(service(ours, ports[0]))
        control = stack.enter_context(service(still, ports[1], STILL))
        uses = []
        for settings, port in zip((ours, still), ports, strict=True):
            others_first(settings.data)
            with Use() as use:
                keep_one_by_one(port, key.record.header, 1)
            uses.append(use)
        wait_until(lambda: not uses[0].told_by(ours.data))
        assert "envelopes" in uses[1].told_by(still.data)
        kill(process)
        kill(control)
    assert not uses[0].told_by(ours.data)
    assert "envelopes" in uses[1].told_by(still.data)


@pytest.mark.parametrize("kind", ["redis", "valkey-8"])
def test_the_files_of_a_server_do_not_tell_either(tmp_path: Path, kind: str) -> None:
    """The append-only file, its folder and all beside it; of the control, which nobody touches, the file does."""
    touched, still = tmp_path / "touched", tmp_path / "still"
    touched.mkdir()
    script = ("sh", str(ROOT / "deploy" / "even-times.sh"), str(touched))
    with running(kind, touched, through=script) as server, running(kind, still) as control:
        uses = []
        for each in (server, control):
            with closing(parse_store(each.url).open()) as store:
                store.add(some(1)[0])  # the first one makes its hash
                others_first(each.folder)
                with Use() as use:
                    store.add(some(1)[0])
            uses.append(use)
        wait_until(lambda: not uses[0].told_by(touched))
        (name,) = uses[1].told_by(still)
        assert name.endswith(".incr.aof")
        for each in (server, control):
            each.kill()
        assert not uses[0].told_by(touched)
        assert uses[1].told_by(still) == {name}


def test_a_tick_looks_like_an_envelope(tmp_path: Path) -> None:
    """Both leave the same moment of writing and of changing, and none of reading, which would tell them apart."""
    path = tmp_path / "envelopes"
    with closing(FileStore(path)) as store:
        store._moments.close()
        read = path.stat().st_atime_ns
        for act in (lambda: store.add(some(1)[0]), store._shelf.tick, lambda: held(store), store.check):
            before = path.stat().st_mtime_ns
            wait_until(lambda: time.time_ns() > before + STEP)  # noqa: B023  # done before the next one
            act()
            shown = path.stat()
            assert shown.st_mtime_ns == shown.st_ctime_ns
            assert shown.st_atime_ns == read
            assert tmp_path.stat().st_mtime_ns % 1_000_000_000 == 0 or act != store._shelf.tick


def ages(path: Path, looks: int, mean: float) -> tuple[list[float], list[float]]:
    """How long ago a store was written to at random looks, without and with an envelope some means before each."""
    draw = random.SystemRandom()
    found: tuple[list[float], list[float]] = ([], [])
    with closing(FileStore(path)) as store:
        for _ in range(looks):
            is_signed = draw.randrange(2)
            if is_signed:
                store.add(some(1)[0])
            threading.Event().wait(draw.uniform(3, 6) * mean)
            found[is_signed].append(time.time() - path.stat().st_mtime)
    return found


@pytest.mark.long
def test_how_long_ago_a_store_was_written_to_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops it cannot tell whether somebody signed; of the control, without random moments, anybody can."""
    mean, looks = 0.03, 400
    monkeypatch.setattr(file_times, "MEAN_SECONDS", mean)
    found = ages(tmp_path / "ours", looks, mean)
    print(f"the best threshold says right in {right_at_best(*found):.3f}")
    assert right_at_best(*found) < by_chance(min(map(len, found)))
    monkeypatch.setattr(file_times, "MEAN_SECONDS", 1e9)
    still = ages(tmp_path / "still", 60, mean)
    assert right_at_best(*still) > 0.9


def test_a_store_grows_at_a_moment_that_no_envelope_chose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file keeps for good when it was made; and it does not grow before it is busy."""
    monkeypatch.setattr(file_times, "MEAN_SECONDS", 1e9)
    path, places = tmp_path / "envelopes", growing_shelf.SMALLEST
    with closing(FileStore(path)) as store:
        size = path.stat().st_size
        store.add_all(some(int(0.64 * places)), int(0.64 * places))
        monkeypatch.setattr(growing_shelf, "TICKS_TO_GROWTH", 1)
        store._shelf.tick()
        store.add_all([], 0)  # waits for a growth
        assert path.stat().st_size == size
        store.add_all(some(places // 32), places // 32)
        assert path.stat().st_size == size
        store._shelf.tick()
        wait_until(lambda: path.stat().st_size > size)


def test_a_publication_and_a_backup_show_1970(
    settings: Settings, minisign_keys: tuple[MinisignSecretKey, MinisignSecretKey], tmp_path: Path
) -> None:
    """Its files and its folder, also after they were read; the folder above shows the number of the newest."""
    appeal = load_appeal(settings.appeal)
    ours, others = (Publications(settings.publications, appeal.programs, appeal.signers) for _ in range(2))
    data = publication()
    assert others.current is None
    kept = ours.accept(data, [sign(key, data, "a test") for key in minisign_keys])
    assert others.current is not None  # another process sees it, although no clock tells
    for process in (ours, others):
        assert process.file(1, "publication.json") == kept.data
    shown = {path.name: path.stat() for path in (settings.publications, *settings.publications.rglob("*"))}
    assert {name: found.st_mtime for name, found in shown.items()} == {name: 0 for name in shown} | {"publications": 1}
    assert {found.st_atime for name, found in shown.items() if "." in name} == {0}
    with closing(FileStore(tmp_path / "data" / "envelopes")) as store:
        write_backup(tmp_path / "backup.tar", store, ours, APPEAL_ID)
    made = (tmp_path / "backup.tar").stat()
    assert (made.st_mtime, made.st_atime) == (0, 0)
