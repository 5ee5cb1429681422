"""What one language seals the other opens, what is not an envelope is refused, and an envelope tells nothing by itself.

The records are drawn with a fixed seed, so that a failure comes back; the sealing itself is as random as in real use.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey, PublicKey, SealedBox

from crypto.code import commitment
from crypto.envelope import HEADER_SIZE, SIZE
from crypto.errors import RecordError, UndersignedError
from crypto.keys import OrganizersKey, tag
from crypto.seal import (
    JSON_ROOM,
    JSON_START,
    PLAINTEXT_SIZE,
    Opened,
    OpenedSignature,
    OpenedWithdrawal,
    seal_signature,
    seal_withdrawal,
)
from crypto.signature import FIELDS, LIMITS, Signature, is_plainly_canonical, read_signature, write_signature
from tests.support import reference
from tests.support.node import node
from tests.support.twins import open_envelope

Json = dict[str, Any]
Record = Signature | str
"""What goes into an envelope: a signature, or the code of one to take back."""

ROOT = Path(__file__).parents[2]
MASTER, APPEAL_ID = bytes(range(1, 33)), bytes(range(200, 216))
KEY = OrganizersKey.derive(MASTER, APPEAL_ID)
RECORD = base64.b64encode(bytes(KEY.record)).decode("ascii")
LETTER = bytes(range(64, 96))
CODE = "4829103377590218841270536"
SLOT = commitment(CODE)
SUITE = Suite(KEM.MLKEM768, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
INFO = tag("seal") + KEY.record.header + APPEAL_ID

MANY = 1000


def between(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


SCRIPTS = {
    "latin": between(0x41, 0x5A) + between(0x61, 0x7A) + "ÀÉîßøłŻčŭ -'’.",
    "belarusian": between(0x410, 0x44F) + "ЁёІіЎў’",
    "russian": between(0x410, 0x44F) + "Ёё —«»",
    "ukrainian": between(0x410, 0x44F) + "ІіЇїЄєҐґ'",
    "greek": between(0x391, 0x3A1) + between(0x3A3, 0x3CE),
    "georgian": between(0x10D0, 0x10FA) + between(0x1C90, 0x1CBA),
    "arabic": between(0x621, 0x652) + between(0x660, 0x669) + "،؟",
    "hebrew": between(0x5D0, 0x5EA) + "ְֱֲ״׳",
    "cjk": between(0x4E00, 0x4FFF) + between(0x3041, 0x3096) + between(0xAC00, 0xAD00),
    "emoji": between(0x1F600, 0x1F64F) + "🇧🇾\ufe0f❤👩🏽",
    "astral": between(0x20000, 0x20100) + between(0x1D400, 0x1D454) + "\U0001fffe\U0010ffff",
    "combining": between(0x300, 0x36F) + between(0x20D0, 0x20DC) + "aеи",
    # What writers of JSON are tempted to escape, to drop or to end a line at, and what is no character at all.
    "signs": '"\\/<>&{}[]:,\u2028\u2029\u3000\u00a0\ue000\ufffd\ufffe\uffff',
}


def make_signature(random: Random, at: int) -> Signature:
    """Number `at` of many; as many in a row as a field has lengths take each of them."""
    scripts = {field: random.choice(list(SCRIPTS)) for field in LIMITS}
    while True:
        values: Json = {"public": random.random() < 0.5}
        for field, (shortest, longest) in LIMITS.items():
            length = shortest + at % (longest - shortest + 1)
            values[field] = "".join(random.choices(SCRIPTS[scripts[field]], k=length))
        values["name"] = "Ў" + values["name"][1:]  # blanks alone are no name
        if at % 9 == 0:
            values["language"] = ""
        signature = Signature(**values)
        if len(write_signature(signature)) <= JSON_ROOM:
            return signature
        scripts[random.choice(list(scripts))] = "latin"


@cache
def records() -> tuple[Record, ...]:
    """A tenth of them are withdrawals."""
    random = Random(1948)
    signatures = [make_signature(random, at) for at in range(MANY * 9 // 10)]
    codes = ["".join(random.choices("0123456789", k=25)) for _ in range(MANY // 10)]
    return tuple(random.sample([*signatures, *codes], MANY))


def make_full_record(size: int) -> Signature:
    """A signature whose JSON object has exactly `size` bytes."""
    message, contact = "𐍈" * 500, "𐍈" * 120
    left = size - len(write_signature(Signature("n", False, contact=contact, message=message, prisoner="p"))) + 1
    signature = Signature("n", False, contact=contact, message=message, prisoner="𐍈" * (left // 4) + "p" * (left % 4))
    assert len(write_signature(signature)) == size
    return signature


def seal(record: Record) -> bytes:
    if isinstance(record, Signature):
        return seal_signature(KEY.record, record, LETTER, SLOT)
    return seal_withdrawal(KEY.record, LETTER, record)


def expected(record: Record, slot: bytes = SLOT) -> Opened:
    if isinstance(record, Signature):
        text = write_signature(record)
        return OpenedSignature(LETTER, slot, text, is_plainly_canonical(text))
    return OpenedWithdrawal(LETTER, record)


def seal_outer(inner: bytes) -> bytes:
    return KEY.record.header + SealedBox(PublicKey(KEY.record.x25519_public)).encrypt(inner)


def seal_plaintext(plaintext: bytes) -> bytes:
    """Both layers, well made, around whatever it is given."""
    kem_public = MLKEM768PublicKey.from_public_bytes(KEY.record.kem_public)
    return seal_outer(SUITE.encrypt(plaintext, kem_public, info=INFO))


def plaintext_of(envelope: bytes) -> bytes:
    inner = SealedBox(PrivateKey(KEY.x25519_secret)).decrypt(envelope[HEADER_SIZE:])
    return SUITE.decrypt(inner, MLKEM768PrivateKey.from_seed_bytes(KEY.kem_seed), info=INFO)


def run_javascript(questions: list[Json], *arguments: str, flags: tuple[str, ...] = ()) -> list[Json]:
    """The answers of tests/support/seal_many.mjs, one for each question, from one process."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    command = [node(), *flags, "tests/support/seal_many.mjs", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=lines.encode("ascii"), capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    answers = [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]
    assert len(answers) == len(questions)
    return answers


