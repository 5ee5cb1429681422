"""Processes that have loaded the service before they begin: for tests that kill a dozen, or run a dozen commands.

Each is a copy of one that did the loading, once for all tests, and works alone: what it sets is its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from service.admin.__main__ import main as admin
from tests.support.paths import ROOT

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "tests.support.killed"])


def begin(work: Callable[..., object], *told: object) -> ForkServerProcess:
    """A process that does this; `work` is a function of a module in tests/support/."""
    process = _CONTEXT.Process(target=work, args=told, daemon=True)
    with chdir(ROOT):  # from where the first one finds what to load
        process.start()
    return process


def end_of(process: ForkServerProcess) -> int:
    """Its exit code, or minus the number of the signal that killed it; there within a minute, or AssertionError."""
    process.join(60)
    code = process.exitcode
    assert code is not None, "It does not end."
    process.close()
    return code


def command(arguments: list[str], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`python -m service.admin` with these arguments and no other environment; what it says passes through a folder."""
    said = [folder / name for name in ("said.stdout", "said.stderr")]
    code = end_of(begin(_admin, arguments, dict(environment), *said))
    done = subprocess.CompletedProcess(arguments, code, *(path.read_text("utf-8") for path in said))
    for path in said:
        path.unlink()
    return done


def _admin(arguments: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with (
        out.open("w", encoding="utf-8") as stdout,
        err.open("w", encoding="utf-8") as stderr,
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        sys.exit(admin(arguments))
