"""A guess at a passphrase that costs what a test can pay: in the process of the tests, and in programs they start.

Argon2id and scrypt are called with the least memory and time that they take. Passphrase, salt and limits still decide
what comes out, so what was locked opens with the same ones only, here and in every program that is started by this.
The full price is paid by tests that ask for it (`full_price` in conftest.py): those that meet stock minisign, and those
that say what a person pays.
"""

from __future__ import annotations

import hashlib
import runpy
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from nacl.pwhash import argon2id

Derive = Callable[..., bytes]

FULL: dict[tuple[object, str], Derive] = {
    (hashlib, "scrypt"): cache(hashlib.scrypt),
    (argon2id, "kdf"): cache(argon2id.kdf),
}
"""What the tool calls, by module and name. They are pure, so what came of a guess can be remembered."""


def _limits(*limits: int) -> bytes:
    return b"".join(limit.to_bytes(8, "big") for limit in limits)


@cache
def scrypt(password: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64) -> bytes:
    """As hashlib.scrypt, and another result."""
    return hashlib_scrypt(password + _limits(n, r, p), salt=salt, n=2, r=1, p=1, dklen=dklen)


@cache
def kdf(size: int, password: bytes, salt: bytes, opslimit: int, memlimit: int, encoder: Any = None) -> bytes:
    """As argon2id.kdf; the same result where the limits are the least ones."""
    least = argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN
    secret = password if (opslimit, memlimit) == least else password + _limits(opslimit, memlimit)
    return argon2id_kdf(size, secret, salt, *least)


hashlib_scrypt, argon2id_kdf = hashlib.scrypt, argon2id.kdf
CHEAP: dict[tuple[object, str], Derive] = {(hashlib, "scrypt"): scrypt, (argon2id, "kdf"): kdf}
"""What is put in their place."""


def command(module: str) -> list[str]:
    """The beginning of a command that runs a module of ours as `python -m` does, its guesses cheap."""
    return [sys.executable, "-m", __name__, module]


def make_cheap() -> None:
    """From now on, in this process."""
    for (at, name), derive in CHEAP.items():
        setattr(at, name, derive)


def main() -> None:
    """Be the module that the first argument names."""
    make_cheap()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
