"""docs/spec.md tells the truth: its worked example is recomputed, its reasons are those of the error tree."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from nacl.bindings import crypto_scalarmult_base
from nacl.public import PrivateKey, SealedBox

from crypto import errors
from tests.support import reference

SPEC = (Path(__file__).parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")

Values = dict[str, str]


def section(number: int) -> str:
    """The text under one numbered heading of the specification."""
    match = re.search(rf"^## {number}\. .*?(?=^## |\Z)", SPEC, re.MULTILINE | re.DOTALL)
    assert match, f"the specification has no section {number}"
    return match[0]


def blocks_of_the_example() -> dict[str, Values]:
    """Section 8 as {heading: {name: value}}; each heading has one fenced block of `name = value` lines."""
    found: dict[str, Values] = {}
    for part in section(8).split("\n### ")[1:]:
        heading, rest = part.split("\n", 1)
        (block,) = re.findall(r"^```\n(.*?)^```$", rest, re.MULTILINE | re.DOTALL)
        pairs = [line.split(" = ", 1) for line in block.splitlines()]
        found[heading] = {name: value for name, value in pairs}
        assert len(found[heading]) == len(pairs), f"{heading} gives a value twice"
    return found


EXAMPLE = blocks_of_the_example()

# What the example starts from; all else follows from it.
MASTER = bytes(range(100, 132))
APPEAL_ID = bytes(range(16))
LETTER_HASH = b"\xab" * 32
CODE = "4829103377590218841270536"
EPHEMERAL_SECRET = b"\x07" * 32
COINS = b"\x09" * 32
JSON_TEXT = '{"name":"Ірына","relation":"сястра","prisoner":"Алесь","public":false,"language":"be"}'

RECORD, X25519_SECRET, KEM_SEED = reference.derive(MASTER, APPEAL_ID)


def the_key() -> Values:
    """Every value of section 1."""
    return {
        "master": MASTER.hex(),
        "appeal id": APPEAL_ID.hex(),
        "X25519 secret": X25519_SECRET.hex(),
        "X25519 public key": reference.x25519_public_of(RECORD).hex(),
        "ML-KEM seed": KEM_SEED.hex(),
        "SHA-256 of encapsulation key": reference.sha256(reference.encapsulation_key_of(RECORD)).hex(),
        "SHA-256 of key record": reference.sha256(RECORD).hex(),
        "fingerprint": reference.fingerprint(RECORD).hex(),
        "fingerprint for people": reference.digits(RECORD),
        "key id": reference.key_id(RECORD).hex(),
        "header": reference.header(RECORD).hex(),
    }


def the_code() -> Values:
    """Every value of section 3."""
    return {
        "code": CODE,
        "commitment": reference.commitment(CODE).hex(),
        "receipt": reference.receipt(reference.commitment(CODE)),
    }


def the_plaintext() -> bytes:
    """The plaintext of the example's signature."""
    slot = reference.commitment(CODE)
    return reference.compose_plaintext(RECORD, LETTER_HASH, slot, 1, JSON_TEXT.encode("utf-8"))


def the_signature() -> Values:
    """Every value of section 2, on the way from a JSON object to an envelope id."""
    plaintext = the_plaintext()
    ephemeral_public = crypto_scalarmult_base(EPHEMERAL_SECRET)
    nonce = reference.sealed_box_nonce(ephemeral_public, reference.x25519_public_of(RECORD))
    enc, shared_secret = reference.encapsulate(reference.encapsulation_key_of(RECORD), COINS)
    key, base_nonce = reference.key_schedule(shared_secret, reference.info(RECORD))
    envelope = reference.seal(RECORD, plaintext, EPHEMERAL_SECRET, COINS)
    return {
        "letter hash": LETTER_HASH.hex(),
        "slot": reference.commitment(CODE).hex(),
        "JSON text": JSON_TEXT,
        "SHA-256 of JSON text": reference.sha256(JSON_TEXT.encode("utf-8")).hex(),
        "plaintext, bytes 0..96": plaintext[:96].hex(),
        "SHA-256 of plaintext": reference.sha256(plaintext).hex(),
        "ML-KEM coins": COINS.hex(),
        "SHA-256 of enc": reference.sha256(enc).hex(),
        "ML-KEM shared secret": shared_secret.hex(),
        "info": reference.info(RECORD).hex(),
        "HPKE key": key.hex(),
        "HPKE base nonce": base_nonce.hex(),
        "SHA-256 of inner": reference.sha256(reference.inner_seal(RECORD, plaintext, COINS)).hex(),
        "ephemeral secret": EPHEMERAL_SECRET.hex(),
        "ephemeral public key": ephemeral_public.hex(),
        "sealed-box nonce": nonce.hex(),
        "SHA-256 of envelope": reference.sha256(envelope).hex(),
        "envelope id": reference.envelope_id(envelope).hex(),
    }


