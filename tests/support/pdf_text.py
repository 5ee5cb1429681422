"""Reads the text of a PDF as fpdf2 writes it, page by page and line by line, from the document's own tables."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?<![0-9])(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_FONT_OR_TEXT = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
_ESCAPED = {b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t", b"\\b": b"\b", b"\\f": b"\f"}


def pdf_pages(data: bytes) -> list[list[str]]:
    """The lines of each page, in the order they are drawn."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(data)}
    pages = [body for _, body in sorted(objects.items()) if b"/Type /Page\n" in body + b"\n"]
    return [_lines(objects, body) for body in pages]


def _lines(objects: dict[int, bytes], page: bytes) -> list[str]:
    fonts = dict(re.findall(rb"/(F\d+) (\d+) 0 R", objects[_reference(page, b"Resources")]))
    tables = {name: _unicode(objects, int(number)) for name, number in fonts.items()}
    table: dict[int, str] = {}
    lines = []
    for found in _FONT_OR_TEXT.finditer(_content(objects[_reference(page, b"Contents")])):
        if found[1]:
            table = tables[found[1]]
            continue
        text = re.sub(rb"\\.", lambda escape: _ESCAPED.get(escape[0], escape[0][1:]), found[2], flags=re.DOTALL)
        lines.append("".join(table[int.from_bytes(text[at : at + 2])] for at in range(0, len(text), 2)))
    return lines


def _unicode(objects: dict[int, bytes], font: int) -> dict[int, str]:
    table = _content(objects[_reference(objects[font], b"ToUnicode")]).decode("ascii")
    pairs = re.findall(r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", table, re.MULTILINE)
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}


def _reference(body: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb" (\d+) 0 R", body)
    assert found
    return int(found[1])


def _content(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]
