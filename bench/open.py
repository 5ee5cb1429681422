"""`./run bench open`: measures opening a ledger on all cores, against a loop that only decrypts the same envelopes.

For each size: a ledger is sealed, then loop and tool take turns at it, with the same number of processes; ratios are of
medians of the same run. The passphrase, which takes the same seconds for any ledger, is left out of both.
Memory is that of all processes of the tool together: once with shared pages counted in full for each process (RSS),
once with each shared page counted once (PSS).
"""

from __future__ import annotations

import argparse
import os
import resource
import secrets
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from crypto.appeal import LetterHash
from crypto.code import commitment, generate_code
from crypto.envelope import HEADER_SIZE, SIZE, envelope_id
from crypto.keys import AppealId, KeyRecord, OrganizersKey
from crypto.ledger import LedgerHeader
from crypto.seal import _SUITE, Opener, seal_signature
from crypto.signature import Signature
from organizer.cli.terminal.terminal import Terminal
from organizer.intake.blocks import BlockOpener
from organizer.intake.ledgers import open_ledger
from organizer.intake.workers import cores, hired
from organizer.workspace.database import DATABASE
from organizer.workspace.folder import Workspace
from organizer.workspace.ledger_file import open_ledger_file
from organizer.workspace.records import Records

KEY = OrganizersKey.derive(bytes(range(32)), AppealId(bytes(range(16))))
KEYS = {KEY.record.key_id: KEY}
LETTER = LetterHash(bytes(32))
FORK = get_context("fork")
NAMES = ("Ірына Слаўнікава", "Алесь Пушкін", "Tatsiana Khomich", "Мария Колесникова", "Jan Kowalski")


@dataclass(frozen=True)
class Run:
    """Seconds on the clock and of processors, and what of memory and disk a run of the tool took, in bytes."""

    seconds: float
    work: float
    rss: int = 0
    pss: int = 0
    disk: int = 0


def main() -> None:
    """Print, for each size, both rates, their ratio, and the tool's memory and disk."""
    parser = argparse.ArgumentParser(prog="./run bench open", description=__doc__)
    parser.add_argument("--envelopes", default="10000,1000000", help="sizes, separated by commas (10000,1000000)")
    parser.add_argument("--rounds", type=int, default=0, help="how often round (5; 1 from 100,000 envelopes on)")
    parser.add_argument("--processes", type=int, default=cores(), help="that open envelopes (one for each core)")
    parser.add_argument("--folder", help="where the ledgers go, 8.5 kB for an envelope while sealing (a temporary one)")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.envelopes.split(",")]
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for size in sizes:
            ledger = Path(folder) / "ledger"
            # In a process of its own: its memory for a million envelopes would count as the tool's.
            maker = FORK.Process(target=make_ledger, args=(ledger, size, chosen.processes))
            maker.start()
            maker.join()
            runs = [measure(ledger, size, chosen.processes) for _ in range(rounds(chosen.rounds, size))]
            report(size, chosen.processes, runs)


def rounds(wanted: int, size: int) -> int:
    """How often a size is measured."""
    return wanted or (1 if size >= 100_000 else 5)


def measure(ledger: Path, size: int, processes: int) -> tuple[Run, Run]:
    """Run loop, tool, loop, so that other work of the machine slows both."""
    before = yardstick(ledger, size, processes)
    ours = tool(ledger, size, processes)
    after = yardstick(ledger, size, processes)
    return Run((before.seconds + after.seconds) / 2, (before.work + after.work) / 2), ours


