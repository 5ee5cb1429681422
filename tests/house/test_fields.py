"""A field of a signature stands in one table: a new one is sealed, shown, searched and exported without further work.

The first part adds two fields to a copy of the sources, two lines in crypto/signature.py and one in
crypto/publication.py, and runs every place there. The second part reads the sources: nobody lists the fields again.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from crypto.publication import PublishedSignature
from crypto.signature import FIELDS, LIMITS, PUBLISHED, fields_without
from organizer.exports.phrases import PHRASES
from tests.support.node import node
from tests.support.organizer_workspace import make_desk
from tests.support.paths import ROOT

# With two made-up fields

HOBBY, VILLAGE = "шахматы", "Глыбокае"

KEPT = (
    "record", "envelope", "paper, table", "paper, repeated lines", "add, questions", "add, help", "withdraw",
    "review, one", "review, pair", "search", "duplicates", "non-public export",
    "non-public export, question",
)  # fmt: skip
"""Where a field is that stays with the organizers."""

DERIVED = KEPT[2:]
"""Where it is because fields_without gives it."""

WORLD = (
    "review, list", "review, head of the list", "one line", "tally", "publication.json", "differences", "order",
    "export, csv", "export, xlsx", "export, html", "export, pdf", "site, result.csv", "site, search",
)  # fmt: skip
"""Where only a published field is."""

HOBBY_LINE = '    hobby: str = field(default="", kw_only=True, metadata={"limits": (0, 40)})\n'
VILLAGE_LINE = (
    '    village: str = field(default="", kw_only=True, metadata={"limits": (0, 40), "published": ("; ", "")})\n'
)


def edit(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1, f"{path.name} has no {pattern}"
    path.write_text(text, "utf-8")


def answers(folder: Path) -> dict[str, str]:
    """What the places say in a copy."""
    desk = str(folder / "desk")
    command = [sys.executable, "-m", "tests.support.made_up_fields", HOBBY, VILLAGE, desk]
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with two more fields."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "crypto", folder / "crypto", ignore=shutil.ignore_patterns("js", "__pycache__"))
    for room in ("organizer", "service", "tests"):
        (folder / room).symlink_to(ROOT / room)
    (folder / "desk").mkdir()
    make_desk(folder / "desk")
    edit(folder / "crypto/signature.py", "^(    vouch: str = .*\n)", rf"\1{HOBBY_LINE}")
    edit(folder / "crypto/signature.py", "^(    prisoner: str = .*\n)", rf"\1{VILLAGE_LINE}")
    edit(folder / "crypto/publication.py", "^(    prisoner: str\n)", r"\1    village: str\n")
    return folder


@pytest.fixture(scope="module")
def told(copy: Path) -> dict[str, str]:
    """What every place says of the two."""
    return answers(copy)


@pytest.fixture(scope="module")
def told_by_the_forgetful(copy: Path) -> dict[str, str]:
    """The same, where every place leaves out the hobby, as if it had a list of its own from before."""
    source = (copy / "crypto/signature.py").read_text("utf-8")
    edit(copy / "crypto/signature.py", r"one\.name not in reasons\)$", 'one.name not in {*reasons, "hobby"})')
    found = answers(copy)
    (copy / "crypto/signature.py").write_text(source, "utf-8")
    return found


@pytest.mark.parametrize("place", KEPT)
@pytest.mark.slow  # signing costs seconds on purpose
def test_a_new_field_is_everywhere_at_once(told: Mapping[str, str], place: str) -> None:
    """Sealed, opened, asked for, shown, searched, exported."""
    assert HOBBY in told[place]


@pytest.mark.parametrize("place", WORLD)
def test_a_new_published_field_is_in_all_that_is_published(told: Mapping[str, str], place: str) -> None:
    """And the one that is not published is in none of it."""
    assert VILLAGE in told[place]
    assert HOBBY not in told[place]


@pytest.mark.parametrize("place", DERIVED)
@pytest.mark.slow  # signing costs seconds on purpose
def test_a_place_that_forgets_it_would_be_seen(told_by_the_forgetful: Mapping[str, str], place: str) -> None:
    """The control of the rule above."""
    assert HOBBY not in told_by_the_forgetful[place]


def test_every_place_was_asked(told: Mapping[str, str]) -> None:
    """None of the two lists lost one; the limits of a new field hold."""
    assert {*KEPT, *WORLD, "limits"} == told.keys()
    assert "hobby" in told["limits"]
    assert "0 to 40" in told["limits"]


# One table


def test_the_published_fields_are_those_of_the_class() -> None:
    """PublishedSignature is the shape of what the table marks as published."""
    assert tuple(one.name for one in fields(PublishedSignature)) == PUBLISHED
    assert all(one.limits for one in FIELDS if one.published)


def test_both_languages_have_one_table() -> None:
    """Names, order, limits and what is published, in Python and in the page."""
    script = (
        "import { LIMITS } from './crypto/js/signature.mjs'; import { PUBLISHED } from './crypto/js/publication.mjs';"
        "console.log(JSON.stringify([Object.entries(LIMITS), PUBLISHED]))"
    )
    command = [node(), "--input-type=module", "--eval", script]
    limits, published = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    assert limits == [[one.name, list(one.limits) if one.limits else None] for one in FIELDS]
    assert tuple(published) == PUBLISHED


def test_the_specification_has_the_same_table() -> None:
    """Section 4: names in their order, types, limits, what is required."""
    spec = (ROOT / "docs" / "spec.md").read_text("utf-8")
    section = spec[spec.index("\n### The keys\n") : spec.index("\n### The strict reader\n")]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in section.splitlines() if row.startswith("| `")]
    assert [row[0].strip("`") for row in rows] == [one.name for one in FIELDS]
    for (_, kind, characters, meaning), one in zip(rows, FIELDS, strict=True):
        assert kind == ("string" if one.limits else "boolean")
        assert characters == ("{} to {}".format(*one.limits) if one.limits else "")
        assert meaning.startswith("required") == one.required


def test_a_field_that_is_none_cannot_be_left_out() -> None:
    """A list of what is left out does not outlive the field."""
    with pytest.raises(TypeError, match="hobby"):
        fields_without(hobby="there is no such field")
    assert [one.name for one in fields_without(public="why")] == [one.name for one in FIELDS if one.name != "public"]


@pytest.mark.parametrize("language", PHRASES)
def test_every_published_field_has_a_heading(language: str) -> None:
    """In each language of an exported document."""
    assert tuple(PHRASES[language].fields) == PUBLISHED


# The page, whose words and order stand in its own files

ASKED = {one for one in LIMITS if one != "language"}
"""What a person types; the language is that of the page."""

PAGE = {
    "templates/_form.html": (r'\{\{ field\("(\w+)"', ASKED),
    "service/page/fields.mjs": (r"'(\w+)'(?=.*\];$)", ASKED),
    "templates/_names.html": (r"\{\{ entry\.(\w+) \}\}", {*PUBLISHED}),
    "service/page/resulting.mjs": (r"(\w+)(?=.*\}\) => \[)", {*PUBLISHED}),
}
"""How a file names fields, and which ones it must name."""


def fields_named(path: str, source: str) -> set[str]:
    pattern, _ = PAGE[path]
    return set(re.findall(pattern, source, re.MULTILINE)) & {one.name for one in FIELDS}


@pytest.mark.parametrize("path", PAGE)
def test_the_page_names_every_field(path: str) -> None:
    """Asks for each that a person types, shows each that is published and compares it with the signed file."""
    assert fields_named(path, (ROOT / path).read_text("utf-8")) == PAGE[path][1]


@pytest.mark.parametrize("path", PAGE)
def test_a_page_that_forgets_one_is_seen(path: str) -> None:
    """The control: without the relation in it, the file would not pass."""
    source = (ROOT / path).read_text("utf-8").replace("relation", "")
    assert fields_named(path, source) == PAGE[path][1] - {"relation"}


# Nobody lists them again

TELLING = {"relation", "prisoner", "contact", "vouch"}
"""Fields whose names mean little else: two of them in one statement are a list of a signature's fields."""

