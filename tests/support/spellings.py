"""Finds a text in bytes, however it is written there: raw, encoded, escaped, as a number or compressed."""

from __future__ import annotations

import base64
import contextlib
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache

CHARSETS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp1251", "koi8-r", "cp866", "iso8859-5")
WINDOW = 6
"""So many bytes of a text in a row are looked for: fewer would stand in 4,096 random bytes now and then."""


LETTERS = 4
"""So many letters in a row, where each is written as several signs."""


def found_in(data: bytes, texts: Iterable[str]) -> list[str]:
    """Which of the texts stand in the bytes, wholly or in a piece of WINDOW bytes; also in what is compressed there."""
    layers = [data, *_decompressed(data)]
    return [text for text in texts if any(piece in layer for layer in layers for piece in pieces(text))]


def whole_in(data: bytes, texts: Iterable[str]) -> list[str]:
    """Which of the texts stand in the bytes as they were typed; for folders of files, where found_in takes too long."""
    return [
        text
        for text in texts
        if any(written in data for charset in CHARSETS[:3] for written in _written(text.encode(charset)))
    ]


@cache
def pieces(text: str) -> frozenset[bytes]:
    """All ways to write each piece of a text; a text that is too short for a piece is not looked for."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    cases = {changed for form in forms for changed in (form, form.lower(), form.upper())}
    found = {word.encode("punycode") for word in text.split() if not word.isascii() and len(word) > 3}
    for case in cases:
        for charset in CHARSETS:
            try:
                coded = case.encode(charset)
            except UnicodeEncodeError:
                continue
            wide = WINDOW * (len(coded) // len(case)) if charset.startswith("utf-") else WINDOW
            for at in range(len(coded) - wide + 1):
                found.update(_written(coded[at : at + wide]))
        for at in range(len(case) - LETTERS + 1):
            found.update(_escaped(case[at : at + LETTERS]))
    return frozenset(found)


def _written(piece: bytes) -> Iterator[bytes]:
    """Bytes as they are, as digits and as letters."""
    yield piece
    yield from (piece.hex().encode(), piece.hex().upper().encode())
    percent = "".join(f"%{byte:02X}" for byte in piece)
    yield from (percent.encode(), percent.lower().encode(), percent.replace("%", "%25").encode())
    yield percent.replace("%", "=").encode()  # quoted-printable
    yield ",".join(map(str, piece)).encode()
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + piece)
        # The letters at both ends depend on the bytes around the piece.
        kept = whole.rstrip(b"=")[(0, 2, 3)[shift] : -1]
        yield from (kept, kept.translate(bytes.maketrans(b"+/", b"-_")))


def _escaped(piece: str) -> Iterator[bytes]:
    """Letters beyond ASCII as JSON, JavaScript and HTML escape them."""
    if min(map(ord, piece)) > 255:
        for digits in ("04x", "04X"):
            for before in ("\\u", "%u"):
                yield "".join(f"{before}{ord(letter):{digits}}" for letter in piece).encode("ascii")
        for number in ("d", "x", "X"):
            before = "&#" if number == "d" else "&#x"
            yield "".join(f"{before}{ord(letter):{number}};" for letter in piece).encode("ascii")


def _decompressed(data: bytes) -> Iterator[bytes]:
    """What stands in the bytes as a gzip or zlib stream."""
    for start, expand in _STREAMS.items():
        at = data.find(start)
        while at >= 0:
            with contextlib.suppress(zlib.error):
                yield expand(data[at:])
            at = data.find(start, at + 1)


def _inflate(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data)


def _gunzip(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data)


_STREAMS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b\x08": _gunzip,
    b"\x78\x9c": _inflate,
    b"\x78\xda": _inflate,
}
