"""Which signs the bytes of a text are. Unicode says it itself; older encodings are supposed, and a person is asked."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from organizer.errors import OrganizerError

SINGLE_BYTES = {
    "windows-1251": "cp1251",
    "windows-1250": "cp1250",
    "windows-1257": "cp1257",
    "windows-1252": "cp1252",
    "ibm866": "cp866",
    "koi8-u": "koi8_u",
}
"""Names of encodings with one byte a sign, and Python's for them: Cyrillic, Polish and Czech, Baltic, western, …"""

_UNICODE = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}

ENCODINGS = (*_UNICODE, *SINGLE_BYTES)
"""All names that may be given."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True)
class Text:
    """What was read. `supposed`: nothing in the file says that it is this encoding, so a person must look at it."""

    text: str
    encoding: str
    supposed: bool = False


def decode(data: bytes, encoding: str | None = None) -> Text:
    """The text in these bytes, in the encoding that was named or the likeliest. Raises OrganizerError: not-text."""
    if encoding is not None:
        return Text(_decode(data, encoding), encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Text(_decode(data, name), name)
    if (unmarked := _without_mark(data)) is not None:
        return Text(_decode(data, unmarked), unmarked)
    try:
        return Text(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(data):
            raise _undecodable("UTF-8", data, error) from error
    name = likely(data)[0]
    return Text(_decode(data, name), name, supposed=True)


def likely(data: bytes) -> list[str]:
    """The encodings with one byte a sign that these bytes can be, the likeliest first.

    Cyrillic words are runs of high bytes; Polish, Lithuanian and German ones have single ones among ASCII letters.
    """
    runs = [len(run) for run in _HIGH.findall(data)]
    is_cyrillic = sum(runs) > 2 * len(runs)
    cyrillic = ("windows-1251", "ibm866", "koi8-u")
    latin = ("windows-1250", "windows-1257", "windows-1252")
    ordered = (*cyrillic, *latin) if is_cyrillic else (*latin, *cyrillic)
    found = [name for name in ordered if _can_be(data, name)]
    return found or ["windows-1251"]


def _can_be(data: bytes, name: str) -> bool:
    try:
        data.decode(SINGLE_BYTES[name])
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(data: bytes) -> str | None:
    """UTF-16 of a text with ASCII in it, such as separators: half of the bytes in one row are zero."""
    even, odd = data[:4096:2], data[1:4096:2]
    few = max(len(odd) // 20, 1)
    # Cyrillic letters have 4 there instead of 0.
    if odd and odd.count(0) + odd.count(4) >= len(odd) - few and odd.count(0) >= few and even.count(0) < few:
        return "utf-16-le"
    if odd and even.count(0) + even.count(4) >= len(even) - few and even.count(0) >= few and odd.count(0) < few:
        return "utf-16-be"
    return None


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a damaged place, which as another encoding would give signs that nobody wrote."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(not sign.isascii() for sign in text) - wrong
    return right >= 2 * wrong


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode(_UNICODE.get(name) or SINGLE_BYTES[name])
    except UnicodeDecodeError as error:
        raise _undecodable(name, data, error) from error
    return text.removeprefix("\ufeff")


def _undecodable(name: str, data: bytes, error: UnicodeDecodeError) -> OrganizerError:
    line = data.count(b"\n", 0, error.start) + 1
    text = f"The table is not {name}: line {line:,} has bytes that are none. Save it again as “CSV UTF-8”, or as .xlsx."
    return OrganizerError("not-text", text)