def outcome(envelope: bytes) -> Opened | str:
    """What is inside, or the reason for a refusal; any other error is raised."""
    try:
        return open_envelope(KEY, envelope)
    except UndersignedError as error:
        return error.reason


# The records themselves.


def test_the_records_take_every_length_of_every_field_and_every_script() -> None:
    """What follows means little unless the records reach all limits and all scripts."""
    signatures = [record for record in records() if isinstance(record, Signature)]
    for field, (shortest, longest) in LIMITS.items():
        lengths = {len(getattr(signature, field)) for signature in signatures}
        assert lengths - {0} == set(range(max(shortest, 1), longest + 1)), field
    written = {char for signature in signatures for field in LIMITS for char in getattr(signature, field)}
    for script, characters in SCRIPTS.items():
        assert set(characters) & written, script
    assert {signature.public for signature in signatures} == {True, False}
    assert len(records()) == MANY
    assert len(signatures) < MANY


# Between the languages.


@pytest.mark.slow  # some hundred envelopes sealed by a slow language; the vectors show the same for one of each kind
@pytest.mark.parametrize(
    ("flags", "step"),
    [
        pytest.param((), 1, id="node"),
        pytest.param(("--jitless",), 10, id="node --jitless, some"),
        pytest.param(("--jitless",), 1, id="node --jitless", marks=pytest.mark.long),
    ],
)
def test_python_opens_what_javascript_seals(flags: tuple[str, ...], step: int) -> None:
    """A thousand records of all scripts and lengths come back as they were, from an interpreter without JIT too.

    That one takes twenty seconds for them, so the ordinary suite gives it every tenth, and the long proof all.
    """
    asked = records()[::step]
    questions = [
        {"record": RECORD, "letter_hash": LETTER.hex()}
        | ({"signature": asdict(record)} if isinstance(record, Signature) else {"code": record})
        for record in asked
    ]
    for record, answer in zip(asked, run_javascript(questions, flags=flags), strict=True):
        envelope = base64.b64decode(answer["envelope"], validate=True)
        assert len(envelope) == SIZE
        slot = bytes.fromhex(answer["commitment"])
        assert slot == commitment(answer["code"])
        assert open_envelope(KEY, envelope) == expected(record, slot)


@pytest.mark.slow  # some hundred envelopes opened by a slow language; the vectors show the same for one of each kind
def test_javascript_opens_what_python_seals() -> None:
    """A thousand records of all scripts and lengths come back as they were."""
    questions = [
        {"master": MASTER.hex(), "appeal": APPEAL_ID.hex(), "envelope": base64.b64encode(seal(record)).decode("ascii")}
        for record in records()
    ]
    for record, answer in zip(records(), run_javascript(questions, "--open"), strict=True):
        shown: Json = {"kind": "withdrawal", "letter_hash": LETTER.hex(), "code": record}
        if isinstance(record, Signature):
            shown = {"kind": "signature", "letter_hash": LETTER.hex(), "commitment": SLOT.hex()}
            shown["signature"] = asdict(record)
        assert answer == shown


