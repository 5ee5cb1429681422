"""Checks of parsed JSON that appeal.json and publication.json share: types, forms and keys of values.

Each returns the value it was given, or raises ShapeError, which the caller turns into an error of its own.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def is_language(text: str) -> bool:
    """Whether a text has the form of a language, such as `be` or `pt-BR`."""
    return _LANGUAGE.fullmatch(text) is not None


def is_hex(text: str, size: int) -> bool:
    """Whether a text is `size` bytes as lower-case hex."""
    return re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text) is not None


class ShapeError(Exception):
    """A value is not of the type, length or form it must have; the text says which one."""


def object_of(value: Any, keys: set[str], name: str, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """An object with exactly `keys`; those in `optional` may be absent."""
    if not isinstance(value, dict) or not keys - optional <= value.keys() <= keys:
        raise ShapeError(f"“{name}” does not have exactly the keys it must have.")
    return value


def list_of(value: Any, name: str) -> list[Any]:
    """An array."""
    if not isinstance(value, list):
        raise ShapeError(f"“{name}” is not a list.")
    return value


def count_of(value: Any, name: str, least: int = 0) -> int:
    """An integer of at least `least`; true and false are not integers."""
    if type(value) is not int or value < least:
        raise ShapeError(f"“{name}” is not a number from {least} on.")
    return value


def hex_of(value: Any, size: int, name: str) -> str:
    """`size` bytes as lower-case hex."""
    if not isinstance(value, str) or not is_hex(value, size):
        raise ShapeError(f"“{name}” is not {2 * size} hex digits.")
    return value


def text_of(value: Any, name: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ShapeError(f"“{name}” is not text.")
    return value


def date_of(value: Any, name: str) -> str:
    """A day as YYYY-MM-DD."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ShapeError(f"“{name}” is not a date such as 2026-01-31.")


def hashes_by_language(value: Any, name: str) -> dict[str, str]:
    """An object from language to SHA-256 in hex."""
    if not isinstance(value, dict) or not all(map(is_language, value)):
        raise ShapeError(f"“{name}” is not a list of languages.")
    return {language: hex_of(digest, 32, f"{name}.{language}") for language, digest in value.items()}
