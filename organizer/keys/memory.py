"""Keeps what this process has in its memory from being written to a disk or read by other programs of the same user."""

from __future__ import annotations

import ctypes
import resource

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def no_core_dumps() -> None:
    """No core file when the process crashes; no debugger of the same user reads its memory, root's still does."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
