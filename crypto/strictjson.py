"""A strict JSON reader: all programs read the same value, or refuse the text (docs/spec.md, section 4).

It refuses what RFC 8259 leaves open: duplicate keys, lone surrogates, byte order marks, NaN, fractions, deep nesting.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1

SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJsonError(Exception):
    """Reasons: utf8, bom, json, duplicate-key, surrogate. Callers turn it into an error of their own."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def parse(data: bytes) -> Any:
    """The value that `data` (UTF-8) holds: dict, list, str, int, bool or None. Raises StrictJsonError."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StrictJsonError("utf8", "The text is not UTF-8.") from error
    if text.startswith("\ufeff"):
        raise StrictJsonError("bom", "The text starts with a byte order mark.")
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise StrictJsonError("json", "The text is not well-formed JSON.") from error
    # A fast path: without enough brackets nothing is nested too deep, and only an escape can give half a character.
    if "\\u" in text or text.count("[") + text.count("{") > MAX_DEPTH:
        _check(value, depth=0)
    return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise StrictJsonError("duplicate-key", "A key appears twice.")
    return made


def _integer(digits: str) -> int:
    # Length first: int() of a huge literal is slow, and JavaScript cannot hold it.
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        _refuse_number(digits)
    return int(digits)


def _refuse_number(_: str) -> NoReturn:
    raise StrictJsonError("json", "A number is not a plain integer.")


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise StrictJsonError("json", "The text is nested too deeply.")
    if isinstance(value, str) and SURROGATE.search(value):
        raise StrictJsonError("surrogate", "A string holds half of a character.")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)


# Made once: json.loads() makes a decoder for each call, which costs as much as reading a signature.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_without_duplicates,
    parse_int=_integer,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
)
