"""Which key was pressed, whatever alphabet the keyboard is switched to.

Knows characters. Must never know what a key does.
"""

from __future__ import annotations

# The same keys in the Russian, Belarusian and Ukrainian layouts; "." and "," are where a Latin keyboard has / and ?.
_LATIN = dict(zip("йцукенгшщзфывапролдячсмитьўії.,", "qwertyuiopasdfghjklzxcvbnmobs/?", strict=True))


def latin(typed: str) -> str:
    """The small Latin letter of a key; anything else as it is."""
    return _LATIN.get(typed.casefold(), typed.casefold())
