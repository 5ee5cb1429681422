"""Cases on which verifiers of Ed25519 disagree: points of small order, torsion, second forms of one value.

The curve's arithmetic is that of RFC 8032, section 5.1, written for reading; the verdicts are libsodium's, which stock
minisign uses. Each message is chosen so that the equation holds where it can hold, as an attacker would choose it.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
BASE_Y = 4 * pow(5, -1, P) % P
TRIES = 64


@dataclass(frozen=True)
class Case:
    """A public key (32 bytes), a message and a signature (64 bytes)."""

    point: bytes
    message: bytes
    signature: bytes

    def verdict(self) -> bool:
        """Whether libsodium accepts it."""
        try:
            crypto_sign_open(self.signature + self.message, self.point)
        except BadSignatureError:
            return False
        return True


def add(left: Point, right: Point) -> Point:
    """RFC 8032, section 5.1.4, in affine coordinates."""
    (x1, y1), (x2, y2) = left, right
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    return x % P, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


@functools.cache
def multiply(scalar: int, point: Point) -> Point:
    """By doubling and adding."""
    made = (0, 1)
    while scalar:
        if scalar & 1:
            made = add(made, point)
        point, scalar = add(point, point), scalar >> 1
    return made


def lift(y: int, odd: int) -> Point:
    """The point with this y and the parity of its x; y must be that of a point."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0
    return (P - x if x % 2 != odd else x), y


def text(point: Point) -> bytes:
    """RFC 8032, section 5.1.2."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = lift(BASE_Y, 0)
# A generator of the eight points of small order.
EIGHTH = lift(
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"), 0
)
TORSION = [multiply(times, EIGHTH) for times in range(8)]
# Second forms of the identity and of other points of small order.
SECOND_FORMS = [
    bytes.fromhex(form)
    for form in (
        "01" + "00" * 30 + "80",
        "ec" + "ff" * 31,
        "ed" + "ff" * 30 + "7f",
        "ed" + "ff" * 31,
        "ee" + "ff" * 30 + "7f",
        "ee" + "ff" * 31,
    )
]


def challenge(nonce: bytes, point: bytes, message: bytes) -> int:
    """The number that R, A and the message give, divided by the order as all verifiers do."""
    return int.from_bytes(hashlib.sha512(nonce + point + message).digest(), "little") % ORDER


def number(name: str) -> int:
    """A scalar that is the same in every run."""
    return int.from_bytes(hashlib.sha512(name.encode()).digest(), "little") % ORDER


def case(key: int, key_torsion: int, nonce: int, nonce_torsion: int, name: str) -> Case:
    """R and A with a part of small order each; of the messages tried, one for which these parts cancel, or the last."""
    point = text(add(multiply(key, BASE), TORSION[key_torsion]))
    commitment = text(add(multiply(nonce, BASE), TORSION[nonce_torsion]))
    for attempt in range(TRIES):
        message = f"{name} {attempt}".encode()
        hashed = challenge(commitment, point, message)
        if (nonce_torsion + hashed * key_torsion) % 8 == 0:
            break
    scalar = (nonce + hashed * key) % ORDER
    return Case(point, message, commitment + scalar.to_bytes(32, "little"))


def cases() -> Iterator[Case]:
    """All of them, about 400."""
    for key, nonce, name in (
        (number("key"), number("nonce"), "both of large order"),
        (number("other key"), number("other nonce"), "both of large order again"),
        (0, number("nonce"), "key of small order"),
        (number("key"), 0, "nonce of small order"),
        (0, 0, "both of small order"),
    ):
        for own in range(8):
            for other in range(8):
                yield case(key, own, nonce, other, f"{name} {own} {other}")
    for index, form in enumerate(SECOND_FORMS):
        yield from _with_second_form(form, f"second form {index}")
    yield from _with_other_scalars()


def _with_second_form(form: bytes, name: str) -> Iterator[Case]:
    """One form as the key and as the nonce; the equation holds where the form stands for the identity."""
    nonce, key = number("nonce"), number("key")
    for attempt in range(4):
        message = f"{name} {attempt}".encode()
        yield Case(form, message, text(multiply(nonce, BASE)) + nonce.to_bytes(32, "little"))
        point = text(multiply(key, BASE))
        scalar = challenge(form, point, message) * key % ORDER
        yield Case(point, message, form + scalar.to_bytes(32, "little"))


def _with_other_scalars() -> Iterator[Case]:
    """S and what is S again after division by the order; points that are none."""
    good = case(number("key"), 0, number("nonce"), 0, "scalars")
    commitment, scalar = good.signature[:32], int.from_bytes(good.signature[32:], "little")
    for added in (0, ORDER, 2 * ORDER, 8 * ORDER, 1 << 252, 1 << 253, 1 << 255):
        if scalar + added < 1 << 256:
            yield Case(good.point, good.message, commitment + (scalar + added).to_bytes(32, "little"))
    for wrong in (0, 1, ORDER - 1, ORDER, ORDER + 1, (1 << 256) - 1):
        yield Case(good.point, good.message, commitment + wrong.to_bytes(32, "little"))
    for y in range(2, 12):  # about half of them are on the curve
        yield Case(y.to_bytes(32, "little"), good.message, good.signature)
        yield Case(good.point, good.message, y.to_bytes(32, "little") + good.signature[32:])
