"""Moments in which something was done, and the files whose times tell them."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.redis_servers import wait_until

# A kernel's clock for files goes in steps of at most ten milliseconds.
STEP = 10_000_000  # ns


class Use:
    """A moment in which something was done, as `with`; afterwards, what tells it."""

    def __enter__(self) -> Use:
        self.began = time.time_ns() - STEP
        return self

    def __exit__(self, *error: object) -> None:
        self.ended = time.time_ns() + STEP

    def told_by(self, *folders: Path) -> set[str]:
        """The names of all files and folders in which a time lies in that moment: of reading, writing or changing."""
        found = set()
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                shown = path.lstat()
                times = (shown.st_atime_ns, shown.st_mtime_ns, shown.st_ctime_ns)
                if any(self.began <= each <= self.ended for each in times):
                    found.add(path.name)
        return found


def others_first(*folders: Path) -> None:
    """Return once the clock has gone on since the newest time of all files: making them is not what is looked for."""
    newest = max(path.lstat().st_ctime_ns for folder in folders for path in (folder, *folder.rglob("*")))
    looked = max(newest, time.time_ns())  # looking into a folder leaves a time, too
    wait_until(lambda: time.time_ns() > looked + 2 * STEP)
