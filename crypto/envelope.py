"""The envelope from outside: 4,096 bytes, their id, their text form (docs/spec.md, section 2).

Everything here works without a key, so the service may use all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from typing import NewType

from crypto.base64 import decode
from crypto.errors import ArmorError, EnvelopeError
from crypto.keys import KEY_ID_SIZE, VERSION, KeyId, is_usable_point

SIZE = 4096
HEADER_SIZE = 1 + KEY_ID_SIZE
ID_SIZE = 32

BEGIN = "-----BEGIN UNDERSIGNED ENVELOPE-----"
END = "-----END UNDERSIGNED ENVELOPE-----"
LINE_WIDTH = 64

EnvelopeId = NewType("EnvelopeId", bytes)
"""32 bytes that name an envelope: the SHA-256 of a zero byte and the envelope (docs/spec.md, section 2)."""

_EMPTY = hashlib.sha256(b"\0")


def envelope_id(envelope: bytes) -> EnvelopeId:
    """The id of an envelope; equal for equal envelopes only."""
    state = _EMPTY.copy()  # a copy is cheaper than putting the byte before 4,096 others
    # Given more than 2,047 bytes at once, hashlib gives up Python's lock, and among many threads, getting it back takes
    # longer than the hash.
    for start in range(0, len(envelope), 2047):
        state.update(envelope[start : start + 2047])
    return EnvelopeId(state.digest())


def check_envelope(envelope: bytes, accepted_key_ids: Container[KeyId]) -> None:
    """Check all that can be checked without a key.

    Raises EnvelopeError: envelope-size, envelope-version, envelope-key, envelope-point, in this order.
    """
    if len(envelope) != SIZE:
        raise EnvelopeError("envelope-size", f"An envelope has {SIZE:,} bytes, this has {len(envelope):,}.")
    if envelope[:1] != VERSION:
        raise EnvelopeError("envelope-version", "The envelope is of another version.")
    if envelope[1:HEADER_SIZE] not in accepted_key_ids:
        raise EnvelopeError("envelope-key", "The envelope is sealed to a key that is not accepted.")
    if not is_usable_point(envelope[HEADER_SIZE : HEADER_SIZE + 32]):
        raise EnvelopeError("envelope-point", "The envelope cannot have been sealed by a working program.")


def dearmor(text: str) -> bytes:
    """The envelope in a text of the older form, without parts and check; it must hold exactly one.

    Tolerates what messengers and mail add: text around it, spaces and CR at line ends, quoting marks.
    Raises ArmorError: armor-begin, armor-end, armor-lines, armor-base64, armor-size, in this order.
    """
    lines = [line.removesuffix("\r").lstrip(" >").rstrip(" ") for line in text.split("\n")]
    if lines.count(BEGIN) != 1:
        raise ArmorError("armor-begin", "The text must hold the BEGIN line of exactly one envelope.")
    body = lines[lines.index(BEGIN) + 1 :]
    if END not in body:
        raise ArmorError("armor-end", "The END line of the envelope is missing.")
    body = body[: body.index(END)]
    if not body or any(len(line) != LINE_WIDTH for line in body[:-1]) or not 1 <= len(body[-1]) <= LINE_WIDTH:
        raise ArmorError("armor-lines", f"The lines of an envelope have {LINE_WIDTH} characters each.")
    envelope = decode("".join(body))
    if envelope is None:
        raise ArmorError("armor-base64", "The text between BEGIN and END is not base64.")
    if len(envelope) != SIZE:
        raise ArmorError("armor-size", f"The text holds {len(envelope):,} bytes; an envelope has {SIZE:,}.")
    return envelope
