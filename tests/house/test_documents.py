"""What documents say of the tree: a path that they name is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.paths import ROOT

ARCHITECTURE = ROOT / "docs" / "architecture.md"
_SOURCE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:py|mjs|html|css|sh|yml|lock)")


def named_paths(text: str) -> Iterator[str]:
    """The paths of a document in docs/, from the project's folder: in backticks, and where links lead.

    An address of the site begins with a slash and is no path; nor is a word without a slash, unless it ends like a
    source file.
    """
    for word in re.findall(r"`([^`\s]+)`", text):
        if ("/" in word and not word.startswith(("/", "./")) and "<" not in word) or _SOURCE.fullmatch(word):
            yield word
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            yield target.removeprefix("../") if target.startswith("../") else f"docs/{target}"


def wrong_paths(text: str, is_there: Callable[[str], bool]) -> list[str]:
    """Those that are not there; a folder is written with a slash at its end."""
    return [path for path in named_paths(text) if not is_there(path)]


def in_the_tree(path: str) -> bool:
    return (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file()


def test_every_path_in_the_architecture_is_there() -> None:
    """A file that moved takes its line along."""
    text = ARCHITECTURE.read_text("utf-8")
    assert len(set(named_paths(text))) > 40
    assert wrong_paths(text, in_the_tree) == []


def test_every_room_is_in_the_architecture() -> None:
    """What lies at the top of a program, or of the project, has its line; no data that only one room uses."""
    named = set(named_paths(ARCHITECTURE.read_text("utf-8")))
    left_out = {"service/fonts/", "organizer/fonts/", "organizer/__init__.py"}
    found = {
        f"{program}/{path.name}{'/' if path.is_dir() else ''}"
        for program in ("service", "organizer")
        for path in (ROOT / program).iterdir()
        if path.name != "__pycache__" and (path.is_dir() or path.suffix == ".py")
    }
    assert found - named - left_out == set()


@pytest.mark.parametrize(
    "text",
    [
        "`organizer/looking.py` shows",
        "in `service/nowhere/` there is",
        "a folder without its slash: `service/web`",
        "a file with one: `demo.py/`",
        "`carrying.py`",
        "[the guide](guide.md)",
        "[vectors](../tests/nowhere/)",
    ],
)
def test_a_wrong_path_is_found(text: str) -> None:
    """In a made-up document."""
    assert wrong_paths(f"# Made up\n\n{text}.\n", in_the_tree)


@pytest.mark.parametrize(
    "text",
    [
        "`service/web/` and `demo.py`",
        "`POST /envelopes`, `/be/…`, `/<language>/check`, `./run`, `appeal.json`",
        "[spec](spec.md), [vectors](../tests/vectors/), [minisign](https://example.org/minisign.py), [below](#words)",
    ],
)
def test_what_is_no_wrong_path_is_left_alone(text: str) -> None:
    """Addresses, commands, files that programs make, other sites."""
    assert wrong_paths(text, in_the_tree) == []
