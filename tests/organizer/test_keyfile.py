"""The key file: only the passphrase opens it, and a person is told what is wrong."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.pwhash import argon2id

from organizer.errors import OrganizerError
from organizer.keys import generate, keyfile, passphrase
from organizer.keys.keyfile import CHEAP, DEMO, SENSITIVE, lock, unlock

ROOT = bytes(range(32))
APPEAL_ID = bytes(range(16))
SALT = bytes(16)
PASSPHRASE = "вельмі сакрэтная фраза"
FILE = lock(ROOT, APPEAL_ID, PASSPHRASE, SALT, CHEAP)


def reason(file: bytes, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(OrganizerError) as caught:
        unlock(file, passphrase)
    return caught.value.reason


def with_checksum(checked: bytes) -> bytes:
    return checked + hashlib.sha256(checked).digest()


def test_the_passphrase_gives_back_root_and_appeal() -> None:
    """What was locked is what is unlocked."""
    assert unlock(FILE, PASSPHRASE) == (ROOT, APPEAL_ID)


def test_the_file_has_the_bytes_its_docstring_names() -> None:
    """Another program can read the file from the description alone."""
    assert len(FILE) == 175
    assert FILE[:23] == b"undersigned/v1/keyfile\0"
    assert int.from_bytes(FILE[23:31], "big") == CHEAP.operations
    assert int.from_bytes(FILE[31:39], "big") == CHEAP.memory
    assert FILE[39:55] == SALT
    assert FILE[55:71] == APPEAL_ID
    assert FILE[143:] == hashlib.sha256(FILE[:143]).digest()


def test_another_passphrase_is_called_a_wrong_passphrase() -> None:
    """A person who mistyped is asked to type again, not told that the file is broken."""
    assert reason(FILE, PASSPHRASE + " ") == "passphrase"
    assert reason(FILE, "") == "passphrase"


def test_every_changed_byte_is_called_damage() -> None:
    """A broken stick is told apart from a wrong passphrase."""
    for at in range(len(FILE)):
        assert reason(FILE[:at] + bytes([FILE[at] ^ 1]) + FILE[at + 1 :]) == "key-file-damaged"


@given(st.binary(max_size=400))
def test_a_file_that_is_none_is_called_damaged(data: bytes) -> None:
    """Any other bytes, empty and long ones too."""
    assert reason(data) == "key-file-damaged"
    assert reason(FILE[: len(data) % len(FILE)]) == "key-file-damaged"


@pytest.mark.parametrize("at", range(23, 143, 4))
def test_a_forged_file_never_opens(at: int) -> None:
    """Whoever can write the checksum anew still cannot change a byte of header or box."""
    forged = with_checksum(FILE[:at] + bytes([FILE[at] ^ 1]) + FILE[at + 1 : 143])
    assert reason(forged) in {"passphrase", "key-file-limits"}


@pytest.mark.parametrize(
    ("operations", "memory"),
    [(SENSITIVE.operations + 1, CHEAP.memory), (CHEAP.operations, SENSITIVE.memory + 1), (0, CHEAP.memory), (1, 0)],
)
def test_a_forged_file_cannot_eat_all_memory(operations: int, memory: int) -> None:
    """Limits outside the tool's own are refused before any work is done."""
    forged = FILE[:23] + operations.to_bytes(8, "big") + memory.to_bytes(8, "big") + FILE[39:143]
    assert reason(with_checksum(forged)) == "key-file-limits"


@settings(max_examples=20)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_passphrase_may_be_typed_on_any_keyboard(passphrase: str) -> None:
    """Composed and decomposed letters are one passphrase."""
    file = lock(ROOT, APPEAL_ID, unicodedata.normalize("NFD", passphrase), SALT, CHEAP)
    assert unlock(file, unicodedata.normalize("NFC", passphrase))[0] == ROOT


def test_half_a_character_is_no_passphrase() -> None:
    """A terminal can hand over a lone surrogate."""
    assert reason(FILE, "\ud800") == "not-text"


def test_people_get_the_strongest_limits() -> None:
    """Nothing but a test names the cheap profile, and nothing but a rehearsal that of a rehearsal."""
    assert keyfile.Profile(argon2id.OPSLIMIT_SENSITIVE, argon2id.MEMLIMIT_SENSITIVE) == SENSITIVE
    assert lock.__defaults__ == (SENSITIVE,)
    assert (generate.make_keys.__defaults__ or ())[-1] == SENSITIVE
    tool = Path(keyfile.__file__).parents[1]
    texts = {path.relative_to(tool).as_posix(): path.read_text("utf-8") for path in tool.rglob("*.py")}
    assert [path for path, text in texts.items() if "CHEAP" in text] == ["keys/keyfile.py"]
    assert {path for path, text in texts.items() if "REHEARSAL" in text and not path.startswith("cli/rehearsal/")} == {
        "keys/keyfile.py"
    }
    assert "REHEARSAL" in texts["cli/rehearsal/key_steps.py"]
    assert [path for path, text in texts.items() if "keyfile.DEMO" in text] == ["cli/keygen.py"]


def test_a_trials_key_file_says_so() -> None:
    """It opens like any other; changed into a real one, or a real one into it, it opens no more."""
    demo = lock(ROOT, APPEAL_ID, PASSPHRASE, SALT, DEMO)
    assert (keyfile.is_demo(demo), keyfile.is_demo(FILE)) == (True, False)
    assert demo.startswith(b"undersigned/v1/keydemo\0")
    assert unlock(demo, PASSPHRASE) == (ROOT, APPEAL_ID)
    assert len(demo) == len(FILE)
    for file, head in ((demo, FILE[:23]), (FILE, demo[:23])):
        changed = head + file[23:-32]
        assert reason(changed + hashlib.sha256(changed).digest(), PASSPHRASE) == "passphrase"


def test_an_offered_passphrase_has_120_bits() -> None:
    """Five groups of five of 28 characters, none of which looks like another."""
    offered = passphrase.offer_passphrase(lambda size: bytes(range(size)))
    assert [len(group) for group in offered.split("-")] == [5] * 5
    assert len(set(passphrase.ALPHABET)) ** 25 > 2**120
    assert not set(passphrase.ALPHABET) & set("0o1ilsbz")
    assert passphrase.check_passphrase(offered) == offered


def test_every_character_of_an_offered_passphrase_is_equally_likely() -> None:
    """Bytes that would favour some characters are thrown away."""
    sources = iter([bytes(range(250, 256)) * 5, bytes([251] * 25)])
    assert (
        passphrase.offer_passphrase(lambda size: next(sources)[:size]).replace("-", "")[-1]
        == passphrase.ALPHABET[251 % 28]
    )
    assert {byte % 28 for byte in range(252)} == set(range(28))
