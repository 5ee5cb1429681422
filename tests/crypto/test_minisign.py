"""The stock `minisign` and crypto/minisign.py read each other's files.

Secret key files cost a second and a gigabyte of memory for every passphrase, on purpose, so each is opened once.
"""

from __future__ import annotations

import ctypes
import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.errors import MinisignError
from crypto.minisign import (
    MinisignPublicKey,
    MinisignSecretKey,
    lock_secret_key,
    sign,
    unlock_secret_key,
    verify,
)
from tests.support.programs import program
from tests.vectors import ed25519_cases

# What stands in a file that somebody damaged, wrapped, saved under Windows or pieced together.
DAMAGE = "\r\n\0 \tA=x-/+é\u2028"

KEY = MinisignSecretKey.make(b"annaanna", bytes(range(100, 132)))
OTHER = MinisignSecretKey.make(b"borisbor", bytes(range(150, 182)))
PASSPHRASE = "сапраўды доўгая фраза"
COMMENT = "publication 2 of 2026-11-22 · вынік"
RESULT = '{"total": 91, "letters": "Ў"}\n'.encode()


@dataclass(frozen=True)
class Stock:
    """The stock program at work in one folder."""

    program: str
    folder: Path

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """`typed` goes to its standard input; without a terminal of its own it asks there."""
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env={"HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            start_new_session=True,
            check=False,
        )

    def verifies(self, *arguments: str) -> bool:
        return self.run("-V", "-m", "publication.json", *arguments).returncode == 0


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    """The program, and publication.json in its folder."""
    (tmp_path / "publication.json").write_bytes(RESULT)
    return Stock(program("minisign"), tmp_path)


def test_the_stock_program_verifies_what_we_sign(stock: Stock) -> None:
    """By the pinned line and by the .pub file, with prehashing demanded, and it shows our trusted comment."""
    (stock.folder / "publication.json.minisig").write_text(sign(KEY, RESULT, COMMENT), "utf-8")
    (stock.folder / "anna.pub").write_text(KEY.public.file, "utf-8")
    shown = stock.run("-V", "-H", "-P", KEY.public.line, "-m", "publication.json")
    assert shown.returncode == 0, shown.stderr
    assert f"Trusted comment: {COMMENT}\n" in shown.stdout
    assert stock.verifies("-H", "-p", "anna.pub")


def test_the_stock_program_verifies_several_signers_of_one_file(stock: Stock) -> None:
    """Each organizer's file stands beside the publication and is named with -x, as docs/spec.md tells readers."""
    for signer, key in {"anna": KEY, "boris": OTHER}.items():
        name = f"publication.json.{signer}.minisig"
        (stock.folder / name).write_text(sign(key, RESULT, COMMENT), "utf-8")
        assert stock.verifies("-P", key.public.line, "-x", name)
    assert not stock.verifies("-P", KEY.public.line, "-x", "publication.json.boris.minisig")


def test_the_stock_program_refuses_what_we_did_not_sign(stock: Stock) -> None:
    """Another file, another comment or another key is refused there as it is here."""
    good = sign(KEY, RESULT, COMMENT)
    wrong = {
        "minisign-signature": sign(KEY, RESULT + b"\n", COMMENT),
        "minisign-comment": good.replace("publication 2", "publication 3"),
        "minisign-key": sign(OTHER, RESULT, COMMENT),
        "minisign-form": good.replace("trusted comment", "comment"),
    }
    for reason, minisig in wrong.items():
        (stock.folder / "publication.json.minisig").write_text(minisig, "utf-8")
        assert not stock.verifies("-P", KEY.public.line), reason
        with pytest.raises(MinisignError) as refused:
            verify(KEY.public, RESULT, minisig)
        assert refused.value.reason == reason


