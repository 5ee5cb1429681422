"""What a test needs beyond `.venv` is read from its code, and nothing else can be started by it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import programs
from tests.support.needs import needs_of
from tests.support.paths import ROOT
from tests.support.programs import environment_with, program

TABLE = {"slow": ("tor", 1), "quick": ("nginx", 2)}


# Made-up code of tests; none of it is ever called.
class Stock:
    """A class that asks in a method."""

    @property
    def path(self) -> str:
        """A program."""
        return program("minisign")


@contextmanager
def started(kind: str) -> Iterator[str]:
    yield program(TABLE[kind][0])


def by_a_function() -> None:
    with started("slow"):
        pass


def by_a_class() -> Stock:
    return Stock()


def by_an_inner_function() -> Callable[[], str]:
    return lambda: programs.program("ip")


def by_a_shell() -> dict[str, str]:
    return environment_with("debootstrap")


def by_nothing() -> str:
    return "nginx is only talked about"


def by_a_guess(name: str) -> str:
    return program(name)


# In a table, where needs.py does not look for functions: the tests below need nothing of all this.
MADE_UP: dict[str, Callable[..., object]] = {
    made_up.__name__: made_up
    for made_up in (by_a_function, by_a_class, by_an_inner_function, by_a_shell, by_nothing, by_a_guess)
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("by_a_function", {"tor", "nginx"}),
        ("by_a_class", {"minisign"}),
        ("by_an_inner_function", {"ip"}),
        ("by_a_shell", {"debootstrap"}),
        ("by_nothing", set()),
    ],
)
def test_needs_are_read_from_what_a_test_calls(name: str, expected: set[str]) -> None:
    """Through helpers, classes, tables and functions in functions; words alone are no need."""
    assert needs_of([MADE_UP[name]]) == expected


def test_a_program_that_nobody_can_read_is_refused() -> None:
    """A helper has to name what it may start."""
    with pytest.raises(pytest.UsageError, match="by_a_guess calls program"):
        needs_of([MADE_UP["by_a_guess"]])


@pytest.mark.parametrize("name", sorted(programs.DEBIAN))
def test_a_program_that_a_test_did_not_ask_for_cannot_be_started(name: str) -> None:
    """Neither by its name, whether this machine has it or not, nor by the door."""
    refused = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (127, "")
    assert f'program("{name}")' in refused.stderr
    with pytest.raises(AssertionError, match="its needs do not say so"):
        vars(programs)["program"](name)


def run_test(folder: Path, *chosen: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """`./run test` on a machine without servers and browsers; and what apt-get was told there."""
    apt = folder / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {folder}/told\n')
    apt.chmod(0o755)
    environment = os.environ | {"PATH": str(folder)}
    command = [sys.executable, "run", "test", "-p", "no:cacheprovider", *chosen]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    told = folder / "told"
    return done, told.read_text() if told.exists() else ""


@pytest.mark.slow  # pytest collects all tests once more
def test_a_file_of_pure_python_installs_nothing(tmp_path: Path) -> None:
    """./run test FILE looks first."""
    done, told = run_test(tmp_path, "tests/service/test_settings.py", "-k", "store")
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout.splitlines()[-1]
    assert told == ""
    assert "nstall" not in done.stdout


@pytest.mark.slow  # pytest collects all tests once more
def test_only_what_a_file_needs_is_installed_and_told(tmp_path: Path) -> None:
    """With how long it takes; who is not root is told what to install."""
    done, told = run_test(tmp_path, "tests/crypto/test_minisign.py")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("Missing for the tests: minisign. Please install: sudo apt-get")
    if os.geteuid() == 0:
        assert "Installing minisign with apt-get; about 1 minute …" in done.stdout
        assert told.splitlines()[-1].split()[-2:] == ["minisign", "fonts-dejavu-core"]
