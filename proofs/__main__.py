"""`./run prove`: lists the proofs, runs all or some of them within bounds, and writes what they found to var/proofs/.

A proof runs in a session of its own, gives way to other programs, and is ended when it takes three times as long as it
should. Nothing but loopback is connected to from the process that tests (tests/support/proving.py).
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import suppress
from pathlib import Path

from proofs.report import Outcome, keep, read_outcome, report
from proofs.table import PROOFS, Proof

ROOT = Path(__file__).parents[1]
PATIENCE = 3
# So long even a proof of no minutes may take: programs have to start.
LEAST_SECONDS = 600
# So long, each way of stopping it may take.
GRACE_SECONDS = 30


def main() -> int:
    """Answer with the number of proofs that did not hold."""
    chosen = _arguments()
    proofs = [proof for proof in PROOFS if proof.name in (chosen.proofs or [proof.name])]
    if chosen.tests:
        print(*(test for proof in proofs for test in proof.tests), sep="\n")
        return 0
    print(_table(proofs, chosen.part), flush=True)
    if chosen.list:
        return 0
    folder = ROOT / chosen.out
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for proof in proofs:
        outcome = _run(proof, chosen.part)
        keep(folder, proof, outcome)
        failed += [] if outcome.holds else [proof.name]
    print(f"\n{report(folder, PROOFS)}\nThis report is in {chosen.out}/report.md.", flush=True)
    if failed:
        print(f"NOT PROVED: {', '.join(failed)}")
    return len(failed)


def _arguments() -> argparse.Namespace:
    names = [proof.name for proof in PROOFS]
    parser = argparse.ArgumentParser(
        prog="./run prove",
        description=textwrap.fill(
            "Prove what is promised, by doing to the real programs what could happen to them. Lists the proofs, runs "
            "all or those that are named, on loopback only, and writes a report. Each has controls: the same check on "
            "a wrong build or setting, which must find it. ./run test runs all of them in a small size.",
            100,
        ),
        epilog=_table(list(PROOFS), 1.0),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("proofs", nargs="*", metavar="PROOF", help="its name, as below; all, if none is given")
    parser.add_argument("--list", action="store_true", help="say what there is and what it takes, and run nothing")
    parser.add_argument("--part", type=_part, default=1.0, help="a part of the whole size, such as 0.1 (1)")
    parser.add_argument("--out", default="var/proofs", help="folder for the report (var/proofs)")
    parser.add_argument("--tests", action="store_true", help="name the tests, and run nothing")
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.proofs) - set(names)):
        parser.error(f"There is no proof {unknown[0]}. There are: {', '.join(names)}.")
    return chosen


def _part(text: str) -> float:
    part = float(text)
    if not 0 < part <= 1:
        raise argparse.ArgumentTypeError("is a part of 1, such as 0.1.")
    return part


def _table(proofs: list[Proof], part: float) -> str:
    """Each proof with what it takes on two quiet cores."""
    wide = max(len(proof.name) for proof in proofs)
    lines = [f"  {proof.name:{wide}}  {_minutes(proof.minutes * part):>7}  {proof.promise}" for proof in proofs]
    return "\n".join(["proofs, and what each takes on two quiet cores:", *lines])


def _minutes(minutes: float) -> str:
    return f"{max(1, round(minutes))} min"


def _run(proof: Proof, part: float) -> Outcome:
    """Run the tests of a proof, and read what they say."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "", "--part", str(part), f"--junit-xml={told}"]
        print(f"\n{proof.name}: {proof.promise}", flush=True)
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  # this project's own tests
            [*command, *proof.tests],
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=lambda: os.nice(5),
        )
        is_over = False
        try:
            process.wait(max(LEAST_SECONDS, PATIENCE * 60 * proof.minutes * part))
        except subprocess.TimeoutExpired:
            is_over = True
        finally:
            _end(process)
        return read_outcome(told, part, time.monotonic() - began, is_over=is_over)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of it; pytest stops what it has started when it is interrupted, and only then."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, stop)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
