"""What makes two signatures look like those of one person. It only proposes: a person decides.

Today this is the same code or the same name; the later rules for scripts and spellings belong here too.
"""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """Equal for names that differ only in capitals, spaces or the way letters are composed."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
