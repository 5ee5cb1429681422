"""Every file that another organizer or the site brings goes through the same hostile cases, and each is refused calmly.

What such a file holds is judged as if it had been typed here. A new reader gets a row in READERS.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.secret import Aead

from crypto.appeal import read_appeal, write_appeal
from crypto.errors import UndersignedError
from crypto.keys import derive_secret
from crypto.ledger import LedgerHeader
from crypto.letter import letter_file
from crypto.minisign import MinisignPublicKey, signer_key_id, unlock_secret_key
from crypto.publication import read_publication
from crypto.toml import TomlError
from crypto.toml import parse as parse_toml
from organizer.actions.appeal import compare_appeal
from organizer.actions.failures import explain_failure
from organizer.actions.public_folder import read_site_folder
from organizer.errors import OrganizerError
from organizer.exports.letter import read_letter
from organizer.intake.tables.choices import TableChoices, read_remembered
from organizer.intake.tables.layout import find_layout
from organizer.intake.tables.people import read_people
from organizer.intake.tables.reading import read_table
from organizer.intake.tables.words import KNOWN
from organizer.keys import keyfile
from organizer.keys.appeal_folder import signers_in
from organizer.keys.periods import read_public
from organizer.keys.shares import Recovery
from organizer.keys.signing import unlock_signing_key
from organizer.review.merge import MAGIC, read_decisions
from organizer.workspace.files import minisigs_beside, read_file, read_secret
from tests.support.organizer_workspace import KEY, MASTER, appeal_of, new_keys
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


def letters_of_the_site(folder: Path) -> object:
    (folder / "appeal.toml").write_bytes(b"")
    return read_site_folder(str(folder))


APPEAL = appeal_of(KEY.record, new_keys().minisign)


def read_people_of(data: bytes) -> object:
    table, choices = read_table(data), TableChoices()
    return read_people(table, find_layout(table, choices), KNOWN, "be")


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
    "table": lambda data, _: read_people_of(data),
    "columns as remembered": lambda data, _: read_remembered(data),
    "minisign key under the root": lambda data, _: unlock_signing_key(bytes(32), data, new_keys().minisign),
    "trusted appeal.json": lambda data, _: compare_appeal(data, "new", write_appeal(APPEAL), "old"),
    "appeal.json from before": lambda data, _: compare_appeal(write_appeal(APPEAL), "new", data, "old"),
}


QUIET = {"columns as remembered", "minisign key under the root", "appeal.json from before", "table"}
"""These have a value for what they cannot read: nothing is remembered, the stock file is asked, a person is."""


@pytest.mark.parametrize("reader", READERS)
def test_hostile_files_end_in_one_calm_error(reader: str, tmp_path: Path) -> None:
    """An error of ours with a sentence, or a value; nothing else leaves a reader, whatever the bytes."""
    sentences = []
    for data in HOSTILE.values():
        try:
            READERS[reader](data, tmp_path)
        except (UndersignedError, OrganizerError, TomlError) as error:
            sentences.append(str(error))
    assert reader in QUIET or len(sentences) > len(HOSTILE) / 3
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


KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a device that never ends": lambda path: path.symlink_to("/dev/zero"),
    "a folder": Path.mkdir,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a file as large as a disk": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40),
}
WAYS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "named": ("publication.json", lambda folder: read_file(str(folder / "publication.json"))),
    "beside": (
        "publication.json.eva.minisig",
        lambda folder: [read_file(one) for one in minisigs_beside(str(folder / "publication.json"))],
    ),
    "of the site": ("appeal.toml", lambda folder: read_site_folder(str(folder))),
    "a letter of the site": (letter_file("be"), letters_of_the_site),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_ordinary_file_is_not_waited_for(kind: str, way: str, tmp_path: Path) -> None:
    """On a stick that somebody else prepared, a name may be anything; each is refused in a sentence, and at once."""
    name, read = WAYS[way]
    KINDS[kind](tmp_path / name)
    with pytest.raises((OrganizerError, OSError)) as caught:
        read(tmp_path)
    told = explain_failure(caught.value)
    assert told.reason in ("no-file", "file", "file-kind", "file-large")
    assert str(tmp_path / name) in str(told)


def test_an_ordinary_file_is_read(tmp_path: Path) -> None:
    """The control: the same ways, and a link to a file, too; a secret may come by a pipe, as scripts give it."""
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "publication.json.eva.minisig").symlink_to("real")
    assert WAYS["beside"][1](tmp_path) == [b"x"]
    reading, writing = os.pipe()
    os.write(writing, b"secret\n")
    os.close(writing)
    assert read_secret(f"/dev/fd/{reading}") == b"secret\n"
    with pytest.raises(OrganizerError):
        read_file(f"/dev/fd/{reading}")
    os.close(reading)


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
