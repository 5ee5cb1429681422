"""Python agrees with every file in tests/vectors/; `node --test` reads the same files."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crypto import code as codes
from crypto.appeal import read_appeal
from crypto.cleaning import clean
from crypto.ed25519 import verifies
from crypto.envelope import check_envelope, dearmor, envelope_id
from crypto.errors import UndersignedError
from crypto.keys import KeyRecord, OrganizersKey
from crypto.ledger import HEADER_MAX, LedgerHeader, read_ledger
from crypto.minisign import MinisignPublicKey, verify
from crypto.publication import LastSeen, verify_publication
from crypto.seal import OpenedSignature, seal_signature, seal_withdrawal
from crypto.signature import Signature, read_signature, write_signature
from crypto.text_parts import read_parts, read_text, write_parts
from tests.support import reference
from tests.support.twins import choose_key, group_code, open_envelope
from tests.vectors import generate

Json = dict[str, Any]
FOLDER = Path(__file__).parents[1] / "vectors"
FILES = sorted(FOLDER.glob("*.json"))


def key_names(record: KeyRecord) -> Json:
    return {"fingerprint": record.fingerprint.hex(), "key_id": record.key_id.hex(), "digits": record.digits}


def derive(given: Json) -> Json:
    record = OrganizersKey.derive(bytes.fromhex(given["master"]), bytes.fromhex(given["appeal"])).record
    return {"record": b64(bytes(record)), **key_names(record)}


def key_record(given: Json) -> Json:
    return key_names(KeyRecord.parse(unb64(given["record"])))


def check(given: Json) -> Json:
    envelope = unb64(given["envelope"])
    check_envelope(envelope, {bytes.fromhex(name) for name in given["accepted"]})
    return {"id": envelope_id(envelope).hex()}


def seal(given: Json) -> Json:
    """The libraries under crypto/seal.py draw their own randomness, so the second implementation seals with the given
    one, from the JSON that the first one writes, and the first one must open it to the same."""
    raw, letter = unb64(given["record"]), bytes.fromhex(given["letter_hash"])
    record = KeyRecord.parse(raw)
    if "code" in given:
        seal_withdrawal(record, letter, given["code"])
        slot, kind, text = reference.code_slot(given["code"]), 2, b"{}"
    else:
        slot, kind = bytes.fromhex(given["commitment"]), 1
        signature = Signature(**given["signature"])
        seal_signature(record, signature, letter, slot)
        text = write_signature(signature)
    plaintext = reference.compose_plaintext(raw, letter, slot, kind, text)
    envelope = reference.seal(raw, plaintext, bytes.fromhex(given["ephemeral"]), bytes.fromhex(given["coins"]))
    opened = open_envelope(OrganizersKey.derive(generate.MASTER, generate.APPEAL), envelope)
    assert not isinstance(opened, OpenedSignature) or opened.signature == signature
    return {"id": envelope_id(envelope).hex()}


def open_(given: Json) -> Json:
    key = OrganizersKey.derive(bytes.fromhex(given["master"]), bytes.fromhex(given["appeal"]))
    opened = open_envelope(key, unb64(given["envelope"]))
    letter = {"letter_hash": opened.letter_hash.hex()}
    if isinstance(opened, OpenedSignature):
        signature = asdict(opened.signature)
        return {"kind": "signature", **letter, "commitment": opened.commitment.hex(), "signature": signature}
    return {"kind": "withdrawal", **letter, "code": opened.code}


def code(given: Json) -> Json:
    digits = codes.check_code(given["text"])
    commitment = codes.commitment(digits)
    return {
        "code": digits,
        "groups": group_code(digits),
        "commitment": commitment.hex(),
        "receipt": codes.receipt(commitment),
    }


def ledger(given: Json) -> Json:
    data = unb64(given["bytes"])
    head, _, _ = data[:HEADER_MAX].partition(b"\n")
    line = head + b"\n"
    pieces = [data[at : at + 4096] for at in range(len(line), len(data), 4096)]
    header = LedgerHeader.parse(line)
    ids = [own.hex() for own, _ in read_ledger(header, pieces, bytes.fromhex(given["appeal"]))]
    return {"ids": ids, "digest": hashlib.sha256(data).hexdigest()}


def parts_in(given: Json) -> Json:
    found = read_parts(given["text"])
    incomplete = [{"check": each.check, "parts": list(each.parts)} for each in found.incomplete]
    return {"ids": [envelope_id(each).hex() for each in found.envelopes], "incomplete": incomplete}


def minisign(given: Json) -> Json:
    key = MinisignPublicKey.parse(given["public_key"])
    return {"trusted_comment": verify(key, unb64(given["message"]), given["minisig"])}


def appeal(given: Json) -> Json:
    value = read_appeal(given["text"].encode())
    names = [key.record.key_id.hex() for key in value.keys]
    return {
        "appeal": value.appeal_id.hex(),
        "key_ids": names,
        "threshold": value.threshold,
        "collected_before": value.collected_before,
    }


def publication(given: Json) -> Json:
    previous = LastSeen(**given["previous"]) if given["previous"] else None
    pinned = read_appeal(given["appeal"].encode())
    value = verify_publication(given["text"].encode(), given["minisigs"], pinned, previous)
    return {"number": value.number, "total": value.total}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


OPERATIONS: dict[str, Callable[[Json], Json]] = {
    "derive": derive,
    "key-record": key_record,
    "check-envelope": check,
    "seal": seal,
    "open": open_,
    "record": lambda given: {"signature": asdict(read_signature(unb64(given["bytes"])))},
    "write-record": lambda given: {"text": write_signature(Signature(**given["signature"])).decode()},
    "write-parts": lambda given: {"texts": write_parts(unb64(given["envelope"]))},
    "read-parts": parts_in,
    "text": lambda given: {"id": envelope_id(read_text(given["text"])).hex()},
    "clean": lambda given: {"text": clean(given["text"])},
    "dearmor": lambda given: {"id": envelope_id(dearmor(given["text"])).hex()},
    "code": code,
    "ledger": ledger,
    "minisign": minisign,
    "ed25519": lambda given: {
        "verdicts": [
            verifies(bytes.fromhex(signature), bytes.fromhex(message), bytes.fromhex(point))
            for point, message, signature in given["cases"]
        ]
    },
    "appeal": appeal,
    "choose-key": lambda given: {
        "key_id": choose_key(read_appeal(given["text"].encode()), given["today"]).key_id.hex()
    },
    "publication": publication,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_python_agrees_with_the_vector(path: Path) -> None:
    """A value where a value is expected, the reason where a refusal is."""
    vector = json.loads(path.read_text("ascii"))
    try:
        found = {"ok": OPERATIONS[vector["operation"]](vector["input"])}
    except UndersignedError as error:
        found = {"error": error.reason}
    assert found == vector["expect"], vector["rule"]


def test_the_vectors_are_those_the_generator_makes() -> None:
    """Nobody edits a vector by hand, and none is missing."""
    assert {path.name: path.read_text("ascii") for path in FILES} == generate.vectors()


def test_there_are_vectors_for_every_operation_and_enough_of_them() -> None:
    """An empty folder must not look like agreement."""
    operations = {json.loads(path.read_text("ascii"))["operation"] for path in FILES}
    assert operations == OPERATIONS.keys()
    assert len(FILES) >= 60


def test_every_reason_of_the_formats_has_a_vector() -> None:
    """Each refusal that docs/spec.md names happens at least once; only a passphrase is outside the formats."""
    table = (FOLDER.parent.parent / "docs" / "spec.md").read_text("utf-8").split("## 9.")[1]
    reasons = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    shown = {json.loads(path.read_text("ascii"))["expect"].get("error") for path in FILES}
    assert reasons - {"minisign-passphrase"} <= shown
