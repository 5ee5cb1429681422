"""Reads the forms of the organizers' page (multipart/form-data): first the token, and the rest only if it is right.

It works on pieces of bytes in memory, writes no file, and keeps no more than the caller allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData, Preamble

TOKEN = "token"  # noqa: S105 - the name of a field
# Before the token is known, this is all that is read, and all the time there is for it; a browser needs 250 bytes.
# Afterwards the caller's limit for the whole body holds.
BEFORE_TOKEN_MOST = 1024
BEFORE_TOKEN_SECONDS = 10.0
PIECE = 64 * 1024
PARTS_MOST = 40


class FormError(Exception):
    """The form is not one that the page sends."""


@dataclass(frozen=True)
class Form:
    """A form that was read: texts by the name of their field, contents of files by the name of theirs, in order."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[bytes]] = field(default_factory=dict)

    def keep(self, part: Field | File, content: bytes) -> None:
        """Add one part, but not the empty file without a name that comes from a field in which no file was chosen."""
        if isinstance(part, Field):
            self.texts[part.name] = content.decode("utf-8", "replace")
        elif part.filename or content:
            self.files.setdefault(part.name, []).append(content)


class Body:
    """A request's body in pieces. `check` gets the token and raises when it is wrong; `clock` gives seconds.

    Until the token is known, the body is read byte by byte.
    A longer read would wait until all of its bytes have come, and so for whoever sends only one in a while.
    """

    def __init__(self, stream: BinaryIO, check: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._stream, self._check, self._clock = stream, check, clock
        self._size = 1

    def admit(self, token: str) -> None:
        """Check the token, and from then on read in large pieces. Raises what `check` raises."""
        self._check(token)
        self._size = PIECE

    def pieces(self) -> Iterator[bytes]:
        """All pieces to the end. Raises FormError when the token does not come in time."""
        until = self._clock() + BEFORE_TOKEN_SECONDS
        while piece := self._stream.read(self._size):
            if self._size == 1 and self._clock() > until:
                raise FormError("The token did not come in time.")
            yield piece


def read_form(pieces: Iterable[bytes], boundary: str, admit: Callable[[str], None]) -> Form:
    """multipart/form-data in pieces. Raises FormError, and what `admit` raises.

    `admit` gets the token, which must be the first field; no further piece is asked for before it returns.
    """
    form = Form()
    try:
        for part, content in _parts(pieces, boundary.encode("ascii")):
            if not form.texts:
                if part.name != TOKEN or isinstance(part, File):
                    raise FormError("The form does not begin with the token.")
                admit(content.decode("utf-8", "replace"))
            form.keep(part, content)
    except (ValueError, RequestEntityTooLarge) as error:
        raise FormError("The form is malformed.") from error
    return form


def _parts(pieces: Iterable[bytes], boundary: bytes) -> Iterator[tuple[Field | File, bytes]]:
    """Each part with its content, as soon as its end was seen."""
    decoder = MultipartDecoder(boundary, max_parts=PARTS_MOST)
    part: Field | File | None = None
    content = bytearray()
    known = 0
    for piece in _and_the_end(pieces):
        if piece and not known and len(decoder.buffer) + len(content) + len(piece) > BEFORE_TOKEN_MOST:
            raise FormError("The form does not begin with the token.")
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File):
                part, content = event, bytearray()
            elif isinstance(event, Data) and part is not None:
                content += event.data
                if not event.more_data:
                    yield part, bytes(content)
                    known += 1
            elif not isinstance(event, Preamble):
                raise FormError("The form is malformed.")


def _and_the_end(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from pieces
    yield None
