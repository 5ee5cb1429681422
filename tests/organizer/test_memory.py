"""What lies in the memory of the tool: no core file of it is written, and what can be locked is not swapped out."""

from __future__ import annotations

import ctypes
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from organizer.actions.sitting import Sitting
from organizer.cli.terminal.terminal import Terminal
from organizer.keys import keyfile
from organizer.keys.memory import not_swapped
from organizer.keys.signing import unlock_stock_key
from tests.support.organizer_workspace import PASSPHRASE, new_keys
from tests.support.paths import ROOT

GET_DUMPABLE = 3
PROBE = """
import atexit, ctypes, resource, runpy, sys
at_end = lambda: print("core", *resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
atexit.register(at_end)
sys.argv[:] = sys.argv[1:]
"""
STARTS = {
    "python -m organizer": f"{PROBE}runpy.run_module('organizer', run_name='__main__')",
    "the group alone, as a control": f"{PROBE}from organizer.cli.main import organizer\norganizer()",
}


def at_the_end(code: str) -> str:
    """What is so when a command ends: the limits of core files, and whether others may read the memory."""
    resource_most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    command = [sys.executable, "-c", code, "organizer", "status", "-w", "nowhere"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource_most, resource_most)),
    )
    return done.stdout.splitlines()[-1]


def test_no_command_leaves_a_core_file() -> None:
    """Whoever starts the program has that before any command is read; the commands alone do not do it."""
    assert at_the_end(STARTS["python -m organizer"]) == "core 0 0 0"
    assert at_the_end(STARTS["the group alone, as a control"]).endswith(" 1")


def starts_without_care(sources: dict[str, str]) -> list[str]:
    """Files that start the command line and write core files."""
    return [path for path, text in sources.items() if "(prog_name=" in text and "no_core_dumps()" not in text]


def test_every_start_is_careful() -> None:
    """A second way to start the tool, such as a window's, would be found."""
    files = [*(ROOT / "organizer").rglob("*.py"), *(ROOT / "bundle").glob("*.py")]
    sources = {str(path): path.read_text("utf-8") for path in files}
    assert not starts_without_care(sources)
    assert len([text for text in sources.values() if "(prog_name=" in text]) == 2
    assert starts_without_care({"window.py": "organizer(prog_name='organizer')"}) == ["window.py"]


def test_workers_have_it_from_the_first_process() -> None:
    """They are copies of it, keys included."""
    code = """
from organizer.intake.workers import hired
from organizer.keys.memory import no_core_dumps
import ctypes, resource
say = lambda block: b"%d %d" % (ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0])
no_core_dumps()
with hired(say, 2) as crew:
    print(*crew([b"", b""]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "b'0 0' b'0 0'"


@pytest.fixture
def nothing_locked() -> None:
    """Freed memory stays locked and is used again, so what was locked before would be found."""
    assert ctypes.CDLL(None).munlockall() == 0


def is_locked(address: int) -> bool:
    """Whether the memory at this address is kept from being swapped out, as the kernel says."""
    inside = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        first = line.split()[0]
        if "-" in first and not first.endswith(":"):
            start, end = (int(part, 16) for part in first.split("-"))
            inside = start <= address < end
        elif inside and first == "VmFlags:":
            return "lo" in line.split()
    raise AssertionError("there is no such memory")


def where(secret: bytes | bytearray | str) -> int:
    if isinstance(secret, bytearray):
        return ctypes.addressof(ctypes.c_char.from_buffer(secret))
    return id(secret)


@pytest.mark.usefixtures("nothing_locked")
@pytest.mark.parametrize("made", [bytes, bytearray, lambda size: "ў" * size])
def test_a_secret_is_locked_in_memory(made: Callable[[int], Any]) -> None:
    """A large one, so that it lies apart: the control, made alike, is not locked."""
    middle = 1 << 19  # pages at the ends may be shared with what lies beside
    secret, control = made(2 * middle), made(2 * middle + 1)
    assert not is_locked(where(secret) + middle)
    not_swapped(secret)
    assert (is_locked(where(secret) + middle), is_locked(where(control) + middle)) == (True, False)


@pytest.mark.usefixtures("nothing_locked")
def test_what_opens_a_workspace_is_locked() -> None:
    """The root that a passphrase gives, and the copy that a sitting keeps."""
    root, _ = keyfile.unlock(new_keys().files["organizers.key"], PASSPHRASE)
    sitting = Sitting(lambda: 0.0)
    sitting.keep(b"key file", root)
    assert is_locked(where(root))
    assert is_locked(where(sitting._roots[b"key file"]))


@pytest.mark.usefixtures("nothing_locked")
def test_every_passphrase_that_is_typed_and_the_key_to_sign_with_are_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever dialogue asks, a ceremony or a restoring, too. The control, made alike, is not locked."""
    typed, control = ("ў" * size for size in (1 << 20, (1 << 20) + 1))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_args, **_options: typed)
    assert Terminal().passphrase("Passphrase") is typed
    middle = 1 << 20
    assert (is_locked(where(typed) + middle), is_locked(where(control) + middle)) == (True, False)
    assert is_locked(where(unlock_stock_key(new_keys().files["minisign.key"], PASSPHRASE).seed))
