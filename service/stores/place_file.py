"""The file of places in which one machine keeps envelopes: its bytes, and nothing of what is done with them.

- 4,096 bytes: one line with the format and the number of places, then zeros
- 32 bytes for each place, its tag: the id of the envelope in it; zeros when it is free
- 4,096 bytes for each place: an envelope, or random bytes that mean nothing

A place holds an envelope if and only if its tag is the id of what lies in it.
So a write that a power cut tore apart leaves a free place; nobody was told that this envelope is kept.
The file is written whole when it is made, and later only overwritten in place: nothing in it or around it grows,
moves or is freed when an envelope comes. Why not SQLite: docs/decisions/0021-places.md.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from crypto.envelope import ID_SIZE, SIZE, EnvelopeId, envelope_id
from service.stores.base import StoreUnavailable
from service.stores.file_times import open_quietly

FORMAT = 1
PAGE = 4096
# Places that are read or written at once; their number in a file is a multiple of it.
PIECE = 256
FREE = bytes(ID_SIZE)
# A store that grows by itself leaves a part of the disk to all else on it, or so many bytes if that is less.
ROOM_SHARE, ROOM_MOST = 0.05, 2**30
# How the ending begins of what the store was before, until it is erased.
OLD = "old-"
_FIRST_LINE = re.compile(rb"undersigned envelopes ([1-9][0-9]{0,3}), places ([1-9][0-9]{0,9})\n")
_generator = random.SystemRandom()

Held = Callable[[int], tuple[EnvelopeId, bytes] | None]
"""What comes to lie in the place of a number: an envelope and its id, or None for nothing."""
Rest = Callable[[float], float]
"""How long to rest after a piece, as a part of the time that it took; given the part of the file that is written."""


class PlaceFile:
    """An open file of places; `places` says how many it has. Several processes may read while one writes.

    Raises OSError, and StoreUnavailable for a file that is not one.
    """

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._descriptor = open_quietly(path, os.O_RDWR if writes else os.O_RDONLY)
        try:
            # What is read ahead comes in large pages, and the kernel writes a large page whole for a few bytes in it.
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_RANDOM)
            self.places = self._read_first_line(path)
        except BaseException:
            self.close()
            raise

    def _read_first_line(self, path: Path) -> int:
        found = _FIRST_LINE.match(os.pread(self._descriptor, PAGE, 0))
        if not found:
            raise StoreUnavailable(f"{path} is no store of envelopes.")
        if int(found[1]) > FORMAT:
            raise StoreUnavailable(f"The store {path} was made by a newer version of this service.")
        places, size = int(found[2]), os.fstat(self._descriptor).st_size
        if size != size_of(places) or places % PIECE:
            raise StoreUnavailable(f"The store {path} is damaged: it has {size} bytes, not {size_of(places)}.")
        return places

    def close(self) -> None:
        """Close the file; again changes nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def is_at(self, path: Path) -> bool:
        """Whether the file of this name is this file."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat())
        except FileNotFoundError:
            return False

    def keep_others_from_erasing(self) -> None:
        """Wait while it is being erased, then keep others from beginning with that for as long as it is open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def tag(self, place: int) -> bytes:
        """The 32 bytes of its tag."""
        return self._read(ID_SIZE, _tag_at(place))

    def tags(self) -> Iterator[tuple[int, bytes]]:
        """The number and tag of every place that is not free."""
        for start in range(0, self.places, PIECE):
            for place, tag in enumerate(_parts(self._tags_of(start), ID_SIZE), start):
                if tag != FREE:
                    yield place, tag

    def found(self) -> Iterator[tuple[int, EnvelopeId, bool]]:
        """Read the whole file: for every place that is not free its number, its tag, and whether that is right."""
        return ((place, tag, envelope_id(envelope) == tag) for place, tag, envelope in self.contents())

    def contents(self) -> Iterator[tuple[int, EnvelopeId, bytes]]:
        """Read the whole file: for every place that is not free its number, its tag, and what lies in it."""
        for start in range(0, self.places, PIECE):
            tags = self._tags_of(start)
            if tags.count(0) == len(tags):
                continue
            envelopes = self._read(PIECE * SIZE, self._at(start))
            both = zip(_parts(tags, ID_SIZE), _parts(envelopes, SIZE), strict=True)
            for place, (tag, envelope) in enumerate(both, start):
                if tag != FREE:
                    yield place, EnvelopeId(tag), envelope

    def prefetch(self, places: Sequence[int]) -> None:
        """Say which places are read soon, so that the disk fetches them at once and not one after the other."""
        for place in places:
            os.posix_fadvise(self._descriptor, self._at(place), SIZE, os.POSIX_FADV_WILLNEED)

    def read(self, place: int) -> bytes:
        """The 4,096 bytes in a place."""
        return self._read(SIZE, self._at(place))

    def write(self, place: int, own_id: EnvelopeId, envelope: bytes) -> None:
        """Put an envelope into a place; it is kept after the next `sync`. Whoever sees the tag sees the envelope."""
        _write(self._descriptor, envelope, self._at(place))
        _write(self._descriptor, own_id, _tag_at(place))

    def free(self, place: int) -> None:
        """Say that there is nothing in a place."""
        _write(self._descriptor, FREE, _tag_at(place))

    def touch(self) -> None:
        """Write what says nothing: the first line again."""
        _write(self._descriptor, os.pread(self._descriptor, PAGE, 0), 0)

    def sync(self) -> None:
        """Return once all that was written will survive a power cut."""
        os.fdatasync(self._descriptor)

    def forget(self) -> None:
        """Have everything read from the disk again: after an error the kernel shows as written what is not there."""
        os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def _read(self, size: int, at: int) -> bytes:
        # A piece that cannot be read ends what comes back, without an error: it must not look like the end.
        data = os.pread(self._descriptor, size, at)
        while len(data) < size:
            if not (more := os.pread(self._descriptor, size - len(data), at + len(data))):
                raise OSError(errno.EIO, "the file ends too early")
            data += more
        return data

    def _tags_of(self, start: int) -> bytes:
        return self._read(PIECE * ID_SIZE, _tag_at(start))

    def _at(self, place: int) -> int:
        return _tag_at(self.places) + place * SIZE