def test_both_languages_write_a_signature_in_the_same_bytes() -> None:
    """There is one way to write a record, so that nothing inside tells which program a person used."""
    signatures = [record for record in records() if isinstance(record, Signature)][::9]
    signatures.append(make_full_record(JSON_ROOM))
    questions = [
        {"record": RECORD, "letter_hash": LETTER.hex(), "signature": asdict(signature), "code": CODE}
        for signature in signatures
    ]
    for signature, answer in zip(signatures, run_javascript(questions), strict=True):
        theirs = plaintext_of(base64.b64decode(answer["envelope"], validate=True))
        assert theirs == plaintext_of(seal(signature))


# What an envelope shows.


def test_an_envelope_has_4096_bytes_whatever_the_record() -> None:
    """Size and header are those of every other envelope to this key."""
    for record in (*records(), Signature("n", True), make_full_record(JSON_ROOM), CODE):
        envelope = seal(record)
        assert len(envelope) == SIZE
        assert envelope[:HEADER_SIZE] == KEY.record.header


@pytest.mark.parametrize("record", [Signature("Ірына", False), CODE], ids=["signature", "withdrawal"])
def test_two_envelopes_of_one_record_have_nothing_in_common(record: Record) -> None:
    """Behind the header no four bytes of one envelope stand in the same place of another, in either layer."""
    first, second = seal(record), seal(record)
    box = SealedBox(PrivateKey(KEY.x25519_secret))
    assert open_envelope(KEY, first) == open_envelope(KEY, second)
    assert not shared_words(first[HEADER_SIZE:], second[HEADER_SIZE:])
    assert not shared_words(box.decrypt(first[HEADER_SIZE:]), box.decrypt(second[HEADER_SIZE:]))


def shared_words(left: bytes, right: bytes) -> list[int]:
    return [at for at in range(0, min(len(left), len(right)), 4) if left[at : at + 4] == right[at : at + 4]]


def test_a_record_with_one_byte_too_many_is_not_sealed() -> None:
    """2,845 bytes of JSON are sealed and come back; 2,846 raise record-room, and so do all fields at their limits."""
    full = make_full_record(JSON_ROOM)
    assert JSON_ROOM == 2845
    assert open_envelope(KEY, seal(full)) == expected(full)
    longest: Json = {field: "𐍈" * limit for field, (_, limit) in LIMITS.items()}
    for signature in (make_full_record(JSON_ROOM + 1), Signature(**longest, public=True)):
        with pytest.raises(RecordError) as raised:
            seal(signature)
        assert raised.value.reason == "record-room"


# What is refused.


@pytest.mark.slow  # signing costs seconds on purpose
@pytest.mark.control
def test_every_change_of_a_bit_is_refused() -> None:
    """Each of the 8 bits of each of the 4,096 bytes is protected, by the outer checks or by a tag."""
    envelope = seal(Signature("Ірына", True))
    accepted = []
    for at in range(SIZE):
        for bit in range(8):
            changed = bytearray(envelope)
            changed[at] ^= 1 << bit
            if not isinstance(outcome(bytes(changed)), str):
                accepted.append((at, bit))
    assert accepted == []


def test_every_other_byte_is_refused() -> None:
    """At header and ephemeral key each of the 255 other values is refused, elsewhere one drawn for each position."""
    envelope = seal(CODE)
    random = Random(1948)
    changes = [(at, change) for at in range(40) for change in range(1, 256)]
    changes += [(at, random.randrange(1, 256)) for at in range(40, SIZE)]
    accepted = []
    for at, change in changes:
        changed = bytearray(envelope)
        changed[at] ^= change
        if not isinstance(outcome(bytes(changed)), str):
            accepted.append((at, change))
    assert accepted == []


def test_an_envelope_that_is_cut_or_continued_is_refused() -> None:
    """Only the whole envelope opens."""
    envelope = seal(Signature("Ірына", True))
    for wrong in (b"", envelope[:1], envelope[:-1], envelope[1:], envelope + b"\0", b"\0" + envelope, envelope * 2):
        assert outcome(wrong) == "envelope-size"


