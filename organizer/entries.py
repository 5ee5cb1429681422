"""What the workspace keeps about one envelope, what the organizers decided about it, and how both become a row.

Knows values and their bytes. Must never know where rows lie or under which key: that is workspace.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crypto.errors import RecordError
from crypto.signature import Signature
from organizer.errors import OrganizerError

ENTRY_WIDTH = 512
DECISION_WIDTH = 128
"""Rows are padded to multiples of these: a seized disk shows their lengths, and "true" is shorter than "false"."""


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
    """A verdict; a refusal has its reason. `step` orders the decisions a person made, 0 is one made by the tool."""

    verdict: Verdict
    reason: Reason | None = None
    step: int = 0

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.REFUSED) != (self.reason is not None):
            raise ValueError("A refusal, and only a refusal, has a reason.")


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
    """The plaintext of a decision's row."""
    return _row(DECISION_WIDTH, verdict=decision.verdict, reason=decision.reason, step=decision.step)


def read_decision(row: bytes) -> Decision:
    """The decision in a row. Raises OrganizerError: workspace-damaged."""
    try:
        value = json.loads(row)
        reason = None if value["reason"] is None else Reason(value["reason"])
        return Decision(Verdict(value["verdict"]), reason, value["step"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged() from error


def _row(width: int, /, **value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return text.ljust(-(-len(text) // width) * width)


def _damaged() -> OrganizerError:
    # The row was encrypted under our key, so nobody tampered with it: another version of the tool wrote it.
    return OrganizerError("workspace-damaged", "A row of the workspace was written by another version of this tool.")
