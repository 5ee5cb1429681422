"""Compression of answers (br, gzip). What everyone gets is compressed at most once in each way, whoever asks how often.

What was compressed is kept by what it was made of, and goes with it: no request can fill a memory that others share.
Nothing secret may be compressed: the size of an answer would tell what is inside.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import brotli
from flask import Response, request

# Brotli's best makes a page a tenth smaller in seventy times the time: for what people on slow lines wait for first.
_BROTLI, _BROTLI_BEST = 5, 11
# Twice as long for a hundredth of the size does not pay for files with all names in them.
_GZIP_BEST_UP_TO = 512 * 1024


class Body(Protocol):
    """What an answer carries. `tag` is an ETag (RFC 9110), the same for the same content however it is compressed."""

    @property
    def tag(self) -> str:
        """The ETag; weak, because it says nothing of the encoding."""

    def sent_to(self, accepted: str) -> tuple[bytes, str | None]:
        """The bytes and their encoding for whoever sends this Accept-Encoding; None for plain bytes."""


def _gzip(content: bytes) -> bytes:
    # Without a time in it, so that the bytes are the same on every machine.
    return gzip.compress(content, 9 if len(content) <= _GZIP_BEST_UP_TO else 6, mtime=0)


def _brotli(content: bytes, quality: int = _BROTLI) -> bytes:
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality))


def _brotli_best(content: bytes) -> bytes:
    return _brotli(content, _BROTLI_BEST)


# The smaller goes first.
_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}
_TAKES = {name: re.compile(rf"\b{name}\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))") for name in _ENCODINGS}


class AsItIs:
    """Bytes that are sent as they lie on the disk, and that are not kept here."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def tag(self) -> str:
        """See Body."""
        return weak_tag(hashlib.sha256(self._content))

    def sent_to(self, accepted: str) -> tuple[bytes, str | None]:
        """See Body."""
        return self._content, None


class ForEveryone:
    """The same bytes for everyone, compressed once in each way, when the first reader takes it that way.

    `first_view`: people wait for it on slow lines, so it is made as small as it can be.
    """

    def __init__(self, content: bytes, *, first_view: bool = False) -> None:
        self.content = content
        self._encodings = _ENCODINGS | ({"br": _brotli_best} if first_view else {})
        self._made: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @cached_property
    def tag(self) -> str:
        """See Body."""
        return weak_tag(hashlib.sha256(self.content))

    def sent_to(self, accepted: str) -> tuple[bytes, str | None]:
        """See Body."""
        for name in self._encodings:
            if accepts(accepted, name):
                return self.compressed(name), name
        return self.content, None

    def compressed(self, encoding: str) -> bytes:
        """The content as `br` or `gzip`."""
        if encoding not in self._made:
            with self._lock:  # of those who come first, one works
                if encoding not in self._made:
                    self._made[encoding] = self._encodings[encoding](self.content)
        return self._made[encoding]


def weak_tag(digest: hashlib._Hash) -> str:
    """An ETag for what was hashed."""
    return f'W/"{digest.hexdigest()[:32]}"'


def accepts(accepted: str, encoding: str) -> bool:
    """Whether an Accept-Encoding takes `br` or `gzip`."""
    return _TAKES[encoding].search(accepted) is not None


def for_everyone(body: Body, content_type: str) -> Response:
    """The same bytes for everyone, compressed for those who can read that; nothing for who has them (RFC 9110)."""
    known = request.headers.get("If-None-Match") == body.tag
    answer = Response(status=304) if known else for_one(body, content_type)
    answer.headers["ETag"] = body.tag
    return answer


def for_one(body: Body, content_type: str) -> Response:
    """What was made for this request, compressed for those who can read that."""
    content, encoding = body.sent_to(request.headers.get("Accept-Encoding", ""))
    answer = Response(content, content_type=content_type)
    answer.vary.add("Accept-Encoding")
    if encoding:
        answer.content_encoding = encoding
    return answer
