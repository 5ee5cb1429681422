"""Translates keys of a Cyrillic keyboard layout to the Latin letters on the same keys."""

from __future__ import annotations

# The same keys in the Russian, Belarusian and Ukrainian layouts; "." and "," are where a Latin keyboard has / and ?.
_LATIN = dict(zip("йцукенгшщзфывапролдячсмитьўії.,", "qwertyuiopasdfghjklzxcvbnmobs/?", strict=True))


def latin_key(typed: str) -> str:
    """The small Latin letter on the same key; other characters come back unchanged."""
    return _LATIN.get(typed.casefold(), typed.casefold())
