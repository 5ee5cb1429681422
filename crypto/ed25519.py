"""Verifies Ed25519 signatures (RFC 8032), and says which points it refuses (docs/spec.md, section 6).

OpenSSL checks the equation without the cofactor, as stock minisign does.
Points of small order are left to us: it accepts a signature that begins with one, and stock minisign refuses it.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

POINT_SIZE = 32
_PRIME = 2**255 - 19
# Points of small order (RFC 8032, section 5.1.7), with the sign bit cleared: as a key, anyone can sign under them.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
    )
)


def is_refused(point: bytes) -> bool:
    """Whether these 32 bytes are a point of small order, or not the only form of some point."""
    unsigned = point[:31] + bytes([point[31] & 0x7F])
    return unsigned in _SMALL_ORDER or int.from_bytes(unsigned, "little") >= _PRIME


def verifies(signature: bytes, message: bytes, point: bytes) -> bool:
    """Whether these 64 bytes are a signature over `message` by the key with this point (32 bytes)."""
    if is_refused(signature[:POINT_SIZE]) or is_refused(point):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(point).verify(signature, message)
    except InvalidSignature:
        return False
    return True
