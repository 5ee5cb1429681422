"""CONTRIBUTING.md stays true: each list of files under "How to add" is whole, and each command in it exists.

A list is judged by an example: what was added before, such as the setting `work_above`, stands in the files of its list
and in no other. `<name>` in a path is that example's name.
"""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# Made from others, or about all of the program: nobody writes them to add something.
NOT_WRITTEN = ("tests/", "docs/", "bench/", "vendor/", "service/static/", "CHANGELOG.md", "CONTRIBUTING.md")


@dataclass(frozen=True)
class Example:
    """What was added before: its name, and the words by which code, settings and pages name it."""

    name: str
    words: str
    besides: dict[str, str] = field(default_factory=dict)
    """Files in which these words mean something else: path -> what."""


EXAMPLES = {
    "A language": Example("lt", r'"lt"|/lt/'),
    "A page": Example("poster", r'"poster"|poster\.html'),
    "An export format": Example("xlsx", r'"xlsx"|_xlsx\b'),
    "A setting": Example("work_above", r"\b(UNDERSIGNED_)?WORK_ABOVE\b|\bwork_above\b"),
    "A command": Example("vouch", r"\bvouch_command\b|\b(cli|actions)[./]vouch\b"),
    "A form field": Example(
        "contact",
        r"['\"]contact['\"]|\bcontact: (str\b|\[)|string\} contact\b",
        dict.fromkeys(("service/appeal.py", "service/appeal_reader.py"), "how the appeal itself can be reached"),
    ),
    "A proof": Example("kills", r'"kills"'),
    "A store": Example("redis", r"\bRedisStore\w*|\bredis_store\b"),
}


def listed() -> dict[str, tuple[int, list[str]]]:
    """Heading -> the number of files that it states, and the paths of its list."""
    part = TEXT.split("\n## How to add\n")[1].split("\n## ")[0]
    found = {}
    for section in part.split("\n### ")[1:]:
        heading, _, text = section.partition("\n")
        kind, _, number = heading.partition(": ")
        found[kind] = int(number.split()[0]), re.findall(r"(?m)^- `([^`]+)`", text)
    return found


def sources() -> Iterator[str]:
    """The path of each file that somebody wrote, as in git."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()} | {".git"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        for name in names:
            path = (Path(folder) / name).relative_to(ROOT).as_posix()
            if not path.startswith(NOT_WRITTEN) and not path.endswith((".mo", ".pyc", ".png", ".xz")):
                yield path


def speaking_of(words: str) -> set[str]:
    """The files that name an example, in their text or by their own name."""
    named = re.compile(words)
    return {
        path
        for path in sources()
        if named.search(path) or named.search((ROOT / path).read_text("utf-8", errors="replace"))
    }


@pytest.mark.parametrize("kind", EXAMPLES)
def test_what_is_to_be_added_is_in_the_files_of_its_list(kind: str) -> None:
    """All of them exist for the example, their number is right, and the example is in no other file."""
    example = EXAMPLES[kind]
    number, patterns = listed()[kind]
    paths = [re.sub("<[a-z]+>", example.name, pattern) for pattern in patterns]
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    assert number == len(set(paths))
    print(f"{kind}: {number} files")
    written = {path for path in paths if not path.startswith(NOT_WRITTEN)}
    assert written == speaking_of(example.words) - example.besides.keys()


def test_a_test_is_one_file_wherever_its_folder_is() -> None:
    """Nothing lists the tests: neither pyproject.toml nor `run` names one."""
    assert listed()["A test"] == (1, ["tests/<folder>/test_<name>.py"])
    names = [path.name for path in (ROOT / "tests").glob("*/test_*.py")]
    assert len(names) > 80
    for lister in ("pyproject.toml", "run", ".ci/run", "tests/conftest.py"):
        assert [name for name in names if name in (ROOT / lister).read_text("utf-8")] == []


def test_there_is_an_example_for_each_list() -> None:
    """And the lists are those that a contributor asks for first."""
    assert sorted(listed()) == sorted([*EXAMPLES, "A test"])


def test_every_command_and_path_in_it_exists() -> None:
    """`./run …` is a command of run, and a path in backticks or a link is there."""
    commands = set(re.findall(r"(?m)^  \./run ([a-z]+)", runpy.run_path(str(ROOT / "run"))["__doc__"]))
    assert {word for word in re.findall(r"\./run ([a-z]+)", TEXT)} <= commands
    paths = re.findall(r"\]\(([^)#]+)\)", TEXT) + re.findall(r"`([\w./-]+/[\w./-]*)`", TEXT)
    assert [path for path in paths if not (ROOT / path).exists()] == []
