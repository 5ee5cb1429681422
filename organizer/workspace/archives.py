"""Files that are zip archives, as spreadsheets are: their members, unpacked in memory, within bounds.

A stranger may have made the file. What it says of its own sizes is not believed: unpacking stops at the bound.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

from organizer.errors import OrganizerError

LARGEST_MEMBER = 96 << 20
"""Bytes of one unpacked member: a table of 200,000 people has less."""

LARGEST_RATIO = 400
"""Unpacked bytes for one packed; real tables stay below 100, an archive made to fill the memory reaches 1,032."""

LARGEST_TOGETHER = 4 * LARGEST_MEMBER
"""Bytes that are unpacked of one archive, the same ones each time that they are read: there may be 100,000 sheets."""

FREE_OF_RATIO = 1 << 20
"""Bytes that may be unpacked at any ratio: a small empty sheet is packed very well."""

_STORED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Archive:
    """An archive in memory."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = archive.namelist()
        self._left = LARGEST_TOGETHER

    def read(self, name: str) -> bytes | None:
        """A member's bytes, None when there is none. Raises OrganizerError: table-damaged, table-large."""
        if name not in self.names:
            return None
        if self.names.count(name) > 1:
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
def open_archive(data: bytes) -> Iterator[Archive]:
    """The archive in these bytes. Raises OrganizerError: table-damaged."""
    with _readable():
        archive = zipfile.ZipFile(BytesIO(data))
    with archive:
        yield Archive(archive)


def pack(members: Mapping[str, bytes]) -> bytes:
    """An archive of these members; the same ones give the same bytes, whatever the day."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def damaged() -> OrganizerError:
    """What is told of a file that is none of its kind."""
    return OrganizerError("table-damaged", "This table is damaged. Save it again, or as CSV.")


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise damaged() from error
