"""`./run bench serve`: measures a durable, limited POST and a page, against a bare view on the same server.

Each line is run for the same number of seconds, one after another, several times round, every second time backwards.
Lines that need the same servers take short turns at them. A ratio is the median of the ratios of each round. Load and
server share the machine, so seconds say little elsewhere. Where other programs run as well, the ratio of processor
time, with that of wrk, says what the other ratio would be without them.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bench.ports import free_port, wait_for
from bench.shipped_nginx import nginx
from crypto.keys import AppealId, OrganizersKey
from crypto.minisign import MinisignSecretKey
from service.servers.users import CONFIG, make_users

TURNS = 4
WARM_UP_SECONDS = 1

HERE = Path(__file__).parent
ROOT = HERE.parent
APPEAL_ID = AppealId(bytes.fromhex("6f1c2b9a4e5d48f7b0a3c8d2e9174653"))
KEY = OrganizersKey.derive(bytes(range(32)), APPEAL_ID)
BARE = (
    "from granian.constants import Interfaces; from granian.log import LogLevels; from granian.server import Server;"
    "Server('bench.bare:app', factory=True, address='127.0.0.1', port={port}, interface=Interfaces.WSGI,"
    "blocking_threads=64, websockets=False, log_level=LogLevels.error).serve()"
)


@dataclass(frozen=True)
class Line:
    """One thing that is measured: a server, a disk, a request."""

    name: str
    server: str
    script: str
    slow_disk: bool = False
    store: str = "sqlite"
    path: str = "/envelopes"
    through_nginx: bool = False
    is_yardstick: bool = False

    @property
    def servers(self) -> tuple[str, str, bool, bool]:
        """The servers that must run for it."""
        return self.server, self.store, self.slow_disk, self.through_nginx


LINES = (
    Line("bare view, POST", "bare", "post.lua", is_yardstick=True),
    Line("ours, POST, SQLite synchronous=FULL", "ours", "post.lua"),
    Line("ours, POST, and 2 ms added to every fsync", "ours", "post.lua", slow_disk=True),
    Line("ours, POST, Redis appendfsync always", "ours", "post.lua", store="redis"),
    Line("bare view, GET as many bytes", "bare", "get.lua", path="/en/", is_yardstick=True),
    Line("ours, GET the page", "ours", "get.lua", path="/en/"),
    Line("nginx, GET a file of its own", "ours", "get.lua", path="/file/page", through_nginx=True, is_yardstick=True),
    Line("ours through nginx, GET the page", "ours", "get.lua", path="/en/", through_nginx=True),
)


def main() -> None:
    """Run every line `--rounds` times and print medians and ratios."""
    parser = argparse.ArgumentParser(prog="./run bench serve", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="for each line and round (8)")
    parser.add_argument("--rounds", type=int, default=3, help="how often round (3)")
    parser.add_argument("--connections", type=int, default=64, help="at once (64)")
    parser.add_argument("--only", default="", help="lines with this word in their name, such as GET (all)")
    chosen = parser.parse_args()
    lines = [line for line in LINES if chosen.only in line.name]
    results: dict[str, list[dict[str, float]]] = {line.name: [] for line in lines}
    for number in range(chosen.rounds):
        for _, neighbours in groupby(lines if number % 2 == 0 else reversed(lines), key=lambda line: line.servers):
            for name, found in measure(list(neighbours), chosen.seconds, chosen.connections).items():
                results[name].append(found)
    report(results)


def measure(lines: list[Line], seconds: int, connections: int) -> dict[str, dict[str, float]]:
    """One round of lines that need the same servers. Fails when a request failed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(served(lines[0], folder))
        if lines[0].through_nginx:
            port = stack.enter_context(nginx(folder, port))
        for line in lines:
            load(line, port, WARM_UP_SECONDS, connections)
        if len(lines) == 1:
            return {lines[0].name: load(lines[0], port, seconds, connections)}
        turns: dict[str, list[dict[str, float]]] = {line.name: [] for line in lines}
        for number in range(TURNS):
            # In the order A, B, B, A, so that none has an advantage from being first.
            for line in lines if number % 2 == 0 else reversed(lines):
                turns[line.name].append(load(line, port, max(1, seconds // TURNS), connections))
    return {
        name: {key: statistics.mean(turn[key] for turn in found) for key in found[0]} for name, found in turns.items()
    }


def load(line: Line, port: int, seconds: int, connections: int) -> dict[str, float]:
    """One run of wrk: requests per second, µs of a core that servers took for each, latencies in ms."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / line.script)]
    if line.through_nginx:
        command += ["-H", "Accept-Encoding: gzip, deflate"]
    command += [f"http://127.0.0.1:{port}{line.path}", "--", KEY.record.header.hex()]
    used, loading = -processor_seconds(os.getpid()), -ended_seconds()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    used, loading = used + processor_seconds(os.getpid()), loading + ended_seconds()
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["failed"] == 0, done.stdout
    requests = found["requests"]
    return {
        "rate": requests / found["seconds"],
        "cost": used / requests * 1e6,
        "cost with load": (used + loading) / requests * 1e6,
        "p50": found["p50_ms"],
        "p99": found["p99_ms"],
    }


def processor_seconds(pid: int) -> float:
    """User and system time of a process and all that it started and that are running: the servers, not wrk."""
    ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]))
    children = " ".join(path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return ticks / os.sysconf("SC_CLK_TCK") + sum(processor_seconds(int(child)) for child in children.split())


def ended_seconds() -> float:
    """User and system time of all that has run and ended: of wrk, while the servers run on."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def report(results: dict[str, list[dict[str, float]]]) -> None:
    """A table: rate, ratios to the yardstick of the same request, processor time of all servers, latency."""
    print(f"{'':44}{'per second':>11}{'ratio':>7}{'of processor':>14}{'µs of a core':>14}{'p50 ms':>9}{'p99 ms':>9}")
    yardstick: list[dict[str, float]] = []
    for line in (line for line in LINES if line.name in results):
        runs = results[line.name]
        if line.is_yardstick or not yardstick:
            yardstick = runs
        rounds = list(zip(runs, yardstick, strict=True))
        found = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        ratio = statistics.median(run["rate"] / bare["rate"] for run, bare in rounds)
        of_processor = statistics.median(bare["cost with load"] / run["cost with load"] for run, bare in rounds)
        print(f"{line.name:44}{found['rate']:>11,.0f}{ratio:>7.2f}{of_processor:>14.2f}", end="")
        print(f"{found['cost']:>14.1f}{found['p50']:>9.1f}{found['p99']:>9.1f}")


@contextmanager
def served(line: Line, folder: Path) -> Iterator[int]:
    """The server of a line on a free port, stopped at the end."""
    port = free_port()
    started = ["-m", "service"] if line.server == "ours" else ["-c", BARE.format(port=port)]
    environment = dict(os.environ)
    if line.server == "ours":
        environment |= settings(folder, port)
    if line.slow_disk:
        environment["LD_PRELOAD"] = str(slow_fsync(folder))
    with ExitStack() as stack:
        if line.store == "redis":
            environment["UNDERSIGNED_STORE"] = stack.enter_context(redis_server(folder / "redis"))
        process = subprocess.Popen([sys.executable, *started], cwd=ROOT, env=environment)
        stack.callback(process.wait, timeout=30)
        stack.callback(process.send_signal, signal.SIGINT)
        wait_for(port)
        yield port


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Debian's redis-server as config/valkey/ sets it up; its address as a setting has it."""
    make_users(CONFIG / "envelopes.acl", folder, lambda user: f"the password of {user}")
    (folder / "data").mkdir()
    door = folder / "socket"
    command = ["redis-server", str(CONFIG / "envelopes.conf"), "--port", "0", "--unixsocket", str(door)]
    command += ["--aclfile", str(folder / "users.acl"), "--dir", str(folder / "data")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not door.exists():
            time.sleep(0.05)
        yield f"unix://{door}?passwords={folder / 'passwords'}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def settings(folder: Path, port: int) -> dict[str, str]:
    """An appeal with a known key, and limits that count everything and refuse nothing."""
    appeal = folder / "appeal"
    appeal.mkdir()
    for path in (ROOT / "config" / "appeal").iterdir():
        (appeal / path.name).write_bytes(path.read_bytes())
    minisign = MinisignSecretKey.make(b"benching", bytes(range(32)))
    record = base64.b64encode(bytes(KEY.record)).decode("ascii")
    with (appeal / "appeal.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[keys]]\nrecord = "{record}"\n[[minisign]]\nsigner = "bench"\nkey = "{minisign.public.line}"\n')
    return {
        "UNDERSIGNED_APPEAL": str(appeal),
        "UNDERSIGNED_DATA": str(folder / "data"),
        "UNDERSIGNED_LISTEN": f"127.0.0.1:{port}",
        "UNDERSIGNED_DESK_TOKEN_SHA256": "00" * 32,
        "UNDERSIGNED_WORK_ABOVE": "100000000",
        "UNDERSIGNED_LIMIT_ENVELOPES": "100000000/minute;1000000000/hour",
        "UNDERSIGNED_LIMIT_EVERYONE": "100000000/minute;1000000000/day",
    }


def slow_fsync(folder: Path) -> Path:
    """The shim of a cheap disk, compiled."""
    made = folder / "slow_fsync.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(made), str(HERE / "slow_fsync.c"), "-ldl"], check=True)
    return made


if __name__ == "__main__":
    main()
