"""`python -m tests.support.moved_clock FILE COMMAND…`: the organizers' tool with a clock that a test moves.

FILE holds the seconds; it is replaced whole, so that nobody reads half of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from organizer.cli.main import organizer
from organizer.cli.options import Start


def move(clock: Path, seconds: float) -> None:
    """Let it be this late."""
    new = clock.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(clock)


if __name__ == "__main__":
    start = Start(clock=lambda: float(Path(sys.argv[1]).read_text()))
    organizer(sys.argv[2:], prog_name="organizer", obj=start)
