"""The proofs of `./run prove`: what each promises, where its tests are, how long it takes, what it does not show.

A proof is a set of tests. Each has at least one control: the same check on a deliberately wrong build or setting,
which must find what is wrong; it is marked with `pytest.mark.control`.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    # Nothing acknowledged is lost, nothing doubled.
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
        30,
        ("tests/proofs/test_power_loss.py", "tests/proofs/test_power_model.py"),
        "A model of a disk; tests/support/power_shim.c says what it does not see, such as a disk that lies.",
    ),
    Proof(
        "broken-disk",
        "A disk that is full, fails or becomes read-only, a server that hangs, a cut line and a clock that jumps cost "
        "no acknowledged envelope; a backup under load brings back what was acknowledged before it.",
        25,
        ("tests/proofs/test_broken_disk.py", "tests/proofs/test_broken_server.py"),
        "Errors come from a shim and from limits of the kernel, not from hardware.",
    ),
    Proof(
        "crowd",
        "Honest people sign by every door while the site is flooded with what is empty, wrong, repeated or unpaid.",
        15,
        ("tests/service/test_flood.py", "tests/service/test_crowd.py"),
        "A flood of lines, or of more addresses than the machine can answer.",
    ),
    # What is written and shown tells nothing.
    Proof(
        "memory",
        "A second after the answer, nothing of 500 people who came is in the memory of any process.",
        15,
        ("tests/service/test_memory.py",),
        "Files, file times and the kernel's own tables.",
    ),
    Proof(
        "order",
        "The files of a service, running or killed, do not tell which envelope came before which.",
        3,
        (
            "tests/service/test_arrival.py",
            "tests/service/test_file_times.py",
            "tests/service/test_file_store.py::TestOrder",
        ),
        "What a disk itself keeps of overwritten blocks, and whoever reads it twice (docs/threat-model.md).",
    ),
    Proof(
        "indistinguishable",
        "Public signatures, non-public ones and withdrawals look alike on the line, and take as long to seal.",
        5,
        (
            "tests/browser/test_indistinguishable.py",
            "tests/service/test_repeated.py",
            "tests/crypto/test_at_rest.py",
        ),
        "At rest, what a simple learner finds in bytes and lengths; on the line, one browser.",
    ),
    # What comes from strangers harms nobody.
    Proof(
        "requests",
        "Requests that nobody means well end in no fault, no line in the journal and no memory that grows.",
        8,
        ("tests/proofs/test_requests.py", "tests/service/test_malformed.py"),
        "What nobody thought of: the requests are made by rules; they go to the service itself, without nginx.",
    ),
    Proof(
        "hostile-files",
        "A million hostile envelopes and ledgers end in a sentence, and nothing in them steers a terminal.",
        6,
        ("tests/organizer/test_hostile.py",),
        "What nobody thought of: the cases are made by rules.",
    ),
    Proof(
        "audit",
        "Mistakes that others made: a route without its check, questions to other servers, a language as a path, …",
        1,
        ("tests/service/test_audit.py",),
        "docs/promises.md says where the others of the list are tried.",
    ),
    Proof(
        "browser",
        "Whatever fails while a browser seals, nothing typed leaves it; what people write stays text on every page.",
        20,
        ("tests/browser/test_failed_sealing.py", "tests/browser/test_payloads.py", "tests/browser/test_profiles.py"),
        "The browsers that run here.",
    ),
    # It works where people need it.
    Proof(
        "two-languages",
        "What the page seals the tool opens, and the other way round, whatever people write.",
        3,
        ("tests/crypto/test_seal.py",),
        "One machine's byte order.",
    ),
    Proof(
        "accessible",
        "Every state of every page, in every language and look, is for everyone, and quick on an old phone.",
        12,
        ("tests/browser/test_accessible.py", "tests/browser/test_speed.py"),
        "What a program can see of it; people see more.",
    ),
    Proof(
        "onion",
        "Through Tor, each circuit has its own limits, and nobody else can claim to be one.",
        8,
        (
            "tests/service/test_deployment.py::test_through_a_real_tor_network_each_circuit_has_its_own_limit",
            "tests/service/test_deployment.py::test_without_a_circuit_of_its_own_another_person_waits_too",
        ),
        "A network of eight nodes on loopback.",
    ),
    Proof(
        "elsewhere",
        "The images, a bare Debian, a start that is stopped, slow connections and ./run bench work as they are told.",
        15,
        (
            "tests/house/test_images.py",
            "tests/house/test_bundle.py",
            "tests/house/test_bench.py",
            "tests/service/test_processes.py",
            "tests/service/test_whole_site.py",
        ),
        "Other machines than this one; images, slow connections and the stopped start have no control of their own.",
    ),
)
