"""Bytes of any file as texts to look for envelopes in: every encoding that they may be in, and what JSON says.

All that matters of a text is ASCII. A reading that is wrong finds nothing, because an envelope names its own check.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator

from crypto.text_parts import TEXT_MOST

# The word UNDERSIGNED, whatever stands between its letters: marks that nobody sees, soft line ends, the signs of
# quoted-printable, HTML and JSON. Possessive, so that no text takes long.
_GAP = r"(?:=[0-9a-f]{2}|&[a-z]{2,8};|\\u[0-9a-f]{4}|<[^<>]{0,200}>|[^a-z]){0,16}+"
_PATTERN = _GAP.join("UNDERSIGNED")
_WORD_IN_BYTES = re.compile(_PATTERN.encode("ascii"), re.IGNORECASE)
_WORD = re.compile(_PATTERN, re.IGNORECASE)
_WIDE = re.compile(b"\\0".join(bytes([letter]) for letter in b"UNDERSIGNED"), re.IGNORECASE)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_ESCAPED = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([nrtbf"\\/]))')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": "\f"}

BEFORE, BEHIND = 1_000, 100_000
"""Characters before the word and behind it that belong to its part: no program makes one longer."""

# Where exports of chats have what people wrote. Telegram has it again, in pieces, in a key of another name.
_SAID = ("text", "body", "message", "content", "caption")


def texts_in(data: bytes) -> Iterator[str]:
    """The readings of these bytes as text; none when no envelope can be in any of them."""
    for text in _decoded(data):
        yield text
        if "\\" in text:
            said = _json_text(text)
            yield _ESCAPED.sub(_unescaped, text) if said is None else said


def stretches(text: str) -> Iterator[str]:
    """The stretches of a text in which parts of envelopes may stand, each part whole in one of them."""
    start = end = 0
    for found in _WORD.finditer(text):
        at = max(found.start() - BEFORE, 0)
        if end and (at > end or found.end() + BEHIND - start > TEXT_MOST):
            yield text[start:end]
            end = 0
        start = start if end else at
        end = found.end() + BEHIND
    if end:
        yield text[start:end]


def _decoded(data: bytes) -> Iterator[str]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            yield data.decode(name, "replace")
            return
    # In files of other kinds, too, such as those of Outlook, where it may begin at any byte. Which half comes first
    # does not matter: of ASCII, one byte further on, the other order says the same.
    for start in sorted({found.start() % 2 for found in _WIDE.finditer(data)}):
        yield data[start:].decode("utf-16-le", "replace")
    if _WORD_IN_BYTES.search(data):
        try:
            yield data.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield data.decode("utf-8-sig", "replace")
            yield data.decode("cp1251", "replace")


def _json_text(text: str) -> str | None:
    """What people said, if the text is JSON: the messages of a chat, each on lines of its own."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    said: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            said += [words for key in _SAID if (words := _words(one.get(key))) is not None]
            waiting += reversed([inner for key, inner in one.items() if key not in _SAID or _words(inner) is None])
        elif isinstance(one, list):
            waiting += reversed(one)
    return "\n".join(said)


def _words(value: object) -> str | None:
    """A text, or a list of pieces of it, some of which are links or commands to the program."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    pieces = [piece.get("text") if isinstance(piece, dict) else piece for piece in value]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else None


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return _ESCAPES.get(found[2], found[2])
