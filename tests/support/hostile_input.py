"""Hostile input for tests: texts, plaintexts, envelopes and ledger files, each from a seeded generator."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from nacl.public import PublicKey, SealedBox

from crypto.envelope import SIZE, envelope_id
from crypto.keys import OrganizersKey
from crypto.ledger import LedgerHeader
from crypto.seal import _SUITE, JSON_ROOM, PLAINTEXT_SIZE, _info
from tests.support.organizer_workspace import APPEAL_ID, LETTER, MASTER, RECORD

OTHER = OrganizersKey.derive(MASTER[::-1], APPEAL_ID).record
KEM = MLKEM768PublicKey.from_public_bytes(RECORD.kem_public)
OUTER = SealedBox(PublicKey(RECORD.x25519_public))
INFO = _info(RECORD)

ESCAPES = [
    "\x1b[2J", "\x1b]0;x\x07", "\x9b2J", "\x1b[31m", "\x1bP$q\x1b\\", "\x1b]8;;x\x1b\\", "\r", "\n", "\b", "\0", "\x7f",
]  # fmt: skip
INVISIBLE = (
    "\u202e\u202d\u2066\u2067\u2069\u200f\u061c\u200b\u200d\u2060\ufeff\u00ad\u2028\u2029\u180e\u3164\u115f\u2800"
    "\ufe0f\ue000\ufffe\U000e0041\U000e0100\U0010ffff\U0001d159"
)
MARKS = "\u0301\u0336\u20dd\u0489\u0e49"
MARKUP = ["[bold]x[/bold]", "[link=x]", ":smile:", "{0}", "%s%n", "$(reboot)", "';--", "<script>", "&lt;", "\\"]
FORMULAS = ['HYPERLINK("x")', "cmd|' /C calc'!A0", "SUM(A1:A9)", "1+1"]
PLAIN = ["Ірына", "Zoë", "Анна-Мария", "O'Neil", "Łucja", "مرحبا", "שלום", "  ", "\u00a0", "\u3000", "", "ﷺ" * 40]
NUMBERS = ["0", "-0", "1e400", "1.5", "NaN", "Infinity", "-", "01", "true", "null", "0x10", "1" * 18, "9" * 2500]
COUNTS = [b"0", b"-1", b"01", b"999999999999", b"9" * 13, b"9" * 3000, b"1e3", b"\xd9\xa3", b"", b"3 ", b"\0"]


def trick(chance: random.Random) -> str:
    """A piece of text that some program somewhere stumbles over."""
    top = chance.choice([0x7F, 0xFF, 0x5FF, 0xD7FF, 0xFFFF, 0x10FFFF])
    made: list[Callable[[], str]] = [
        lambda: chance.choice(ESCAPES),
        lambda: chance.choice(INVISIBLE),
        lambda: "е" + chance.choice(MARKS) * chance.randrange(1, 100),
        lambda: chance.choice("=+-@\t|") + chance.choice(FORMULAS),
        lambda: chance.choice(MARKUP),
        lambda: "".join(chr(chance.randrange(1, top)) for _ in range(chance.randrange(1, 20))),
        *[lambda: chance.choice(PLAIN)] * 3,
    ]
    return "".join(chance.choice(made)() for _ in range(chance.randrange(1, 4)))


def value(chance: random.Random, depth: int = 0) -> object:
    """A value of any shape."""
    kind = chance.randrange(8)
    if kind < 5 or depth > 3:
        return trick(chance)
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind == 6:
        return {trick(chance): value(chance, depth + 1) for _ in range(chance.randrange(3))}
    return chance.choice([None, True, False, 1, -1, 10**30, 1.5])


def fields(chance: random.Random) -> dict[str, object]:
    """An object that often has just the right keys."""
    made: dict[str, object] = {"name": trick(chance)[:120], "public": chance.random() < 0.5}
    for name in ("relation", "prisoner", "contact", "message", "language", "vouch"):
        if chance.random() < 0.4:
            made[name] = chance.choice(["be", "", trick(chance)[:40], trick(chance)])
    if chance.random() < 0.15:
        made[chance.choice(["name", "public", "message", trick(chance)])] = value(chance)
    if chance.random() < 0.05:
        del made[chance.choice(["name", "public"])]
    return made


def json_text(chance: random.Random) -> bytes:
    """JSON, or what is left of it."""
    separators = chance.choice([(",", ":"), (", ", ": ")])
    text = json.dumps(fields(chance), ensure_ascii=chance.random() < 0.3, separators=separators)
    data = text.encode("utf-8", "surrogatepass")
    depth, at = chance.randrange(1, 1400), chance.randrange(len(data))
    half = b"\\u%04x" % chance.randrange(0xD800, 0xE000)
    spoiled: list[Callable[[], bytes]] = [
        lambda: chance.choice([b"[" * depth + b"]" * depth, b"[" * depth, b'{"name":' * (depth // 8) + b"1"]),
        lambda: b'{"name":"x","public":' + chance.choice(NUMBERS).encode() + b"}",
        lambda: chance.randbytes(depth),
        lambda: data[:-1] + b',"name":' + json.dumps(trick(chance)).encode() + b"}",
        lambda: data[:at],
        lambda: data[:at] + chance.randbytes(chance.randrange(3)) + data[at + 1 :],
        lambda: chance.choice([b"\xef\xbb\xbf" + data, text.encode("utf-16", "surrogatepass"), b"\0" + data]),
        lambda: data.replace(b'"name":', chance.choice([b'"name":"' + half + b'","vouch":', b'"na' + half + b'":'])),
        lambda: data + b" " * chance.randrange(999),
    ]
    return chance.choice(spoiled)() if chance.random() < 0.6 else data


def plaintext(chance: random.Random) -> bytes:
    """What is sealed: as it should be but for its text, and now and then quite otherwise."""
    head = RECORD.header + RECORD.appeal_id + LETTER + chance.randbytes(32)
    kind = bytes([chance.choice([1] * 9 + [2, chance.randrange(256)]), chance.random() < 0.02])
    made = (head + kind + json_text(chance)[:JSON_ROOM] + b"\x80").ljust(PLAINTEXT_SIZE, b"\0")
    at, change = chance.randrange(len(made)), chance.randrange(40)
    if change == 0:
        return made[:at] + chance.randbytes(1) + made[at + 1 :]
    if change == 1:
        return made[:at]
    if change == 2:
        return chance.randbytes(PLAINTEXT_SIZE)
    if change == 3:
        code = b"%025d" % chance.randrange(10**25)
        text = chance.choice([b"{}", b"{}", b"{} ", json_text(chance)[:2000]])
        return (made[:56] + code + bytes(7) + b"\2\0" + text + b"\x80").ljust(PLAINTEXT_SIZE, b"\0")
    return made


def envelope(chance: random.Random) -> bytes:
    """Sealed as it should be, whatever is inside; now and then changed or sealed otherwise."""
    change = chance.randrange(50)
    inner = _SUITE.encrypt(plaintext(chance), KEM, info=INFO + b"x" * (change == 0))
    made = RECORD.header + OUTER.encrypt(inner)
    if change == 1:
        at = chance.randrange(len(made))
        made = made[:at] + chance.randbytes(1) + made[at + 1 :]
    elif change == 2:
        made = OTHER.header + made[8:]
    elif change == 3:
        made = RECORD.header + chance.choice([bytes(32), b"\1" + bytes(31), b"\xff" * 32]) + made[40:]
    return made[:SIZE].ljust(SIZE, b"\0")


def ledger(chance: random.Random, envelopes: list[bytes]) -> bytes:
    """A file with a lying count, a wrong order, an end too soon or too late, another first line, or changed bytes."""
    pieces = sorted(set(chance.sample(envelopes, chance.randrange(len(envelopes) + 1))), key=envelope_id)
    head = bytes(LedgerHeader(chance.choice([APPEAL_ID] * 9 + [bytes(16)]), len(pieces)))
    kind = chance.randrange(10)
    if kind == 0:
        head = head.rpartition(b" ")[0] + b" " + chance.choice(COUNTS) + b"\n"
    elif kind == 1:
        crlf = head.replace(b"\n", b"\r\n")
        head = chance.choice([head[:-1], head[1:], head.upper(), crlf, b"", b"\n" * 99, b"x" * 9999])
    elif kind == 2:
        chance.shuffle(pieces)
    elif kind == 3 and pieces:
        pieces.insert(chance.randrange(len(pieces)), chance.choice(pieces))
    elif kind == 4:
        head = bytes(LedgerHeader(APPEAL_ID, chance.choice([0, 1, len(pieces) + 1, 10**11])))
    data = head + b"".join(pieces)
    if kind == 5:
        data = data[: chance.randrange(len(data) + 1)]
    elif kind == 6:
        data += chance.randbytes(chance.choice([1, 100, SIZE]))
    elif kind == 7:
        at = chance.randrange(len(data))
        data = data[:at] + chance.randbytes(chance.randrange(4)) + data[at + 1 :]
    return data
