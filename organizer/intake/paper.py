"""Signatures from paper and messengers: a table in CSV or answers typed in become signatures, line by line.

A bad line is returned with its number and reason and stops nothing; nothing is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crypto.appeal import LetterHash
from crypto.code import commitment, generate_code
from crypto.errors import UndersignedError
from crypto.keys import KeyRecord
from crypto.seal import seal_signature
from crypto.signature import Signature, fields_without
from organizer.errors import OrganizerError
from organizer.intake.tables.delimited import read_rows
from organizer.intake.tables.rows import BrokenRows, Row
from organizer.matching.duplicates import name_key

FIELDS = fields_without(vouch="whoever enters a signature by hand has vouched for it")
COLUMNS = tuple(field.name for field in FIELDS)
REQUIRED = tuple(field.name for field in FIELDS if field.required)

_COMPARED = fields_without(
    public="a line that differs in nothing else is of the same person, and somebody should look",
    language="where it is empty, that of the letter is put there, which may be another one the next time",
    vouch="no line has one",
)

_YES = {"yes", "y", "true", "1", "да", "так", "tak"}
_NO = {"no", "n", "false", "0", "нет", "не", "ні", "nie"}


@dataclass(frozen=True)
class GoodLine:
    """A line that is a signature; numbers count from 1, the header's line included."""

    number: int
    signature: Signature


@dataclass(frozen=True)
class RepeatedLine:
    """A line that holds what was entered before: in line `first` of the same table or, if that is None, earlier."""

    number: int
    first: int | None
    other_public: bool
    """Whether the two differ in whether the name may be published: somebody should look."""


@dataclass(frozen=True)
class BadLine:
    """A line that is none, with the reason's word and its sentence."""

    number: int
    reason: str
    text: str


def read_truth(field: str, text: str) -> bool:
    """Yes or no in a few languages. Raises OrganizerError: public-unclear, for it must never be guessed."""
    word = tidy(text).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise OrganizerError(f"{field}-unclear", f"“{field}” must be yes or no.")


def tidy(text: str) -> str:
    """Line breaks and runs of spaces as one space, and letters composed (NFC), as the page does before it seals."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_signature(fields: Mapping[str, str], language: str) -> Signature:
    """A signature from typed fields; `language` stands in for an empty one. Raises RecordError, OrganizerError."""
    typed = {"language": language} | {name: text for name, text in fields.items() if tidy(text)}
    values: dict[str, Any] = {}
    for field in FIELDS:
        text = typed.get(field.name, "")
        values[field.name] = tidy(text) if field.limits else read_truth(field.name, text)
    return Signature(**values)


def read_csv(data: bytes, language: str) -> list[GoodLine | BadLine]:
    """Every line after the header, blank ones left out. Raises OrganizerError: not-text, csv-header."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OrganizerError("not-text", "The table is not UTF-8. Save it again as “CSV UTF-8”.") from error
    first = re.split("[\r\n]", text, maxsplit=1)[0]
    rows = read_rows(text, ";" if ";" in first and "," not in first else ",")
    header = _read_header(rows)
    return [_read_row(row, header, language) for row in rows[1:] if isinstance(row, BrokenRows) or any(row.cells)]


def find_repeated(lines: Iterable[GoodLine], before: Iterable[Signature]) -> list[RepeatedLine]:
    """Lines that are the same person with the same words as one entered before, or as an earlier line."""
    known: dict[tuple[str, ...], tuple[int | None, bool]] = {_words(one): (None, one.public) for one in before}
    found: list[RepeatedLine] = []
    for line in lines:
        words = _words(line.signature)
        if words in known:
            first, public = known[words]
            found.append(RepeatedLine(line.number, first, public != line.signature.public))
        else:
            known[words] = (line.number, line.signature.public)
    return found


def _words(signature: Signature) -> tuple[str, ...]:
    return tuple(name_key(field.text(signature)) for field in _COMPARED)


def _read_header(rows: list[Row | BrokenRows]) -> list[str]:
    header = [tidy(name).casefold() for name in rows[0].cells] if rows and isinstance(rows[0], Row) else []
    right = set(REQUIRED) <= set(header) <= set(COLUMNS) and len(set(header)) == len(header)
    if not right:
        raise OrganizerError(
            "csv-header", f"The first line of the table must name its columns, out of: {', '.join(COLUMNS)}."
        )
    return header


def _read_row(row: Row | BrokenRows, header: list[str], language: str) -> GoodLine | BadLine:
    if isinstance(row, BrokenRows):
        return BadLine(row.number, row.reason, row.text)
    if len(row.cells) != len(header):
        return BadLine(
            row.number, "csv-columns", f"It has {len(row.cells)} fields, the first line names {len(header)}."
        )
    try:
        return GoodLine(row.number, read_signature(dict(zip(header, row.cells, strict=True)), language))
    except UndersignedError as error:
        return BadLine(row.number, error.reason, str(error))


def seal_by_hand(
    record: KeyRecord, signature: Signature, letter_hash: LetterHash, random: Callable[[int], bytes]
) -> bytes:
    """An envelope like any other. Nobody has its code, so nobody can withdraw it from outside. Raises RecordError."""
    return seal_signature(record, signature, letter_hash, commitment(generate_code(random)))
