"""Keeps what this process has in its memory from being written to a disk or read by other programs of the same user.

What Python cannot do: copies that libraries make of a secret, and those that the interpreter gave back, are not known
here. All memory cannot be locked: opening a key takes 1 GiB, and a user may lock 8 MB on most systems.
"""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import TypeVar

_PR_SET_DUMPABLE = 4  # linux/prctl.h
_LIBC = ctypes.CDLL(None)

Secret = TypeVar("Secret", bytes, bytearray, str)


def no_core_dumps() -> None:
    """No core file when the process crashes; no debugger of the same user reads its memory, root's still does.

    Copies of this process made by fork() have it from it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def not_swapped(secret: Secret) -> Secret:
    """The same secret; the pages of memory where it lies are not swapped out any more, where the system allows that."""
    where, size = id(secret), sys.getsizeof(secret)
    if isinstance(secret, bytearray):  # whose bytes lie apart from the object
        where, size = ctypes.addressof(ctypes.c_char.from_buffer(secret)), len(secret)
    _LIBC.mlock(ctypes.c_void_p(where), ctypes.c_size_t(size))
    return secret
