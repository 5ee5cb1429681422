"""Signatures from paper and messengers, typed in or in tables: made of texts, and recognised when entered before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from crypto.appeal import LetterHash
from crypto.cleaning import clean
from crypto.code import commitment, generate_code
from crypto.keys import KeyRecord
from crypto.seal import seal_signature
from crypto.signature import Signature, fields_without
from organizer.errors import OrganizerError
from organizer.intake.tables.words import KNOWN, word_key
from organizer.matching.duplicates import name_key

FIELDS = fields_without(vouch="whoever enters a signature by hand has vouched for it")
COLUMNS = tuple(field.name for field in FIELDS)

_COMPARED = fields_without(
    public="a line that differs in nothing else is of the same person, and somebody should look",
    language="where it is empty, that of the letter is put there, which may be another one the next time",
    vouch="no line has one",
)


@dataclass(frozen=True)
class GoodLine:
    """A row that is a signature. `cleaned`: its name is not as it stood there, more than spaces at its ends went."""

    number: int
    signature: Signature
    cleaned: bool = False


@dataclass(frozen=True)
class RepeatedLine:
    """A row that holds what was entered before."""

    number: int
    other_public: bool
    """Whether the two differ in whether the name may be published: somebody should look."""


@dataclass(frozen=True)
class BadLine:
    """A row that is none, with the reason's word and its sentence."""

    number: int
    reason: str
    text: str


def read_truth(field: str, text: str) -> bool:
    """Yes or no in our languages. Raises OrganizerError: public-unclear, for it must never be guessed."""
    meaning = KNOWN.get(word_key(text))
    if meaning is None:
        raise OrganizerError(f"{field}-unclear", f"“{field}” must be yes or no.")
    return meaning


def read_signature(fields: Mapping[str, str], language: str) -> Signature:
    """A signature from typed fields; `language` stands in for an empty one. Raises RecordError, OrganizerError."""
    typed = {"language": language} | {name: text for name, text in fields.items() if clean(text)}
    texts = {field.name: clean(typed.get(field.name, "")) for field in FIELDS if field.limits}
    return write_out(texts, read_truth("public", typed.get("public", "")))


def write_out(texts: Mapping[str, str], public: bool) -> Signature:
    """A signature of clean texts by their fields. Raises RecordError."""
    return Signature(texts.get("name", ""), public, **{name: text for name, text in texts.items() if name != "name"})


def find_repeated(lines: Iterable[GoodLine], before: Iterable[Signature]) -> list[RepeatedLine]:
    """Rows that hold what was entered before, by count: of three namesakes of whom one was entered, two are new.

    Rows of one table never repeat each other: they stand for as many people. What agrees in `public`, too, is matched
    first.
    """
    known = Counter((_words(one), one.public) for one in before)
    found: dict[int, RepeatedLine] = {}
    words = [(line, _words(line.signature)) for line in lines]
    for other_public in (False, True):
        for line, own in words:
            key = (own, line.signature.public != other_public)
            if line.number not in found and known[key] > 0:
                known[key] -= 1
                found[line.number] = RepeatedLine(line.number, other_public)
    return [found[number] for number in sorted(found)]


def _words(signature: Signature) -> tuple[str, ...]:
    return tuple(name_key(field.text(signature)) for field in _COMPARED)


def seal_by_hand(
    record: KeyRecord, signature: Signature, letter_hash: LetterHash, random: Callable[[int], bytes]
) -> bytes:
    """An envelope like any other. Nobody has its code, so nobody can withdraw it from outside. Raises RecordError."""
    return seal_signature(record, signature, letter_hash, commitment(generate_code(random)))
