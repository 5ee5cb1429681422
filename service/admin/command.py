"""What the operator's commands share: what a command is, a refusal, and a report of progress."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

# Between two reports of progress.
REPORT_SECONDS = 10.0


@dataclass(frozen=True)
class Command:
    """One command: its name after ./run, what its help says, its options, and the function that returns an exit code.

    In the options, `at` is the folder in which ./run was called; paths are meant from there.
    """

    name: str
    about: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def refuse(*mistakes: str) -> int:
    """Say on the error output why a command does not do its work; returns the exit code 2."""
    print(*mistakes, sep="\n", file=sys.stderr)
    return 2


def progress(total: int) -> Callable[[int], None]:
    """A function that shows people who wait how many envelopes were added of at most `total`."""
    shown_at = time.monotonic()

    def show(added: int) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= REPORT_SECONDS:
            shown_at = time.monotonic()
            print(f"{added} of {total} …", file=sys.stderr, flush=True)

    return show
