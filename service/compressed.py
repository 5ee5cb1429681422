"""What everyone gets, compressed once. Nothing secret may ever stand in it: sizes tell what is inside."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache

from flask import Response, request


@lru_cache(maxsize=64)
def compressed(content: bytes) -> bytes:
    """gzip, without a time in it, so that the bytes are the same on every machine."""
    return gzip.compress(content, mtime=0)


def for_everyone(content: bytes, content_type: str) -> Response:
    """The same bytes for everyone, compressed for those who can read that."""
    return _answer(content, content_type, compressed)


def for_one(content: bytes, content_type: str) -> Response:
    """What was made for this request: compressed more quickly, and forgotten."""
    return _answer(content, content_type, lambda plain: gzip.compress(plain, compresslevel=4, mtime=0))


def _answer(content: bytes, content_type: str, compress: Callable[[bytes], bytes]) -> Response:
    answer = Response(content, content_type=content_type)
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        answer.data = compress(content)
        answer.content_encoding = "gzip"
    return answer