@pytest.mark.usefixtures("full_price")
def test_the_stock_program_signs_with_a_key_that_we_locked(stock: Stock) -> None:
    """A key file of ours opens there with its passphrase, and what it signs is verified here."""
    (stock.folder / "anna.key").write_text(lock_secret_key(KEY, PASSPHRASE, bytes(range(32))), "utf-8")
    command = ("-S", "-s", "anna.key", "-m", "publication.json", "-t", COMMENT)
    done = stock.run(*command, typed=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr
    minisig = (stock.folder / "publication.json.minisig").read_text("utf-8")
    assert verify(KEY.public, RESULT, minisig) == COMMENT


@pytest.mark.usefixtures("full_price")
def test_we_unlock_a_key_that_the_stock_program_made(stock: Stock) -> None:
    """Its key file opens here with its passphrase and signs; any other passphrase is minisign-passphrase."""
    done = stock.run("-G", "-p", "boris.pub", "-s", "boris.key", typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr
    locked = (stock.folder / "boris.key").read_text("utf-8")
    public = (stock.folder / "boris.pub").read_text("utf-8")
    key = unlock_secret_key(locked, PASSPHRASE)
    assert key.public == MinisignPublicKey.parse(public.splitlines()[1])
    assert key.public.file == public
    (stock.folder / "publication.json.minisig").write_text(sign(key, RESULT, COMMENT), "utf-8")
    assert stock.verifies("-p", "boris.pub")
    with pytest.raises(MinisignError) as refused:
        unlock_secret_key(locked, PASSPHRASE.upper())
    assert refused.value.reason == "minisign-passphrase"


def test_a_key_file_without_passphrase_is_refused(stock: Stock) -> None:
    """What the stock program stores unlocked (-W) is minisign-form: a key of ours is never without a passphrase."""
    done = stock.run("-G", "-W", "-p", "open.pub", "-s", "open.key")
    assert done.returncode == 0, done.stderr
    with pytest.raises(MinisignError) as refused:
        unlock_secret_key((stock.folder / "open.key").read_text("utf-8"), "")
    assert refused.value.reason == "minisign-form"


def test_of_damaged_minisigs_stock_and_ours_accept_the_same(stock: Stock) -> None:
    """Invariant: whoever reads a minisig, the verdict is one. Some of these files verify, some do not."""
    good = sign(KEY, RESULT, COMMENT)
    generator = random.Random(20261130)
    verdicts = []
    for _ in range(300):
        text = damaged(good, generator)
        (stock.folder / "damaged.minisig").write_bytes(text.encode("utf-8"))
        verdicts.append(stock.verifies("-H", "-P", KEY.public.line, "-x", "damaged.minisig"))
        assert ours_verifies(text) == verdicts[-1], text
    assert {True, False} == set(verdicts)
    assert ours_verifies(good) != ours_verifies(good.replace("trusted", "Trusted"))


def damaged(text: str, generator: random.Random) -> str:
    """One to three characters put in, taken out or exchanged, line ends more often than others."""
    for _ in range(generator.randint(1, 3)):
        ends = [at for at, character in enumerate(text) if character == "\n"]
        at = generator.choice([generator.randrange(len(text)), generator.choice(ends or [0])])
        put = generator.choice(DAMAGE) * generator.choice([1, 1, 5])
        text = text[:at] + generator.choice([put, put + text[at : at + 1], ""]) + text[at + 1 :]
    return text


def ours_verifies(text: str) -> bool:
    """Whether crypto/minisign.py accepts it."""
    try:
        verify(KEY.public, RESULT, text)
    except MinisignError:
        return False
    return True


def test_the_verdicts_of_the_vectors_are_those_of_the_libsodium_that_stock_minisign_uses(stock: Stock) -> None:
    """They were made with the libsodium inside PyNaCl, which is newer."""
    linked = subprocess.run(["ldd", stock.program], capture_output=True, text=True, check=True).stdout
    (path,) = re.findall(r"libsodium\S* => (\S+)", linked)
    verify_detached = ctypes.CDLL(path).crypto_sign_verify_detached
    for case in ed25519_cases.cases():
        length = ctypes.c_ulonglong(len(case.message))
        is_good = verify_detached(case.signature, case.message, length, case.point) == 0
        assert is_good == case.verdict(), case
