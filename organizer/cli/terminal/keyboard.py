"""What terminals send for keys that move: xterm, VT220, the Linux console."""

from __future__ import annotations

MOVES = {"\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down"}
MOVES |= {"\x1b[5~": "page-up", "\x1b[6~": "page-down"}
MOVES |= {"\x1b[H": "home", "\x1bOH": "home", "\x1b[1~": "home", "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end"}
