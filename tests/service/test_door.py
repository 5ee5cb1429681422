"""One service at an address and over a data folder; it ends with its terminal, and its processes end with it."""

from __future__ import annotations

import os
import pty
import resource
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from crypto.keys import OrganizersKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from service.door import DoorError, hold, open_door
from service.settings import ListenAddress, Settings
from service.stores.file_store import FileAddress
from tests.support.envelopes import TYPE
from tests.support.paths import ROOT
from tests.support.redis_servers import wait_until
from tests.support.sample_appeal import TOKEN
from tests.support.service_process import environment_for, free_port

NOBODY = 65534
SERVE = [sys.executable, "-m", "service"]


def told(settings: Settings, listen: str) -> dict[str, str]:
    return environment_for(settings) | {"UNDERSIGNED_LISTEN": listen}


def start(settings: Settings, listen: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """A start that must end by itself."""
    return subprocess.run(
        SERVE, cwd=ROOT, env=told(settings, listen), capture_output=True, text=True, check=False, timeout=60, **options
    )


def hears_hang_ups() -> None:
    """The tests may have been started with nohup themselves."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def started(settings: Settings, listen: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A service in a session of its own, all of which is gone at the end."""
    begin = {"cwd": ROOT, "env": told(settings, listen), "start_new_session": True, "preexec_fn": hears_hang_ups}
    process = subprocess.Popen(SERVE, **(begin | options))
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_up(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
        return bool(answer.status == 200)
    return False


def another(settings: Settings, tmp_path: Path) -> Settings:
    data = tmp_path / "another"
    return replace(settings, data=data, store=FileAddress(data / "envelopes"))


def sentences(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What a refused start said, which must be words for people."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    for word in ("Traceback", "Errno", "panicked", "backtrace"):
        assert word not in done.stderr
    title, *said = done.stderr.splitlines()
    assert title.endswith(":")
    return said


@pytest.mark.slow  # services are started as programs
def test_of_two_services_at_one_port_the_second_does_not_start(
    settings: Settings, tmp_path: Path, key: OrganizersKey
) -> None:
    """Nor with the first one's data at another port; and all that was acknowledged is in the ledger."""
    port = free_port()
    sent = [seal_signature(key.record, Signature("Марыя Прыклад", False), bytes(32), bytes(32)) for _ in range(40)]
    with started(settings, f"127.0.0.1:{port}"):
        wait_until(lambda: is_up(port))
        (said,) = sentences(start(another(settings, tmp_path), f"127.0.0.1:{port}"))
        assert f"127.0.0.1:{port} is in use" in said
        (said,) = sentences(start(settings, f"127.0.0.1:{free_port()}"))
        assert f"{settings.data} is in use" in said
        for envelope in sent:
            with urlopen(Request(f"http://127.0.0.1:{port}/envelopes", envelope, {"Content-Type": TYPE})) as answer:
                assert answer.status == 201
        ledger = Request(f"http://127.0.0.1:{port}/ledger", headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(ledger) as answer:
            kept = answer.read()
    assert all(envelope in kept for envelope in sent)


@pytest.mark.slow  # services are started as programs
def test_of_several_that_start_in_one_moment_one_serves(settings: Settings, tmp_path: Path) -> None:
    """Also at a socket that a crash left, which each of them would remove."""
    path = tmp_path / "service.sock"
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(path))
    for listen in (f"127.0.0.1:{free_port()}", f"unix:{path}"):
        several = [another(settings, tmp_path / f"{listen[:4]}{at}") for at in range(4)]
        starts = [
            subprocess.Popen(SERVE, cwd=ROOT, env=told(each, listen), stderr=subprocess.DEVNULL, start_new_session=True)
            for each in several
        ]
        try:
            wait_until(lambda starts=starts: sum(each.poll() is None for each in starts) == 1)
            assert sorted(each.returncode or 0 for each in starts) == [0, 2, 2, 2]
        finally:
            for each in starts:
                with suppress(ProcessLookupError):
                    os.killpg(each.pid, signal.SIGKILL)
                each.wait()


@pytest.mark.parametrize("theirs_first", [True, False])
def test_nobody_shares_the_port(theirs_first: bool) -> None:
    """Not even with a program that would (SO_REUSEPORT); the control: two of those do share one."""
    port = free_port()

    @contextmanager
    def share() -> Iterator[None]:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", port))
            other.listen()
            yield

    if theirs_first:
        with share(), share(), pytest.raises(DoorError, match="in use"):
            open_door(ListenAddress("127.0.0.1", port))
    else:
        with open_door(ListenAddress("127.0.0.1", port)), pytest.raises(OSError, match="in use"), share():
            pass


@pytest.mark.slow  # services are started as programs
@pytest.mark.parametrize("stop", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_service_that_is_told_to_end_leaves_nothing_behind(settings: Settings, stop: signal.Signals) -> None:
    """Neither a process nor the port nor the data; so it can be started again at once."""
    port = free_port()
    with started(settings, f"127.0.0.1:{port}") as process:
        wait_until(lambda: is_up(port))
        process.send_signal(stop)
        assert process.wait(timeout=30) == 0
        with hold(settings.data), open_door(ListenAddress("127.0.0.1", port)):
            pass


@pytest.mark.slow  # services are started as programs
def test_closing_the_terminal_ends_the_service(settings: Settings) -> None:
    """The whole of it; with `nohup` in front it stays."""
    port = free_port()
    for command, stays in ((SERVE, False), (["nohup", *SERVE], True)):
        program, terminal = pty.fork()
        if not program:
            os.chdir(ROOT)
            hears_hang_ups()
            os.execvpe(command[0], command, told(settings, f"127.0.0.1:{port}"))
        wait_until(lambda: is_up(port))
        os.close(terminal)
        if stays:
            assert os.waitpid(program, os.WNOHANG) == (0, 0)
            assert is_up(port)
            os.kill(program, signal.SIGTERM)
        os.waitpid(program, 0)
        with hold(settings.data):
            pass
        assert not is_up(port)
    (ROOT / "nohup.out").unlink(missing_ok=True)


@pytest.mark.slow  # services are started as programs
def test_a_worker_ends_with_its_parent(settings: Settings, tmp_path: Path) -> None:
    """Killed, the parent can stop nobody; a new start finds everything free, also the socket that is still there."""
    path = tmp_path / "service.sock"
    for _ in range(2):
        with started(settings, f"unix:{path}") as process:
            wait_until(lambda: answers(path))
            (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
            process.kill()
            process.wait()
            wait_until(lambda worker=worker: not Path(f"/proc/{worker}/cmdline").exists())
            assert stat.S_ISSOCK(path.stat().st_mode)


def answers(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n")
        return connection.recv(12).endswith(b"200")
    return False


def test_only_a_socket_without_a_service_is_removed(tmp_path: Path) -> None:
    """Not one that somebody has, not a file, a folder or a link; nginx may come in as a member of the group."""
    path = tmp_path / "door"
    with open_door(ListenAddress(socket=path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with pytest.raises(DoorError, match="in use"):
            open_door(ListenAddress(socket=path))
    with open_door(ListenAddress(socket=path)):  # left by the one before
        path.unlink()
    for make in (Path.touch, Path.mkdir, lambda it: it.symlink_to(tmp_path / "nowhere")):
        make(path)  # type: ignore[operator]  # three ways
        with pytest.raises(DoorError, match="is no socket"):
            open_door(ListenAddress(socket=path))
        path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.slow  # services are started as programs
def test_a_wrong_address_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    """An address or a folder that is not there, a name that is too long, what is none."""
    wrong: dict[str, str] = {
        "[::1%nowhere]:8000": "“listen”",
        f"unix:{tmp_path}/nowhere/x": "folder that does not exist",
        f"unix:{tmp_path}/{'x' * 120}": "too long",
        f"unix:{settings.appeal}/appeal.toml": "no socket",
        "127.0.0.1:²": "“listen” must be",
        "localhost:8000": "“listen” must be",
    }
    for listen, words in wrong.items():
        (said,) = sentences(start(settings, listen))
        assert words in said


def test_what_this_user_may_not_open_is_one_sentence() -> None:
    """A port for root only, a socket or data in a folder of somebody else."""
    with as_nobody():
        for address, words in (
            (ListenAddress("127.0.0.1", 80), "ports below 1024"),
            (ListenAddress(socket=Path("/of-root")), "look at its folder"),
        ):
            with pytest.raises(DoorError, match=f"^“listen” {address} is not allowed for this user: .*{words}"):
                open_door(address)
        with pytest.raises(DoorError, match="Permission denied"):
            hold(Path("/of-root"))


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's powers, if we have them."""
    before = os.geteuid()
    if not before:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    """A file in its place, or above it; where nothing can be made at all."""
    (tmp_path / "file").touch()
    for data in (tmp_path / "file", tmp_path / "file" / "data", Path("/proc/data")):
        with pytest.raises(DoorError, match=f"^The data folder {data} cannot be used: [A-Z][a-z ]+.$"):
            hold(data)


def test_the_lock_of_a_data_folder_is_for_its_owner_and_ends_with_the_service(tmp_path: Path) -> None:
    """The file stays and says nothing."""
    with closing(hold(tmp_path)), pytest.raises(DoorError, match="in use"):
        hold(tmp_path)
    with hold(tmp_path) as file:
        assert (Path(file.name).stat().st_size, Path(file.name).stat().st_mode & 0o777) == (0, 0o600)


def without_room() -> None:
    """No file may be as large as an empty store."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


@pytest.mark.slow  # services are started as programs
def test_without_room_for_a_store_the_start_says_so(settings: Settings) -> None:
    """And leaves nothing that would be taken for a store when there is room again."""
    done = start(settings, f"127.0.0.1:{free_port()}", preexec_fn=without_room)
    assert done.returncode != 0
    assert f"The store {settings.data / 'envelopes'} cannot be opened: File too large." in done.stderr
    assert not [word for word in ("Traceback", "Errno", "panicked") if word in done.stderr]
    port = free_port()
    with started(settings, f"127.0.0.1:{port}"):
        wait_until(lambda: is_up(port))
