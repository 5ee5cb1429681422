"""A person's signature: the record, its one way to be written and its strict reader (docs/spec.md, section 4).

What a stranger sealed is read here first, so nothing that could trick a terminal or a page gets past.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, dataclass, fields
from typing import Any

from crypto.errors import RecordError
from crypto.strictjson import StrictJsonError, parse

# In the order of the specification, which is the order of writing and of checking.
FIELDS = ("name", "relation", "prisoner", "public", "contact", "message", "language", "vouch")

# Shortest and longest, in Unicode code points.
LIMITS = {
    "name": (1, 120),
    "relation": (0, 80),
    "prisoner": (0, 120),
    "contact": (0, 120),
    "message": (0, 500),
    "language": (2, 8),
    "vouch": (0, 40),
}

# Unicode 16, general categories Cc and Cf. A table, because libraries of different age disagree about Cf.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_NOT_BLANK = re.compile("[^ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Signature:
    """One person's entry. Raises RecordError when a field is not what section 4 allows."""

    name: str
    public: bool
    relation: str = ""
    prisoner: str = ""
    contact: str = ""
    message: str = ""
    language: str = ""
    vouch: str = ""

    def __post_init__(self) -> None:
        if self._is_plain():
            return
        values = dict(vars(self))
        if self.language == "":
            del values["language"]  # absent
        _check_fields(values)

    def _is_plain(self) -> bool:
        """Whether the fields are right at first sight, as nearly all are; when not, _check_fields finds the reason.

        Python calls no control, format or surrogate character printable, nor any space but U+0020; a test compares.
        """
        optional = (self.relation, self.prisoner, self.contact, self.message, self.language, self.vouch)
        try:
            text = "".join((self.name, *optional))
        except TypeError:
            return False
        return (
            type(self.public) is bool
            and text.isprintable()
            and not self.name.isspace()
            and 1 <= len(self.name) <= _LONGEST["name"]
            and len(self.relation) <= _LONGEST["relation"]
            and len(self.prisoner) <= _LONGEST["prisoner"]
            and len(self.contact) <= _LONGEST["contact"]
            and len(self.message) <= _LONGEST["message"]
            and len(self.language) in _LANGUAGE_LENGTHS
            and len(self.vouch) <= _LONGEST["vouch"]
        )


_LONGEST = {field: longest for field, (_, longest) in LIMITS.items()}
_LANGUAGE_LENGTHS = {0, *range(LIMITS["language"][0], LIMITS["language"][1] + 1)}
_FIELDS = frozenset(FIELDS)
_REQUIRED = tuple(field.name for field in fields(Signature) if field.default is MISSING)


def _check_fields(values: dict[str, Any]) -> None:
    for field in FIELDS:
        if field == "public" and type(values["public"]) is not bool:
            raise RecordError("record-type", "“public” must be true or false.")
        if field in LIMITS and field in values:
            _check_text(field, values[field])


def _check_text(field: str, value: Any) -> None:
    if not isinstance(value, str):
        raise RecordError("record-type", f"“{field}” must be text.")
    if _SURROGATE.search(value):
        raise RecordError("record-surrogate", f"“{field}” holds half of a character.")
    shortest, longest = LIMITS[field]
    if not shortest <= len(value) <= longest:
        raise RecordError("record-length", f"“{field}” must have {shortest} to {longest} characters.")
    if _UNPRINTABLE.search(value):
        raise RecordError("record-character", f"“{field}” holds a control or format character.")
    if field == "name" and not _NOT_BLANK.search(value):
        raise RecordError("record-blank", "The name is blank.")


def read_signature(data: bytes) -> Signature:
    """The strict reader. Raises RecordError with the reasons and in the order of section 4."""
    try:
        record = parse(data)
    except StrictJsonError as error:
        raise RecordError(f"record-{error.reason}", str(error)) from error
    if not isinstance(record, dict):
        raise RecordError("record-type", "The record is not an object.")
    if not record.keys() <= _FIELDS:
        raise RecordError("record-unknown-key", "The record has a key that does not exist.")
    for field in _REQUIRED:
        if field not in record:
            raise RecordError("record-missing-key", f"“{field}” is missing.")
    if record.get("language") == "":
        _check_fields(record)  # written out and empty is not the same as absent
    return Signature(**record)


def is_plainly_canonical(data: bytes) -> bool:
    """Whether these are bytes that write_signature writes, and so read_signature reads; True is sure, False is not.

    Nearly every signature is recognised here, in a small part of the time that reading it takes.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # Python calls no control, format or surrogate character printable, nor any space but U+0020; a test compares.
    if "\\" in text or not text.isprintable():
        return False
    found = _CANONICAL.fullmatch(text)
    return found is not None and not found.group(1).isspace()


def _canonical_pattern() -> re.Pattern[str]:
    """Section 4's canonical text, for values in which nothing needs an escape."""
    parts: list[str] = []
    for field in FIELDS:
        if field == "public":
            parts.append(',"public":(?:true|false)')
            continue
        shortest, longest = max(LIMITS[field][0], 1), LIMITS[field][1]
        # The second + says that nothing is tried twice: a value ends at its quotation mark, and there is no other way.
        value = f'[^"]{{{shortest},{longest}}}+'
        parts.append(f'"name":"({value})"' if field == "name" else f'(?:,"{field}":"{value}")?+')
    return re.compile(r"\{" + "".join(parts) + r"\}")


_CANONICAL = _canonical_pattern()


def write_signature(signature: Signature) -> bytes:
    """The record as compact JSON in UTF-8, empty optional fields left out. `read_signature` reads it back."""
    values = vars(signature)
    kept = {field: values[field] for field in FIELDS if field in _REQUIRED or values[field] != ""}
    return _ENCODER.encode(kept).encode("utf-8")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
