"""appeal.json: what a program needs in order to seal for an appeal or to check its result (docs/spec.md, section 7)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NewType

from crypto.base64 import decode, encode
from crypto.errors import AppealError, KeyFormatError, MinisignError
from crypto.keys import APPEAL_ID_SIZE, AppealId, KeyRecord
from crypto.minisign import MinisignPublicKey
from crypto.shape import ShapeError, count_of, date_of, hashes_by_language, hex_of, list_of, object_of, text_of
from crypto.strictjson import StrictJsonError, parse

FORMAT = "undersigned/v1/appeal"

LetterHash = NewType("LetterHash", bytes)
"""32 bytes: the SHA-256 of the letter file in the language that the signer was shown (docs/spec.md, section 2)."""

_KEYS = {"format", "appeal", "keys", "letters", "minisign", "threshold", "signing_file", "collected_before"}


@dataclass(frozen=True)
class DatedKey:
    """A key record and the first and last day (YYYY-MM-DD) to seal to it; None means no limit."""

    record: KeyRecord
    start: str | None = None
    until: str | None = None

    def covers(self, day: str) -> bool:
        """Whether a program seals to this key on `day` (YYYY-MM-DD)."""
        return (self.start is None or self.start <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Appeal:
    """An appeal as programs see it; letters and signing files map a language to a SHA-256 in hex."""

    appeal_id: AppealId
    keys: tuple[DatedKey, ...]
    letters: dict[str, str]
    minisign: tuple[MinisignPublicKey, ...]
    threshold: int
    signing_file: dict[str, str] = field(default_factory=dict)
    collected_before: int = 0
    """Signatures from before the site, which it promises to be part of the first publication."""


def write_appeal(appeal: Appeal) -> bytes:
    """The file, UTF-8, ending in LF; without `signing_file` and `collected_before` where there are none."""
    value: dict[str, Any] = {
        "format": FORMAT,
        "appeal": appeal.appeal_id.hex(),
        "keys": [{"record": encode(bytes(key.record)), "from": key.start, "until": key.until} for key in appeal.keys],
        "letters": appeal.letters,
        "minisign": [key.line for key in appeal.minisign],
        "threshold": appeal.threshold,
    }
    if appeal.signing_file:
        value["signing_file"] = appeal.signing_file
    if appeal.collected_before:
        value["collected_before"] = appeal.collected_before
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_appeal(data: bytes) -> Appeal:
    """The strict reader. Raises AppealError: appeal-json, appeal-shape."""
    try:
        value = parse(data)
    except StrictJsonError as error:
        raise AppealError("appeal-json", str(error)) from error
    try:
        return _read(object_of(value, _KEYS, "appeal.json", optional=frozenset({"signing_file", "collected_before"})))
    except (ShapeError, KeyFormatError, MinisignError) as error:
        raise AppealError("appeal-shape", str(error)) from error


def _read(value: dict[str, Any]) -> Appeal:
    if value["format"] != FORMAT:
        raise ShapeError("“format” is not that of an appeal.")
    appeal = Appeal(
        appeal_id=AppealId(bytes.fromhex(hex_of(value["appeal"], APPEAL_ID_SIZE, "appeal"))),
        keys=tuple(_read_key(key) for key in list_of(value["keys"], "keys")),
        letters=hashes_by_language(value["letters"], "letters"),
        minisign=tuple(
            MinisignPublicKey.parse(text_of(line, "minisign")) for line in list_of(value["minisign"], "minisign")
        ),
        threshold=count_of(value["threshold"], "threshold", least=1),
        signing_file=hashes_by_language(value.get("signing_file", {}), "signing_file"),
        collected_before=count_of(value.get("collected_before", 0), "collected_before"),
    )
    if any(key.record.appeal_id != appeal.appeal_id for key in appeal.keys):
        raise ShapeError("A key record belongs to another appeal.")
    if any(one.shares_secret(other) for one, other in combinations(appeal.minisign, 2)):
        raise ShapeError("One minisign key stands under two key ids, so one organizer would count as two.")
    return appeal


def _read_key(value: Any) -> DatedKey:
    entry = object_of(value, {"record", "from", "until"}, "keys")
    record = decode(text_of(entry["record"], "record"))
    if record is None:
        raise ShapeError("A key record is not base64.")
    start, until = (None if entry[name] is None else date_of(entry[name], name) for name in ("from", "until"))
    return DatedKey(KeyRecord.parse(record), start, until)
