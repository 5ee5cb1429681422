"""Keys: the Latin letters on those of a Cyrillic keyboard, and what terminals send for those that move."""

from __future__ import annotations

# The same keys in the Russian, Belarusian and Ukrainian layouts; "." and "," are where a Latin keyboard has / and ?.
_LATIN = dict(zip("йцукенгшщзфывапролдячсмитьўії.,", "qwertyuiopasdfghjklzxcvbnmobs/?", strict=True))

MOVES = {"\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down"}
MOVES |= {"\x1b[5~": "page-up", "\x1b[6~": "page-down"}
MOVES |= {"\x1b[H": "home", "\x1bOH": "home", "\x1b[1~": "home", "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end"}
"""What xterm, VT220 and the Linux console send."""


def latin_key(typed: str) -> str:
    """The small Latin letter on the same key; other characters come back unchanged."""
    return _LATIN.get(typed.casefold(), typed.casefold())
