"""What the workspace keeps about one envelope, what the organizers decided about it, and how both become a row.

Knows values and their bytes. Must never know where rows lie or under which key: that is workspace.py.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crypto.errors import RecordError
from crypto.signature import Signature
from organizer.errors import OrganizerError

ENTRY_WIDTH = 512
DECISION_WIDTH = 128
"""Rows are padded to these or multiples: a seized disk shows their lengths, and "true" is shorter than "false"."""


@dataclass(frozen=True)
class SignatureEntry:
    """A person's signature: envelope id, letter hash and commitment of 32 bytes each."""

    id: bytes
    letter_hash: bytes
    commitment: bytes
    signature: Signature
    by_hand: bool = False


@dataclass(frozen=True)
class WithdrawalEntry:
    """A withdrawal. Of the code it brought only the commitment is kept: that is enough to find the signature."""

    id: bytes
    commitment: bytes
    by_hand: bool = False


@dataclass(frozen=True)
class UnreadableEntry:
    """An envelope that was set aside, and the reason (a word of crypto/errors.py)."""

    id: bytes
    reason: str
    by_hand: bool = False


Entry = SignatureEntry | WithdrawalEntry | UnreadableEntry


class Verdict(StrEnum):
    """What organizers can decide about a signature."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"


class Reason(StrEnum):
    """Why a signature is refused."""

    NOT_A_PERSON = "not-a-person"
    DUPLICATE = "duplicate"
    ABUSE = "abuse"
    OTHER = "other"


@dataclass(frozen=True)
class Decision:
    """A verdict; a refusal has its reason.

    `step` orders what a person did: all that was decided at once has the same one, and 0 is decided by the tool.
    `vouch` is the number of the vouch word that it was made for without a look, or 0.
    `against` is the `code` of what another organizer decided, when the two differ and a person knows it.
    `before` is what was decided before, so that it can be given back.
    """

    verdict: Verdict
    reason: Reason | None = None
    step: int = 0
    vouch: int = 0
    against: str = ""
    before: Decision | None = None

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.REFUSED) != (self.reason is not None):
            raise ValueError("A refusal, and only a refusal, has a reason.")

    @property
    def code(self) -> str:
        """Verdict and reason in one letter."""
        return _CODES[self.verdict, self.reason]


_CODES: dict[tuple[Verdict, Reason | None], str] = {
    (Verdict.ACCEPTED, None): "A",
    (Verdict.HELD, None): "H",
    (Verdict.REFUSED, Reason.NOT_A_PERSON): "N",
    (Verdict.REFUSED, Reason.DUPLICATE): "D",
    (Verdict.REFUSED, Reason.ABUSE): "B",
    (Verdict.REFUSED, Reason.OTHER): "O",
}
VERDICTS = {code: meaning for meaning, code in _CODES.items()}
"""Verdict and reason by their letter."""

# Code, step, vouch word, what it was made against: from the latest to what was before it, as many as fit.
_DECISION = struct.Struct(">cIIc")


def write_entry(entry: Entry) -> bytes:
    """The plaintext of an entry's row, without its id."""
    if isinstance(entry, SignatureEntry):
        return _row(
            ENTRY_WIDTH,
            kind="signature",
            letter=entry.letter_hash.hex(),
            commitment=entry.commitment.hex(),
            by_hand=entry.by_hand,
            signature={field: value for field, value in vars(entry.signature).items() if value != ""},
        )
    if isinstance(entry, WithdrawalEntry):
        return _row(ENTRY_WIDTH, kind="withdrawal", commitment=entry.commitment.hex(), by_hand=entry.by_hand)
    return _row(ENTRY_WIDTH, kind="unreadable", reason=entry.reason, by_hand=entry.by_hand)


def read_entry(name: bytes, row: bytes) -> Entry:
    """The entry whose id is `name`. Raises OrganizerError: workspace-damaged."""
    try:
        value = json.loads(row)
        if value["kind"] == "signature":
            letter, commitment = bytes.fromhex(value["letter"]), bytes.fromhex(value["commitment"])
            return SignatureEntry(name, letter, commitment, Signature(**value["signature"]), value["by_hand"])
        if value["kind"] == "withdrawal":
            return WithdrawalEntry(name, bytes.fromhex(value["commitment"]), value["by_hand"])
        return UnreadableEntry(name, value["reason"], value["by_hand"])
    except (ValueError, KeyError, TypeError, RecordError) as error:
        raise _damaged() from error


def write_decision(decision: Decision) -> bytes:
    """The plaintext of a decision's row, DECISION_WIDTH bytes whatever was decided how often."""
    text = b""
    made: Decision | None = decision
    while made is not None and len(text) + _DECISION.size <= DECISION_WIDTH:
        text += _DECISION.pack(made.code.encode("ascii"), made.step, made.vouch, made.against.encode("ascii"))
        made = made.before
    return text.ljust(DECISION_WIDTH, b"\0")


def read_decision(row: bytes) -> Decision:
    """The decision in a row. Raises OrganizerError: workspace-damaged."""
    made: Decision | None = None
    try:
        for at in range(DECISION_WIDTH - DECISION_WIDTH % _DECISION.size, 0, -_DECISION.size):
            code, step, vouch, against = _DECISION.unpack_from(row, at - _DECISION.size)
            if code != b"\0":
                verdict, reason = VERDICTS[code.decode("ascii")]
                made = Decision(verdict, reason, step, vouch, against.rstrip(b"\0").decode("ascii"), made)
    except (ValueError, KeyError, struct.error) as error:
        raise _damaged() from error
    if made is None:
        raise _damaged()
    return made


def _row(width: int, /, **value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return text.ljust(-(-len(text) // width) * width)


def _damaged() -> OrganizerError:
    # The row was encrypted under our key, so nobody tampered with it: another version of the tool wrote it.
    return OrganizerError("workspace-damaged", "A row of the workspace was written by another version of this tool.")
