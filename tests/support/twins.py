"""Python versions of functions that only the browser's code needs; the vectors test that both languages agree."""

from __future__ import annotations

from functools import lru_cache

from crypto.appeal import Appeal
from crypto.code import CODE_DIGITS
from crypto.errors import AppealError
from crypto.keys import KeyRecord, OrganizersKey
from crypto.seal import Opened, Opener

_GROUP = 5

_opener = lru_cache(maxsize=8)(Opener)


def choose_key(appeal: Appeal, today: str) -> KeyRecord:
    """The first key whose dates contain `today` (YYYY-MM-DD). Raises AppealError: appeal-no-key."""
    for key in appeal.keys:
        if key.covers(today):
            return key.record
    raise AppealError("appeal-no-key", "None of the organizers' keys is meant for this day.")


def group_code(code: str) -> str:
    """25 digits as 5 groups of 5."""
    return " ".join(code[at : at + _GROUP] for at in range(0, CODE_DIGITS, _GROUP))


def open_envelope(key: OrganizersKey, envelope: bytes) -> Opened:
    """What one envelope holds, as an Opener says it."""
    return _opener(key)(envelope)
