"""Envelopes at rest: whoever holds them all, and may learn from as many as they like, cannot tell the kinds apart.

The learner is a naive Bayes over some hundred features of an envelope: each byte of both ends at its place, each bit
there, how often each byte value occurs, and how well the whole compresses. It learns from one half of the envelopes,
whose kinds it is told, and is asked about the other half.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import subprocess
import zlib
from collections.abc import Callable
from itertools import combinations

import pytest

from crypto.base64 import decode, encode
from crypto.code import CODE_DIGITS, commitment, generate_code
from crypto.keys import OrganizersKey
from crypto.seal import seal_signature, seal_withdrawal
from crypto.signature import Signature
from tests.support.node import node
from tests.support.paths import ROOT

EDGE, BEST = 96, 8
LETTERS = "абвгдеёжзійклмнопрстуўфхцчшыьэюяabcdefghijklmnopqrstuvwxyz -’"

Envelopes = list[bytes]
Features = list[float]
Moments = tuple[float, float, float, float]


def words(draw: random.Random, least: int, most: int) -> str:
    return "".join(draw.choices(LETTERS, k=draw.randint(least, most))).strip() or "Я"


def signatures(key: OrganizersKey, count: int, *, public: bool) -> Envelopes:
    """Sealed signatures of one kind, short and long, with all fields and with few."""
    draw = random.Random(public)
    return [
        seal_signature(
            key.record,
            Signature(
                name=words(draw, 1, 100),
                relation=words(draw, 1, 60),
                message=words(draw, 1, 400) if draw.random() < 0.5 else "",
                public=public,
                language="be",
            ),
            bytes(32),
            commitment(generate_code(os.urandom)),
        )
        for _ in range(count)
    ]


def withdrawals(key: OrganizersKey, count: int) -> Envelopes:
    """Sealed withdrawals, each with another code."""
    return [seal_withdrawal(key.record, bytes(32), generate_code(os.urandom)) for _ in range(count)]


def features(envelope: bytes) -> Features:
    """What may tell something."""
    ends = envelope[:EDGE] + envelope[-EDGE:]
    found = [float(byte) for byte in ends]
    found += [float(byte >> bit & 1) for byte in ends[:EDGE] for bit in (0, 7)]
    found += [float(envelope.count(value)) for value in range(256)]
    found += [float(len(envelope)), float(sum(envelope)), float(len(zlib.compress(envelope, 1)))]
    found += [float(sum(envelope[at : at + 256])) for at in range(0, 4096, 256)]
    return found


def learned(one: list[Features], other: list[Features]) -> Callable[[Features], bool]:
    """A judge: True for what looks more like the first, by the few features that differ most between the kinds."""
    columns = [_of_both(*pair) for pair in zip(zip(*one, strict=True), zip(*other, strict=True), strict=True)]
    best = sorted(range(len(columns)), key=lambda at: -_apart(*columns[at]))[:BEST]
    return lambda found: sum(_weight(found[at], *columns[at]) for at in best) > 0


def _of_both(one: tuple[float, ...], other: tuple[float, ...]) -> Moments:
    # A feature that never changes has no spread; the least one here is that of a single bit in a thousand.
    spread = [max(statistics.pstdev(values), 0.03) for values in (one, other)]
    return statistics.fmean(one), spread[0], statistics.fmean(other), spread[1]


def _apart(mean: float, spread: float, other_mean: float, other_spread: float) -> float:
    return abs(mean - other_mean) / math.hypot(spread, other_spread)


def _weight(value: float, mean: float, spread: float, other_mean: float, other_spread: float) -> float:
    """How much more likely a value is in the first kind: the logarithm, for two normal distributions."""
    near, far = ((value - mean) / spread) ** 2, ((value - other_mean) / other_spread) ** 2
    return (far - near) / 2 + math.log(other_spread / spread)


def share_right(one: Envelopes, other: Envelopes) -> float:
    """How often the learner is right about the half that it has not seen; each half is asked about once."""
    ones, others = [features(each) for each in one], [features(each) for each in other]
    right = 0
    for seen in (0, 1):
        judge = learned(ones[seen::2], others[seen::2])
        right += sum(map(judge, ones[1 - seen :: 2])) + sum(not judge(each) for each in others[1 - seen :: 2])
    return right / (len(ones) + len(others))


def sealed_by_script(key: OrganizersKey, count: int, kind: str) -> Envelopes:
    """The same from the code that runs in the page."""
    draw = random.Random(kind)
    asked = {"record": encode(bytes(key.record)), "letter_hash": "00" * 32}
    lines = []
    for _ in range(count):
        said: dict[str, object] = {"signature": {"name": words(draw, 1, 100), "message": words(draw, 1, 400)}}
        said["signature"] |= {"public": kind == "public"}  # type: ignore[operator]
        lines.append(json.dumps(asked | ({"code": generate_code(os.urandom)} if kind == "withdrawal" else said)))
    command = [node(), "tests/support/seal_many.mjs"]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(lines), capture_output=True, text=True, check=True)
    return [decode(json.loads(line)["envelope"]) or b"" for line in done.stdout.splitlines()]


KINDS = ("public", "nonpublic", "withdrawal")


@pytest.fixture(
    scope="module",
    params=[
        ("python", 300),
        pytest.param(("python", 5_000), marks=pytest.mark.long),
        pytest.param(("javascript", 5_000), marks=pytest.mark.long),
    ],
    ids=lambda param: "-".join(map(str, param)),
)
def kinds(request: pytest.FixtureRequest, key: OrganizersKey) -> dict[str, Envelopes]:
    """So many of each kind, sealed by one of the two implementations."""
    language, count = request.param
    if language == "javascript":
        return {kind: sealed_by_script(key, count, kind) for kind in KINDS}
    return {
        "public": signatures(key, count, public=True),
        "nonpublic": signatures(key, count, public=False),
        "withdrawal": withdrawals(key, count),
    }


@pytest.mark.parametrize("pair", list(combinations(KINDS, 2)))
def test_a_learner_is_right_about_every_second_envelope_only(
    kinds: dict[str, Envelopes], pair: tuple[str, str]
) -> None:
    """As often as a coin. Four standard deviations of a coin, which are 2 % with 5,000 and 5,000."""
    one, other = (kinds[kind] for kind in pair)
    right = share_right(one, other)
    print(f"right about {' and '.join(pair)}: {100 * right:.2f} %")
    assert abs(right - 0.5) < 4 * 0.5 / math.sqrt(2 * len(one))


def bit_set(envelope: bytes) -> bytes:
    """One bit, at one place."""
    return envelope[:60] + bytes([envelope[60] | 1]) + envelope[61:]


def one_byte_longer(envelope: bytes) -> bytes:
    return envelope + os.urandom(1)


def padded_with_zeros(envelope: bytes) -> bytes:
    """A hundred bytes of padding that were not sealed."""
    return envelope[:3000] + bytes(100) + envelope[3100:]


def code_at_the_end(envelope: bytes) -> bytes:
    """A code that was not sealed."""
    return envelope[:-CODE_DIGITS] + b"7" * CODE_DIGITS


def smaller_bytes(envelope: bytes) -> bytes:
    """Every twentieth byte has its highest bit cleared: a cipher that is a little uneven, at no place known."""
    draw = random.Random(envelope)
    return bytes(byte & 0x7F if draw.random() < 0.05 else byte for byte in envelope)


@pytest.mark.control
@pytest.mark.parametrize("mark", [bit_set, one_byte_longer, padded_with_zeros, code_at_the_end, smaller_bytes])
def test_a_kind_that_differs_is_found(kinds: dict[str, Envelopes], mark: Callable[[bytes], bytes]) -> None:
    """The control: one bit, one byte more, padding or a code in the open, bytes that are a little too small."""
    marked = [mark(envelope) for envelope in kinds["nonpublic"]]
    assert share_right(kinds["public"], marked) > 0.6
