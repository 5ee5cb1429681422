"""What a request leaves behind is not held by errors, not by circles, and not by memory that was freed."""

from __future__ import annotations

import ast
import gc
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.forgetting import OVERWRITING, Forgetting
from service.problems import Problem
from tests.support.nginx_site import shipped_environment
from tests.support.paths import ROOT


def test_no_refusal_keeps_the_request_that_it_refused(client: FlaskClient) -> None:
    """An exception that is raised twice keeps each time's frames, and with them addresses, tokens and words."""
    for _ in range(3):
        assert client.get("/ledger", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/be/nothing").status_code == 404
        assert client.post("/envelopes", data=b"x", content_type="text/plain").status_code == 415
        assert client.post("/envelopes", data=b"x", headers={"Origin": "https://elsewhere.example"}).status_code == 403
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, Problem)]
    assert kept
    assert [each for each in kept if each.__traceback__ or each.__context__] == []


def raised_again(tree: ast.AST) -> Iterable[str]:
    """What is raised though it stays: a name in capitals. An entry of STANDARD is a new exception each time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id.lstrip("_").isupper():
            yield node.exc.id


def test_nothing_that_stays_is_raised() -> None:
    """The rule for all of the service, and that it finds the mistake."""
    found = {
        str(path): [*raised_again(ast.parse(path.read_text("utf-8")))] for path in (ROOT / "service").rglob("*.py")
    }
    assert {path: names for path, names in found.items() if names} == {}
    assert [*raised_again(ast.parse("raise _CLOSED"))] == ["_CLOSED"]


class Circle:
    """What a framework leaves: something that holds itself, and a word."""

    def __init__(self, word: str) -> None:
        self.word, self.itself = word, self


def test_circles_are_found_soon_after_the_answer_and_the_key_ends_each_time() -> None:
    """Only if somebody asked; not while nobody did."""
    ended: list[bool] = []

    def answer(environ: object, start_response: object) -> list[bytes]:
        Circle("a word")
        return []

    forgetting = Forgetting(answer, lambda: ended.append(True))
    gc.collect()
    gc.disable()
    try:
        forgetting({}, lambda *arguments: lambda data: None).close()  # type: ignore[attr-defined]
        assert [each for each in gc.get_objects() if isinstance(each, Circle)]
        forgetting.forget()
        assert not [each for each in gc.get_objects() if isinstance(each, Circle)]
    finally:
        gc.enable()
    assert ended == [True]


def test_units_and_images_have_freed_memory_overwritten() -> None:
    """nginx by its C library, the service by its three allocators; the program that starts it sees to it, too."""
    assert OVERWRITING.items() <= shipped_environment("undersigned").items()
    own = {"GLIBC_TUNABLES": OVERWRITING["GLIBC_TUNABLES"]}
    assert shipped_environment("undersigned-nginx") == own
    stages = re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text("utf-8"))
    for name, variables in (("service", OVERWRITING), ("nginx", own)):
        stage = next(text for text in stages if text.partition("\n")[0].endswith(f" AS {name}"))
        assert [variable for variable, value in variables.items() if f"{variable}={value}" not in stage] == []


@pytest.mark.parametrize("given", [{}, {"PYTHONMALLOC": "pymalloc"}, OVERWRITING])
def test_the_service_begins_anew_when_it_was_not_told_to_overwrite(given: dict[str, str], tmp_path: Path) -> None:
    """However it was started; once, with the same arguments."""
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\nfrom service.forgetting import overwrite_from_the_start\noverwrite_from_the_start()\n"
        "print(sys.argv[1:], sorted(name for name in os.environ if 'MALLOC' in name or 'GLIBC' in name))\n"
    )
    kept = {name: value for name, value in os.environ.items() if name not in OVERWRITING}
    said = subprocess.run(
        [sys.executable, str(program), "a b"],
        env=kept | given | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == f"['a b'] {sorted(OVERWRITING)}\n"
