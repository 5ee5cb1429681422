"""`./run bench ledger`: measures a store with many envelopes: bytes for each, time and memory to give out the ledger.

Each store is filled and read by processes of their own, so that the memory of one step is not counted in the next.
Processor time (user and system) is that of our process; a machine with other work changes it less than seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from bench.lines import ROOT
from bench.prepared import fill
from bench.site import redis_server
from crypto.envelope import SIZE
from service import parse_store

THREADS = 64
# Envelopes one by one, before the store is filled and after.
SINGLE = 300


def main() -> None:
    """Fill and measure both stores, or do one step of it in a process of its own."""
    parser = argparse.ArgumentParser(prog="./run bench ledger", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="envelopes in each store (100000)")
    parser.add_argument("--step", nargs=2, metavar=("WHAT", "STORE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        {"fill": add, "read": read, "write": write}[chosen.step[0]](chosen.step[1], chosen.count)
        return
    for name in ("file", "redis"):
        print(f"{name}, {chosen.count:,} envelopes")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if name == "redis":
                url = stack.enter_context(redis_server(folder / "redis"))
            else:
                url = f"file:{folder / 'envelopes'}"
            empty = memory_of_server(folder) if name == "redis" else 0
            # What a server writes is not ours to count.
            for step in ("fill", "read") if name == "redis" else ("write", "fill", "write", "read"):
                command = [sys.executable, "-m", "bench.ledger", "--count", str(chosen.count), "--step", step, url]
                subprocess.run(command, cwd=ROOT, check=True)
            print(f"  {bytes_for_each(folder, url, chosen.count, empty)}")


def write(url: str, count: int) -> None:
    """What single envelopes cost, one after the other: bytes that this process gave to the disk, and time."""
    with closing(parse_store(url).open()) as store:
        before, began, cpu = written(), time.monotonic(), time.process_time()
        for _ in range(SINGLE):
            store.add(os.urandom(SIZE))
        tell(f"one by one to {store.count() - SINGLE:,}", began, cpu, SINGLE)
        print(f"  {'bytes written for each':56}{(written() - before) / SINGLE:8,.0f}", flush=True)


def written() -> int:
    """Bytes that this process has given to the disk so far, as the kernel counts them: whole pages of memory."""
    return int(Path("/proc/self/io").read_text("ascii").split("\nwrite_bytes: ")[1].split()[0])


def add(url: str, count: int) -> None:
    """Fill the store."""
    began, cpu, before = time.monotonic(), time.process_time(), written()
    fill(url, count, THREADS)
    print(f"  {'bytes written for each, with all growing':56}{(written() - before) / count:8,.0f}", flush=True)
    tell("added, each on the disk before the next of its thread", began, cpu, count)


def read(url: str, count: int) -> None:
    """Read all envelopes twice, as for the ledger and its digest. The second time must take no more memory."""
    with closing(parse_store(url).open()) as store:
        tell_memory("before")
        began, cpu = time.monotonic(), time.process_time()
        with closing(store.snapshot()) as snapshot:
            assert snapshot.count >= count
            tell("first reading: which envelopes", began, cpu, count)
            began, cpu = time.monotonic(), time.process_time()
            assert sum(1 for _ in snapshot.envelopes) == snapshot.count
            tell("second reading: the envelopes", began, cpu, count)
    tell_memory("at most")


def tell(what: str, began: float, cpu: float, count: int) -> None:
    """Seconds, processor time and the number a second."""
    seconds, used = time.monotonic() - began, time.process_time() - cpu
    print(f"  {what:56}{seconds:8.1f} s{used:8.1f} s of a core{count / seconds:10,.0f}/s", flush=True)


def tell_memory(when: str) -> None:
    """The highest memory of this process so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'memory of the process, ' + when:56}{most:8.0f} MiB", flush=True)


def bytes_for_each(folder: Path, url: str, count: int, empty: int) -> str:
    """Bytes for each envelope on the disk and in the server's memory: all of its process, less that of an empty one."""
    found = f"bytes on the disk for each envelope: {size_of(folder) / count:,.0f}"
    if url.startswith("unix:"):
        found += f"; in memory: {(memory_of_server(folder) - empty) / count:,.0f}"
    return found


def memory_of_server(folder: Path) -> int:
    """Bytes of resident memory of the process that listens on the socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(folder / "redis" / "socket"))
        pid, _, _ = struct.unpack("iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def size_of(folder: Path) -> int:
    """Bytes of all files in the folder of a store; its other files are too small to matter."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
