"""Files that are zip archives, as spreadsheets are: their members, unpacked in memory, within bounds.

A stranger may have made the file. What it says of its own sizes is not believed: unpacking stops at the bound.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from organizer.errors import OrganizerError

LARGEST_MEMBER = 96 << 20
"""Bytes of one unpacked member: a table of 200,000 people has less."""

LARGEST_RATIO = 400
"""Unpacked bytes for one packed; real tables stay below 100, an archive made to fill the memory reaches 1,032."""

LARGEST_TOGETHER = 4 * LARGEST_MEMBER
"""Bytes that are unpacked of one archive, the same ones each time that they are read: there may be 100,000 sheets."""

FREE_OF_RATIO = 1 << 20
"""Bytes that may be unpacked at any ratio: a small empty sheet is packed very well."""

LARGEST_LIST = 16 << 20
"""Bytes of the list of members at an archive's end: some 200,000 of them. All of it is read at once."""

_STORED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Archive:
    """An archive in memory."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._counts = Counter(archive.namelist())
        self.names = list(self._counts)
        self._left = LARGEST_TOGETHER

    def read(self, name: str) -> bytes | None:
        """A member's bytes, None when there is none. Raises OrganizerError: table-damaged, table-large."""
        if name not in self._counts:
            return None
        if self._counts[name] > 1:
            # Two programs would read two different tables.
            raise damaged()
        member = self._archive.getinfo(name)
        if member.flag_bits & 0x1 or member.compress_type not in _STORED:
            raise OrganizerError("table-damaged", "This table is locked with a password. Save it without one.")
        most = min(LARGEST_MEMBER, max(FREE_OF_RATIO, member.compress_size * LARGEST_RATIO))
        with _readable(), self._archive.open(member) as opened:
            data = opened.read(most + 1)
        self._left -= len(data)
        if len(data) > most or self._left < 0:
            text = "A part of this table is too large when it is unpacked. Save it as CSV, or divide it."
            raise OrganizerError("table-large", text)
        return data


@contextmanager
def open_archive(data: bytes | BinaryIO) -> Iterator[Archive]:
    """The archive in these bytes, or in a file that stays open. Raises OrganizerError: table-damaged, table-large."""
    file = BytesIO(data) if isinstance(data, bytes) else data
    with _readable():
        _check_list(file)
        archive = zipfile.ZipFile(file)
    with archive:
        yield Archive(archive)


def pack(members: Mapping[str, bytes]) -> bytes:
    """An archive of these members; the same ones give the same bytes, whatever the day."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _check_list(file: BinaryIO) -> None:
    """Whether the list of members is of a size that can be read. Raises OrganizerError: table-large."""
    start = max(file.seek(0, 2) - _END_MOST, 0)
    file.seek(start)
    end = file.read()
    at = end.rfind(b"PK\5\6")
    sizes = [int.from_bytes(end[at + 12 : at + 16], "little")] if at >= 0 else []
    # An archive of more than 4 GB, or one that says so, has a larger record before that one.
    at = end.rfind(b"PK\6\6")
    sizes += [int.from_bytes(end[at + 40 : at + 48], "little")] if at >= 0 else []
    if any(LARGEST_LIST < size != 0xFFFFFFFF for size in sizes):
        raise OrganizerError("table-large", "This file has too many others packed in it. Unpack it, or divide it.")


# The record at the end, a comment of at most 65,535 bytes, and what an archive of more than 4 GB has before.
_END_MOST = 22 + 0xFFFF + 20 + 56


def damaged() -> OrganizerError:
    """What is told of a file that is none of its kind."""
    return OrganizerError("table-damaged", "This table is damaged. Save it again, or as CSV.")


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise damaged() from error
