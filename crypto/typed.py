"""What people type from paper or copy from a message: codes, fingerprints, ids (docs/spec.md, section 3).

Grouping, dashes and what nothing shows are no part of them, and digits are digits on whatever keyboard.
"""

from __future__ import annotations

import re

from crypto.signature import UNPRINTABLE

_GROUPING = re.compile(
    "[ -/:-@\\[-`{-~\xa0\xab\xb7\xbb\u1680\u2000-\u205f\u20e3\u2212\u3000-\u3002\ufe0e\ufe0f\ufe58\ufe63\uff0d\uff0e]"
)
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0xFF10) for digit in range(10)}


def bare(text: str) -> str:
    """The text without all that groups and separates, its digits as 0 to 9. Letters and other signs stay."""
    return UNPRINTABLE.sub("", _GROUPING.sub("", text)).translate(_DIGITS)


def number_in(text: str) -> int | None:
    """The one number that was typed, whatever stands around it; None for none, and for two: “1 2” is not twelve."""
    found = re.fullmatch(r"[\W_]*(\d{1,9})[\W_]*", text)
    return int(found[1]) if found else None
