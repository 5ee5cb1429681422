"""Entries and decisions: what the workspace keeps about one envelope, and the bytes of both as rows.

records.py encrypts these bytes and stores them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from json import JSONDecoder
from typing import NamedTuple

from crypto.appeal import LetterHash
from crypto.code import Commitment, commitment
from crypto.envelope import EnvelopeId
from crypto.errors import RecordError
from crypto.seal import Opened, OpenedWithdrawal
from crypto.signature import Signature, fields_without, read_signature, write_signature
from organizer.errors import OrganizerError

ENTRY_WIDTH = 512
DECISION_WIDTH = 128
"""Rows are padded to these or multiples: a seized disk shows their lengths, and "true" is shorter than "false"."""


@dataclass(frozen=True)
class SignatureEntry:
    """A person's signature, the envelope it came in and the letter it was put under."""

    id: EnvelopeId
    letter_hash: LetterHash
    commitment: Commitment
    signature: Signature
    by_hand: bool = False

    @property
    def public(self) -> bool:
        """Whether the name may be published."""
        return self.signature.public


class SignatureMarks(NamedTuple):
    """What a signature's row says beside the person's own words: enough to count it and to put it in its place."""

    id: EnvelopeId
    letter_hash: LetterHash
    commitment: Commitment
    public: bool
    language: str
    vouch: str
    by_hand: bool


@dataclass(frozen=True)
class WithdrawalEntry:
    """A withdrawal. Of the code it brought only the commitment is kept: that is enough to find the signature.

    One that organizers made for a person who lost the code has their reason; no envelope belongs to it.
    """

    id: EnvelopeId
    commitment: Commitment
    by_hand: bool = False
    reason: str = ""


@dataclass(frozen=True)
class UnreadableEntry:
    """An envelope that was set aside, and the reason (a word of crypto/errors.py)."""

    id: EnvelopeId
    reason: str
    by_hand: bool = False


Entry = SignatureEntry | WithdrawalEntry | UnreadableEntry
Marks = SignatureMarks | WithdrawalEntry | UnreadableEntry


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


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict; a refusal has its reason.

    `step` orders what a person did: all that was decided at once has the same one, and 0 is decided by the tool.
    `vouch` is the number of the vouch word that it was made for without a look, or 0.
    `against` is the `symbol` of what another organizer decided, when the two differ and a person knows it.
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
    def symbol(self) -> str:
        """Verdict and reason as one character."""
        return _SYMBOLS[self.verdict, self.reason]


_SYMBOLS: dict[tuple[Verdict, Reason | None], str] = {
    (Verdict.ACCEPTED, None): "A",
    (Verdict.HELD, None): "H",
    (Verdict.REFUSED, Reason.NOT_A_PERSON): "N",
    (Verdict.REFUSED, Reason.DUPLICATE): "D",
    (Verdict.REFUSED, Reason.ABUSE): "B",
    (Verdict.REFUSED, Reason.OTHER): "O",
}
VERDICTS = {symbol: meaning for meaning, symbol in _SYMBOLS.items()}
"""Verdict and reason by their symbol."""

# Symbol, step, vouch word, what it was made against: from the latest to what was before it, as many as fit.
_DECISION = struct.Struct(">cII1s")


def write_entry(entry: Entry) -> bytes:
    """The plaintext of an entry's row, without its id: kind, by_hand, then what belongs to the kind, then spaces."""
    if isinstance(entry, SignatureEntry):
        kind, rest = b"S", entry.letter_hash + entry.commitment + write_signature(entry.signature)
    elif isinstance(entry, WithdrawalEntry):
        kind, rest = b"W", entry.commitment + entry.reason.encode("utf-8")
    else:
        kind, rest = b"U", entry.reason.encode("ascii")
    return _pad(kind + (b"1" if entry.by_hand else b"0") + rest, ENTRY_WIDTH)


def read_entry(envelope_id: EnvelopeId, row: bytes) -> Entry:
    """The entry of that id. Raises OrganizerError: workspace-damaged."""
    kind, by_hand, rest = row[:1], row[1:2] == b"1", row[2:]
    try:
        if kind == b"S" and len(rest) > 64:
            return SignatureEntry(
                envelope_id, LetterHash(rest[:32]), Commitment(rest[32:64]), read_signature(rest[64:]), by_hand
            )
        if kind == b"W" and len(rest) > 32:
            return WithdrawalEntry(envelope_id, Commitment(rest[:32]), by_hand, rest[32:].rstrip(b" ").decode("utf-8"))
        if kind == b"U":
            return UnreadableEntry(envelope_id, rest.rstrip(b" ").decode("ascii"), by_hand)
    except (ValueError, RecordError) as error:
        raise _damaged() from error
    raise _damaged()


