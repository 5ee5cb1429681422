"""How the tests themselves are laid out: what they share lies in folders named support, and they mirror the house."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.support.paths import ROOT
from tests.support.sources import Sources, all_imports, made_up, read_sources

FOLDERS = {"crypto", "service", "organizer", "browser", "house", "support", "vectors"}


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
    """A folder for each part, one for the house as a whole, and what they share."""
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == FOLDERS
