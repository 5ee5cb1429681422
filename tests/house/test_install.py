"""`./run` fills .venv: checked, told at once, and begun anew after whatever stopped it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.paths import ROOT

# pip starts from its wheel, which takes seconds.
pytestmark = pytest.mark.slow

FILL = "import runpy; runpy.run_path('run')['install']('requirements.txt')"
SENTENCE_END = "The next ./run begins anew.\n"


def wheel(folder: Path, name: str, text: str = "") -> str:
    """Put a library of one module into a folder of wheels; returns the line that pins it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f"LETTER = {text!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{each},,\n" for each in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Sources:
    """What `./run` needs to install, with two libraries of our own in place of those that the service needs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheels = folder, folder / "wheels"
        self.wheels.mkdir(parents=True)
        (folder / "vendor").mkdir()
        shutil.copy(ROOT / "run", folder)
        for pip in (ROOT / "vendor").glob("pip-*.whl"):
            shutil.copy(pip, folder / "vendor")
        (folder / "requirements-dev.txt").write_text("")
        (folder / "requirements.txt").write_text(wheel(self.wheels, "first_library") + wheel(self.wheels, "second"))

    def start(self, **settings: str) -> subprocess.Popen[str]:
        """Fill .venv from the wheels here, or from where these settings of pip say."""
        given = settings or {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        environment = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "HOME": str(self.folder)} | given
        return subprocess.Popen(
            [sys.executable, "-c", FILL], cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip

    def fill(self, **settings: str) -> tuple[int, str]:
        """The same to the end: the exit code, and what was said."""
        process = self.start(**settings)
        said = process.communicate()[1]
        return process.returncode, said

    def is_whole(self) -> bool:
        """Whether a program finds both libraries."""
        python = self.folder / ".venv" / "bin" / "python"
        command = [str(python), "-c", "import first_library, second"]
        return python.exists() and subprocess.run(command, check=False, capture_output=True).returncode == 0

    def leave_something(self) -> Path:
        """A file such as an attempt that was stopped leaves behind."""
        path = next(self.folder.glob(".venv/lib/*/site-packages")) / "half_written.py"
        path.write_text("")
        return path

    def wait_for_the_lock(self) -> None:
        """Until nothing writes into .venv any more."""
        with next((self.folder / "vendor").iterdir()).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Nothing is installed yet."""
    return Sources(tmp_path / "sources")


class Silent:
    """A server that takes connections and says nothing."""

    def __init__(self, server: socket.socket) -> None:
        self._server, self._taken = server, list[socket.socket]()
        self.address = f"http://127.0.0.1:{server.getsockname()[1]}/"

    def take(self) -> None:
        """Wait until somebody asks."""
        self._taken.append(self._server.accept()[0])

    def hang_up(self) -> None:
        """Let go of them all."""
        for connection in self._taken:
            connection.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    """Whoever installs from there waits."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as connections:
        silent = Silent(server)
        connections.callback(silent.hang_up)
        yield silent


def test_what_is_installed_is_whole_and_compiled_behind(sources: Sources) -> None:
    """One line, and the libraries are there; their bytecode comes later; the second time not a word."""
    code, said = sources.fill()
    assert (code, said.count("\n"), said[:10]) == (0, 1, "Installing")
    assert sources.is_whole()
    assert sources.fill() == (0, "")
    sources.wait_for_the_lock()
    assert len(list(sources.folder.glob(".venv/lib/*/site-packages/__pycache__/second.*.pyc"))) == 1


def test_another_file_than_the_pinned_one_is_not_installed(sources: Sources) -> None:
    """One sentence, and .venv counts for nothing."""
    wheel(sources.wheels, "second", "changed on its way")
    code, said = sources.fill()
    assert code == 1
    assert said.endswith(f"what came is not the file whose hash is pinned, and it was not installed. {SENTENCE_END}")
    assert said.count("\n") == 2
    assert not sources.is_whole()
    assert (sources.folder / ".venv" / "unfinished").exists()


def test_without_a_network_it_says_so(sources: Sources) -> None:
    """One sentence, and .venv counts for nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}/"
    code, said = sources.fill(PIP_INDEX_URL=nobody, PIP_RETRIES="1")
    assert code == 1
    assert said.endswith(f"there is no way to the server that has them. Is there a network? {SENTENCE_END}")
    assert said.count("\n") == 2
    assert (sources.folder / ".venv" / "unfinished").exists()


def test_after_ctrl_c_the_next_run_begins_anew(sources: Sources, silent: Silent) -> None:
    """What it does is told before it waits for anything; one sentence tells the end."""
    process = sources.start(PIP_INDEX_URL=silent.address, PIP_RETRIES="0")
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Installing what requirements.txt lists")
    silent.take()
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate()[1] == "\nStopped before .venv was complete. The next ./run makes it anew.\n"
    leftover = sources.leave_something()
    assert sources.fill()[0] == 0
    assert sources.is_whole()
    assert not leftover.exists()


def test_a_second_run_waits_for_the_programs_of_one_that_was_killed(sources: Sources, silent: Silent) -> None:
    """Two would write into the same files; then it begins anew."""
    first = sources.start(PIP_INDEX_URL=silent.address, PIP_RETRIES="0")
    silent.take()
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    leftover = sources.leave_something()
    second = sources.start()
    assert second.stderr is not None
    assert [second.stderr.readline()[:10] for _ in range(2)] == ["Installing", "Another ./"]
    assert leftover.exists()
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert (second.communicate()[1], second.returncode) == ("", 0)
    assert sources.is_whole()
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "the disk is full.",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the file whose hash"),
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'", "Is there a network?"),
        ("ERROR: something else", "ERROR: something else\nThe libraries could not be installed; the lines above"),
    ],
)
def test_why_pip_failed_is_one_sentence(said: str, told: str) -> None:
    """Of ours where we know the reason, after pip's own words where we do not."""
    meaning = runpy.run_path(str(ROOT / "run"))["meaning"](said)
    assert told in meaning
    assert meaning.count("\n") == told.count("\n")