def child_processor_seconds() -> float:
    """Seconds of processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(size: int, processes: int, runs: list[tuple[Run, Run]]) -> None:
    """A few lines about one size."""
    bare = size / statistics.median(run.seconds for run, _ in runs)
    ours = size / statistics.median(run.seconds for _, run in runs)
    bare_work, work = (statistics.median(run.work for run in which) * 1e6 / size for which in zip(*runs, strict=True))
    last = runs[-1][1]
    print(f"{size:,} envelopes, {processes} processes, rounds: {len(runs)}")
    print(f"  both layers and nothing else {bare:>10,.0f} per second")
    print(f"  organizer open               {ours:>10,.0f} per second, ratio {ours / bare:.2f}")
    spent = f"the bare loop {bare_work:,.1f} µs, ratio {bare_work / work:.2f}"
    print(f"  of processors, an envelope   {work:>10,.1f} µs, {spent}")
    print(f"  memory of all processes      {last.rss / 1e6:>10,.0f} MB (shared pages once: {last.pss / 1e6:,.0f} MB)")
    print(f"  workspace                    {last.disk / size:>10,.0f} bytes for an entry", flush=True)


# The yardstick


def yardstick(ledger: Path, size: int, processes: int, key: OrganizersKey = KEY) -> Run:
    """A loop over the ledger, each process over its share, that decrypts and forgets."""
    share = -(-size // processes)
    started, before = time.perf_counter(), child_processor_seconds()
    workers = [
        FORK.Process(target=decrypt, args=(ledger, at, min(at + share, size), key)) for at in range(0, size, share)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not any(worker.exitcode for worker in workers)
    return Run(time.perf_counter() - started, child_processor_seconds() - before)


def decrypt(ledger: Path, first: int, last: int, key: OrganizersKey) -> None:
    """SealedBox.decrypt and the inner HPKE for some envelopes of a ledger."""
    opener = Opener(key)
    outer, kem_secret, info = opener._outer, opener._kem_secret, opener._info
    with ledger.open("rb") as file:
        file.seek(len(file.readline()) + first * SIZE)
        for _ in range(first, last):
            envelope = file.read(SIZE)
            _SUITE.decrypt(outer.decrypt(envelope[HEADER_SIZE:]), kem_secret, info=info)


# The tool


def tool(ledger: Path, size: int, processes: int) -> Run:
    """One opening into a fresh workspace, in a process of its own, watched from here."""
    folder = Path(tempfile.mkdtemp(dir=ledger.parent))
    before = child_processor_seconds()
    try:
        answers, answer = FORK.Pipe(duplex=False)
        process = FORK.Process(target=lambda: answer.send(open_whole(ledger, folder, processes, size)))
        process.start()
        rss = pss = 0
        while process.is_alive():
            now = memory(process.pid or 0)
            rss, pss = max(rss, now[0]), max(pss, now[1])
            process.join(0.25)
        assert process.exitcode == 0
        return Run(answers.recv(), child_processor_seconds() - before, rss, pss, (folder / DATABASE).stat().st_size)
    finally:
        shutil.rmtree(folder)


def open_whole(ledger: Path, folder: Path, processes: int, size: int) -> float:
    """Seconds for all that `organizer open` does once the keys are there; fails unless every envelope was opened."""
    started = time.perf_counter()
    with Workspace(folder).tables() as tables:
        records = Records(tables, bytes(32))
        work = BlockOpener(KEYS, records.boxes)
        with (
            hired(work, processes) as crew,
            open_ledger_file(str(ledger)) as file,
            Terminal().progress("ledger") as told,
        ):
            opening = open_ledger(records, KEYS, file, told, crew)
    assert (opening.error, opening.signatures) == (None, size), opening
    return time.perf_counter() - started


def memory(pid: int) -> tuple[int, int]:
    """RSS and PSS in bytes, of a process and its children together."""
    rss = pss = 0
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        for one in [pid, *map(int, children.read_text().split())]:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]
            found = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
            rss, pss = rss + found["Rss"], pss + found["Pss"]
    except (OSError, KeyError):  # it ended while it was looked at
        return 0, 0
    return rss, pss


# The ledger


def make_ledger(path: Path, size: int, processes: int, record: KeyRecord = KEY.record) -> None:
    """Seal `size` different signatures to one key and write their ledger."""
    started = time.perf_counter()
    share = -(-size // processes)
    parts = [path.with_suffix(f".{at}") for at in range(0, size, share)]
    counts = [min(share, size - at) for at in range(0, size, share)]
    workers = [FORK.Process(target=seal, args=(*pair, record)) for pair in zip(parts, counts, strict=True)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    files = [part.open("rb") for part in parts]
    places = sorted(
        (envelope_id(envelope), number, at)
        for number, file in enumerate(files)
        for at, envelope in enumerate(iter(partial(file.read, SIZE), b""))
    )
    with path.open("wb") as ledger:
        ledger.write(bytes(LedgerHeader(record.appeal_id, size)))
        for _, number, at in places:
            ledger.write(os.pread(files[number].fileno(), SIZE, at * SIZE))
    for part, file in zip(parts, files, strict=True):
        file.close()
        part.unlink()
    print(f"A ledger of {size:,} envelopes, sealed in {time.perf_counter() - started:,.0f} s.", flush=True)


def seal(path: Path, count: int, record: KeyRecord) -> None:
    """Signatures as people write them, long and short."""
    with path.open("wb") as file:
        for number in range(count):
            message = "Свабоду палітвязням! " * (number % 4)
            signature = Signature(
                f"{NAMES[number % 5]} {number}",
                number % 3 == 0,
                relation="сястра",
                prisoner="Алесь Слаўнікаў",
                contact="@iryna" * (number % 2),
                message=message,
                language="be",
            )
            code = commitment(generate_code(secrets.token_bytes))
            file.write(seal_signature(record, signature, LETTER, code))


if __name__ == "__main__":
    main()
