"""What the model of a power cut takes and leaves: small programs under the shim, and chance without surprises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.power_cut import Disk, read_log, recorded, set_fault

BEGIN = (
    "import os, sys; os.chdir(sys.argv[1]); f = os.open('f', os.O_RDWR | os.O_CREAT); d = os.open('.', os.O_RDONLY)\n"
)
KEPT = f"{BEGIN}os.write(f, b'a' * 2048); os.fsync(f); os.fsync(d)\n"


class Always(Random):
    """Chance that lets everything that was not waited for survive, or nothing."""

    def __init__(self, survives: bool) -> None:
        super().__init__(0)
        self._survives = survives

    def choice(self, given: Any) -> Any:
        return 1.0 if self._survives else 0.0

    def random(self) -> float:
        return 0.5


def after_a_cut(folder: Path, shim: Path, program: str, *, survives: bool) -> dict[str, bytes]:
    """What a folder holds after a program and a cut; `survives`: what was not waited for, too."""
    disk, log, left = folder / "disk", folder / "log", folder / "left"
    disk.mkdir()
    found = Disk(disk)
    environment = os.environ | recorded(shim, disk, log)
    subprocess.run([sys.executable, "-c", program, str(disk)], env=environment, check=True)
    for record in read_log(log):
        found.apply(record)
    found.cut(left, Always(survives))
    return {path.name: path.read_bytes() for path in left.iterdir()}


@pytest.mark.parametrize(
    ("more", "without", "with_all"),
    [
        ("", {"f": b"a" * 2048}, {"f": b"a" * 2048}),
        ("os.write(f, b'b' * 10)", {"f": b"a" * 2048}, {"f": b"a" * 2048 + b"b" * 10}),
        ("os.pwrite(f, b'b' * 512, 512)", {"f": b"a" * 2048}, {"f": b"a" * 512 + b"b" * 512 + b"a" * 1024}),
        ("os.pwrite(f, b'b', 0); os.fdatasync(f)", {"f": b"b" + b"a" * 2047}, {"f": b"b" + b"a" * 2047}),
        ("os.fdatasync(f); os.pwrite(f, b'b', 0)", {"f": b"a" * 2048}, {"f": b"b" + b"a" * 2047}),
        ("os.rename('f', 'g')", {"f": b"a" * 2048}, {"g": b"a" * 2048}),
        ("os.rename('f', 'g'); os.fsync(f)", {"f": b"a" * 2048}, {"g": b"a" * 2048}),
        ("os.rename('f', 'g'); os.fsync(d)", {"g": b"a" * 2048}, {"g": b"a" * 2048}),
        ("os.link('f', 'g'); os.fsync(d); os.unlink('f')", {"f": b"a" * 2048, "g": b"a" * 2048}, {"g": b"a" * 2048}),
        ("os.truncate('f', 5)", {"f": b"a" * 2048}, {"f": b"a" * 5}),
        ("os.truncate('f', 5); os.fsync(d)", {"f": b"a" * 5}, {"f": b"a" * 5}),
        ("g = os.open('g', os.O_WRONLY | os.O_CREAT); os.write(g, b'b'); os.fsync(g)", {"f": b"a" * 2048}, None),
    ],
)
def test_what_was_waited_for_survives_and_the_rest_is_chance(
    tmp_path: Path, shim: Path, more: str, without: dict[str, bytes], with_all: dict[str, bytes] | None
) -> None:
    """Bytes by the wait for their file, names by the wait for their folder."""
    for survives, expected in ((False, without), (True, with_all or without | {"g": b"b"})):
        folder = tmp_path / str(survives)
        folder.mkdir()
        assert after_a_cut(folder, shim, KEPT + more, survives=survives) == expected


def test_what_a_failed_wait_was_for_is_gone_for_ever(tmp_path: Path, shim: Path) -> None:
    """Also when another wait succeeds later, and whatever chance says."""
    fault = shim.with_name("fault")
    fails = f"open({str(fault)!r}, 'r+b').write(b'\\0' * 4 + (5).to_bytes(4, sys.byteorder))\n"
    well = f"open({str(fault)!r}, 'r+b').write(bytes(16))\n"
    program = f"{KEPT}os.pwrite(f, b'b', 0)\n{fails}\ntry: os.fsync(f)\nexcept OSError as e: assert e.errno == 5\n"
    left = after_a_cut(tmp_path, shim, f"{program}{well}os.fsync(f)\n", survives=True)
    assert left == {"f": b"a" * 2048}
    set_fault(shim)


@pytest.mark.parametrize(
    "program",
    [
        "import mmap; mmap.mmap(f, 2048)",
        "os.sync()",
        "g = os.open('g', os.O_RDWR | os.O_CREAT); os.sendfile(g, f, 0, 10)",
        "os.open('g', os.O_RDWR | os.O_CREAT | os.O_SYNC)",
    ],
)
def test_what_the_model_would_overlook_ends_the_program(tmp_path: Path, shim: Path, program: str) -> None:
    """So no proof holds because of it."""
    with pytest.raises(subprocess.CalledProcessError, match="SIGABRT"):
        after_a_cut(tmp_path, shim, KEPT + program, survives=True)
