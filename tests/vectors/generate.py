"""Makes the vectors of this folder: one success or failure each, with the rule it shows.

    python tests/vectors/generate.py

The expected values are written here by hand or come from tests/support/reference.py, never from the code under test.
Everything is derived from fixed bytes, so that a second run writes the same files. docs/spec.md, section 9, lists the
reasons.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.support import reference  # noqa: E402 - so the file runs as a program, too
from tests.support.messenger_habits import HABITS  # noqa: E402 - the same
from tests.vectors import ed25519_cases  # noqa: E402 - the same

Json = dict[str, Any]

MASTER, OTHER_MASTER = bytes(range(100, 132)), bytes(range(1, 33))
APPEAL, OTHER_APPEAL = bytes(range(16)), bytes(range(16, 32))
RECORD, _, _ = reference.derive(MASTER, APPEAL)
OTHER_RECORD, _, _ = reference.derive(OTHER_MASTER, APPEAL)
FOREIGN_RECORD, _, _ = reference.derive(MASTER, OTHER_APPEAL)
LETTER = b"\xab" * 32
CODE = "4829103377590218841270536"
COMMITMENT = reference.commitment(CODE)
EPHEMERAL, COINS = b"\x07" * 32, b"\x09" * 32
PLAIN_RECORD = '{"name":"Ірына","relation":"сястра","prisoner":"Алесь","public":false,"language":"be"}'.encode()
EMPTY = dict.fromkeys(("name", "relation", "prisoner", "contact", "message", "language", "vouch"), "")

SMALL_ORDER = (
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    b"\xed" + b"\xff" * 30 + b"\x7f",
    b"\xee" + b"\xff" * 30 + b"\x7f",
)

# Made once with stock minisign 0.11, over STOCK_MESSAGE.
STOCK_KEY = "RWTxQe21PhbcEY7YQDaXeTLWm3qPdeoz2MM0EWD71QH3KekFgRc5tR7s"
STOCK_MESSAGE = b"A result, signed by the stock program.\n"
STOCK_MINISIG = """untrusted comment: signature from minisign secret key
RUTxQe21PhbcEVswjudM6DvxE9j7GXxsY3Viacy5uy4+CcZ6eGhZw5h1RYAyzD8u2+eMA8XfvDjDzyeUDIfagglrYaAMYfRdGQg=
trusted comment: made by minisign 0.11
Yih4EAlmABAw+XXWI3bTmwjH2QoFeR0Sa/+e+3lI3L6hFprED3Bal4o/YMk/kEQ/fU673U7UmiCwHLRS30lyCw==
"""
STOCK_LEGACY = """untrusted comment: signature from minisign secret key
RWTxQe21PhbcER54nGve5e1Gi6AJjFM6OVrVq/eRQzpD6V8wpwWjZS+UiIaTsw330eJ9CsRPW4kc0WKIzJ0sucz0/MBLMd0OGQA=
trusted comment: legacy
Lrvqbcwa8Xl3bKn1QArf47c15oHNnhzimYabMpdOf9m+E/RVRUGV9TFmWEY04BHr4g+rKUDOPvRs9VJUaXT0Ag==
"""


@dataclass(frozen=True)
class Vector:
    """One file: what is done, the rule it shows, with what, and either a value or a reason."""

    slug: str
    rule: str
    input: Json
    expect: Json

    @property
    def operation(self) -> str:
        """What stands before the colon of the slug."""
        return self.slug.split(":")[0]


def ok(slug: str, rule: str, given: Json, value: Json) -> Vector:
    """A success."""
    return Vector(slug, rule, given, {"ok": value})


def fails(slug: str, reason: str, rule: str, given: Json) -> Vector:
    """A failure."""
    return Vector(slug, rule, given, {"error": reason})


def b64(data: bytes) -> str:
    """RFC 4648 with padding."""
    return base64.b64encode(data).decode("ascii")


def keys() -> Iterator[Vector]:
    """Section 1."""
    shown = {
        "fingerprint": reference.fingerprint(RECORD).hex(),
        "key_id": reference.key_id(RECORD).hex(),
        "digits": reference.digits(RECORD),
    }
    given = {"master": MASTER.hex(), "appeal": APPEAL.hex()}
    yield ok("derive:worked", "The worked example's key.", given, {"record": b64(RECORD), **shown})
    yield fails("derive:short-master", "key-size", "A master has 32 bytes.", {**given, "master": MASTER[1:].hex()})
    yield fails("derive:long-appeal", "key-size", "An appeal id has 16 bytes.", {**given, "appeal": "00" * 17})
    yield ok("key-record:worked", "A key record and its names.", {"record": b64(RECORD)}, shown)
    bad_kem = RECORD[:49] + b"\xff" * 3 + RECORD[52:]
    high_bit = bytearray(RECORD)
    high_bit[48] |= 0x80
    for slug, reason, rule, record in (
        ("short", "key-size", "A record has 1,233 bytes, not one less.", RECORD[:-1]),
        ("long", "key-size", "A record has 1,233 bytes, not one more.", RECORD + b"\0"),
        ("empty", "key-size", "Nothing is not a record.", b""),
        ("version", "key-version", "There is one version.", b"\x02" + RECORD[1:]),
        ("high-bit", "key-point", "The top bit of an X25519 public key is clear.", bytes(high_bit)),
        ("kem", "key-kem", "Numbers of an encapsulation key are below 3,329.", bad_kem),
    ):
        yield fails(f"key-record:{slug}", reason, rule, {"record": b64(record)})
    for at, point in enumerate(SMALL_ORDER):
        record = RECORD[:17] + point + RECORD[49:]
        rule = "A point of small order is no public key."
        yield fails(f"key-record:small-order-{at}", "key-point", rule, {"record": b64(record)})


def plaintext(text: bytes = PLAIN_RECORD, kind: int = 1, slot: bytes = COMMITMENT, reserved: int = 0) -> bytes:
    """The plaintext of the worked example, or one that differs in a part."""
    return reference.compose_plaintext(RECORD, LETTER, slot, kind, text, reserved=reserved)


def sealed(inside: bytes) -> bytes:
    """An envelope around any 2,936 bytes."""
    return reference.seal(RECORD, inside, EPHEMERAL, COINS)


def sealing() -> Iterator[Vector]:
    """Section 2: sealing, where both implementations are given the same randomness."""
    given = {"record": b64(RECORD), "ephemeral": EPHEMERAL.hex(), "coins": COINS.hex(), "letter_hash": LETTER.hex()}
    signature = json.loads(PLAIN_RECORD)
    yield ok(
        "seal:signature",
        "The worked example's signature, byte for byte.",
        {**given, "signature": signature, "commitment": COMMITMENT.hex()},
        {"id": "92ed346eb4d910793ec8d23d1bcb206b1987cc6c8aeeacdb1b97ef89e53a06b8"},
    )
    yield ok(
        "seal:withdrawal",
        "The worked example's withdrawal, byte for byte.",
        {**given, "code": CODE},
        {"id": "8cd7d98f7f7b640920fcdbc7e15b2e0f788c04fa724005ddbdd983149250166c"},
    )
    yield fails("seal:withdrawal-code", "code-form", "A withdrawal needs a whole code.", {**given, "code": CODE[:-1]})
    wide = {"name": "一" * 120, "relation": "一" * 80, "prisoner": "一" * 120, "public": True, "message": "一" * 500}
    room = {**wide, "contact": "一" * 105}
    # 2,845 bytes: 925 characters of three bytes and 70 of JSON around them.
    text = json.dumps({**room, "contact": "一" * 98}, ensure_ascii=False, separators=(",", ":")).encode()
    fits = {**room, "contact": "一" * 98 + "a" * (2845 - len(text))}
    yield ok(
        "seal:room",
        "A record of 2,845 bytes fits.",
        {**given, "signature": fits, "commitment": COMMITMENT.hex()},
        {"id": reference.envelope_id(sealed(plaintext(written(fits)))).hex()},
    )
    over = {**fits, "contact": fits["contact"] + "a"}
    rule = "A record of 2,846 bytes does not fit, though each field is within its limit."
    yield fails("seal:no-room", "record-room", rule, {**given, "signature": over, "commitment": COMMITMENT.hex()})


def written(signature: Json) -> bytes:
    """The canonical JSON of section 4."""
    order = ("name", "relation", "prisoner", "public", "contact", "message", "language", "vouch")
    kept = {key: signature[key] for key in order if key in ("name", "public") or signature.get(key)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def opening() -> Iterator[Vector]:
    """Section 2: opening."""
    given = {"master": MASTER.hex(), "appeal": APPEAL.hex()}

    def envelope(slug: str, reason: str, rule: str, data: bytes) -> Vector:
        return fails(f"open:{slug}", reason, rule, {**given, "envelope": b64(data)})

    good = sealed(plaintext())
    common = {"letter_hash": LETTER.hex()}
    signature = {**EMPTY, **json.loads(PLAIN_RECORD)}
    value = {"kind": "signature", **common, "commitment": COMMITMENT.hex(), "signature": signature}
    yield ok("open:signature", "A signature opens to what was sealed.", {**given, "envelope": b64(good)}, value)
    withdrawal = sealed(plaintext(b"{}", kind=2, slot=reference.code_slot(CODE)))
    value = {"kind": "withdrawal", **common, "code": CODE}
    yield ok("open:withdrawal", "A withdrawal opens to its code.", {**given, "envelope": b64(withdrawal)}, value)
    full = b'{"name":"' + b" " * (2845 - 25) + b'","public":true}'
    assert len(full) == 2845
    yield envelope(
        "full", "record-length", "A text may fill the plaintext to its last byte but one.", sealed(plaintext(full))
    )

    other = reference.seal(OTHER_RECORD, plaintext(), EPHEMERAL, COINS)
    yield envelope("wrong-key", "envelope-key", "An envelope to another key is told by its header.", other)
    foreign = reference.seal(FOREIGN_RECORD, plaintext(), EPHEMERAL, COINS)
    yield envelope("wrong-appeal", "envelope-key", "The same master for another appeal is another key.", foreign)
    yield envelope("version", "envelope-version", "There is one version.", b"\x02" + good[1:])
    yield envelope("short", "envelope-size", "An envelope has 4,096 bytes, not one less.", good[:-1])
    yield envelope("long", "envelope-size", "An envelope has 4,096 bytes, not one more.", good + b"\0")
    yield envelope(
        "renamed", "open-outer", "Another key's envelope under our key id does not open.", good[:8] + other[8:]
    )
    for at, name in ((8, "ephemeral"), (40, "tag"), (56, "outer"), (4095, "last")):
        changed = bytearray(good)
        changed[at] ^= 1
        yield envelope(f"changed-{name}", "open-outer", "A changed byte is noticed by the outer layer.", bytes(changed))

    point = reference.x25519_public_of(RECORD)
    for slug, rule, record, info_header in (
        ("swapped-inner", "An inner layer sealed to another ML-KEM key does not open.", OTHER_RECORD, None),
        ("info-header", "The inner layer is bound to the header.", RECORD, reference.header(OTHER_RECORD)),
        ("info-appeal", "The inner layer is bound to the appeal.", FOREIGN_RECORD, reference.header(RECORD)),
    ):
        inner = reference.inner_seal(record, plaintext(), COINS, info_header=info_header)
        data = reference.header(RECORD) + reference.outer_seal(point, inner, EPHEMERAL)
        yield envelope(slug, "open-inner", rule, data)
    inner = bytearray(reference.inner_seal(RECORD, plaintext(), COINS))
    inner[0] ^= 1
    data = reference.header(RECORD) + reference.outer_seal(point, bytes(inner), EPHEMERAL)
    yield envelope("changed-enc", "open-inner", "A changed encapsulation gives another secret.", data)

    for slug, reason, rule, inside in insides():
        yield envelope(slug, reason, rule, sealed(inside))


def insides() -> Iterator[tuple[str, str, str, bytes]]:
    """Section 2: well-sealed plaintexts that are malformed."""
    good = plaintext()
    yield "inner-header", "inner-header", "Inside and outside name one key.", b"\x01" + bytes(7) + good[8:]
    yield "inner-version", "inner-header", "The version stands inside, too.", b"\x02" + good[1:]
    yield "inner-appeal", "inner-appeal", "The appeal id stands inside, too.", good[:8] + OTHER_APPEAL + good[24:]
    end = len(good.rstrip(b"\0"))
    yield "padding-absent", "inner-padding", "The text ends with 0x80.", good[: end - 1] + bytes(2936 - end + 1)
    yield "padding-dirty", "inner-padding", "After 0x80 there are only zeros.", good[:-1] + b"\x01"
    yield (
        "padding-nothing",
        "inner-padding",
        "The 0x80 does not stand before the text.",
        good[:88] + b"\x01\x80" + bytes(2846),
    )
    yield "kind-0", "inner-kind", "There is no kind 0.", plaintext(kind=0)
    yield "kind-3", "inner-kind", "There is no kind 3.", plaintext(kind=3)
    yield "reserved", "inner-reserved", "The reserved byte is zero.", plaintext(reserved=1)
    slot = reference.code_slot(CODE)
    yield "slot-letter", "inner-slot", "A code has digits only.", plaintext(b"{}", 2, b"x" + slot[1:])
    yield "slot-tail", "inner-slot", "After the code come seven zeros.", plaintext(b"{}", 2, slot[:-1] + b"\x01")
    yield "slot-commitment", "inner-slot", "A commitment is no code.", plaintext(b"{}", 2, COMMITMENT)
    yield "withdrawal-text", "inner-withdrawal", "A withdrawal says {} and no more.", plaintext(b"{} ", 2, slot)
    yield "withdrawal-record", "inner-withdrawal", "A withdrawal names nobody.", plaintext(PLAIN_RECORD, 2, slot)
    yield "empty-text", "record-json", "An empty text is no record.", plaintext(b"")
    yield "record-refused", "record-missing-key", "What is sealed well is still read strictly.", plaintext(b"{}")


def outside() -> Iterator[Vector]:
    """Section 2: what can be checked without a key, and the text form."""
    good = sealed(plaintext())
    accepted = [reference.key_id(OTHER_RECORD).hex(), reference.key_id(RECORD).hex()]
    name = reference.envelope_id(good).hex()
    yield ok(
        "check-envelope:good", "A good envelope passes.", {"envelope": b64(good), "accepted": accepted}, {"id": name}
    )
    high_bit = bytearray(good)
    high_bit[39] |= 0x80
    for slug, reason, rule, data in (
        ("short", "envelope-size", "4,095 bytes are no envelope.", good[:-1]),
        ("long", "envelope-size", "4,097 bytes are no envelope.", good + b"\0"),
        ("version", "envelope-version", "There is one version.", b"\0" + good[1:]),
        ("key", "envelope-key", "A key that is not accepted.", good[:1] + bytes(7) + good[8:]),
        ("high-bit", "envelope-point", "The top bit of the ephemeral key is clear.", bytes(high_bit)),
    ):
        yield fails(f"check-envelope:{slug}", reason, rule, {"envelope": b64(data), "accepted": accepted})
    for at, point in enumerate(SMALL_ORDER):
        data = good[:8] + point + good[40:]
        rule = "No working program sends a point of small order."
        given = {"envelope": b64(data), "accepted": accepted}
        yield fails(f"check-envelope:small-order-{at}", "envelope-point", rule, given)

    begin, end = "-----BEGIN UNDERSIGNED ENVELOPE-----", "-----END UNDERSIGNED ENVELOPE-----"
    body = [b64(good)[at : at + 64] for at in range(0, 5464, 64)]
    text = "\n".join([begin, *body, end, ""])
    yield ok("dearmor:good", "What was written is read.", {"text": text}, {"id": name})
    for slug, rule, variant in (
        ("crlf", "CR at line ends is tolerated.", text.replace("\n", "\r\n")),
        ("quoted", "Quoting marks before lines are tolerated.", "".join(f"> > {line}\n" for line in text.splitlines())),
        ("spaces", "Spaces around lines are tolerated.", text.replace("\n", "  \n ")),
        ("surrounded", "Text around the envelope is ignored.", f"Добры дзень!\n\n{text}\nз павагай"),
        ("no-last-lf", "The last line may end the text.", text.rstrip("\n")),
    ):
        yield ok(f"dearmor:{slug}", rule, {"text": variant}, {"id": name})
    lines = text.splitlines()
    stray = body[-1][:-3] + chr(ord(body[-1][-3]) + 1) + "=="
    for slug, reason, rule, variant in (
        ("nothing", "armor-begin", "Plain words hold no envelope.", "Я падпісваю, Ірына"),
        ("begin-misspelt", "armor-begin", "The BEGIN line is exact.", text.replace("BEGIN", "Begin")),
        ("two", "armor-begin", "One text holds one envelope, lest a second be lost.", text + text),
        ("cut", "armor-end", "A cut text is noticed.", "\n".join(lines[:-1])),
        ("end-first", "armor-end", "END stands after BEGIN.", f"{end}\n" + "\n".join(lines[:-1])),
        ("empty", "armor-lines", "Something stands between BEGIN and END.", f"{begin}\n{end}\n"),
        ("blank-line", "armor-lines", "A blank line is refused.", "\n".join([*lines[:5], "", *lines[5:]])),
        ("rewrapped", "armor-lines", "Lines have 64 characters.", "\n".join([begin, b64(good), end])),
        ("base64", "armor-base64", "Only base64 stands between the lines.", text.replace(body[3], "!" * 64)),
        ("unpadded", "armor-base64", "Padding is part of base64.", text.replace("==", "")),
        ("stray-bits", "armor-base64", "Unused bits are zero.", text.replace(body[-1], stray)),
        ("short", "armor-size", "The text holds a whole envelope.", "\n".join([*lines[:5], *lines[6:]])),
    ):
        yield fails(f"dearmor:{slug}", reason, rule, {"text": variant})
    yield from parts(good, sealed(plaintext(written({"name": "Ян", "public": False}))), text)


def parts_of(envelope: bytes) -> list[str]:
    """Section 2, written for reading: 43 lines in each part, the last line of the second one shorter."""
    check = reference.envelope_id(envelope)[:8].hex()
    body = [b64(envelope)[at : at + 64] for at in range(0, 5464, 64)]
    return [
        f"-----BEGIN UNDERSIGNED ENVELOPE {number} OF 2 {check}-----\n"
        + "".join(f"{line}\n" for line in body[43 * (number - 1) : 43 * number])
        + f"-----END UNDERSIGNED ENVELOPE {number} OF 2 {check}-----\n"
        for number in (1, 2)
    ]


def parts(good: bytes, other: bytes, older: str) -> Iterator[Vector]:
    """Section 2, the text form in parts."""
    (one, two), theirs = parts_of(good), parts_of(other)
    name, their_name = (reference.envelope_id(each).hex() for each in (good, other))
    yield ok("write-parts:good", "An envelope in two parts.", {"envelope": b64(good)}, {"texts": [one, two]})
    chance = random.Random(20261130)
    for habit in HABITS:
        rule = str(habit.__doc__).strip()
        value = {"ids": [name], "incomplete": []}
        yield ok(f"read-parts:{habit.__name__.replace('_', '-')}", rule, {"text": habit([one, two], chance)}, value)
    mixed = "\n".join([theirs[1], one, theirs[0], two])
    both = {"ids": [their_name, name], "incomplete": []}
    yield ok("read-parts:two-people", "Parts of two people are two envelopes.", {"text": mixed}, both)
    check = name[:16]
    wrong = one.replace(one[100:110], "A" * 10)
    for slug, rule, text, missing in (
        ("first", "The second part is missing.", one, [2]),
        ("second", "The first part is missing.", two, [1]),
        ("cut", "The first part is not whole.", one[:1000] + "\n" + two, [1]),
        ("changed", "The parts do not belong together.", wrong + two, [1, 2]),
    ):
        lost: Json = {"ids": [], "incomplete": [{"check": check, "parts": missing}]}
        yield ok(f"read-parts:{slug}", rule, {"text": text}, lost)
        reason = f"armor-part-{missing[0]}" if len(missing) == 1 else "armor-parts"
        yield fails(f"text:{slug}", reason, rule, {"text": text})
    yield ok("read-parts:nothing", "Words are no envelope.", {"text": "Я падпісваю"}, {"ids": [], "incomplete": []})
    yield ok("text:parts", "One envelope in parts.", {"text": two + one}, {"id": name})
    yield ok("text:older", "The older form is read strictly.", {"text": f"Hello\n{older}"}, {"id": name})
    yield fails("text:older-mangled", "armor-begin", "Nothing else is.", {"text": older.replace("--", "—")})
    yield fails("text:several", "armor-several", "One envelope at a time.", {"text": mixed})


def codes() -> Iterator[Vector]:
    """Section 3."""
    value = {
        "code": CODE,
        "groups": "48291 03377 59021 88412 70536",
        "commitment": COMMITMENT.hex(),
        "receipt": reference.receipt(COMMITMENT),
    }
    for slug, rule, text in (
        ("plain", "25 digits.", CODE),
        ("groups", "Groups of five are read.", value["groups"]),
        ("hyphens", "Hyphens and no-break spaces are read, too.", "48291-03377\u00a059021-88412-70536"),
        ("dashes", "So is any dash.", "48291\u201303377 \u2014 59021\u201188412\u221270536"),
        ("signs", "Full stops, quotation marks and brackets, too.", "\u00ab48291.03377/59021_88412,70536\u00bb;"),
        ("unseen", "What nothing shows is no part of it.", "\u2068\ufeff48291\u200b03377\u00ad590218841270536\u202c"),
        ("line-breaks", "Nor are breaks.", "\r\n48291 03377\n59021\t88412\u202870536\n"),
        ("wide", "Full-width digits are digits.", "".join(chr(0xFF10 + int(digit)) for digit in CODE)),
        ("arabic", "Digits of an Arabic keyboard are digits.", "".join(chr(0x660 + int(digit)) for digit in CODE)),
        ("persian", "Digits of a Persian keyboard are digits.", "".join(chr(0x6F0 + int(digit)) for digit in CODE)),
        ("keycaps", "Digits in boxes are digits.", "".join(f"{digit}\ufe0f\u20e3" for digit in CODE)),
    ):
        yield ok(f"code:{slug}", rule, {"text": text}, value)
    for slug, rule, text in (
        ("short", "24 digits are no code.", CODE[1:]),
        ("long", "26 digits are no code.", CODE + "0"),
        ("letter", "A letter is no digit.", CODE[:-1] + "O"),
        ("letters-within", "A word is no separator.", f"code {CODE}"),
        ("other-digits", "Other characters are no digits, whatever they look like.", CODE[:-1] + "\u2460"),
        ("empty", "Nothing is no code.", ""),
    ):
        yield fails(f"code:{slug}", "code-form", rule, {"text": text})


def records() -> Iterator[Vector]:
    """Section 4: the strict reader and the canonical writer."""
    limits = {"name": 120, "relation": 80, "prisoner": 120, "contact": 120, "message": 500, "language": 8, "vouch": 40}

    def good(slug: str, rule: str, record: Json, text: bytes | None = None) -> Vector:
        data = json.dumps(record, ensure_ascii=False).encode() if text is None else text
        return ok(f"record:{slug}", rule, {"bytes": b64(data)}, {"signature": {**EMPTY, **record}})

    def bad(slug: str, reason: str, rule: str, data: bytes | Json) -> Vector:
        raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
        return fails(f"record:{slug}", f"record-{reason}", rule, {"bytes": b64(raw)})

    least = {"name": "Я", "public": True}
    yield good("least", "A name and a choice are enough.", least)
    yield good("all", "All eight fields.", {**{key: "аб" for key in limits}, "public": False})
    yield good("order", "Keys may stand in any order.", {"public": False, "language": "ru", "name": "Ян"})
    yield good(
        "empty-optional", "Empty means absent.", {**least, **dict.fromkeys(("relation", "vouch", "message"), "")}
    )
    yield good("astral", "A character outside the basic plane counts once.", {**least, "name": "𐐀" * 120})
    yield good("names", "Real names: ў, apostrophes, hyphens.", {**least, "name": "Слаў'янаў-О’Ніл"})
    yield good("white-space", "White space of JSON.", least, b' \t\r\n{ "name" : "\xd0\xaf" ,\n"public":true } ')
    yield good(
        "escapes",
        "Escapes mean their characters.",
        {**least, "name": "/A😀"},
        rb'{"name":"\/\u0041\ud83d\ude00","public":true}',
    )
    yield good("separators", "U+2028 is neither control nor format.", {**least, "message": "а\u2028б"})
    for key, most in limits.items():
        yield good(f"longest-{key}", "The longest text that is allowed.", {**least, key: "ж" * most})
        rule = "One character more than allowed."
        yield bad(f"too-long-{key}", "length", rule, {**least, key: "ж" * (most + 1)})
        yield bad(f"type-{key}", "type", "Text is text.", {**least, key: 1})
    yield bad("language-short", "length", "A language has two characters at least.", {**least, "language": "b"})
    yield bad("language-empty", "length", "A language may be absent, not empty.", {**least, "language": ""})
    yield bad("name-empty", "length", "An empty name.", {**least, "name": ""})
    yield bad("name-blank", "blank", "A name of spaces.", {**least, "name": " \u00a0\u3000"})
    yield bad("public-text", "type", "The choice is true or false.", {**least, "public": "true"})
    yield bad("public-number", "type", "One is not true.", {**least, "public": 1})
    yield bad("public-null", "type", "Null is not a choice.", {**least, "public": None})
    yield bad("nested-object", "type", "Nothing is nested.", {**least, "contact": {}})
    yield bad("nested-array", "type", "Nothing is nested.", {**least, "contact": ["a"]})
    yield bad("array", "type", "A record is an object.", b'["name"]')
    yield bad("string", "type", "A record is an object.", b'"name"')
    yield bad("missing-name", "missing-key", "The name is required.", {"public": True})
    yield bad("missing-public", "missing-key", "The choice is required.", {"name": "Я"})
    yield bad("unknown", "unknown-key", "No other key.", {**least, "phone": "1"})
    yield bad("proto", "unknown-key", "__proto__ is a key like any other.", {**least, "__proto__": "x"})
    yield bad("duplicate", "duplicate-key", "No key twice.", b'{"name":"a","public":true,"name":"b"}')
    yield bad("duplicate-escaped", "duplicate-key", "Nor in disguise.", rb'{"name":"a","public":true,"n\u0061me":"b"}')
    yield bad("bom", "bom", "No byte order mark.", b"\xef\xbb\xbf" + written(least))
    yield bad("latin-1", "utf8", "UTF-8 only.", b'{"name":"\xe9","public":true}')
    yield bad("overlong", "utf8", "No overlong UTF-8.", b'{"name":"\xc0\xaf","public":true}')
    yield bad("utf8-surrogate", "utf8", "No surrogates in UTF-8.", b'{"name":"\xed\xa0\x80","public":true}')
    yield bad("surrogate", "surrogate", "No lone surrogate.", rb'{"name":"\ud800","public":true}')
    yield bad("surrogates-swapped", "surrogate", "Nor a swapped pair.", rb'{"name":"\ude00\ud83d","public":true}')
    for slug, text in (
        ("trailing", b'{"name":"a","public":true}x'),
        ("two-values", b'{"name":"a","public":true}{}'),
        ("comma", b'{"name":"a","public":true,}'),
        ("quotes", b"{'name':'a','public':true}"),
        ("comment", b'{"name":"a","public":true/**/}'),
        ("nan", b'{"name":NaN,"public":true}'),
        ("infinity", b'{"name":-Infinity,"public":true}'),
        ("fraction", b'{"name":1.0,"public":true}'),
        ("exponent", b'{"name":1e400,"public":true}'),
        ("huge-number", b'{"name":' + b"9" * 400 + b',"public":true}'),
        ("deep", b'{"name":' + b"[" * 9 + b"]" * 9 + b',"public":true}'),
        ("control-raw", b'{"name":"a\x01","public":true}'),
        ("escape", rb'{"name":"\x41","public":true}'),
        ("cut", b'{"name":"a","pub'),
        ("capital-true", b'{"name":"a","public":True}'),
    ):
        yield bad(f"json-{slug}", "json", "Well-formed JSON only, integers only.", text)
    for point in (0x00, 0x09, 0x0A, 0x1B, 0x7F, 0x9B, 0xAD, 0x200B, 0x200D, 0x200F, 0x202E, 0x2066, 0xFEFF, 0xE0041):
        record = json.dumps({**least, "name": f"a{chr(point)}b"}).encode()
        yield bad(f"character-{point:04x}", "character", "No control or format character.", record)
    yield bad("character-message", "character", "Nor in any other field.", {**least, "message": "a\u202eb"})

    yield ok(
        "write-record:worked",
        "Compact, in the order of the table.",
        {"signature": json.loads(PLAIN_RECORD)},
        {"text": PLAIN_RECORD.decode()},
    )
    quoted = {**least, "name": 'a"b\\c/д'}
    yield ok(
        "write-record:escapes",
        "Two characters are escaped.",
        {"signature": quoted},
        {"text": '{"name":"a\\"b\\\\c/д","public":true}'},
    )
    shuffled = {"public": False, "vouch": "", "message": "м", "name": "І"}
    text = '{"name":"І","public":false,"message":"м"}'
    yield ok("write-record:empty", "What is empty is left out.", {"signature": shuffled}, {"text": text})
    yield fails(
        "write-record:blank",
        "record-blank",
        "What could not be read is not written.",
        {"signature": {**least, "name": " "}},
    )
    yield fails(
        "write-record:character", "record-character", "Nor steered.", {"signature": {**least, "vouch": "\u202e"}}
    )


def cleaning() -> Iterator[Vector]:
    """Section 4, cleaning."""
    for slug, rule, text, cleaned in (
        ("plain", "What is clean stays as it is.", "Алена Коўзель", "Алена Коўзель"),
        ("empty", "Nothing stays nothing.", "", ""),
        ("nothing-left", "Of what cannot be seen nothing stays.", " \u200b\ufeff\n", ""),
        ("ends", "Spaces at both ends go.", " \u00a0Алена\u3000", "Алена"),
        ("runs", "A run of white space is one space.", "Алена \u00a0\t  Коўзель", "Алена Коўзель"),
        ("breaks", "Breaks are white space.", "a\nb\r\nc\x0bd\x0ce\x85f\u2028g\u2029h", "a b c d e f g h"),
        ("wide", "So are the spaces of every width.", "a\u1680b\u2000c\u200ad\u202fe\u205ff\u3000g", "a b c d e f g"),
        ("telephone", "Marks that turn text go.", "\u202a+375 29 123-45-67\u202c", "+375 29 123-45-67"),
        ("soft-hyphen", "A soft hyphen goes.", "Коў\u00adзель", "Коўзель"),
        ("zero-width", "So do spaces without width.", "Коў\u200bзе\ufeffль\u2060", "Коўзель"),
        ("between-spaces", "Spaces beside what goes are one run.", "Алена \u200b Коўзель", "Алена Коўзель"),
        ("controls", "So do NUL and other controls.", "А\x00л\x1fе\x7fна", "Алена"),
        ("high", "So do marks beyond the first plane.", "А\U000e0041\U0001d173на", "Ана"),
        ("composed", "Letters are composed.", "Коу\u0306зель", "Коўзель"),
        ("composed-late", "Also over what went.", "Коу\u200b\u0306зель", "Коўзель"),
        ("emoji", "What can be seen stays, a pair of surrogates is one character.", "Ян 🙂️", "Ян 🙂️"),
        ("marks", "Apostrophes, hyphens and quotation marks stay.", "Дзям\u2019ян-«Я» \"Б\"", "Дзям\u2019ян-«Я» \"Б\""),
        ("formula", "Nothing is done about formulas.", "=1+1", "=1+1"),
    ):  # fmt: skip
        yield ok(f"clean:{slug}", rule, {"text": text}, {"text": cleaned})


def ledgers() -> Iterator[Vector]:
    """Section 5."""
    envelopes = sorted(
        (sealed(plaintext(written({"name": n, "public": True}))) for n in "АБВ"), key=reference.envelope_id
    )
    head = f"undersigned/v1/ledger {APPEAL.hex()} ".encode()

    def file(count: object, *parts: bytes) -> Json:
        return {"bytes": b64(head + f"{count}\n".encode() + b"".join(parts)), "appeal": APPEAL.hex()}

    def value(given: Json) -> Json:
        data = base64.b64decode(given["bytes"])
        count = (len(data) - data.index(b"\n") - 1) // 4096
        names = [reference.envelope_id(envelope).hex() for envelope in envelopes[:count]]
        return {"ids": names, "digest": hashlib.sha256(data).hexdigest()}

    for slug, rule, given in (
        ("three", "Sorted by envelope id.", file(3, *envelopes)),
        ("one", "One envelope.", file(1, envelopes[0])),
        ("none", "An empty ledger.", file(0)),
    ):
        yield ok(f"ledger:{slug}", rule, given, value(given))
    foreign = {**file(0), "appeal": OTHER_APPEAL.hex()}
    for slug, reason, rule, given in (
        ("appeal", "ledger-appeal", "A ledger of another appeal.", foreign),
        ("cut", "ledger-size", "A byte is missing.", file(3, *envelopes[:2], envelopes[2][:-1])),
        ("more", "ledger-size", "More than the first line says.", file(2, *envelopes)),
        ("fewer", "ledger-size", "Less than the first line says.", file(3, *envelopes[:2])),
        ("order", "ledger-order", "Out of order.", file(2, envelopes[1], envelopes[0])),
        ("repeated", "ledger-order", "Each envelope once.", file(2, envelopes[0], envelopes[0])),
        ("leading-zero", "ledger-header", "Numbers have no leading zeros.", file("00")),
        ("negative", "ledger-header", "Numbers are not negative.", file("-1")),
        ("crlf", "ledger-header", "The first line ends in LF alone.", file("0\r")),
        ("huge", "ledger-header", "A number has twelve digits at most.", file("1" * 13)),
        ("word", "ledger-header", "The first line is exact.", {"bytes": b64(b"ledger\n"), "appeal": APPEAL.hex()}),
        ("empty", "ledger-header", "Nothing is no ledger.", {"bytes": "", "appeal": APPEAL.hex()}),
    ):
        yield fails(f"ledger:{slug}", reason, rule, given)


def minisig(seed: bytes, key_id: bytes, message: bytes, comment: str = "a test") -> str:
    """A prehashed minisign signature file."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature = private.sign(hashlib.blake2b(message).digest())
    second = private.sign(signature + comment.encode())
    first = b64(b"ED" + key_id + signature)
    return f"untrusted comment: vector\n{first}\ntrusted comment: {comment}\n{b64(second)}\n"


