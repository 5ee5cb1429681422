"""Reads a file into the letter box, whatever it is: a text, a mail, a mailbox, a packed export of a chat.

What it holds may hold something in turn, such as a mail with a mailbox attached; all of it is within bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from organizer.errors import OrganizerError
from organizer.intake.texts.decoding import texts_in
from organizer.intake.texts.letter_box import LetterBox
from organizer.intake.texts.mail import LARGEST_LINE, MailError, contents, is_mail, is_mailbox, messages
from organizer.workspace.archives import LARGEST_MEMBER, open_archive

LEDGER = b"undersigned/v1/ledger "
"""So begins a ledger (docs/spec.md, section 5)."""

LARGEST_WHOLE = 64 << 20
"""Bytes of a file that is read at once; of a larger one a window at a time."""

WINDOW, OVERLAP = 16 << 20, 1 << 19
"""Bytes of a large file that are read at once, and how many of them again with the next ones."""

DEEPEST = 6
"""Files within files."""

PIECES_MOST = 20_000
"""Files within one file, or one mail, whatever is in what."""

TOGETHER_MOST = 256 << 20
"""Bytes of all of them."""

HEAD = 1 << 16
"""Bytes by which the kind of a file is known."""

_PACKED = b"PK\x03\x04"
_PACKED_OTHERWISE = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
"""As gzip, bzip2, xz, 7-Zip, RAR and Zstandard begin."""

# What is packed together with a chat and holds no text.
_NO_TEXT = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".mp4", ".mov", ".mp3", ".m4a", ".ogg", ".opus")


class _TooMuchError(Exception):
    """A file holds more within it than any that a person sends."""


def read_file(box: LetterBox, file: BinaryIO, size: int, source: str) -> Iterator[int]:
    """Put what is in the file into the box; yields how many bytes of it are done, step by step.

    `source` is what it is called before people. Raises OSError.
    """
    head = file.read(HEAD)
    file.seek(0)
    if is_mailbox(head):
        lines = iter(lambda: file.readline(LARGEST_LINE), b"")
        for place, mail in _mails(lines, source):
            if mail is None:
                box.tell(place, "text-large")
            else:
                _Contents(box, place).read(mail)
                yield len(mail)
    elif head.startswith(_PACKED):
        _Contents(box, source).unpack(file)
    elif size <= LARGEST_WHOLE:
        _Contents(box, source).read(file.read(LARGEST_WHOLE))
    elif is_mail(head):
        box.tell(source, "text-large")
    elif head.startswith(_PACKED_OTHERWISE):
        box.tell(source, "text-packed")
    else:
        yield from _read_windows(box, file, source)


def _read_windows(box: LetterBox, file: BinaryIO, source: str) -> Iterator[int]:
    window = b""
    while more := file.read(WINDOW):
        window += more
        box.add(texts_in(window), source)
        window = window[-OVERLAP:]
        yield len(more)


def _mails(lines: Iterable[bytes], source: str) -> Iterator[tuple[str, bytes | None]]:
    """The mails of a mailbox, each with what it is called: strangers' words are in no name."""
    for number, mail in enumerate(messages(lines), start=1):
        yield f"{source}, message {number}", mail


class _Contents:
    """All that is in one file, or in one mail of a mailbox."""

    def __init__(self, box: LetterBox, source: str) -> None:
        self._box = box
        self._source = source
        self._pieces = 0
        self._bytes = 0

    def read(self, data: bytes) -> None:
        """A file's bytes."""
        try:
            self._look(data, 0)
        except _TooMuchError:
            self._box.tell(self._source, "text-much")

    def unpack(self, file: BinaryIO) -> None:
        """A packed file, which may be large."""
        try:
            self._unpack(file, 0)
        except _TooMuchError:
            self._box.tell(self._source, "text-much")

    def _look(self, data: bytes, depth: int) -> None:
        self._pieces += 1
        self._bytes += len(data)
        if depth > DEEPEST or self._pieces > PIECES_MOST or self._bytes > TOGETHER_MOST:
            raise _TooMuchError
        head = data[:HEAD]
        if self._box.is_bare(data):
            self._box.met += 1
            self._box.take(data, self._source)
        elif head.startswith(LEDGER):
            self._box.tell(self._source, "text-ledger")
        elif head.startswith(_PACKED):
            self._unpack(BytesIO(data), depth)
        elif head.startswith(_PACKED_OTHERWISE):
            self._box.tell(self._source, "text-packed")
        elif is_mailbox(head):
            for _, mail in _mails(BytesIO(data), self._source):
                self._look(mail or b"", depth + 1)
        elif is_mail(head):
            self._look_into_mail(data, depth)
        else:
            self._box.add(texts_in(data), self._source)

    def _look_into_mail(self, mail: bytes, depth: int) -> None:
        before = self._box.met
        is_whole = True
        try:
            for content in contents(mail):
                self._look(content, depth + 1)
        except MailError:
            is_whole = False
        if self._box.met == before:
            self._box.add(texts_in(mail), self._source)
        if not is_whole:
            self._box.tell(self._source, "text-mail")

    def _unpack(self, file: BinaryIO, depth: int) -> None:
        with self._packed(0), open_archive(file) as archive:
            for name in archive.names:
                if not name.lower().endswith(_NO_TEXT):
                    with self._packed(LARGEST_MEMBER):
                        self._look(archive.read(name) or b"", depth + 1)

    @contextmanager
    def _packed(self, cost: int) -> Iterator[None]:
        """What cannot be unpacked costs itself; and as much as it may have cost, for there may be 1,000 of the kind."""
        try:
            yield
        except OrganizerError as error:
            self._box.tell(self._source, "text-packed")
            self._bytes += cost if error.reason == "table-large" else 0
