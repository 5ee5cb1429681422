"""Invariant: whatever messengers, mail and phones make of an envelope's two texts, it is read right or not at all.

Python and JavaScript read every text alike.
"""

from __future__ import annotations

import base64
import functools
import itertools
import json
import random
import subprocess
import time

import pytest

from crypto.envelope import dearmor, envelope_id
from crypto.errors import ArmorError
from crypto.text_parts import Reading, read_parts, read_text, write_parts
from tests.support.messenger_habits import GREETINGS, HABITS, Habit
from tests.support.node import node
from tests.support.older_text import armor
from tests.support.paths import ROOT

CHANCE = random.Random(20261130)
OURS, THEIRS = CHANCE.randbytes(4096), CHANCE.randbytes(4096)


def mangled(*habits: Habit, seed: int) -> str:
    """The texts after each of these habits, one over the other."""
    chance = random.Random(f"{[habit.__name__ for habit in habits]} {seed}")
    texts = write_parts(OURS)
    for habit in habits[:-1]:
        texts = [habit([text], chance) for text in texts]
    return habits[-1](texts, chance)


@functools.cache
def all_manglings() -> list[tuple[str, str]]:
    """Name and text: each habit 10 times, and 300 pairs of habits."""
    once = [(habit.__name__, mangled(habit, seed=seed)) for habit in HABITS for seed in range(10)]
    chance = random.Random(1)
    pairs = [(chance.choice(HABITS), chance.choice(HABITS)) for _ in range(300)]
    twice = [(f"{one.__name__} {two.__name__}", mangled(one, two, seed=at)) for at, (one, two) in enumerate(pairs)]
    return once + twice


def test_hundreds_of_manglings_are_read_right_or_refused_with_what_is_missing() -> None:
    """Each habit by itself is read right; of two at once nearly all, and never a wrong envelope."""
    found = [(name, read_parts(text)) for name, text in all_manglings()]
    assert len(found) > 500
    assert {envelope for _, reading in found for envelope in reading.envelopes} == {OURS}
    not_read = [name for name, reading in found if not reading.envelopes]
    assert [name for name in not_read if " " not in name] == []
    assert len(not_read) <= 5


def test_the_strict_reader_of_one_text_reads_few_of_them() -> None:
    """The control: with the form of before, most habits cost the signature."""
    read = 0
    for habit in HABITS:
        try:
            read += dearmor(habit([armor(OURS)], random.Random(1))) == OURS
        except ArmorError:
            continue
    assert 0 < read < len(HABITS) / 2


def test_the_page_reads_every_one_of_them_as_the_tool_does() -> None:
    """The two readers are two programs, and say the same, of what is missing, too."""
    texts = [text for _, text in all_manglings()]
    texts += ["", "-----BEGIN", write_parts(OURS)[0], write_parts(OURS)[1] + write_parts(THEIRS)[0]]
    reader = [node(), "tests/support/read_parts.mjs"]
    ended = subprocess.run(reader, cwd=ROOT, input=json.dumps(texts), capture_output=True, text=True, check=True)
    said = json.loads(ended.stdout)
    assert said == [as_json(read_parts(text)) for text in texts]


def as_json(reading: Reading) -> object:
    return {
        "envelopes": [base64.b64encode(each).decode() for each in reading.envelopes],
        "incomplete": [{"check": each.check, "parts": list(each.parts)} for each in reading.incomplete],
    }


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_parts_of_two_people_in_one_chat_are_two_envelopes(order: tuple[int, ...]) -> None:
    """In whatever order they come, with words between them."""
    parts = write_parts(OURS) + write_parts(THEIRS)
    text = "\n".join(f"{GREETINGS[at]}\n{parts[at]}" for at in order)
    reading = read_parts(text)
    assert set(reading.envelopes) == {OURS, THEIRS}
    assert reading.incomplete == ()
    with pytest.raises(ArmorError, match="more than one envelope"):
        read_text(text)


def test_no_changed_character_is_taken_for_another_envelope() -> None:
    """A part with another letter anywhere is refused, and what is missing is said."""
    one, two = write_parts(OURS)
    for at in random.Random(2).sample(range(60, len(one) - 62), 200):
        other = "B" if one[at] == "A" else "A"
        if one[at] == "\n":
            continue
        reading = read_parts(one[:at] + other + one[at + 1 :] + two)
        assert reading.envelopes == ()
        assert [each.parts for each in reading.incomplete] in ([(1,)], [(1, 2)])


def test_each_missing_part_is_named() -> None:
    """So that a person knows which message to copy again."""
    one, two = write_parts(OURS)
    check = envelope_id(OURS)[:8].hex()
    for text, reason, parts in (
        (one, "armor-part-2", (2,)),
        (two, "armor-part-1", (1,)),
        (one[:2000] + two, "armor-part-1", (1,)),
        (one + two[:2000], "armor-part-2", (2,)),
        (one[:2000] + two[:2000], "armor-parts", (1, 2)),
    ):
        (missing,) = read_parts(text).incomplete
        assert (missing.check, missing.parts) == (check, parts)
        with pytest.raises(ArmorError) as caught:
            read_text(text)
        assert caught.value.reason == reason
    assert read_text(armor(OURS)) == OURS


def test_a_part_fits_into_a_message() -> None:
    """At most 3,500 characters, where Telegram takes 4,096."""
    assert [len(part) for part in write_parts(OURS)] == [2915, 2875]


def test_a_text_made_to_keep_the_reader_busy_costs_no_more_than_many_times_its_length() -> None:
    """Thousands of marks, short lines, tags and entities: the time for one megabyte is some seconds at most."""
    begin, end = write_parts(OURS)[0].splitlines()[:1], "A\n"
    short = "".join("AB\n" if at % 3 else "ABC\n" for at in range(1100))
    hostile = [
        (begin[0] + "\n" + short) * 200,
        (begin[0] + "\n") * 10_000,
        "<" * 500_000,
        "&#" * 250_000,
        "=" * 500_000,
        "BEGIN" + "-" * 20 + ("UNDERSIGNED" + "-" * 20) * 20_000,
        ("A" * 63 + "\n") * 8000,
        begin[0] + "a" * 500_000,
        end * 250_000,
    ]
    plain = "x y\n" * 125_000
    started = time.process_time()
    assert read_parts(plain) == Reading((), ())
    yardstick = time.process_time() - started
    for text in hostile:
        started = time.process_time()
        assert read_parts(text).envelopes == ()
        assert time.process_time() - started < 200 * yardstick + 1
