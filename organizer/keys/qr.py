"""A QR code as lines of half blocks, for a terminal."""

from __future__ import annotations

import segno

_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def qr_lines(text: str) -> list[str]:
    """Lines to be shown dark on light, with the quiet zone of 4 modules that readers need."""
    rows = [list(row) for row in segno.make(text, micro=False, error="m").matrix_iter(scale=1, border=4)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_HALVES[int(top), int(below)] for top, below in zip(*pair, strict=True)) for pair in pairs]
