"""The table of names that are not public, for organizers who asked for it explicitly.

Nothing that publishes uses this module: only actions/nonpublic.py imports it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from crypto.code import Commitment
from crypto.collation import SIGNED, collation
from crypto.csvtable import plain_cell, write_csv
from crypto.signature import fields_without
from organizer.text import harmless
from organizer.workspace.entries import Decision, Entry, SignatureEntry, Verdict

FIELDS = fields_without(
    public="nobody in this table is", vouch="a word that may still vouch for others does not leave the workspace"
)


def counted(judged: Iterable[tuple[Entry, Decision | None]], withdrawn: Container[Commitment]) -> list[SignatureEntry]:
    """The non-public signatures that are accepted and whose commitment is not among those withdrawn, by name."""
    found = [
        entry
        for entry, decision in judged
        if isinstance(entry, SignatureEntry)
        and not entry.signature.public
        and entry.commitment not in withdrawn
        and decision is not None
        and decision.verdict is Verdict.ACCEPTED
    ]
    return sorted(found, key=lambda entry: (collation(SIGNED).text_key(entry.signature.name), entry.id))


def changed(signatures: Iterable[SignatureEntry]) -> int:
    """Of how many people the table shows something otherwise than they wrote it."""
    return sum(
        any(plain_cell(harmless(text)) != text for text in (field.text(entry.signature) for field in FIELDS))
        for entry in signatures
    )


def table(signatures: Iterable[SignatureEntry]) -> bytes:
    """CSV, as crypto.csvtable writes it."""
    rows = [_row(entry) for entry in signatures]
    return write_csv([[*(field.name for field in FIELDS), "by hand"], *rows])


def _row(entry: SignatureEntry) -> tuple[str, ...]:
    texts = (harmless(field.text(entry.signature)) for field in FIELDS)
    return (*texts, "yes" if entry.by_hand else "no")
