"""Reads TOML that somebody else may have written: whatever is wrong with it, there is one error with a sentence."""

from __future__ import annotations

import tomllib
from typing import Any

# The library's time grows with the square of the parts of a dotted key, so a small file could take hours.
SIZE_MOST = 1 << 20
DOTS_MOST = 100


class TomlError(Exception):
    """The text is not TOML; the message says where, as far as that is known."""


def parse(data: bytes) -> dict[str, Any]:
    """The table in these bytes: UTF-8, at most a megabyte, at most 100 dots in a line. Raises TomlError."""
    if len(data) > SIZE_MOST or any(line.count(b".") > DOTS_MOST for line in data.split(b"\n")):
        raise TomlError("It is too long, or a line of it holds more dots than any text needs.")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TomlError("It is not UTF-8.") from error
    except RecursionError as error:
        raise TomlError("It is nested too deeply.") from error
    except ValueError as error:  # TOMLDecodeError, and numbers or dates that no program can hold
        raise TomlError(str(error)) from error