def noise(size: int) -> st.SearchStrategy[bytes]:
    """`size` bytes: some that hypothesis chose, then some that look random."""
    seeds = st.integers(0, 2**32)
    return st.builds(lambda head, seed: (head + Random(seed).randbytes(size))[:size], st.binary(max_size=64), seeds)


@given(st.one_of(st.binary(max_size=200), noise(SIZE), noise(SIZE - 8).map(lambda rest: KEY.record.header + rest)))
@settings(deadline=None)
def test_any_bytes_are_refused_with_a_reason(envelope: bytes) -> None:
    """Invariant: bytes that nobody sealed never open and never raise anything but an error of the tree."""
    assert outcome(envelope) in {"envelope-size", "envelope-version", "envelope-key", "envelope-point", "open-outer"}


@given(noise(SIZE - HEADER_SIZE - 48))
@settings(deadline=None)
def test_any_inner_layer_is_refused_with_a_reason(inner: bytes) -> None:
    """Invariant: a well-made outer layer around rubbish is refused at the inner one."""
    assert outcome(seal_outer(inner)) == "open-inner"


GOOD_JSON = write_signature(Signature("Ірына", False, relation="сястра", language="be"))


texts = st.one_of(
    st.just(GOOD_JSON),
    st.just(b"{}"),
    st.binary(max_size=40),
    st.integers(0, len(GOOD_JSON)).flatmap(
        lambda at: st.binary(max_size=3).map(lambda new: GOOD_JSON[:at] + new + GOOD_JSON[at + 1 :])
    ),
    st.dictionaries(
        st.sampled_from([*(field.name for field in FIELDS), "other"]), st.one_of(st.booleans(), st.text(), st.none())
    ).map(lambda value: json.dumps(value).encode("ascii")),
)
# The parts of a plaintext in their order: good ones for each kind, and what may stand in place of one.
GOOD_PARTS = (
    (KEY.record.header, APPEAL_ID, LETTER, SLOT, b"\1", b"\0", GOOD_JSON, b"\x80"),
    (KEY.record.header, APPEAL_ID, LETTER, CODE.encode("ascii") + bytes(7), b"\2", b"\0", b"{}", b"\x80"),
)
a_byte = st.binary(min_size=1, max_size=1)
OTHER_PARTS = (noise(8), noise(16), noise(32), noise(32), a_byte, a_byte, texts, st.binary(max_size=5))


@st.composite
def plaintexts(draw: st.DrawFn) -> bytes:
    """2,936 bytes that are a signature or a withdrawal but for up to three parts."""
    parts = list(draw(st.sampled_from(GOOD_PARTS)))
    for at in draw(st.sets(st.integers(0, len(parts) - 1), max_size=3)):
        parts[at] = draw(OTHER_PARTS[at])
    return b"".join(parts).ljust(PLAINTEXT_SIZE, b"\0")[:PLAINTEXT_SIZE]


@given(st.one_of(plaintexts(), noise(PLAINTEXT_SIZE)))
@settings(max_examples=1000, deadline=None)
@pytest.mark.slow  # signing costs seconds on purpose
def test_any_plaintext_gives_a_record_or_a_reason(plaintext: bytes) -> None:
    """Invariant: what a stranger seals well gives the record that stands there in its form, or an error of the tree."""
    found = outcome(seal_plaintext(plaintext))
    if isinstance(found, str):
        assert found.startswith(("inner-", "record-"))
        return
    text, mark = plaintext.rstrip(b"\0")[JSON_START:-1], plaintext.rstrip(b"\0")[-1:]
    assert plaintext[:24] + mark == KEY.record.header + APPEAL_ID + b"\x80"
    assert plaintext[24:56] == found.letter_hash
    if isinstance(found, OpenedSignature):
        assert plaintext[56:90] == found.commitment + b"\1\0"
        assert read_signature(text) == found.signature
    else:
        assert plaintext[56:90] == found.code.encode("ascii").ljust(32, b"\0") + b"\2\0"
        assert re.fullmatch("[0-9]{25}", found.code)
        assert text == b"{}"


@given(plaintexts(), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
@settings(max_examples=25, deadline=None)
def test_the_reference_seals_what_opens_alike(plaintext: bytes, ephemeral_secret: bytes, coins: bytes) -> None:
    """Invariant: an envelope made by the second implementation opens to what the libraries' envelope opens to."""
    theirs = reference.seal(bytes(KEY.record), plaintext, ephemeral_secret, coins)
    assert outcome(theirs) == outcome(seal_plaintext(plaintext))
