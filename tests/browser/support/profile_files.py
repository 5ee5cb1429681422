"""The files of a browser's profile, with what Firefox compresses in its own way."""

from __future__ import annotations

from pathlib import Path

MAGIC = b"mozLz40\0"
SIZE_AT, BLOCK_AT = 8, 12


def contents(profile: Path) -> dict[Path, bytes]:
    """Each file's bytes as they lie there; of Firefox's compressed files, what is inside."""
    found = {}
    for path in profile.rglob("*"):
        try:
            if path.is_file():
                found[path.relative_to(profile)] = unpacked(path.read_bytes())
        except FileNotFoundError:
            continue  # a running browser renames its files
    return found


def unpacked(data: bytes) -> bytes:
    """The content of a file with Firefox's mark, of any other its bytes."""
    if not data.startswith(MAGIC):
        return data
    content = _block(data[BLOCK_AT:])
    assert len(content) == int.from_bytes(data[SIZE_AT:BLOCK_AT], "little")
    return content


def _block(data: bytes) -> bytes:
    """An LZ4 block: literal bytes, then a copy of what came before, and so on."""
    out, at = bytearray(), 0
    while at < len(data):
        token, at = data[at], at + 1
        count, at = _length(data, at, token >> 4)
        out += data[at : at + count]
        at += count
        if at >= len(data):
            break
        back, at = int.from_bytes(data[at : at + 2], "little"), at + 2
        count, at = _length(data, at, token & 15)
        for _ in range(count + 4):
            out.append(out[-back])
    return bytes(out)


def _length(data: bytes, at: int, length: int) -> tuple[int, int]:
    """A length whose first part is given: 15 means that there is more."""
    more = 255 if length == 15 else 0
    while more == 255:
        more, at = data[at], at + 1
        length += more
    return length, at