def the_withdrawal() -> Values:
    """The same randomness and letter hash, the code itself in the slot."""
    plaintext = reference.compose_plaintext(RECORD, LETTER_HASH, reference.code_slot(CODE), 2, b"{}")
    envelope = reference.seal(RECORD, plaintext, EPHEMERAL_SECRET, COINS)
    return {
        "slot": reference.code_slot(CODE).hex(),
        "JSON text": "{}",
        "SHA-256 of plaintext": reference.sha256(plaintext).hex(),
        "envelope id": reference.envelope_id(envelope).hex(),
    }


COMPUTED: dict[str, Callable[[], Values]] = {
    "The key": the_key,
    "The code": the_code,
    "The signature": the_signature,
    "The withdrawal": the_withdrawal,
}


def test_the_example_has_these_parts_and_no_others() -> None:
    """A part that nobody recomputes could say anything."""
    assert list(EXAMPLE) == list(COMPUTED)


@pytest.mark.parametrize("part", COMPUTED)
def test_every_value_of_the_example_is_recomputed(part: str) -> None:
    """No value of section 8 differs, is missing or is unknown."""
    assert EXAMPLE[part] == COMPUTED[part]()


def test_common_libraries_open_what_the_reference_seals() -> None:
    """The two layers are a sealed box and HPKE as others understand them, not only as we do."""
    envelope = reference.seal(RECORD, the_plaintext(), EPHEMERAL_SECRET, COINS)
    inner = SealedBox(PrivateKey(X25519_SECRET)).decrypt(envelope[8:])
    hpke = Suite(KEM.MLKEM768, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    kem_secret = MLKEM768PrivateKey.from_seed_bytes(KEM_SEED)
    assert hpke.decrypt(inner, kem_secret, info=reference.info(RECORD)) == the_plaintext()
    assert reference.open_envelope(RECORD, X25519_SECRET, KEM_SEED, envelope) == the_plaintext()


def reasons_of_the_errors() -> list[str]:
    """Every reason that a docstring of the error tree lists, in the order of the file."""
    found: list[str] = []
    for _, error in inspect.getmembers(errors, inspect.isclass):
        listed = re.search(r"Reasons?: (.*)", error.__doc__ or "", re.DOTALL)
        if error.__module__ == errors.__name__ and listed:
            found += re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", listed[1])
    return found


def test_section_9_lists_exactly_the_reasons_of_the_error_tree() -> None:
    """A reason is in the table and in one docstring, once each, or it does not exist."""
    table = re.findall(r"^\| `([a-z0-9-]+)` \| ([1-7]) \| \S.*\. \|$", section(9), re.MULTILINE)
    rows = [line for line in section(9).splitlines() if line.startswith("| `")]
    assert len(table) == len(rows), "a row of section 9 is malformed"
    assert sorted(reason for reason, _ in table) == sorted(reasons_of_the_errors())


def test_every_reason_is_explained_in_the_section_that_the_table_names() -> None:
    """The table is an index: each reason's rule stands in the section it points to."""
    for reason, number in re.findall(r"^\| `([a-z0-9-]+)` \| ([1-7]) \|", section(9), re.MULTILINE):
        assert f"`{reason}`" in section(int(number)), reason