def public_line(seed: bytes, key_id: bytes) -> str:
    """The base64 line of a minisign public key."""
    return b64(b"Ed" + key_id + Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


ANNA, BORIS = (b"\x11" * 32, b"annaanna"), (b"\x22" * 32, b"borisbor")


def minisigs() -> Iterator[Vector]:
    """Section 6: minisign files."""
    given = {"public_key": STOCK_KEY, "message": b64(STOCK_MESSAGE), "minisig": STOCK_MINISIG}
    value = {"trusted_comment": "made by minisign 0.11"}
    yield ok("minisign:stock", "What the stock program signs.", given, value)
    yield ok("minisign:crlf", "Line ends of Windows.", {**given, "minisig": STOCK_MINISIG.replace("\n", "\r\n")}, value)
    lines = STOCK_MINISIG.split("\n")
    for slug, rule, text in (
        ("more-lines", "What follows the fourth line is ignored.", STOCK_MINISIG + "more\n\n"),
        ("stray-bits", "Unused bits of a signature may be anything.", STOCK_MINISIG.replace("lyCw==", "lyCx==")),
        ("comment-cr", "CR at the end of the comment are not of it.", STOCK_MINISIG.replace("0.11\n", "0.11\r\r\n")),
        ("fourth-nul", "The fourth line ends at a NUL.", STOCK_MINISIG[:-1] + "\0\n"),
        ("long-first", "1,022 bytes of a first line are read.", "\n".join([lines[0].ljust(1022), *lines[1:]])),
    ):
        yield ok(f"minisign:{slug}", rule, {**given, "minisig": text}, value)
    for slug, reason, rule, change in (
        ("message", "minisign-signature", "Another message.", {"message": b64(STOCK_MESSAGE + b" ")}),
        ("key", "minisign-key", "Another key.", {"public_key": public_line(*ANNA)}),
        (
            "comment",
            "minisign-comment",
            "A changed trusted comment.",
            {"minisig": STOCK_MINISIG.replace("0.11", "0.12")},
        ),
        ("legacy", "minisign-form", "The legacy kind, not prehashed.", {"minisig": STOCK_LEGACY}),
        ("lines", "minisign-form", "A line is missing.", {"minisig": "\n".join(lines[1:])}),
        (
            "base64",
            "minisign-form",
            "A line is not base64.",
            {"minisig": STOCK_MINISIG.replace("RUTxQe21", "RUTx*e21")},
        ),
        (
            "longer-first",
            "minisign-form",
            "1,023 bytes of a first line are too many.",
            {"minisig": "\n".join([lines[0].ljust(1023), *lines[1:]])},
        ),
        ("first-nul", "minisign-form", "No NUL in a comment.", {"minisig": STOCK_MINISIG.replace("secret", "\0")}),
        (
            "inner-cr",
            "minisign-form",
            "No CR within a comment.",
            {"minisig": STOCK_MINISIG.replace("by mini", "by\rmini")},
        ),
        ("public-key", "minisign-form", "A public key has 42 bytes.", {"public_key": STOCK_KEY[:-4]}),
        ("padded-key", "minisign-form", "A public key line is exact.", {"public_key": f" {STOCK_KEY}"}),
        (
            "half-character",
            "minisign-form",
            "A comment has whole characters.",
            {"minisig": STOCK_MINISIG.replace("0.11", "\ud800")},
        ),
        (
            "small-order",
            "minisign-form",
            "No key under which anyone can sign anything.",
            {"public_key": b64(b"Ed" + b"annaanna" + b"\x01" + bytes(31))},
        ),
        (
            "small-order-signed",
            "minisign-form",
            "Nor with its sign bit set.",
            {"public_key": b64(b"Ed" + b"annaanna" + b"\xec" + b"\xff" * 31)},
        ),
        (
            "second-form",
            "minisign-form",
            "No second form of a point.",
            {"public_key": b64(b"Ed" + b"annaanna" + b"\xf0" + b"\xff" * 30 + b"\x7f")},
        ),
        ("public-kind", "minisign-form", "A public key begins with Ed.", {"public_key": "QUJD" + STOCK_KEY[4:]}),
    ):
        yield fails(f"minisign:{slug}", reason, rule, {**given, **change})


def curve() -> Iterator[Vector]:
    """Section 6: which Ed25519 signatures verify. The cases are one file, for they say something only together."""
    cases = list(ed25519_cases.cases())
    given = [[each.point.hex(), each.message.hex(), each.signature.hex()] for each in cases]
    rule = "A verdict as libsodium's on points of small order, torsion and second forms."
    verdicts = {"verdicts": [each.verdict() for each in cases]}
    yield ok("ed25519:verdicts", rule, {"cases": given}, verdicts)


def appeal_json(**changes: object) -> str:
    """An appeal.json with two keys in turn and two organizers of whom both must sign."""
    value = {
        "format": "undersigned/v1/appeal",
        "appeal": APPEAL.hex(),
        "keys": [
            {"record": b64(RECORD), "from": None, "until": "2026-12-31"},
            {"record": b64(OTHER_RECORD), "from": "2026-12-01", "until": "2027-06-30"},
        ],
        "letters": {"be": LETTER.hex()},
        "minisign": [public_line(*ANNA), public_line(*BORIS)],
        "threshold": 2,
        "signing_file": {},
    }
    return json.dumps({**value, **changes}, ensure_ascii=False)


def appeals() -> Iterator[Vector]:
    """Section 7."""
    first, second = (reference.key_id(record).hex() for record in (RECORD, OTHER_RECORD))
    value = {"appeal": APPEAL.hex(), "key_ids": [first, second], "threshold": 2, "collected_before": 0}
    yield ok("appeal:good", "An appeal with two keys.", {"text": appeal_json()}, value)
    without = json.loads(appeal_json())
    del without["signing_file"]
    yield ok("appeal:no-signing-file", "The signing file may be absent.", {"text": json.dumps(without)}, value)
    collected = {"text": appeal_json(collected_before=91)}
    yield ok("appeal:collected", "Signatures from before the site.", collected, {**value, "collected_before": 91})
    broken = [{"record": b64(RECORD[:-1]), "from": None, "until": None}]
    foreign = [{"record": b64(FOREIGN_RECORD), "from": None, "until": None}]
    undated = [{"record": b64(RECORD), "from": "2026-02-30", "until": None}]
    for slug, rule, change in (
        ("format", "Another format.", {"format": "undersigned/v2/appeal"}),
        ("threshold-0", "Somebody must sign.", {"threshold": 0}),
        ("threshold-true", "True is not a number.", {"threshold": True}),
        ("collected-negative", "Nobody collects less than nothing.", {"collected_before": -1}),
        ("collected-text", "A number is no text.", {"collected_before": "91"}),
        ("unknown", "No other key.", {"more": 1}),
        ("record", "A broken key record.", {"keys": broken}),
        ("foreign", "A key record of another appeal.", {"keys": foreign}),
        ("date", "A day that does not exist.", {"keys": undated}),
        ("letters", "A letter hash has 64 digits.", {"letters": {"be": "00"}}),
        ("language", "A language is a short name.", {"letters": {"../x": LETTER.hex()}}),
        ("minisign", "A minisign key is a line of base64.", {"minisign": ["anna"]}),
        ("one-secret", "One key under two key ids.",
         {"minisign": [public_line(*ANNA), public_line(ANNA[0], b"notanna!")]}),
        ("id", "Hex is lower case.", {"appeal": APPEAL.hex().upper()}),
    ):  # fmt: skip
        yield fails(f"appeal:{slug}", "appeal-shape", rule, {"text": appeal_json(**change)})
    yield fails("appeal:json", "appeal-json", "JSON.", {"text": appeal_json()[:-1]})
    yield fails("appeal:duplicate", "appeal-json", "No key twice.", {"text": '{"format":1,"format":1}'})
    for day, name in (("2020-01-01", first), ("2026-12-15", first), ("2026-12-31", first), ("2027-01-01", second)):
        rule = "The first key whose dates contain the day, first and last day included."
        yield ok(f"choose-key:{day}", rule, {"text": appeal_json(), "today": day}, {"key_id": name})
    given = {"text": appeal_json(), "today": "2027-07-01"}
    yield fails("choose-key:none", "appeal-no-key", "After the last key's time nothing is sealed.", given)


def publication(**changes: object) -> str:
    """The first publication of APPEAL: two public signatures, one by hand; three non-public ones."""
    value = {
        "format": "undersigned/v1/publication",
        "appeal": APPEAL.hex(),
        "number": 1,
        "previous": None,
        "date": "2026-11-22",
        "letters": {"be": LETTER.hex()},
        "keys": [reference.fingerprint(RECORD).hex()],
        "ledgers": ["ab" * 32],
        "counts": {
            "received": 9, "unreadable": 1, "duplicates": 1, "rejected": 2, "withdrawn": 1, "public": 2, "nonpublic": 3,
        },
        "total": 5,
        "by_hand": {"public": 1, "nonpublic": 0},
        "signatures": [
            {"name": "Алесь", "relation": "брат", "prisoner": "Ян"},
            {"name": "Ірына", "relation": "", "prisoner": ""},
        ],
        "receipts": ["00" * 8, "11" * 8, "22" * 8, "ff" * 8],
    }  # fmt: skip
    return json.dumps({**value, **changes}, ensure_ascii=False)


def publications() -> Iterator[Vector]:
    """Section 6."""

    def signed(text: str, *signers: tuple[bytes, bytes], previous: Json | None = None) -> Json:
        files = [minisig(*signer, text.encode()) for signer in signers]
        return {"text": text, "minisigs": files, "appeal": appeal_json(), "previous": previous}

    both = (ANNA, BORIS)
    first = publication()
    yield ok("publication:first", "Both organizers signed.", signed(first, *both), {"number": 1, "total": 5})
    last = {"number": 1, "digest": hashlib.sha256(first.encode()).hexdigest()}
    next_text = publication(number=2, previous=last["digest"])
    value = {"number": 2, "total": 5}
    yield ok("publication:second", "It follows the last one seen.", signed(next_text, *both, previous=last), value)
    yield ok("publication:joining", "Whoever joins later accepts a later number.", signed(next_text, *both), value)

    one = signed(first, ANNA)
    twice = {**one, "minisigs": one["minisigs"] * 2}
    stranger = signed(first, ANNA, (b"\x33" * 32, b"stranger"))
    impostor = signed(first, ANNA, (b"\x33" * 32, b"borisbor"))
    changed = {**signed(first, *both), "text": first + " "}
    rubbish = {**signed(first, ANNA), "minisigs": ["rubbish", *one["minisigs"]]}
    for slug, rule, given in (
        ("one-of-two", "Two must sign.", one),
        ("twice", "One organizer who signs twice is one.", twice),
        ("stranger", "A key that is not pinned does not count.", stranger),
        ("impostor", "A key id alone does not count.", impostor),
        ("changed", "A changed file.", changed),
        ("rubbish", "What is no minisign file does not count.", rubbish),
        ("unsigned", "Nobody signed.", signed(first)),
    ):
        yield fails(f"publication:{slug}", "publication-minisig", rule, given)

    counts = json.loads(first)["counts"]
    receipts = json.loads(first)["receipts"]
    for slug, reason, rule, change in (
        ("appeal", "appeal", "Another appeal.", {"appeal": OTHER_APPEAL.hex()}),
        ("total", "sums", "The total is a sum.", {"total": 6}),
        ("names", "sums", "As many names as public signatures.", {"signatures": []}),
        ("by-hand", "sums", "By hand no more than counted.", {"by_hand": {"public": 3, "nonpublic": 0}}),
        ("receipts", "sums", "A receipt for each envelope counted.", {"receipts": receipts[1:]}),
        ("received", "sums", "No more counted than received.", {"counts": {**counts, "received": 3}}),
        ("order", "order", "Receipts are sorted.", {"receipts": receipts[::-1]}),
        ("number-0", "shape", "Numbers begin at one.", {"number": 0}),
        ("date", "shape", "A day that does not exist.", {"date": "2026-02-30"}),
        ("negative", "shape", "Counts are not negative.", {"counts": {**counts, "rejected": -1}}),
        ("unknown", "shape", "No other key, such as names of non-public signatures.", {"nonpublic": []}),
        ("name", "shape", "Published names obey section 4.",
         {"signatures": [{"name": "a\u202eb", "relation": "", "prisoner": ""}] * 2}),
        ("contact", "shape", "A contact is never published.",
         {"signatures": [{"name": "a", "relation": "", "prisoner": "", "contact": "b"}] * 2}),
        ("receipt", "shape", "A receipt has 16 digits.", {"receipts": [*receipts[:3], "ff"]}),
        ("format", "shape", "Another format.", {"format": "undersigned/v1/appeal"}),
    ):  # fmt: skip
        text = publication(**change)
        yield fails(f"publication:{slug}", f"publication-{reason}", rule, signed(text, *both))
    twins = (b"\x11" * 32, b"same  id"), (b"\x22" * 32, b"same  id")
    text = publication()
    given = signed(text, *twins)
    given["appeal"] = appeal_json(minisign=[public_line(*twin) for twin in twins])
    yield ok("publication:same-key-id", "Two keys are two, whatever their ids.", given, {"number": 1, "total": 5})
    yield fails("publication:json", "publication-json", "JSON.", signed("{", *both))
    for slug, reason, rule, text in (
        ("skipped", "number", "No number is skipped.", publication(number=3, previous=last["digest"])),
        ("again", "number", "The same number does not come again.", first),
        ("fork", "previous", "It follows the last one seen, not another.", publication(number=2, previous="cd" * 32)),
        ("rootless", "previous", "Only the first has none before it.", publication(number=2, previous=None)),
    ):
        yield fails(f"publication:{slug}", f"publication-{reason}", rule, signed(text, *both, previous=last))
    text = publication(previous="cd" * 32)
    yield fails(
        "publication:before-first", "publication-previous", "The first has none before it.", signed(text, *both)
    )


SECTIONS = (
    keys,
    sealing,
    opening,
    outside,
    codes,
    records,
    cleaning,
    ledgers,
    minisigs,
    curve,
    appeals,
    publications,
)


def vectors() -> dict[str, str]:
    """File name to content, for every vector."""
    files: dict[str, str] = {}
    for section in SECTIONS:
        for vector in section():
            content = {
                "operation": vector.operation,
                "rule": vector.rule,
                "input": vector.input,
                "expect": vector.expect,
            }
            name = vector.slug.replace(":", "-") + ".json"
            assert name not in files, f"two vectors are called {name}"
            # Escaped, so that an editor cannot tidy away what a vector is about.
            files[name] = json.dumps(content, indent=1) + "\n"
    return files


def main() -> None:
    """Write all files and remove what no vector stands for any more."""
    files = vectors()
    for path in HERE.glob("*.json"):
        if path.name not in files:
            path.unlink()
    for name, content in files.items():
        (HERE / name).write_text(content, "ascii")
    print(f"{len(files)} vectors")


if __name__ == "__main__":
    main()
