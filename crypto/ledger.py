"""The ledger: all envelopes of an appeal in one file (docs/spec.md, section 5).

They are sorted by envelope id, so that equal sets of envelopes are equal bytes.
It reads and writes pieces of bytes; the caller opens the file or the connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crypto.envelope import SIZE, EnvelopeId, envelope_id
from crypto.errors import LedgerError
from crypto.keys import AppealId

# A count of a billion is 4 TB; anything longer is not a ledger.
_HEADER = re.compile(rb"undersigned/v1/ledger ([0-9a-f]{32}) (0|[1-9][0-9]{0,11})\n")
HEADER_MAX = len(b"undersigned/v1/ledger ") + 32 + 1 + 12 + 1


@dataclass(frozen=True)
class LedgerHeader:
    """The first line: which appeal (16 bytes) and how many envelopes follow."""

    appeal_id: AppealId
    count: int

    def __bytes__(self) -> bytes:
        return f"undersigned/v1/ledger {self.appeal_id.hex()} {self.count}\n".encode("ascii")

    @classmethod
    def parse(cls, line: bytes) -> LedgerHeader:
        """Read the first line, LF included. Raises LedgerError: ledger-header."""
        match = _HEADER.fullmatch(line)
        if not match:
            raise LedgerError("ledger-header", "The file does not start as a ledger does.")
        return cls(AppealId(bytes.fromhex(match.group(1).decode("ascii"))), int(match.group(2)))

    @property
    def size(self) -> int:
        """The size in bytes that the whole file must have."""
        return len(bytes(self)) + self.count * SIZE


def write_ledger(appeal_id: AppealId, count: int, envelopes: Iterable[bytes]) -> Iterator[bytes]:
    """The file in pieces. `envelopes` must come sorted by envelope id, each once, `count` of them."""
    yield bytes(LedgerHeader(appeal_id, count))
    yield from envelopes


def read_ledger(
    header: LedgerHeader, pieces: Iterable[bytes], appeal_id: AppealId
) -> Iterator[tuple[EnvelopeId, bytes]]:
    """Pairs of envelope id and envelope, from pieces of 4,096 bytes.

    Raises LedgerError: ledger-appeal, ledger-size, ledger-order; pairs already given are good.
    """
    if header.appeal_id != appeal_id:
        raise LedgerError("ledger-appeal", "The ledger belongs to another appeal.")
    last, seen = b"", 0
    for piece in pieces:
        if len(piece) != SIZE or seen == header.count:
            raise LedgerError("ledger-size", "The file is shorter or longer than its first line says.")
        own = envelope_id(piece)
        if own <= last:
            raise LedgerError("ledger-order", "The envelopes are not in the order of their ids.")
        last, seen = own, seen + 1
        yield own, piece
    if seen != header.count:
        raise LedgerError("ledger-size", "The file is shorter or longer than its first line says.")
