"""The text form in numbered parts: written for messengers, read whatever they made of it (docs/spec.md, section 2).

A reader may try any reading, because it takes one only if its bytes have the id that the check names.
So nothing is read wrongly: it is read right, or what is missing is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from operator import itemgetter

from crypto.base64 import decode, encode
from crypto.envelope import LINE_WIDTH, SIZE, dearmor, envelope_id
from crypto.errors import ArmorError

PARTS = 2
CHECK_SIZE = 8
BASE64_SIZE = -(-SIZE // 3) * 4
TRIES_MOST = 20
EXCESS_MOST = 150
JOINED_MOST = 20
VARIANTS_MOST = 8
TEXT_MOST = 4_000_000
KEPT_MOST = 100_000
LONE_RUN = 20

_GAP = "[^0-9A-Za-z]"
_MARK = re.compile(
    f"(BEGIN|END){_GAP}{{0,20}}UNDERSIGNED{_GAP}{{0,20}}ENVELOPE{_GAP}{{0,20}}([12]){_GAP}{{0,20}}OF{_GAP}{{0,20}}2"
    f"{_GAP}{{0,20}}((?:[0-9a-f]{_GAP}{{0,12}}){{15}}[0-9a-f])(?![0-9a-z])",
    re.IGNORECASE | re.ASCII,
)
_LINE = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# What quotes, decorates and parts a line without being of it, wherever a program has moved it to.
_BETWEEN = re.compile(r"[\s>|»│*`~•]+")
_FOREIGN = re.compile("[^0-9A-Za-z+/=]+")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_TAG = re.compile("<[^<>]{0,2000}>")
_ENTITY = re.compile("&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,8});", re.IGNORECASE | re.ASCII)
_NAMED = dict(amp="&", lt="<", gt=">", plus="+", equals="=", sol="/", shy="", hyphen="-")
_BYTES = re.compile("(?:=[0-9A-Fa-f]{2})+")
_SOFT = re.compile("=[ \t]*\r?\n")
_BREAK = re.compile("<(?:br|/p|/div|/tr|/li|/pre)[^<>]{0,200}>", re.IGNORECASE)

_Parts = tuple[dict[str, int], ...]
"""For each part of an envelope the readings that it has, and how many lines each of them leaves out."""


@dataclass(frozen=True)
class Incomplete:
    """An envelope of which something is missing: its check in hex, and the numbers of parts that are not whole here.

    All numbers stand there when each part could be read by itself, but they do not belong together.
    """

    check: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """What a text holds: whole envelopes (4,096 bytes each), each once, and those of which something is missing."""

    envelopes: tuple[bytes, ...]
    incomplete: tuple[Incomplete, ...]


def write_parts(envelope: bytes) -> list[str]:
    """The envelope as texts of at most 3,500 characters, each to be sent by itself; every line ends in LF."""
    check = envelope_id(envelope)[:CHECK_SIZE].hex()
    made = []
    for number, piece in enumerate(_pieces(encode(envelope)), start=1):
        words = f"UNDERSIGNED ENVELOPE {number} OF {PARTS} {check}-----"
        lines = [piece[at : at + LINE_WIDTH] for at in range(0, len(piece), LINE_WIDTH)]
        made.append("\n".join([f"-----BEGIN {words}", *lines, f"-----END {words}", ""]))
    return made


class PartCollector:
    """Parts of envelopes out of any number of texts, one after the other; those of one envelope may stand in several.

    What is whole in one text needs no other: so nobody's text spoils somebody else's.
    """

    def __init__(self) -> None:
        self.parts_met = 0
        """How many parts were met so far, each as often as it was met, whole or not."""
        self._pending: dict[str, _Parts] = {}
        self._whole: set[str] = set()
        self._kept = 0

    def add(self, text: str) -> Reading:
        """The envelopes that are whole since this text, and what is missing of those that it holds parts of.

        At most TEXT_MOST characters are read; nothing is ever raised.
        """
        here: dict[str, _Parts] = {}
        for check, number, body in _all_parts(text[:TEXT_MOST]):
            self.parts_met += 1
            if check not in self._whole:
                readings = here.setdefault(check, _no_parts())[number - 1]
                for reading, left_out in _bodies(body, _SIZES[number - 1]):
                    readings[reading] = min(left_out, readings.get(reading, left_out))
        envelopes: dict[bytes, None] = {}
        incomplete = []
        for check, parts in here.items():
            before = self._pending.get(check)
            together = _together(before or _no_parts(), parts)
            envelope = _join(check, parts)
            if envelope is None and before is not None:
                envelope = _join(check, together)
            if envelope is None:
                self._keep(check, together)
                incomplete.append(_incomplete(check, together))
            else:
                envelopes[envelope] = None
                self._whole.add(check)
                self._kept -= _weight(self._pending.pop(check, None))
        return Reading(tuple(envelopes), tuple(incomplete))

    def is_waiting(self, check: str) -> bool:
        """Whether a part with this check was kept for its other part; when too much waits, it was not."""
        return check in self._pending

    @property
    def incomplete(self) -> tuple[Incomplete, ...]:
        """Of which envelopes something is missing after all these texts."""
        return tuple(_incomplete(check, parts) for check, parts in self._pending.items())

    def _keep(self, check: str, parts: _Parts) -> None:
        more = _weight(parts) - _weight(self._pending.get(check))
        if self._kept + more <= KEPT_MOST:
            self._pending[check] = parts
            self._kept += more


def read_parts(text: str) -> Reading:
    """All envelopes whose parts stand in the text, in whatever order and company; nothing is ever raised."""
    return PartCollector().add(text)


def read_text(text: str) -> bytes:
    """The one envelope in `text`, in parts or in the older form without a check, which is read strictly.

    Raises ArmorError: armor-several, armor-part-1, armor-part-2, armor-parts, and what `dearmor` raises.
    """
    found = read_parts(text)
    if len(found.envelopes) + len(found.incomplete) > 1:
        raise ArmorError("armor-several", "The text holds parts of more than one envelope.")
    if found.incomplete:
        parts = found.incomplete[0].parts
        if len(parts) == 1:
            raise ArmorError(f"armor-part-{parts[0]}", f"Part {parts[0]} of {PARTS} is missing, or is not whole.")
        raise ArmorError("armor-parts", "The parts are not whole, or do not belong together.")
    return found.envelopes[0] if found.envelopes else dearmor(text)


def _pieces(encoded: str) -> list[str]:
    """The base64 text in parts of whole lines, the last one shorter."""
    lines = -(-len(encoded) // LINE_WIDTH)
    size = -(-lines // PARTS) * LINE_WIDTH
    return [encoded[at : at + size] for at in range(0, size * PARTS, size)]


_SIZES = [len(piece) for piece in _pieces("=" * BASE64_SIZE)]


def _all_parts(text: str) -> Iterator[tuple[str, int, str]]:
    """Check, number and what stands behind the BEGIN line, for each part in each reading of the text."""
    for variant in _variants(text):
        marks = list(_MARK.finditer(variant))
        for at, mark in enumerate(marks):
            if mark[1].upper() == "BEGIN":
                end = marks[at + 1].start() if at + 1 < len(marks) else len(variant)
                yield re.sub(_GAP, "", mark[3]).lower(), int(mark[2]), variant[mark.end() : end]


def _variants(text: str) -> Iterable[str]:
    """The text, and what it is once the forms that mail and web pages give it are undone, one over another, too."""
    made = [_UNSEEN.sub("", text)]
    for each in made:
        for undone in (_unquoted(each), _unmarked(each)):
            if len(made) < VARIANTS_MOST and (bare := _UNSEEN.sub("", undone)) not in made:
                made.append(bare)
    return made


def _unquoted(text: str) -> str:
    """Without quoted-printable: bytes written in hex, and line ends that were put in."""
    return _BYTES.sub(
        lambda run: bytes.fromhex(run[0].replace("=", "")).decode("utf-8", "replace"), _SOFT.sub("", text)
    )


def _unmarked(text: str) -> str:
    """Without HTML."""
    return _ENTITY.sub(_character, _TAG.sub("", _BREAK.sub("\n", text)))


def _character(entity: re.Match[str]) -> str:
    name = entity[1].lower()
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        return chr(code) if code < 0x110000 else ""
    return _NAMED.get(name, " ")


def _bodies(text: str, size: int) -> Iterator[tuple[str, int]]:
    """Readings of what stands in a part, of exactly `size` characters of base64, and how many lines each leaves out."""
    pieces = [piece for line in _LINE.split(text) if (piece := _piece(line))]
    excess = sum(map(len, pieces)) - size
    if 0 <= excess <= EXCESS_MOST:
        for left_out in islice(_adding_up(pieces, excess), TRIES_MOST):
            yield "".join(piece for at, piece in enumerate(pieces) if at not in left_out), len(left_out)


def _piece(line: str) -> str:
    """The base64 of a line: without marks around it and spaces in it; nothing, when it is a line of something else."""
    line = _strip(_BETWEEN.sub("", line))
    if not _FOREIGN.search(line):
        return line
    longest = max(_FOREIGN.split(line), key=len)
    return longest if len(longest) >= LONE_RUN else ""


def _strip(line: str) -> str:
    start, end = 0, len(line)
    while start < end and _FOREIGN.match(line[start]):
        start += 1
    while end > start and _FOREIGN.match(line[end - 1]):
        end -= 1
    return line[start:end]


def _adding_up(pieces: list[str], excess: int) -> Iterator[frozenset[int]]:
    """Which pieces may be words of somebody else: none, or some that are together as long as what is too much."""
    if excess == 0:
        yield frozenset()
        return
    short = [at for at, piece in enumerate(pieces) if len(piece) <= min(excess, LINE_WIDTH - 1)]
    sums: dict[int, list[frozenset[int]]] = {0: [frozenset()]}
    for at in short:
        for total, sets in sorted(sums.items(), reverse=True):
            grown = total + len(pieces[at])
            if grown <= excess and len(kept := sums.setdefault(grown, [])) < TRIES_MOST:
                kept.extend(each | {at} for each in sets[: TRIES_MOST - len(kept)])
    yield from sums.get(excess, [])


def _no_parts() -> _Parts:
    return tuple({} for _ in range(PARTS))


def _together(before: _Parts, parts: _Parts) -> _Parts:
    """The plainest readings of two texts."""
    return tuple(dict(_plainest({**new, **old})) for old, new in zip(before, parts, strict=True))


def _weight(parts: _Parts | None) -> int:
    """What it costs to keep them."""
    return 0 if parts is None else 1 + sum(map(len, parts))


def _plainest(readings: dict[str, int]) -> list[tuple[str, int]]:
    # Every reading that leaves lines out is a guess.
    return sorted(readings.items(), key=itemgetter(1))[:JOINED_MOST]


def _incomplete(check: str, parts: _Parts) -> Incomplete:
    absent = tuple(number for number, readings in enumerate(parts, start=1) if not readings)
    return Incomplete(check, absent or tuple(range(1, PARTS + 1)))


def _join(check: str, parts: _Parts) -> bytes | None:
    """The envelope with this check, from one reading of each part."""
    for chosen in product(*([reading for reading, _ in _plainest(readings)] for readings in parts)):
        envelope = decode("".join(chosen), any_unused_bits=True)
        if envelope is not None and len(envelope) == SIZE and envelope_id(envelope)[:CHECK_SIZE].hex() == check:
            return envelope
    return None
