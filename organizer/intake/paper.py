"""Signatures from paper and messengers: a table in CSV or answers typed in become signatures, line by line.

A bad line is returned with its number and reason and stops nothing; nothing is ever guessed.
"""

from __future__ import annotations

import csv
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
    """Spaces around dropped and letters composed (NFC), as the page does before it seals."""
    return unicodedata.normalize("NFC", text).strip()


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
    # One line, one record: an open quote must not swallow the good lines after it.
    lines = re.split("\r\n|\r|\n", text)
    separator = ";" if ";" in lines[0] and "," not in lines[0] else ","
    header = _read_header(lines[0], separator)
    numbered = enumerate(lines[1:], start=2)
    return [_read_line(number, line, header, separator, language) for number, line in numbered if line.strip()]


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


def _read_header(line: str, separator: str) -> list[str]:
    try:
        header = [tidy(name).casefold() for name in _split(line, separator)]
    except csv.Error:
        header = []
    right = set(REQUIRED) <= set(header) <= set(COLUMNS) and len(set(header)) == len(header)
    if not right:
        raise OrganizerError(
            "csv-header", f"The first line of the table must name its columns, out of: {', '.join(COLUMNS)}."
        )
    return header


def _read_line(number: int, line: str, header: list[str], separator: str, language: str) -> GoodLine | BadLine:
    try:
        fields = _split(line, separator)
        if len(fields) != len(header):
            return BadLine(number, "csv-columns", f"It has {len(fields)} fields, the first line names {len(header)}.")
        return GoodLine(number, read_signature(dict(zip(header, fields, strict=True)), language))
    except csv.Error:
        return BadLine(number, "csv-quotes", "Its quotation marks do not pair up; a field cannot hold a line break.")
    except UndersignedError as error:
        return BadLine(number, error.reason, str(error))


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator, strict=True), [])


def seal_by_hand(
    record: KeyRecord, signature: Signature, letter_hash: LetterHash, random: Callable[[int], bytes]
) -> bytes:
    """An envelope like any other. Nobody has its code, so nobody can withdraw it from outside. Raises RecordError."""
    return seal_signature(record, signature, letter_hash, commitment(generate_code(random)))