def open_to_read(path: Path) -> PlaceFile:
    """The file that has this name; it will not be erased while it is open. Raises OSError, StoreUnavailable."""
    while True:
        before = path.stat()
        try:
            file = PlaceFile(path, writes=False)
        except StoreUnavailable:
            if os.path.samestat(before, path.stat()):
                raise
            continue  # it was replaced, and overwritten before its first line was read
        file.keep_others_from_erasing()
        if file.is_at(path):
            return file
        file.close()


def no_rest(done: float) -> float:
    """A Rest for a file that nobody but those who wait for it would be in the way of."""
    return 0.0


def lay_out(path: Path, places: int, held: Held = lambda place: None, rest: Rest = no_rest) -> None:
    """Make a file of places at `path`, written and on the disk, only for its owner. Raises OSError when it is there.

    `places`: a multiple of PIECE. `held` is asked for each of them, from the first to the last.
    """
    noise = os.urandom(2 * PIECE * SIZE)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        # A disk without room says so before anything is written. What is only allotted would show in the file
        # system which place was written first, so all of it is written, too.
        try:
            os.posix_fallocate(descriptor, 0, size_of(places))
            if rest is not no_rest:
                _require_room_beside(descriptor)
        except OSError:
            path.unlink()
            raise
        for start in range(0, places, PIECE):
            began = time.monotonic()
            # Enough for what means nothing; from another byte on in each piece, so that a disk rarely finds two alike.
            at = _generator.randrange(PIECE * SIZE)
            tags, envelopes = bytearray(PIECE * ID_SIZE), bytearray(noise[at : at + PIECE * SIZE])
            for each in range(PIECE):
                if (found := held(start + each)) is not None:
                    tags[each * ID_SIZE : (each + 1) * ID_SIZE], envelopes[each * SIZE : (each + 1) * SIZE] = found
            _write(descriptor, tags, _tag_at(start))
            _write(descriptor, envelopes, _tag_at(places) + start * SIZE)
            if rest is not no_rest:
                os.fdatasync(descriptor)  # little at a time: whoever waits for the disk waits for this, too
                time.sleep(rest(start / places) * (time.monotonic() - began))
        # The first line last: before it, this is no store.
        _write(descriptor, f"undersigned envelopes {FORMAT}, places {places}\n".encode().ljust(PAGE, b"\0"), 0)
        os.fsync(descriptor)
        # Written in large pieces, it lies in memory in large pages, see PlaceFile.
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _require_room_beside(descriptor: int) -> None:
    disk = os.fstatvfs(descriptor)
    if disk.f_bavail < min(disk.f_blocks * ROOM_SHARE, ROOM_MOST / disk.f_frsize):
        raise OSError(errno.ENOSPC, "the disk would be full")


def erase(path: Path, is_over: Callable[[], bool]) -> bool:
    """Overwrite a file and remove it; False when somebody still reads it or when `is_over`. Raises OSError."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # With a second name, it is still the store: a start found what a kill had left between two steps.
            if os.fstat(descriptor).st_nlink == 1:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _overwrite(descriptor, is_over)
                if is_over():
                    return False
            path.unlink()
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    return True


def _overwrite(descriptor: int, is_over: Callable[[], bool]) -> None:
    noise = os.urandom(PIECE * SIZE)
    left = os.fstat(descriptor).st_size
    while left > 0 and not is_over():
        began = time.monotonic()
        left -= os.write(descriptor, noise[:left])
        os.fdatasync(descriptor)
        time.sleep(time.monotonic() - began)  # signers must get their turn


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder will survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def size_of(places: int) -> int:
    """Bytes of a file with so many places."""
    return _tag_at(places) + places * SIZE


def _tag_at(place: int) -> int:
    return PAGE + place * ID_SIZE


def _parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _write(descriptor: int, data: bytes | bytearray, at: int) -> None:
    written = os.pwrite(descriptor, data, at)
    if written < len(data):  # the next try says why, such as a disk without room
        _write(descriptor, data[written:], at + written)
