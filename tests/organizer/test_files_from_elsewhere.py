"""Every file that another organizer or the site brings goes through the same hostile cases, and each is refused calmly.

What such a file holds is judged as if it had been typed here. A new reader gets a row in READERS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.secret import Aead

from crypto.appeal import read_appeal
from crypto.errors import UndersignedError
from crypto.keys import derive_secret
from crypto.ledger import LedgerHeader
from crypto.minisign import MinisignPublicKey, signer_key_id, unlock_secret_key
from crypto.publication import read_publication
from crypto.toml import TomlError
from crypto.toml import parse as parse_toml
from organizer.actions.public_folder import read_site_folder
from organizer.errors import OrganizerError
from organizer.exports.letter import read_letter
from organizer.keys import keyfile
from organizer.keys.appeal_folder import signers_in
from organizer.keys.periods import read_public
from organizer.keys.shares import Recovery
from organizer.review.merge import MAGIC, read_decisions
from tests.support.organizer_workspace import KEY, MASTER
from tests.support.publications import publication

DEEP = 60_000
HOSTILE = {
    "nothing": b"",
    "a line end": b"\n",
    "NUL": bytes(5000),
    "not UTF-8": b"\xff\xfe{\x80}",
    "UTF-16": "{}".encode("utf-16"),
    "mark": b"\xef\xbb\xbf{}",
    "brackets": b"[" * DEEP,
    "braces": b'{"a":' * DEEP,
    "closed brackets": b"[" * DEEP + b"]" * DEEP,
    "inline tables": b"a = " + b"{a=" * DEEP,
    "array": b"a = " + b"[" * DEEP,
    "dotted": b"a." * DEEP + b"a = 1",
    "digits": b"9" * DEEP,
    "number": b"a = " + b"9" * DEEP,
    "object with a number": b'{"format": ' + b"9" * DEEP + b"}",
    "fraction": b'{"format": 1e999999}',
    "one long word": b"a" * 1_000_000,
    "half a character": b'{"format": "\\ud800"}',
    "an empty object": b"{}",
    "an array": b"[]",
    "null": b"null",
    "a page instead of the file": b"<!doctype html><title>Just a moment...</title>",
    "lists for tables": b'id = 1\nminisign = ["x"]\nkeys = 3\nlanguages = {a=1}\nthreshold = "2"',
    "wrong tables": b"[[minisign]]\nsigner = 1\nkey = [1]\n[[keys]]\nrecord = {}\n",
    "impossible day": b"date = 2026-02-30",
    "word list": "абрыкос ".encode() * 2000,
}


def sealed_decisions(data: bytes) -> bytes:
    """What somebody who has the key of the period can send."""
    header = MAGIC + KEY.record.key_id
    box = Aead(derive_secret(MASTER, b"undersigned-deci", Aead.KEY_SIZE))
    return header + bytes(box.encrypt(data, header))


def site_folder(data: bytes, folder: Path) -> object:
    (folder / "appeal.toml").write_bytes(data)
    return read_site_folder(str(folder)).signers


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


READERS: dict[str, Callable[[bytes, Path], object]] = {
    "appeal.json": lambda data, _: read_appeal(data),
    "publication.json": lambda data, _: read_publication(data),
    "minisig": lambda data, _: signer_key_id(text(data)),
    "minisign public key": lambda data, _: MinisignPublicKey.parse(text(data)),
    "minisign secret key": lambda data, _: unlock_secret_key(text(data), "x"),
    "ledger": lambda data, _: LedgerHeader.parse(data),
    "decisions": lambda data, _: read_decisions(data, {KEY.record.key_id: MASTER}),
    "decisions, locked with our key": lambda data, _: read_decisions(
        sealed_decisions(data), {KEY.record.key_id: MASTER}
    ),
    "appeal.toml": lambda data, _: signers_in(text(data)),
    "folder of the site": site_folder,
    "letter folder": lambda data, _: read_letter(lambda _name: data, read_publication(publication()), "be"),
    "public key record": lambda data, _: read_public(text(data)),
    "key file": lambda data, _: keyfile.unlock(data, "x"),
    "card": lambda data, _: Recovery().add(text(data).split()),
    "TOML": lambda data, _: parse_toml(data),
}


@pytest.mark.parametrize("reader", READERS)
def test_hostile_files_end_in_one_calm_error(reader: str, tmp_path: Path) -> None:
    """An error of ours with a sentence, or a value; nothing else leaves a reader, whatever the bytes."""
    sentences = []
    for data in HOSTILE.values():
        try:
            READERS[reader](data, tmp_path)
        except (UndersignedError, OrganizerError, TomlError) as error:
            sentences.append(str(error))
    assert len(sentences) > len(HOSTILE) / 3
    assert [sentence for sentence in sentences if not 10 < len(sentence) < 1000] == []


def test_a_reader_that_lets_an_error_through_is_found() -> None:
    """The control: the readers of the standard library stumble over the same bytes."""
    found = set()
    for data in HOSTILE.values():
        try:
            json.loads(data)
        except (ValueError, RecursionError) as error:
            found.add(type(error))
    assert {RecursionError, json.JSONDecodeError} <= found


WORD = [1, "kamutirope", "note", False]
GOOD = {"signer": "boris", "words": [WORD], "decisions": [["ab" * 32, "A", 1]]}


@pytest.mark.parametrize(
    "change",
    [
        {"words": [[1, "", "note", False]]},
        {"words": [[1, "a", "note", False]]},
        {"words": [[1, "kamu  tirope", "note", False]]},
        {"words": [[1, "kamutirope\n", "note", False]]},
        {"words": [[1, "\u202ekamutirope", "note", False]]},
        {"words": [[1, "kamutirope", "n" * 101, False]]},
        {"words": [[0, "kamutirope", "", False]]},
        {"words": [[True, "kamutirope", "", False]]},
        {"words": [[1, "kamutirope", "", 1]]},
        {"words": [WORD, WORD]},
        {"words": [WORD, [2, "KAMU-TIROPE", "", False]]},
        {"words": "abcd"},
        {"words": {"1": WORD}},
        {"decisions": [["ab" * 32, "A", 2]]},
        {"decisions": [["ab" * 32, "A", True]]},
        {"decisions": [["ab" * 32, "A", -1]]},
        {"decisions": [["AB" * 32, "A", 1]]},
        {"decisions": [[" " + "ab" * 32, "A", 1]]},
        {"decisions": [["ab" * 32, "AA", 1]]},
        {"decisions": [["ab" * 32, "", 1]]},
        {"decisions": ["abc"]},
        {"signer": "b" * 33},
        {"signer": "b\x1b[2J"},
        {"signer": None},
    ],
    ids=str,
)
def test_what_decisions_hold_is_judged_as_if_it_had_been_typed(change: dict[str, object]) -> None:
    """A vouch word of one letter would vouch for everybody; a number that names no word, for nobody knows whom."""
    masters = {KEY.record.key_id: MASTER}
    assert read_decisions(sealed_decisions(json.dumps(GOOD).encode()), masters).signer == "boris"
    with pytest.raises(OrganizerError) as caught:
        read_decisions(sealed_decisions(json.dumps(GOOD | change).encode()), masters)
    assert caught.value.reason == "decisions-file"
