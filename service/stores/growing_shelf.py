"""A shelf that a larger one replaces when it gets crowded, while envelopes go on coming.

The larger file is made beside this one, with every envelope in a place drawn anew.
What comes meanwhile is put on this shelf as always, so it is whole at every moment, and is copied at the end.
Then the larger file takes the name, and the bytes of the other one are overwritten before they are freed.
"""

from __future__ import annotations

import errno
import glob
import logging
import math
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from service.stores.base import Snapshot, StoreFull, StoreUnavailable
from service.stores.file_times import hide_time, is_drawn
from service.stores.place_file import OLD, PIECE, Rest, erase, lay_out, no_rest, open_to_read, sync_folder
from service.stores.shelf import Shelf, snapshot_of

# Places of a new store: 8 MiB.
SMALLEST = 8 * PIECE
# It grows beyond the second of these shares of its places, and takes nothing beyond the third. Beyond the first it
# grows at a moment that no envelope chose: a new file keeps for good when it was made.
BUSY, CROWDED, FULL = 0.65, 0.75, 0.97
# So many ticks, which are about seconds, it waits for that on average.
TICKS_TO_GROWTH = 600
# How full it is after it has grown for a known number of envelopes.
ROOMY = 0.5
# A growth that failed is tried again after so long, or after so many times as long as it took: each writes a file.
RETRY_SECONDS = 10.0
# So many of the envelopes that came during a growth are copied while those who add wait.
AT_ONCE = 1024
# So long, who asks whether an envelope could be kept waits for room.
PATIENCE = 1.0
# What was written so long ago says nothing of the disk now.
CHECK_SECONDS = 5.0
# An old file that is being read is looked at again after so long.
ERASE_SECONDS = 1.0
# So long, closing goes on with that; a service that is told to stop has some seconds.
CLOSE_SECONDS = 2.0
# The ending of the next file, beside the store.
GROWING = "growing"
_FULL = "The store is full and cannot grow: make room on its disk."
_GROWING = "The store is growing and takes nothing for a moment."
_DAMAGED = (
    "%d places of %s do not hold what was written there, and are free now. After a power cut that is as it should be: "
    "nobody was told that these are kept. Otherwise look at the disk."
)

_log = logging.getLogger("undersigned")


