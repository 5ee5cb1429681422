"""Withdrawals without a code, for people who lost it: who is meant, why, and how to undo it.

Such a withdrawal is made from the commitment alone, for nobody here has the code.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from crypto.code import Commitment
from crypto.envelope import EnvelopeId
from organizer.errors import OrganizerError
from organizer.matching.duplicates import name_key
from organizer.workspace.entries import Entry, SignatureEntry, WithdrawalEntry

LONGEST_REASON = 200


def find_people(entries: Iterable[Entry], wanted: str) -> list[SignatureEntry]:
    """Signatures that were not taken back yet and whose name holds every word of `wanted`, by name."""
    words = name_key(wanted).split()
    found: list[SignatureEntry] = []
    withdrawn: set[Commitment] = set()
    for entry in entries:
        if isinstance(entry, WithdrawalEntry):
            withdrawn.add(entry.commitment)
        elif isinstance(entry, SignatureEntry):
            key = name_key(entry.signature.name)
            if words and all(word in key for word in words):
                found.append(entry)
    left = (entry for entry in found if entry.commitment not in withdrawn)
    return sorted(left, key=lambda entry: (name_key(entry.signature.name), entry.id))


def made_by_hand(entries: Iterable[Entry]) -> dict[Commitment, WithdrawalEntry]:
    """The withdrawals that organizers made without a code, by commitment."""
    return {entry.commitment: entry for entry in entries if isinstance(entry, WithdrawalEntry) and entry.reason}


def signed_with(entries: Iterable[Entry], commitments: Container[Commitment]) -> list[SignatureEntry]:
    """The signatures with one of these commitments, by name."""
    found = [entry for entry in entries if isinstance(entry, SignatureEntry) and entry.commitment in commitments]
    return sorted(found, key=lambda entry: (name_key(entry.signature.name), entry.id))


def read_reason(typed: str) -> str:
    """Why a signature is taken back, its spaces tidied. Raises OrganizerError: reason."""
    reason = " ".join(typed.split())
    if not 1 <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise OrganizerError("reason", f"Give a reason of 1 to {LONGEST_REASON} characters.")
    return reason


def take_back(entry: SignatureEntry, reason: str, entry_id: EnvelopeId) -> WithdrawalEntry:
    """A withdrawal of this signature under the fresh random id `entry_id`. Raises OrganizerError: reason."""
    return WithdrawalEntry(entry_id, entry.commitment, by_hand=True, reason=read_reason(reason))
