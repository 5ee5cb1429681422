"""./run prove: every proof exists, has a control, and says what it takes; every long test is part of one."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proofs.__main__ import LEAST_SECONDS
from proofs.report import Found, Outcome, keep, read_outcome, report
from proofs.table import PROOFS, Proof
from tests.support.paths import ROOT
from tests.support.proving import refuse_other_machines
from tests.support.sources import Sources, made_up, python, read_sources

MADE_UP = Proof("made-up", "Nothing is lost.", 1, ("tests/made_up.py",), "Everything else.")


def marked(sources: Sources, marker: str) -> set[str]:
    """The tests that bear a marker, some of their parameters too, by how pytest names them."""
    return {test for test, markers in every_test(sources) if f"pytest.mark.{marker}" in markers}


def every_test(sources: Sources) -> Iterator[tuple[str, set[str]]]:
    """Each test by how pytest names it, and what its decorators name."""
    for path, text in python(sources, "tests").items():
        for node in ast.parse(text).body:
            inside = node.body if isinstance(node, ast.ClassDef) else [node]
            place = f"{path}::{node.name}" if isinstance(node, ast.ClassDef) else path
            for each in inside:
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                    named = (part for word in each.decorator_list for part in ast.walk(word))
                    names = {ast.unparse(part) for part in named if isinstance(part, ast.Attribute)}
                    yield f"{place}::{each.name}", names


def given_marks(text: str) -> set[str]:
    """What stands behind `marks=` anywhere in a file."""
    words = (word for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) for word in node.keywords)
    return {ast.unparse(word.value) for word in words if word.arg == "marks"}


def of_proof(proof: Proof, tests: set[str]) -> set[str]:
    """Those that the proof runs."""
    return {test for test in tests if any(f"{test}::".startswith(f"{chosen}::") for chosen in proof.tests)}


def complaints(proofs: Sequence[Proof], sources: Sources) -> list[str]:
    """Proofs without tests or without a control; controls and long tests without a proof."""
    controls, long, every = (
        marked(sources, "control"),
        marked(sources, "long"),
        {test for test, _ in every_test(sources)},
    )
    found = [f"{proof.name} has no control" for proof in proofs if not of_proof(proof, controls)]
    for proof in proofs:
        single = [replace(proof, tests=(test,)) for test in proof.tests]
        found += [f"{one.tests[0]} of {proof.name} is not there" for one in single if not of_proof(one, every)]
    run = {test for proof in proofs for test in of_proof(proof, controls | long)}
    found += [f"no proof runs {test}" for test in sorted((controls | long) - run)]
    # A mark may also stand with a fixture, or in a list that several tests share.
    bearing = {path for path, text in python(sources, "tests").items() if "pytest.mark.long" in given_marks(text)}
    files = {test.partition("::")[0] for proof in proofs for test in proof.tests}
    return found + [f"no proof runs {path}" for path in sorted(bearing - files)]


def test_every_proof_has_tests_and_a_control_and_no_long_test_is_left_out() -> None:
    """A file that was renamed, a check that nothing could fail, a long test that nobody runs: each would be told."""
    sources = read_sources("tests")
    assert len(marked(sources, "long")) > 10
    assert len(marked(sources, "control")) > 10
    assert complaints(PROOFS, sources) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def test_a():\n    pass", "made-up has no control"),
        ("@pytest.mark.control\ndef check_a():\n    pass", "made-up has no control"),
        ("@pytest.mark.control\ndef test_a():\n    pass | tests/b.py: @pytest.mark.long\ndef test_b():\n    pass",
         "no proof runs tests/b.py::test_b"),
        ("@pytest.mark.control\ndef test_a():\n    pass | tests/b.py: class TestB:\n    @pytest.mark.control\n"
         "    def test_b(self):\n        pass", "no proof runs tests/b.py::TestB::test_b"),
        ("@pytest.mark.control\ndef test_a():\n    pass | tests/b.py: ALL = [pytest.param(1, marks=pytest.mark.long)]",
         "no proof runs tests/b.py"),
    ],
)  # fmt: skip
def test_a_proof_that_proves_nothing_is_found(text: str, complaint: str) -> None:
    """In made-up tests; and one whose file has gone."""
    assert complaint in complaints([MADE_UP], made_up(f"tests/made_up.py: {text}"))
    assert "tests/made_up.py of made-up is not there" in complaints([MADE_UP], {})


def test_it_lists_what_there_is_without_any_library() -> None:
    """Each with what it takes; an unknown one is told in a sentence."""
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import proofs.__main__ as p"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    run = [sys.executable, "run", "prove"]
    listed = subprocess.run([*run, "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for proof in PROOFS:
        assert f"  {proof.name} " in listed
        assert f"{proof.minutes} min  {proof.promise}" in listed
    wrong = subprocess.run([*run, "no-proof"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "There is no proof no-proof." in wrong.stderr


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ([("a", False, True), ("b", True, True)], True),
        ([("a", False, False), ("b", True, True)], False),
        ([("a", False, True), ("b", True, False)], False),
        ([("a", False, True)], False),
        ([], False),
    ],
)
def test_a_proof_holds_only_with_a_control_that_found_something(
    tmp_path: Path, found: list[tuple[str, bool, bool]], holds: bool
) -> None:
    """Nothing found, a test that failed, a control that failed or is not there: none of them is a proof."""
    tests = [Found(name, "It holds.", control, held, {"lost": "0"}) for name, control, held in found]
    outcome = Outcome("2026-12-01", 1.0, 5, False, 2, "3.11.7", tests)
    assert outcome.holds is holds
    keep(tmp_path, MADE_UP, outcome)
    assert ("**Holds.**" in report(tmp_path, [MADE_UP])) is holds
    assert json.loads((tmp_path / "made-up.json").read_text("utf-8"))["part"] == 1.0


def test_a_proof_that_takes_too_long_does_not_hold(tmp_path: Path) -> None:
    """It is ended; what it had found by then is no proof."""
    assert not read_outcome(tmp_path / "none.xml", 1.0, LEAST_SECONDS, is_over=True).holds


def test_a_report_names_nothing_of_the_machine(tmp_path: Path) -> None:
    """Of a test that fails with a path and an address in its words, only the name is told."""
    told = tmp_path / "told.xml"
    told.write_text(
        '<testsuites><testsuite hostname="this-machine"><testcase classname="a" name="test_a" file="/home/anna/a.py">'
        '<properties><property name="states" value="It holds." /><property name="lost" value="3" /></properties>'
        '<failure message="/home/anna 192.0.2.7">/home/anna 192.0.2.7</failure></testcase></testsuite></testsuites>'
    )
    keep(tmp_path, MADE_UP, read_outcome(told, 0.5, 3, is_over=False))
    written = report(tmp_path, [MADE_UP]) + (tmp_path / "made-up.json").read_text("utf-8")
    assert "lost 3" in written
    assert "DOES NOT HOLD" in written
    assert not [word for word in ("anna", "192.0.2.7", "this-machine") if word in written]


@pytest.mark.parametrize("address", [("192.0.2.7", 80), ("2001:db8::7", 80, 0, 0), ("letter.example", 443)])
def test_a_proof_reaches_no_other_machine(address: tuple[Any, ...]) -> None:
    """Whatever goes wrong in it; loopback and sockets of this machine it may reach."""
    with pytest.raises(PermissionError, match="loopback only"):
        refuse_other_machines("socket.connect", (None, address))
    for near in (("127.0.0.1", 80), ("127.3.2.1", 80), ("::1", 80, 0, 0), "/run/here.sock"):
        refuse_other_machines("socket.connect", (None, near))