ALLOWED = {
    "organizer/matching/duplicates.py": "two persons are compared by name, relation and prisoner, and by nothing else",
    "organizer/matching/comparison.py": "what a person is made of for that comparison",
    "organizer/actions/add_table.py": "the same, for the rows of a table",
    "organizer/exports/phrases.py": "the headings of the published fields, held by a test above",
    "organizer/cli/terminal/entering.py": "how some fields are asked for; the others are asked for by their names",
    "organizer/actions/rehearsal.py": "made-up people who have some fields and not others",
    "service/appeal_reader.py": "who began the letter and how to reach the organizers: no signatures",
}
"""Who may name several, and why."""


def lists_of_fields(path: str, source: str) -> Iterator[str]:
    """Every simple statement that names two or more of the telling fields."""
    for statement in ast.walk(ast.parse(source)):
        if not isinstance(statement, ast.stmt) or hasattr(statement, "body"):
            continue
        named = {part.value for part in ast.walk(statement) if isinstance(part, ast.Constant)}
        named |= {part.attr for part in ast.walk(statement) if isinstance(part, ast.Attribute)}
        named |= {part.arg for part in ast.walk(statement) if isinstance(part, ast.keyword)}
        if len(TELLING & named) > 1:
            yield f"{path}:{statement.lineno} names {sorted(TELLING & named)}"


def sources() -> dict[str, str]:
    paths = [path for room in ("crypto", "organizer", "service") for path in (ROOT / room).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


@pytest.mark.slow  # signing costs seconds on purpose
def test_nobody_lists_the_fields_again() -> None:
    """Only the table names them, and those who are allowed to, with their reason."""
    read = sources()
    assert len(read) > 100
    complaints = {path: list(lists_of_fields(path, text)) for path, text in read.items()}
    assert [line for path, lines in complaints.items() for line in lines if path not in ALLOWED] == []
    assert [path for path in ALLOWED if not complaints.get(path)] == [], "allowed without need"


@pytest.mark.parametrize(
    "source",
    [
        'FIELDS = ("name", "relation", "prisoner", "public", "contact", "message", "language")',
        "texts = (one.name, one.relation, one.prisoner, one.contact)",
        'def brief(one):\n    return "; ".join(part for part in (one.name, one.relation, one.prisoner) if part)',
        'index = [folded(f"{entry.name} {entry.relation} {entry.prisoner}") for entry in signatures]',
        'QUESTIONS = {"relation": "Relation", "prisoner": "Name of the prisoner"}',
        "shown = Shown(name=one.name, relation=relation, prisoner=prisoner)",
        "class View:\n    FIELDS = ['contact', 'vouch']",
    ],
)
def test_a_list_of_fields_is_seen(source: str) -> None:
    """The control: the lists that stood in the organizer before there was a table."""
    assert list(lists_of_fields("x.py", source))


def test_one_field_alone_is_no_list() -> None:
    """A message may name one of them, and a document several."""
    assert not list(lists_of_fields("x.py", 'show(one.contact)\n\ndef show():\n    """Relation, prisoner."""\n'))
    assert LIMITS.keys() >= TELLING
