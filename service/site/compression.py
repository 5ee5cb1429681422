"""Compression of answers (br, gzip). What everyone gets is compressed once and kept.

Nothing secret may be compressed: the size of an answer would tell what is inside.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import brotli
from flask import Response, request

# Brotli's best takes a second for 500 kB, and a first reader is waiting.
_BEST_UP_TO = 512 * 1024


def _gzip(content: bytes) -> bytes:
    # Without a time in it, so that the bytes are the same on every machine.
    return gzip.compress(content, mtime=0)


def _brotli(content: bytes) -> bytes:
    quality = 11 if len(content) <= _BEST_UP_TO else 5
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality))


# The smaller goes first.
_ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}
_TAKES = {name: re.compile(rf"\b{name}\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))") for name in _ENCODINGS}


def compressed_for(accepted: str, content: bytes) -> tuple[bytes, str | None]:
    """The content and its encoding, for whoever sends this Accept-Encoding: `br`, `gzip`, or None for plain bytes."""
    for name, takes in _TAKES.items():
        if takes.search(accepted):
            return _compressed(name, content), name
    return content, None


def for_everyone(content: bytes, content_type: str) -> Response:
    """The same bytes for everyone, compressed for those who can read that."""
    return _answer(content_type, *compressed_for(request.headers.get("Accept-Encoding", ""), content))


def for_one(content: bytes, content_type: str) -> Response:
    """What was made for this request: compressed more quickly, and forgotten."""
    if _TAKES["gzip"].search(request.headers.get("Accept-Encoding", "")):
        return _answer(content_type, gzip.compress(content, compresslevel=4, mtime=0), "gzip")
    return _answer(content_type, content, None)


def _answer(content_type: str, content: bytes, encoding: str | None) -> Response:
    answer = Response(content, content_type=content_type)
    answer.vary.add("Accept-Encoding")
    if encoding:
        answer.content_encoding = encoding
    return answer


@lru_cache(maxsize=512)
def _compressed(encoding: str, content: bytes) -> bytes:
    return _ENCODINGS[encoding](content)
