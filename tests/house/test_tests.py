"""How the tests themselves are laid out: what they share lies in folders named support, and they mirror the house."""

from __future__ import annotations

import ast
import socket
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.support import service_process
from tests.support.paths import ROOT
from tests.support.service_process import free_port
from tests.support.sources import Sources, all_imports, made_up, python, read_sources

FOLDERS = {"crypto", "service", "organizer", "browser", "house", "proofs", "support", "vectors"}


def imports_of_tests(sources: Sources) -> list[str]:
    """A test module is not imported, nor is a conftest; and nobody imports a helper by a short name."""
    helpers = {PurePosixPath(path).stem for path in sources if "/support/" in path}
    return [
        str(found)
        for found in all_imports(sources, "tests")
        if any(part.startswith("test_") or part == "conftest" for part in found.full.split("."))
        or found.module in helpers
    ]


def test_no_test_imports_another_test() -> None:
    """Each file runs alone, and a helper has one place where a stranger looks for it."""
    sources = read_sources("tests")
    assert len([path for path in sources if "/test_" in path]) > 70
    assert imports_of_tests(sources) == []


@pytest.mark.parametrize(
    "text",
    [
        "tests/service/test_a.py: from tests.service.test_b import f",
        "tests/service/test_a.py: from test_b import f",
        "tests/service/test_a.py: from . import test_b",
        "tests/browser/support/a.py: import tests.browser.test_circle",
        "tests/service/test_a.py: from conftest import CODE",
        "tests/browser/test_a.py: from tests.browser.conftest import QUIET",
        "tests/service/test_a.py: def f():\n    from tests.service.test_b import g",
        "tests/service/test_a.py: from service_process import serving | tests/support/service_process.py: ",
    ],
)
def test_an_import_of_a_test_is_found(text: str) -> None:
    """In whatever way it is written."""
    assert imports_of_tests(made_up(text))


def test_the_folders_of_the_tests_mirror_the_house() -> None:
    """A folder for each part, one for the house as a whole, one for the proofs, and what they share."""
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == FOLDERS


SHARED_PLACES = ("/tmp", "/var/tmp", "/dev/shm")
LISTENING = {"bind", "create_server", "HTTPServer", "ThreadingHTTPServer", "TCPServer"}


def shared_with_other_processes(sources: Sources) -> list[str]:
    """Ports that a test chooses by itself, and places that other processes use, too: another one may have them."""
    return [
        f"{path}:{node.lineno}" for path, text in python(sources, "tests").items() for node in fixed(ast.parse(text))
    ]


def fixed(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that listen at a port written down, or name a path in a folder of all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [*node.args, *(word.value for word in node.keywords)]
            values = [part.value for each in given for part in ast.walk(each) if isinstance(part, ast.Constant)]
            ports = [value for value in values if isinstance(value, int) and value and name in LISTENING]
            # With a blank it is what a program asks or says.
            paths = [value for value in values if isinstance(value, str) and " " not in value]
            if ports or any(path.startswith(SHARED_PLACES) for path in paths):
                yield node


def test_nothing_that_tests_use_can_be_used_by_another_process() -> None:
    """They run on all cores at once: the machine gives the ports, and pytest the folders."""
    sources = {path: text for path, text in read_sources("tests").items() if path != "tests/house/test_tests.py"}
    assert shared_with_other_processes(sources) == []


@pytest.mark.parametrize(
    "text",
    [
        'tests/service/test_a.py: socket.bind(("127.0.0.1", 8000))',
        'tests/service/test_a.py: with socket.create_server(("", 9050)) as server: pass',
        'tests/service/test_a.py: HTTPServer(("127.0.0.1", 8080), Handler)',
        'tests/support/a.py: Path("/tmp/undersigned").mkdir()',
        'tests/support/a.py: subprocess.run(["redis-server", "/dev/shm/redis.conf"])',
        'tests/browser/test_a.py: TemporaryDirectory(dir="/var/tmp")',
    ],
)
def test_a_fixed_port_or_place_is_found(text: str) -> None:
    """Also where a program is told of it."""
    assert len(shared_with_other_processes(made_up(text))) == 1


def test_a_port_that_the_machine_gives_is_fine() -> None:
    """0 is not a port."""
    assert shared_with_other_processes(made_up('tests/a.py: create_server(("127.0.0.1", 0)); run("/usr/bin/x")')) == []


def test_a_port_is_given_to_one_test_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for in the same order of all ports, as another process might: never one that was given, or is in use."""
    monkeypatch.setattr("random.sample", lambda ports, count: list(ports))
    given = [free_port() for _ in range(20)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(service_process, "PORTS", range(server.getsockname()[1], server.getsockname()[1] + 1))
        with pytest.raises(AssertionError, match="No port is free"):
            free_port()
    assert len(set(given)) == 20
