"""A person's signature: the table of its fields, its writer and its strict reader (docs/spec.md, section 4).

The text that a stranger sealed is read here first. Characters that could trick a terminal or a page are refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter, contains
from typing import Any

from crypto.errors import RecordError
from crypto.strictjson import SURROGATE, StrictJsonError, parse

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
"""Unicode 16, general categories Cc and Cf. A table, because libraries of different age disagree about Cf."""
_NOT_BLANK = re.compile("[^ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


@dataclass(frozen=True)
class Signature:
    """One person's entry. Raises RecordError when a field is not what section 4 allows.

    A field is added to the format here and in no other place of the Python code: FIELDS is made of these lines.
    `limits` are the fewest and the most Unicode code points of a text; a field without them is true or false.
    `published` are the signs before and after the text in a line of the public list; a field without it is never
    published.
    """

    name: str = field(metadata={"limits": (1, 120), "published": ("", "")})
    relation: str = field(default="", kw_only=True, metadata={"limits": (0, 80), "published": (", ", "")})
    prisoner: str = field(default="", kw_only=True, metadata={"limits": (0, 120), "published": (" (", ")")})
    public: bool
    contact: str = field(default="", kw_only=True, metadata={"limits": (0, 120)})
    message: str = field(default="", kw_only=True, metadata={"limits": (0, 500)})
    language: str = field(default="", kw_only=True, metadata={"limits": (2, 8)})
    vouch: str = field(default="", kw_only=True, metadata={"limits": (0, 40)})

    def __post_init__(self) -> None:
        if self._is_plain():
            return
        _check_fields({name: value for name, value in vars(self).items() if value != "" or name not in _LEFT_OUT_EMPTY})

    def _is_plain(self) -> bool:
        """A fast check that nearly all signatures pass; for the others _check_fields finds the reason, if there is one.

        Python calls no control, format or surrogate character printable, nor any space but U+0020; a test checks that.
        """
        for name in _TRUE_OR_FALSE:
            if type(getattr(self, name)) is not bool:
                return False
        texts = _all_texts(self)
        try:
            together = "".join(texts)
        except TypeError:
            return False
        return together.isprintable() and not self.name.isspace() and all(map(contains, _LENGTHS, map(len, texts)))


@dataclass(frozen=True)
class Field:
    """What section 4 says of one field, and whether the world may see it."""

    name: str
    required: bool
    limits: tuple[int, int] | None
    """The fewest and the most Unicode code points; None for a field that is true or false."""
    published: tuple[str, str] | None
    """The signs before and after it in one line, as in “name, relation (prisoner)”; None: it is never published."""

    def text(self, signature: Signature) -> str:
        """Its value as organizers read it: a text as it is, true and false as yes and no."""
        value = getattr(signature, self.name)
        return str(value) if self.limits else "yes" if value else "no"


FIELDS = tuple(
    Field(one.name, one.default is MISSING, one.metadata.get("limits"), one.metadata.get("published"))
    for one in fields(Signature)
)
"""All fields in the order of the specification, in which they are written, checked and shown."""

LIMITS = {one.name: one.limits for one in FIELDS if one.limits is not None}
"""The limits of every field that is a text, by its name."""

PUBLISHED = tuple(one.name for one in FIELDS if one.published is not None)
"""The names of the fields that a publication shows of a public signature."""


def fields_without(**reasons: str) -> tuple[Field, ...]:
    """All fields except those named here, each with the reason why it is left out.

    So a new field is shown, taken and searched everywhere, until somebody gives a reason against it. Raises TypeError
    for a name that is no field.
    """
    if unknown := reasons.keys() - {one.name for one in FIELDS}:
        raise TypeError(f"No fields of a signature: {unknown}")
    return tuple(one for one in FIELDS if one.name not in reasons)


_NAMES = frozenset(one.name for one in FIELDS)
_REQUIRED = tuple(one.name for one in FIELDS if one.required)
# Empty is the same as absent for these, though their limits do not allow an empty text that is written out.
_LEFT_OUT_EMPTY = frozenset(one.name for one in FIELDS if one.limits and one.limits[0] > 0 and not one.required)

# Made once for _is_plain, which is called for each of a million signatures.
_all_texts = attrgetter(*LIMITS)
_TRUE_OR_FALSE = tuple(one.name for one in FIELDS if one.limits is None)
_LENGTHS = tuple(
    frozenset(range(one.limits[0], one.limits[1] + 1)) | (frozenset() if one.required else {0})
    for one in FIELDS
    if one.limits is not None
)


def _check_fields(values: dict[str, Any]) -> None:
    for one in FIELDS:
        if one.name not in values:
            continue
        if one.limits is not None:
            _check_text(one.name, values[one.name], *one.limits)
        elif type(values[one.name]) is not bool:
            raise RecordError("record-type", f"“{one.name}” must be true or false.")


def _check_text(name: str, value: Any, shortest: int, longest: int) -> None:
    if not isinstance(value, str):
        raise RecordError("record-type", f"“{name}” must be text.")
    if SURROGATE.search(value):
        raise RecordError("record-surrogate", f"“{name}” holds half of a character.")
    if not shortest <= len(value) <= longest:
        raise RecordError("record-length", f"“{name}” must have {shortest} to {longest} characters.")
    if UNPRINTABLE.search(value):
        raise RecordError("record-character", f"“{name}” holds a control or format character.")
    if name == "name" and not _NOT_BLANK.search(value):
        raise RecordError("record-blank", "The name is blank.")


def read_signature(data: bytes) -> Signature:
    """The strict reader. Raises RecordError with the reasons and in the order of section 4."""
    try:
        record = parse(data)
    except StrictJsonError as error:
        raise RecordError(f"record-{error.reason}", str(error)) from error
    if not isinstance(record, dict):
        raise RecordError("record-type", "The record is not an object.")
    if not record.keys() <= _NAMES:
        raise RecordError("record-unknown-key", "The record has a key that does not exist.")
    for name in _REQUIRED:
        if name not in record:
            raise RecordError("record-missing-key", f"“{name}” is missing.")
    if any(record.get(name) == "" for name in _LEFT_OUT_EMPTY):
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
    # Python calls no control, format or surrogate character printable, nor any space but U+0020; a test checks that.
    if "\\" in text or not text.isprintable():
        return False
    found = _CANONICAL.fullmatch(text)
    return found is not None and not found["name"].isspace()


def _canonical_pattern() -> re.Pattern[str]:
    """Section 4's canonical text, for values in which nothing needs an escape."""
    return re.compile(r"\{" + "".join(_canonical_member(one, first=one is FIELDS[0]) for one in FIELDS) + r"\}")


def _canonical_member(one: Field, first: bool) -> str:
    if one.limits is None:
        value = "(?:true|false)"
    else:
        # The last + makes it possessive, without backtracking: a value can only end at its quotation mark.
        value = f'[^"]{{{max(one.limits[0], 1)},{one.limits[1]}}}+'
        value = f'"(?P<name>{value})"' if one.name == "name" else f'"{value}"'
    member = f'{"" if first else ","}"{one.name}":{value}'
    return member if one.required else f"(?:{member})?+"


_CANONICAL = _canonical_pattern()


def write_signature(signature: Signature) -> bytes:
    """The record as compact JSON in UTF-8, empty optional fields left out. `read_signature` reads it back."""
    values = vars(signature)
    kept = {one.name: values[one.name] for one in FIELDS if one.required or values[one.name] != ""}
    return _ENCODER.encode(kept).encode("utf-8")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
