"""The text form without parts and check, as it was written before; it is still read (docs/spec.md, section 2)."""

from __future__ import annotations

from base64 import b64encode

from crypto.envelope import BEGIN, END, LINE_WIDTH


def armor(envelope: bytes) -> str:
    """Every line ends in LF."""
    encoded = b64encode(envelope).decode("ascii")
    lines = [encoded[at : at + LINE_WIDTH] for at in range(0, len(encoded), LINE_WIDTH)]
    return "\n".join([BEGIN, *lines, END, ""])
