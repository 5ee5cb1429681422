"""Puts load on what is measured, and says what came of it: rate, latencies, processor time of each server."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
LAID_OUT = 64 * 1024 * 1024
PIECE = 4096
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Found:
    """What one run gave.

    `rate`: requests a second; `p50`, `p99`: milliseconds; `servers`: µs of a core for each request, by program;
    `all`: the same of all of them and of the load.
    """

    rate: float
    p50: float
    p99: float
    all: float = 0.0
    servers: dict[str, float] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        """µs of a core that all servers took for each request."""
        return sum(self.servers.values())


def mean(turns: list[Found]) -> Found:
    """Several turns of the same length at the same servers as one: each request counts the same."""
    requests = sum(turn.rate for turn in turns)

    def of_requests(values: Iterable[float]) -> float:
        return sum(value * turn.rate for value, turn in zip(values, turns, strict=True)) / requests

    return Found(
        rate=statistics.mean(turn.rate for turn in turns),
        p50=of_requests(turn.p50 for turn in turns),
        p99=of_requests(turn.p99 for turn in turns),
        all=of_requests(turn.all for turn in turns),
        servers={
            name: of_requests(turn.servers.get(name, 0.0) for turn in turns)
            for name in {name for turn in turns for name in turn.servers}
        },
    )


def load(url: str, script: str, seconds: int, connections: int, header: bytes, asked: Sequence[str] = ()) -> Found:
    """One run of wrk. `header` begins each envelope; `asked` are headers of each request.

    AssertionError when a request failed.
    """
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
    command += [word for name in asked for word in ("-H", name)]
    command += ["-s", str(HERE / script), url, "--", header.hex()]
    before, loading = processor_seconds(os.getpid()), -_ended_seconds()
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE)
    used, loading = processor_seconds(os.getpid()), loading + _ended_seconds()
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["failed"] == 0, done.stdout
    requests = max(1, told["requests"])
    servers = {name: (used[name] - before[name]) / requests * 1e6 for name in used if name != "bench"}
    return Found(
        requests / told["seconds"],
        told["p50_ms"],
        told["p99_ms"],
        sum(servers.values()) + loading / requests * 1e6,
        servers,
    )


def processor_seconds(pid: int, name: str = "bench") -> Counter[str]:
    """User and system time of a process and of all that it started, by program.

    Of what this process started and what has ended, such as wrk, nothing is counted; of a server's helpers, all.
    """
    stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    times = stat[11:13] if name == "bench" else stat[11:15]
    found = Counter({name: sum(map(int, times)) / _TICKS})
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        # A thread may end in between; what it started then belongs to another one.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in path.read_text("ascii").split():
                found.update(processor_seconds(int(child), _program(child)))
    return found


def _program(pid: str) -> str:
    name = Path(f"/proc/{pid}/comm").read_text("ascii").strip()
    return next((known for known in ("nginx", "redis") if name.startswith(known)), "service")


def _ended_seconds() -> float:
    """User and system time of all that has run and ended: of wrk, while the servers run on."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def disk_limit(folder: Path, seconds: float) -> Found:
    """How often 4,096 bytes get to the disk one after the other, in a file whose blocks are there already."""
    path = folder / "laid-out"
    waits: list[float] = []
    path.write_bytes(bytes(LAID_OUT))
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.fsync(descriptor)
        body, end = os.urandom(PIECE), time.monotonic() + seconds
        began = time.monotonic()
        while (start := time.monotonic()) < end:
            os.pwrite(descriptor, body, len(waits) * PIECE % LAID_OUT)
            os.fdatasync(descriptor)
            waits.append((time.monotonic() - start) * 1e3)
        rate = len(waits) / (time.monotonic() - began)
    finally:
        os.close(descriptor)
    ordered = sorted(waits)
    return Found(rate, statistics.median(ordered), ordered[int(len(ordered) * 0.99)])
