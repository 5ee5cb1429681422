"""`./run bench waits`: how long people wait for the tool, the service and `./run`, in seconds.

Each wait is measured as a person meets it, by starting the program. Each line names what takes most of it, and how many
times as long it is as a yardstick that was measured in the same run.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import waits_organizer, waits_service, waits_start
from bench.waiting import Wait

PARTS: dict[str, Callable[[Path, int], Iterator[Wait]]] = {
    "start": waits_start.measure,
    "organizer": waits_organizer.measure,
    "service": waits_service.measure,
    "clone": waits_start.measure_clone,
}


def main() -> None:
    """Measure the parts that are chosen, for each size, and print each wait as it is known."""
    parser = argparse.ArgumentParser(prog="./run bench waits", description=__doc__)
    parser.add_argument("--count", default="10000,100000", help="signatures, separated by commas (10000,100000)")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, separated by commas ({','.join(PARTS)})")
    parser.add_argument("--folder", help="where everything made up goes (a temporary folder)")
    chosen = parser.parse_args()
    for part in chosen.only.split(","):
        counts = [int(count) for count in chosen.count.split(",")] if part in ("organizer", "service") else [0]
        for count in counts:
            print(f"{part}{f', {count:,} signatures' if count else ''}", flush=True)
            with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
                for wait in PARTS[part](Path(folder), count):
                    print(f"  {wait}", flush=True)


if __name__ == "__main__":
    main()
