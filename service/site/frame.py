"""Pages that differ only in their middle, such as those of the list of names: beginning and end are compressed once.

A gzip of such a page is put together of three parts that were compressed apart (RFC 1951: a flush that forgets what was
before ends at a whole byte), so a page of the list costs as much as its names. Brotli streams cannot be joined.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import cached_property

from service.site.compression import accepts, weak_tag

# RFC 1952: deflate, no name, no time, best compression, made on an unknown system.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_BEST = 9


class Frame:
    """What stands before and after the middle of many pages."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self.before, self.after = before, after
        self.start = _HEADER + _deflated(before, zlib.Z_FULL_FLUSH)
        self.end = _deflated(after, zlib.Z_FINISH)


class FramedPage:
    """A page of a frame with this middle, of which it keeps only the compressed bytes."""

    def __init__(self, frame: Frame, middle: bytes) -> None:
        self._frame, self._middle = frame, _deflated(middle, zlib.Z_FULL_FLUSH)
        size = len(frame.before) + len(middle) + len(frame.after)
        checksum = zlib.crc32(frame.after, zlib.crc32(middle, zlib.crc32(frame.before)))
        self._trailer = struct.pack("<II", checksum, size & 0xFFFFFFFF)

    @property
    def size(self) -> int:
        """How many bytes it keeps, beside its frame."""
        return len(self._middle)

    @property
    def content(self) -> bytes:
        """The whole page."""
        middle = zlib.decompressobj(-zlib.MAX_WBITS).decompress(self._middle)
        return self._frame.before + middle + self._frame.after

    @cached_property
    def tag(self) -> str:
        """See Body of compression.py."""
        return weak_tag(hashlib.sha256(self.content))

    def sent_to(self, accepted: str) -> tuple[bytes, str | None]:
        """See Body of compression.py; never brotli, which whoever takes it does not need: all of them take gzip."""
        if accepts(accepted, "gzip"):
            return self._frame.start + self._middle + self._frame.end + self._trailer, "gzip"
        return self.content, None


def _deflated(part: bytes, flush: int) -> bytes:
    compressor = zlib.compressobj(_BEST, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush(flush)
