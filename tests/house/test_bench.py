"""What `./run bench serve` is made of works, so that nobody finds it broken on the day it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bench.lines import LINES, Line, Servers, chosen_lines
from bench.load import Found, disk_limit, mean
from bench.prepared import PreparedStores, file_store
from bench.serve import plan_of
from bench.table import Run, table
from bench.yardsticks import Journal
from service import parse_store
from tests.support.paths import ROOT
from tests.support.programs import environment_with


def test_a_line_stands_beside_its_yardstick_in_every_round() -> None:
    """Whatever is chosen, what it is divided by is measured, too; lines with the same servers follow one another."""
    assert {line.beside for line in LINES} <= {line.name for line in LINES}
    names = [line.name for line in chosen_lines(["ours, POST, Redis"])]
    assert names == ["bare view, POST, 1 × 64", "ours, POST, Redis", "ours, POST, Redis, nginx in front"]
    before = chosen_lines(["file store"], Path("/before"))
    assert [line.servers.source for line in before if line.name == "before, POST, file store"] == [Path("/before")]
    with pytest.raises(SystemExit, match="raw WSGI, POST"):
        chosen_lines(["Oracle"])
    runs = plan_of(list(LINES), [64, 512])
    servers = [run.line.servers for run in runs]
    assert len([at for at, found in enumerate(servers) if found != servers[at - 1]]) == len(set(servers))
    assert [run.connections for run in runs if run.line.servers.what == "disk"] == [64]


def test_the_table_divides_within_a_round() -> None:
    """A machine that got slower in the second round changes no ratio; medians of rates alone would."""
    yardstick, ours = (Run(Line(name, Servers("bare"), beside="bare"), 64) for name in ("bare", "ours"))
    told = table(
        {
            yardstick: [Found(1000, 1, 10, 100, {"service": 50}), Found(100, 9, 99, 900, {"service": 500})],
            ours: [
                Found(500, 2, 5, 200, {"service": 90, "nginx": 10}),
                Found(50, 8, 49.5, 1800, {"service": 900, "nginx": 100}),
            ],
        }
    )
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines()]
    assert cells[3] == ["ours", "64", "275", "0.50", "0.50", "5.0", "27.2", "0.50", "550: nginx 55, service 495"]
    assert cells[2][3:5] == ["1.00", "1.00"]
    assert mean([Found(1, 4, 6, 8, {"a": 4}), Found(3, 8, 10, 12)]) == Found(2, 7, 9, 11, {"a": 1})


def test_each_round_begins_with_a_copy_of_the_same_store(tmp_path: Path) -> None:
    """Filled once, with as many as were asked for; what one round adds, the next one does not have."""
    stores = PreparedStores(tmp_path / "prepared", 30, {"file": file_store})
    for at in range(2):
        folder = tmp_path / str(at)
        stores.copy("file", ROOT, folder)
        with file_store(folder) as url, closing(parse_store(url).open()) as store:
            assert store.count() == 30
            store.add(bytes(4096))
    assert len(list((tmp_path / "prepared").iterdir())) == 1


def test_the_yardstick_that_keeps_everything_does(tmp_path: Path) -> None:
    """What was acknowledged stands in the file, whole, whoever else was waiting."""
    path = tmp_path / "journal"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    journal, bodies = Journal(descriptor), [os.urandom(4096) for _ in range(64)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(journal.add, bodies))
    kept = path.read_bytes()
    assert {kept[at : at + 4096] for at in range(0, len(kept), 4096)} == set(bodies)


def test_the_disk_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write is followed by an fdatasync; the rate is that of both."""
    calls: list[str] = []

    def counted(name: str) -> Callable[..., object]:
        real = getattr(os, name)
        return lambda *given: (calls.append(name), real(*given))[1]

    for name in ("pwrite", "fdatasync"):
        monkeypatch.setattr(os, name, counted(name))
    found = disk_limit(tmp_path, 0.2)
    assert calls[:4] == ["pwrite", "fdatasync"] * 2
    assert calls.count("pwrite") == calls.count("fdatasync")
    assert found.rate > 0
    assert found.p50 <= found.p99


@pytest.mark.long
def test_a_short_run_measures_everything() -> None:
    """Each line for a second: no request fails, and each gets its row; long because all servers are started."""
    # The slow disk is made by a compiler, which only ./run bench asks for.
    names = [line.name for line in LINES if not line.servers.slow_disk]
    command = [sys.executable, "-m", "bench.serve", "--seconds", "1", "--rounds", "1", "--stored", "100"]
    done = subprocess.run(
        [*command, "--connections", "4", "--only", *names],
        cwd=ROOT,
        env=environment_with("wrk", "nginx", "redis-server"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ")[0].strip("| ") for line in done.stdout.splitlines() if line.startswith("|")]
    assert set(names) <= set(rows)