class GrowingShelf:
    """The shelf in the file `path`, which is made when absent; the caller keeps other writers away from it.

    For several threads at once. Opening raises OSError and StoreUnavailable, everything else StoreUnavailable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._refusal = ""  # why nothing is taken any more
        self._stopping = threading.Event()
        self._background: list[threading.Thread] = []
        # Guards the shelf and what follows; notified when a growth is over.
        self._changed = threading.Condition()
        self._is_growing, self._grows_again_at, self._written_at = False, 0.0, -CHECK_SECONDS
        self._has_failed = False  # to grow, the last time it tried
        self._came: set[int] = set()  # places taken since a growth began; a set of numbers keeps no order
        growing = beside(path, GROWING)
        self._set_aside(growing)
        if not path.exists() or not path.stat().st_size:
            lay_out(growing, SMALLEST)
            growing.rename(path)
        # A kill may have come before a new name was on the disk: nothing is kept or erased before it is.
        sync_folder(path.parent)
        self._shelf = Shelf.open(path)
        if self._shelf.damaged:
            _log.warning(_DAMAGED, self._shelf.damaged, path)
        self._run(self._erase_old)

    def keep(self, envelopes: Sequence[bytes]) -> None:
        """Put a group on the shelf; return once it will survive a power cut."""
        with self._changed:
            self._grow_in_time(len(envelopes))
            self._write(lambda: self._put(envelopes))

    def make_room(self, more: int) -> None:
        """Grow at once if so many more would make it crowded, and for all of them."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_growing)
            wanted = len(self._shelf.map) + more
            grows = self._is_growing = not self._refusal and wanted > CROWDED * self._shelf.file.places
        if grows:
            self._grow(math.ceil(wanted / ROOMY / PIECE) * PIECE, no_rest)

    def count(self) -> int:
        """How many envelopes lie on it."""
        return len(self._shelf.map)  # without waiting for a group that is being written

    def snapshot(self) -> Snapshot:
        """All that lies on it: every tag is right, because each was looked at when the file was opened.

        Only places that are in the map: a tag that is just being written may be seen by half.
        """
        try:
            with self._changed:
                self._require_own_name()
                file, used = open_to_read(self._path), bytes(self._shelf.map.used)
            if self._refusal:  # nobody knows what the last writes left
                return snapshot_of(file, ((place, own_id) for place, own_id, is_right in file.found() if is_right))
            return snapshot_of(file, ((place, tag) for place, tag in file.tags() if used[place]))
        except OSError as error:
            raise StoreUnavailable(f"The store cannot be read: {error}") from error

    def check(self) -> None:
        """Return if an envelope could be kept: what says nothing is written, unless something was just before."""
        with self._changed:
            self._grow_in_time(1, PATIENCE)
            # Anybody may ask, so asking must not cost the disk each time.
            if self._refusal or time.monotonic() >= self._written_at + CHECK_SECONDS:
                self._write(lambda: self._shelf.file.touch())

    def tick(self) -> None:
        """What an envelope does to the times of file and folder, without one; to be done at random moments."""
        with self._changed:
            if self._refusal or self._stopping.is_set():
                return
            kept, places = self.count(), self._shelf.file.places
            if kept > CROWDED * places if self._has_failed else kept > BUSY * places and is_drawn(TICKS_TO_GROWTH):
                self._begin_to_grow()
            with suppress(OSError):  # whoever keeps an envelope next finds out what the disk refuses
                self._shelf.file.touch()
                hide_time(self._path.parent)

    def stop_growing(self) -> None:
        """Whoever waits for room is told that there is none."""
        self._stopping.set()

    def close(self) -> None:
        """Give up a growth and close the file. An old one that takes longer to overwrite is left to the next start."""
        self._stopping.set()
        while self._background:
            self._background.pop().join()
        with self._changed:
            self._shelf.close()
        if self._refusal:
            return
        until = time.monotonic() + CLOSE_SECONDS
        with suppress(OSError):
            for path in self._left():
                erase(path, lambda: time.monotonic() > until)

    def _put(self, envelopes: Sequence[bytes]) -> None:
        places = [self._shelf.put(envelope) for envelope in envelopes]
        if self._is_growing:
            self._came.update(places)

    def _write(self, write: Callable[[], None]) -> None:
        """Write and wait for the disk. Raises StoreUnavailable, from the first failure on always."""
        if not self._refusal:
            try:
                write()
                self._shelf.file.sync()
                self._require_own_name()
                self._written_at = time.monotonic()
            except OSError as error:
                # The kernel may now take for written what is not on the disk, and would say so the next time:
                # a new start reads what is there, and whoever was not answered sends again, to the same place.
                self._refuse(error)
        if self._refusal:
            raise StoreUnavailable(self._refusal)

    def _refuse(self, error: OSError) -> None:
        self._refusal = f"The disk refused a write ({error}): look after it, then start the service again."
        _log.error("No envelope is accepted. %s", self._refusal)
        with suppress(OSError):
            self._shelf.file.forget()

    def _require_own_name(self) -> None:
        # What came into a file that somebody moved away or deleted would be lost.
        if not self._shelf.file.is_at(self._path):
            raise FileNotFoundError(errno.ENOENT, "somebody moved, replaced or deleted the file", str(self._path))

    def _grow_in_time(self, more: int, patience: float | None = None) -> None:
        """Begin to grow when it gets crowded; wait for room when it is full. Raises StoreUnavailable without any."""
        wanted = len(self._shelf.map) + more
        # One that failed is tried again by ticks: a try for each envelope would show when it came.
        if wanted > CROWDED * self._shelf.file.places and not self._has_failed:
            self._begin_to_grow()
        self._changed.wait_for(lambda: wanted <= FULL * self._shelf.file.places or not self._is_growing, patience)
        if wanted > FULL * self._shelf.file.places:
            raise StoreFull(_GROWING if self._is_growing else _FULL)

    def _begin_to_grow(self) -> None:
        may_grow = not (self._is_growing or self._refusal or self._stopping.is_set())
        if may_grow and time.monotonic() >= self._grows_again_at:
            self._is_growing = True
            self._run(lambda: self._grow(2 * self._shelf.file.places, self._rest))

    def _rest(self, done: float) -> float:
        """As long as a piece took; nothing, when room is used up faster than the larger file is made."""
        places = self._shelf.file.places
        return float(len(self._shelf.map) - CROWDED * places <= done * (FULL - CROWDED) * places)

    def _grow(self, places: int, rest: Rest) -> None:
        """Make a larger file beside this one and take it instead; `_is_growing` is set already."""
        growing, began = beside(self._path, GROWING), time.monotonic()
        with self._changed:
            self._came.clear()
        try:
            larger = self._shelf.copy(growing, places, rest, self._stopping.is_set)
            try:
                while not self._has_taken(larger):
                    pass
            except BaseException:
                larger.close()
                raise
        except (OSError, StoreUnavailable) as error:
            self._grows_again_at = time.monotonic() + RETRY_SECONDS * max(1.0, time.monotonic() - began)
            self._set_aside(growing)
            # Once until it succeeds: strangers must not fill the journal, nor its times say when somebody signed.
            if not (self._stopping.is_set() or self._has_failed):
                _log.warning("The store could not grow: %s", error)
            self._has_failed = True
        finally:
            with self._changed:
                self._is_growing = False
                self._came.clear()
                self._changed.notify_all()
        self._run(self._erase_old)

    def _has_taken(self, larger: Shelf) -> bool:
        """Copy what came since the copy was begun; with the last of it, take the larger file in the same moment.

        Those who add wait meanwhile: among all of them, each read and write would wait for Python's lock.
        """
        with self._changed:
            if self._refusal:
                raise StoreUnavailable(self._refusal)
            for _ in range(min(AT_ONCE, len(self._came))):
                self._shelf.bring(self._came.pop(), larger)
            if not self._came:
                self._take(larger)
                return True
        larger.file.sync()
        return False

    def _take(self, larger: Shelf) -> None:
        """The old file keeps a name until it is overwritten: freed, its bytes would stay on the disk."""
        old = beside(self._path, f"{OLD}{self._shelf.file.places}")
        larger.file.sync()
        self._require_own_name()
        if not self._shelf.file.is_at(old):  # its second name may be there already, and must not go for a moment
            old.unlink(missing_ok=True)
            os.link(self._path, old)
        beside(self._path, GROWING).rename(self._path)
        self._shelf.close()
        self._shelf, self._has_failed = larger, False
        try:
            sync_folder(self._path.parent)
        except OSError as error:
            # After a power cut either file could have this name: nothing may come that only one of them has.
            self._refuse(error)

    def _erase_old(self) -> None:
        """Overwrite what earlier growths left; whoever still reads it is waited for."""
        try:
            # After an error of the disk, an old file may be the one that a power cut brings back.
            while (left := self._left()) and not self._refusal:
                done = [erase(path, lambda: self._stopping.is_set() or bool(self._refusal)) for path in left]
                if not all(done) and self._stopping.wait(ERASE_SECONDS):
                    return
        except OSError as error:
            _log.warning("The file before the store grew could not be overwritten: %s", error)

    def _set_aside(self, growing: Path) -> None:
        """A growth that was cut off is overwritten like an old file: it would tell what came before it."""
        with suppress(FileNotFoundError):
            growing.rename(beside(self._path, f"{OLD}{GROWING}-{secrets.token_hex(4)}"))

    def _left(self) -> list[Path]:
        with self._changed:  # not in the moment in which one file has both names
            return list(self._path.parent.glob(f"{glob.escape(self._path.name)}.{OLD}*"))

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="store-growth", daemon=True)
        thread.start()
        self._background = [each for each in self._background if each.is_alive()] + [thread]


def beside(path: Path, ending: str) -> Path:
    """The file with this ending beside the store."""
    return path.with_name(f"{path.name}.{ending}")
