"""A sitting: the root of a workspace kept in memory between commands, and forgotten when nobody works any more.

It knows no face, no file and no clock of its own: a face tells it when a person did something, asks it whether the time
is over, and calls lock(). It is one object in one process: nothing on a disk, nothing that another program can ask.

What Python cannot do: only the copy kept here is overwritten. The passphrase that was typed, the copies that a command
worked with and what the libraries made of them are given back to the interpreter, which may use that memory again at
once or at its end. So a lock protects from whoever comes to the screen, not from whoever reads all of the memory.
"""

from __future__ import annotations

from collections.abc import Callable

from organizer.keys.memory import not_swapped

IDLE = 600.0
"""Seconds of waiting for a person without anything typed, after which the root is forgotten."""


class Sitting:
    """Roots by the key file that each was in: after a new passphrase, the old root opens nothing here.

    `clock` gives seconds that only go forward, those of a sleeping computer included; `idle` is how many may pass.
    """

    def __init__(self, clock: Callable[[], float], idle: float = IDLE) -> None:
        self._clock = clock
        self._idle = idle
        self._roots: dict[bytes, bytearray] = {}
        self._used = clock()

    def __repr__(self) -> str:
        return f"Sitting({'unlocked' if self._roots else 'locked'})"

    @property
    def is_unlocked(self) -> bool:
        """Whether a root is kept."""
        return bool(self._roots)

    @property
    def is_over(self) -> bool:
        """Whether a root is kept that should not be any more. A clock that went back counts as too late."""
        return self.is_unlocked and not 0 <= self._clock() - self._used < self._idle

    def used(self) -> None:
        """A person did something, or work ended and waiting for a person begins. Ask `is_over` before it."""
        self._used = self._clock()

    def keep(self, key_file: bytes, root: bytes) -> None:
        """Keep what this key file gave."""
        self.used()
        self._roots[key_file] = not_swapped(bytearray(root))

    def root(self, key_file: bytes) -> bytes | None:
        """The root in this key file; None when it is not kept, or not any more."""
        if self.is_over:
            self.lock()
        self.used()
        root = self._roots.get(key_file)
        return None if root is None else bytes(root)

    def lock(self) -> None:
        """Overwrite and forget every root."""
        for root in self._roots.values():
            root[:] = bytes(len(root))
        self._roots.clear()
