"""Strict Base64: exactly one text for each value (docs/spec.md, conventions).

Python's own decoder ignores stray low bits in the last character, so two texts could mean the same bytes.
"""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """RFC 4648, section 4, with padding, in one line."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str, any_unused_bits: bool = False) -> bytes | None:
    """The bytes, or None when `text` is not the one text of some bytes.

    With `any_unused_bits`, the low bits that the last character has too many may be anything.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    made = encode(data)
    if any_unused_bits:
        return data if len(made) == len(text) else None
    return data if made == text else None
