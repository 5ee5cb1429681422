"""What the workspace keeps about one envelope, what the organizers decided about it, and how both become a row.

Knows values and their bytes. Must never know where rows lie or under which key: that is records.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from crypto.code import commitment
from crypto.errors import RecordError
from crypto.seal import Opened, OpenedWithdrawal
from crypto.signature import Signature, read_signature, write_signature
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
    """A withdrawal. Of the code it brought only the commitment is kept: that is enough to find the signature.

    One that organizers made for a person who lost the code has their reason; no envelope belongs to it.
    """

    id: bytes
    commitment: bytes
    by_hand: bool = False
    reason: str = ""


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
    """The plaintext of an entry's row, without its id: kind, by_hand, then what belongs to the kind, then spaces."""
    if isinstance(entry, SignatureEntry):
        kind, rest = b"S", entry.letter_hash + entry.commitment + write_signature(entry.signature)
    elif isinstance(entry, WithdrawalEntry):
        kind, rest = b"W", entry.commitment + entry.reason.encode("utf-8")
    else:
        kind, rest = b"U", entry.reason.encode("ascii")
    return _pad(kind + (b"1" if entry.by_hand else b"0") + rest, ENTRY_WIDTH)


def read_entry(name: bytes, row: bytes) -> Entry:
    """The entry whose id is `name`. Raises OrganizerError: workspace-damaged."""
    kind, by_hand, rest = row[:1], row[1:2] == b"1", row[2:]
    try:
        if kind == b"S" and len(rest) > 64:
            return SignatureEntry(name, rest[:32], rest[32:64], read_signature(rest[64:]), by_hand)
        if kind == b"W" and len(rest) > 32:
            return WithdrawalEntry(name, rest[:32], by_hand, rest[32:].rstrip(b" ").decode("utf-8"))
        if kind == b"U":
            return UnreadableEntry(name, rest.rstrip(b" ").decode("ascii"), by_hand)
    except (ValueError, RecordError) as error:
        raise _damaged() from error
    raise _damaged()


def write_opened(opened: Opened) -> bytes:
    """The same as write_entry of the entry that is made of what an envelope held; quicker."""
    if isinstance(opened, OpenedWithdrawal):
        return _pad(b"W0" + commitment(opened.code), ENTRY_WIDTH)
    # Never as it was sealed if that is not canonical: a stranger would choose the length of a row, and its bytes.
    text = opened.text if opened.canonical else write_signature(opened.signature)
    return _pad(b"S0" + opened.letter_hash + opened.commitment + text, ENTRY_WIDTH)


def withdrawn_code(row: bytes) -> bytes | None:
    """The commitment in the row of a withdrawal, None in any other: quicker than reading all of it."""
    return row[2:34] if row[:1] == b"W" else None


def write_decision(decision: Decision) -> bytes:
    """The plaintext of a decision's row."""
    value = {"verdict": decision.verdict, "reason": decision.reason, "step": decision.step}
    return _pad(json.dumps(value, separators=(",", ":")).encode("ascii"), DECISION_WIDTH)


def read_decision(row: bytes) -> Decision:
    """The decision in a row. Raises OrganizerError: workspace-damaged."""
    try:
        value = json.loads(row)
        reason = None if value["reason"] is None else Reason(value["reason"])
        return Decision(Verdict(value["verdict"]), reason, value["step"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged() from error


def _pad(text: bytes, width: int) -> bytes:
    return text.ljust(-(-len(text) // width) * width)


def _damaged() -> OrganizerError:
    # The row was encrypted under our key, so nobody tampered with it: another version of the tool wrote it.
    return OrganizerError("workspace-damaged", "A row of the workspace was written by another version of this tool.")
