"""Blocks of envelopes: how a worker opens one, and how its result is written and read.

A bad envelope stops nothing: it is set aside with its reason.

A block is pairs of id (32 bytes) and envelope (4,096). Its result has, for the same envelopes in the same order, a line
of words, what each turned out to be, and then for each the length of its row's box (2 bytes, big-endian) and the boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from crypto.code import commitment
from crypto.envelope import HEADER_SIZE, ID_SIZE, SIZE, EnvelopeId, check_envelope
from crypto.errors import UndersignedError
from crypto.keys import KeyId, OrganizersKey
from crypto.seal import Opened, OpenedSignature, Opener
from organizer.intake.workers import BLOCK
from organizer.workspace.entries import (
    Entry,
    SignatureEntry,
    UnreadableEntry,
    WithdrawalEntry,
    write_entry,
    write_opened,
)
from organizer.workspace.records import Boxes

Pair = tuple[EnvelopeId, bytes]
"""Envelope id and envelope."""

Keys = Mapping[KeyId, OrganizersKey]
"""By key id. All of one appeal; an envelope is opened by the key that its header names."""

SIGNATURE, WITHDRAWAL = "signature", "withdrawal"
"""What an envelope turned out to be, beside the reasons for which one is set aside."""

_PAIR_SIZE = ID_SIZE + SIZE
PAIRS = BLOCK // _PAIR_SIZE
"""Envelopes in a block."""


def key_id_of(envelope: bytes) -> KeyId:
    """The id of the key that an envelope says it is sealed to."""
    return KeyId(envelope[1:HEADER_SIZE])


def open_batch(keys: Keys, pairs: Sequence[Pair], by_hand: bool = False) -> list[Entry]:
    """One entry per envelope, in their order. Needs only its arguments and raises nothing, whatever the bytes."""
    openers = _openers(keys)
    return [_entry(openers, envelope_id, envelope, by_hand) for envelope_id, envelope in pairs]


class BlockOpener:
    """What a worker does: a block of envelopes in, their finished rows out. Raises nothing, whatever the bytes."""

    def __init__(self, keys: Keys, boxes: Boxes) -> None:
        self._openers = _openers(keys)
        self._boxes = boxes

    def __call__(self, block: bytes) -> bytes:
        """The result of a block."""
        words: list[str] = []
        rows: list[tuple[EnvelopeId, bytes]] = []
        for at in range(0, len(block), _PAIR_SIZE):
            envelope_id = EnvelopeId(block[at : at + ID_SIZE])
            try:
                opened = _open(self._openers, block[at + ID_SIZE : at + _PAIR_SIZE])
            except UndersignedError as error:
                words.append(error.reason)
                rows.append((envelope_id, write_entry(UnreadableEntry(envelope_id, error.reason))))
            else:
                words.append(SIGNATURE if isinstance(opened, OpenedSignature) else WITHDRAWAL)
                rows.append((envelope_id, write_opened(opened)))
        boxes = self._boxes.lock_all("entries", rows)
        lengths = struct.pack(f">{len(boxes)}H", *map(len, boxes))
        return b"".join([" ".join(words).encode("ascii"), b"\n", lengths, *boxes])


def write_block(pairs: Iterable[Pair]) -> bytes:
    """At most PAIRS pairs as a block."""
    return b"".join([part for pair in pairs for part in pair])


def read_result(result: bytes) -> tuple[list[str], list[bytes]]:
    """What the envelopes of a block turned out to be, and the boxes of their rows."""
    line = result.index(b"\n")
    words = result[:line].decode("ascii").split()
    at = line + 1 + 2 * len(words)
    boxes: list[bytes] = []
    for length in struct.unpack(f">{len(words)}H", result[line + 1 : at]):
        boxes.append(result[at : at + length])
        at += length
    return words, boxes


def _openers(keys: Keys) -> dict[KeyId, Opener]:
    return {key_id: Opener(key) for key_id, key in keys.items()}


def _open(openers: Mapping[KeyId, Opener], envelope: bytes) -> Opened:
    opener = openers.get(key_id_of(envelope))
    if opener is None:
        check_envelope(envelope, ())
        raise AssertionError("without keys, no envelope passes")
    return opener(envelope)


def _entry(openers: Mapping[KeyId, Opener], envelope_id: EnvelopeId, envelope: bytes, by_hand: bool) -> Entry:
    try:
        opened = _open(openers, envelope)
    except UndersignedError as error:
        return UnreadableEntry(envelope_id, error.reason, by_hand)
    if isinstance(opened, OpenedSignature):
        return SignatureEntry(envelope_id, opened.letter_hash, opened.commitment, opened.signature, by_hand)
    return WithdrawalEntry(envelope_id, commitment(opened.code), by_hand)
