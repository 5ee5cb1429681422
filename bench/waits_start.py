"""The waits before anything is done: the start of a command of the one file, and the first `./run` after a clone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.ports import free_port
from bench.waiting import PYTHON, ROOT, Took, Wait, timed

COMMANDS = (["--help"], ["--version"], *([name, "--help"] for name in ("status", "review", "open", "export")))
ROUNDS = 3
SYSTEM_PYTHON: str = sys._base_executable  # type: ignore[attr-defined]  # without .venv; the standard library's own way


def measure(folder: Path, _count: int) -> Iterator[Wait]:
    """Commands of a freshly made organizer.pyz that only explain themselves, by a Python without our libraries."""
    file = folder / "organizer.pyz"
    subprocess.run([PYTHON, "run", "bundle", "--out", file], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for command in COMMANDS:
        bare = best(SYSTEM_PYTHON, "-I", "-S", "-c", "pass")
        libraries = best(PYTHON, "-c", "import click, nacl.public")
        parts = {"starting Python twice": 2 * bare.processor}
        took = best(SYSTEM_PYTHON, file, *command)
        yield Wait(f"organizer.pyz {' '.join(command)}", took, "import click, nacl.public", libraries, parts)


def best(*command: str | Path) -> Took:
    """The quickest of some runs: what else the machine does only adds."""
    return min((timed(*command) for _ in range(ROUNDS)), key=lambda took: took.seconds)


def measure_clone(folder: Path, _count: int) -> Iterator[Wait]:
    """From `./run` in a fresh clone to the first page; libraries come from the network, or from pip's own cache."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    first = _until_page(clone)
    yield Wait("./run after a clone, until the page is there", first, "./run again", _until_page(clone))


def _until_page(clone: Path) -> Took:
    """Until a trial in this folder answers; then it is ended. Raises CalledProcessError when it ends by itself."""
    port, began = free_port(), time.perf_counter()
    service = subprocess.Popen(
        [SYSTEM_PYTHON, "run", "--port", str(port)],
        cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not _answers(port):
        if service.poll() is not None:
            raise subprocess.CalledProcessError(service.returncode, service.args)
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    service.terminate()
    _, status, used = os.wait4(service.pid, 0)
    service.returncode = os.waitstatus_to_exitcode(status)
    return Took(seconds, used.ru_utime + used.ru_stime)


def _answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return bool(answer.read())
    return False
