"""`./run bench serve`: measures a durable, limited POST and a page as they are deployed, beside yardsticks.

The store holds envelopes before; nginx is the shipped one; Redis has a limits server and a process for each core.
Each line is run for the same number of seconds, one after another, several times round, every second time backwards.
Lines that need the same servers take short turns at them. A ratio is the median of the ratios of each round. Load and
server share the machine, so seconds say little elsewhere. Where other programs run as well, the ratio of processor
time, with that of wrk, says what the other ratio would be without them.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bench.lines import Line, chosen_lines, python_of
from bench.load import Found, disk_limit, load, mean
from bench.prepared import PreparedStores
from bench.site import KEY, KINDS, site
from bench.table import Results, Run, table

TURNS = 4
WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Plan:
    """How long each run lasts, and where stores lie."""

    seconds: int
    stores: PreparedStores


def main() -> None:
    """Run every line `--rounds` times and print medians and ratios."""
    parser = argparse.ArgumentParser(prog="./run bench serve", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="for each line and round (8)")
    parser.add_argument("--rounds", type=int, default=3, help="how often round (3)")
    parser.add_argument("--connections", default="64,512", help="at once, one number or several (64,512)")
    parser.add_argument("--stored", type=int, default=100_000, help="envelopes in a store before (100000)")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="WORDS", help="lines with one of these in their name"
    )
    parser.add_argument(
        "--before", type=Path, help="a folder with another version of the sources and its .venv, measured too"
    )
    chosen = parser.parse_args()
    lines = chosen_lines(chosen.only, chosen.before)
    runs = plan_of(lines, [int(number) for number in chosen.connections.split(",")])
    results: Results = {run: [] for run in sorted(runs, key=lambda run: (run.connections, lines.index(run.line)))}
    begun_at = os.getloadavg()[2]
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(chosen.seconds, PreparedStores(Path(folder) / "prepared", chosen.stored, KINDS, python_of))
        for number in range(chosen.rounds):
            for _, neighbours in groupby(runs if number % 2 == 0 else reversed(runs), key=lambda run: run.line.servers):
                for run, found in measure(list(neighbours), plan, Path(folder) / "round").items():
                    results[run].append(found)
            print(f"Round {number + 1} of {chosen.rounds} is done.", file=sys.stderr, flush=True)
    print(table(results))
    print(f"\n{machine()}; {chosen.rounds} rounds of {chosen.seconds} s; {chosen.stored:,} stored before.")
    print(f"Load of the machine: {begun_at:.1f} before; its own with that of others: {os.getloadavg()[2]:.1f}.")


def plan_of(lines: list[Line], connections: list[int]) -> list[Run]:
    """All runs of a round; those with the same servers stand together. The disk is asked by one at a time only."""
    order = sorted(lines, key=lambda line: [other.servers for other in lines].index(line.servers))
    return [
        Run(line, number)
        for line in order
        for number in (connections if line.servers.what != "disk" else connections[:1])
    ]


def measure(runs: list[Run], plan: Plan, folder: Path) -> dict[Run, Found]:
    """One round of runs that need the same servers, in a folder that is empty before and after."""
    with tempfile.TemporaryDirectory(prefix=folder.name, dir=folder.parent) as place:
        if runs[0].line.servers.what == "disk":
            return {run: disk_limit(Path(place), plan.seconds) for run in runs}
        with site(runs[0].line.servers, Path(place), plan.stores) as port:
            for run in runs:
                _load(run, port, WARM_UP_SECONDS)
            if len(runs) == 1:
                return {runs[0]: _load(runs[0], port, plan.seconds)}
            turns: dict[Run, list[Found]] = {run: [] for run in runs}
            for number in range(TURNS):
                # In the order A, B, B, A, so that none has an advantage from being first.
                for run in runs if number % 2 == 0 else reversed(runs):
                    turns[run].append(_load(run, port, max(1, plan.seconds // TURNS)))
    return {run: mean(found) for run, found in turns.items()}


def _load(run: Run, port: int, seconds: int) -> Found:
    address = f"http://127.0.0.1:{port}{run.line.path}"
    asked = ["Accept-Encoding: gzip, deflate"] if run.line.servers.through_nginx else []
    return load(address, run.line.script, seconds, run.connections, KEY.record.header, asked)


def machine() -> str:
    """What says on which machine and with which versions a table was made."""
    words = Path("/proc/cpuinfo").read_text("utf-8").partition("model name")[2].partition("\n")[0].strip("\t :")
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    versions = f"Python {platform.python_version()}, Redis {redis.removeprefix('v=')}"
    return f"{os.cpu_count()} cores ({words or platform.machine()}), {versions}"


if __name__ == "__main__":
    main()
