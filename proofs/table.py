"""The proofs of `./run prove`: what each promises, where its tests are, how long it takes, what it does not show.

A proof is a set of tests. Each has at least one control: the same check on a deliberately wrong build or setting,
which must find what is wrong; it is marked with `pytest.mark.control`.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCESSIBLE = "tests/browser/test_accessible.py"


@dataclass(frozen=True)
class Proof:
    """One proof; `minutes` is what the whole size takes on two quiet cores, `tests` what pytest is given.

    `limit` says in a sentence what the proof does not show.
    """

    name: str
    promise: str
    minutes: int
    tests: tuple[str, ...]
    limit: str


PROOFS = (
    Proof(
        "kills",
        "What was acknowledged is kept, once, however often the service, its worker or its Redis is killed.",
        45,
        ("tests/proofs/test_kills.py",),
        "The machine stays up, so what a process wrote is in the kernel's memory; power-loss is about the rest.",
    ),
    Proof(
        "power-loss",
        "What was acknowledged survives a power cut at any moment, also while a store grows or is written anew.",
        40,
        ("tests/proofs/test_power_loss.py",),
        "A model of a disk; tests/support/power_shim.c says what it does not see, such as a disk that lies.",
    ),
    Proof(
        "broken-disk",
        "A disk that is full, fails or becomes read-only, a server that hangs, a cut line and a clock that jumps cost "
        "no acknowledged envelope; a backup under load brings back what was acknowledged before it.",
        10,
        ("tests/proofs/test_broken_disk.py", "tests/proofs/test_broken_server.py"),
        "Errors come from a shim and from limits of the kernel, not from hardware.",
    ),
)