def read_marks(envelope_id: EnvelopeId, row: bytes) -> Marks:
    """The marks of the entry of that id, in a small part of the time that read_entry takes.

    Raises OrganizerError: workspace-damaged.
    """
    if row[:1] != b"S":
        entry = read_entry(envelope_id, row)
        assert not isinstance(entry, SignatureEntry)
        return entry
    at = row.find(_PUBLIC, _TEXT_AT)
    rest = row[at + len(_PUBLIC) :]
    if at < 0:
        raise _damaged()
    # Nearly all of these ends are alike; but what only one person wrote does not stay in memory.
    said = _read_end(rest) if _OWN_WORDS.search(rest) else _shared_end(rest)
    return SignatureMarks(envelope_id, LetterHash(row[2:34]), Commitment(row[34:66]), *said, row[1:2] == b"1")


# What write_signature wrote is compact and escapes quotation marks, so that these bytes are a key, and never part of
# what a stranger typed.
_PUBLIC, _LANGUAGE, _VOUCH = b'"public":', b'"language":', b'"vouch":'
_OWN = fields_without(public="not a text", language="many share it")
_OWN_WORDS = re.compile("|".join(f'"{one.name}":' for one in _OWN).encode())
_TEXT_AT = 66
_READ_VALUE = JSONDecoder().raw_decode


def _read_end(end: bytes) -> tuple[bool, str, str]:
    """Public, language and vouch word, from the row's text behind the key “public” and its colon."""
    public = end.startswith(b"true")
    if not public and not end.startswith(b"false"):
        raise _damaged()
    return public, _value_of(_LANGUAGE, end), _value_of(_VOUCH, end)


_shared_end = lru_cache(maxsize=1 << 14)(_read_end)


def _value_of(key: bytes, end: bytes) -> str:
    """The text of a key; empty when the key is not there."""
    at = end.find(key)
    if at < 0:
        return ""
    try:
        value, _ = _READ_VALUE(end[at + len(key) :].decode("utf-8"))
    except ValueError as error:
        raise _damaged() from error
    return str(value)


def read_words(row: bytes) -> dict[str, str]:
    """What a person wrote, by the names of the fields; empty ones are missing. `row` is that of a signature.

    Not checked as read_entry does: it was before it was locked. Raises OrganizerError: workspace-damaged.
    """
    try:
        value = _READ_VALUE(row[_TEXT_AT:].decode("utf-8"))[0]
    except ValueError as error:
        raise _damaged() from error
    return {name: text for name, text in value.items() if isinstance(text, str)}


def write_opened(opened: Opened) -> bytes:
    """The same as write_entry of the entry that is made of what an envelope held; quicker."""
    if isinstance(opened, OpenedWithdrawal):
        return _pad(b"W0" + commitment(opened.code), ENTRY_WIDTH)
    # Never as it was sealed if that is not canonical: a stranger would choose the length of a row, and its bytes.
    text = opened.text if opened.canonical else write_signature(opened.signature)
    return _pad(b"S0" + opened.letter_hash + opened.commitment + text, ENTRY_WIDTH)


def withdrawn_commitment(row: bytes) -> Commitment | None:
    """The commitment in the row of a withdrawal, None in any other: quicker than reading all of it."""
    return Commitment(row[2:34]) if row[:1] == b"W" else None


def write_decision(decision: Decision) -> bytes:
    """The plaintext of a decision's row, DECISION_WIDTH bytes whatever was decided how often."""
    text = b""
    made: Decision | None = decision
    while made is not None and len(text) + _DECISION.size <= DECISION_WIDTH:
        text += _DECISION.pack(made.symbol.encode("ascii"), made.step, made.vouch, made.against.encode("ascii"))
        made = made.before
    return text.ljust(DECISION_WIDTH, b"\0")


@lru_cache(maxsize=1024)
def read_decision(row: bytes) -> Decision:
    """The decision in a row. Raises OrganizerError: workspace-damaged.

    Equal rows give the same object: what was decided at once for a million is kept in memory once.
    """
    made: Decision | None = None
    try:
        for at in range(DECISION_WIDTH - DECISION_WIDTH % _DECISION.size, 0, -_DECISION.size):
            symbol, step, vouch, against = _DECISION.unpack_from(row, at - _DECISION.size)
            if symbol != b"\0":
                verdict, reason = VERDICTS[symbol.decode("ascii")]
                made = Decision(verdict, reason, step, vouch, against.rstrip(b"\0").decode("ascii"), made)
    except (ValueError, KeyError, struct.error) as error:
        raise _damaged() from error
    if made is None:
        raise _damaged()
    return made


def _pad(text: bytes, width: int) -> bytes:
    return text.ljust(-(-len(text) // width) * width)


def _damaged() -> OrganizerError:
    # The row was encrypted under our key, so nobody tampered with it: another version of the tool wrote it.
    return OrganizerError("workspace-damaged", "A row of the workspace was written by another version of this tool.")
