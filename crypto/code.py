"""The signer's code, its commitment and its receipt (docs/spec.md, section 3).

Whoever holds the code can find or withdraw one signature; the service never sees it outside an envelope.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import NewType

from crypto.errors import CodeError
from crypto.keys import tag
from crypto.typed import bare

CODE_DIGITS = 25
_CODE = re.compile(r"[0-9]{25}")

Commitment = NewType("Commitment", bytes)
"""32 bytes that a signature carries in its slot: a tagged SHA-256 of its code (docs/spec.md, section 3)."""


def generate_code(random: Callable[[int], bytes]) -> str:
    """A code: 25 uniform digits from `random(n)`, which must return n bytes of the system's generator."""
    digits: list[str] = []
    while len(digits) < CODE_DIGITS:
        # 250 is the largest multiple of ten a byte can hold: below it, each digit is equally likely.
        digits += [str(byte % 10) for byte in random(CODE_DIGITS) if byte < 250]
    return "".join(digits[:CODE_DIGITS])


def check_code(text: str) -> str:
    """The 25 digits in what a person typed, however grouped. Raises CodeError: code-form."""
    code = bare(text)
    if not _CODE.fullmatch(code):
        raise CodeError("code-form", f"A code has {CODE_DIGITS} digits.")
    return code


def commitment(code: str) -> Commitment:
    """The commitment to a code, which a signature carries in its slot instead. Raises CodeError: code-form."""
    return Commitment(hashlib.sha256(tag("code") + check_code(code).encode("ascii")).digest())


def receipt(code_commitment: Commitment) -> str:
    """The receipt of a commitment: the 16 hex digits published for a counted signature."""
    return hashlib.sha256(tag("receipt") + code_commitment).digest()[:8].hex()
