"""How large a part of the house may be, and that everything public says what it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.support.sources import Sources, made_up, python, read_sources

PYTHON = ("crypto", "service", "organizer", "bundle", "proofs")
ROOMS_MOST = {"organizer": 12, "service": 13}
FUNCTION_MOST = 40
FILE_MOST = 300


def house() -> Sources:
    """The programs; `service/static/` holds what is built from them."""
    return {path: text for path, text in read_sources(*PYTHON).items() if not path.startswith("service/static/")}


def rooms(sources: Sources, program: str) -> set[str]:
    """What a newcomer finds at the top of a program: its modules and its packages.

    `__init__.py` is the program itself and does not count. Folders without Python (fonts, styles, translations, the
    scripts of the pages) are data or another language, and do not count either.
    """
    found = {PurePosixPath(path).parts[1] for path in python(sources, program)}
    return {name.removesuffix(".py") for name in found} - {"__init__"}


def too_many_rooms(sources: Sources) -> list[str]:
    """At most 12 rooms at the top of organizer/, 13 of service/."""
    return [
        f"{program} has {len(rooms(sources, program))} rooms: {', '.join(sorted(rooms(sources, program)))}"
        for program, most in ROOMS_MOST.items()
        if len(rooms(sources, program)) > most
    ]


def long_functions(sources: Sources) -> list[str]:
    """No function has more than 40 lines, its decorators not counted."""
    functions = [(path, node) for path, text in python(sources).items() for node in ast.walk(ast.parse(text))]
    return [
        f"{path}:{node.lineno} {node.name} has {lines} lines"
        for path, node in functions
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_MOST
    ]


_SCRIPT_FUNCTION = re.compile(r"^(?P<indent> *)(?:export )?(?:default )?(?:async )?function\b.*\{$", re.MULTILINE)


def long_script_functions(sources: Sources) -> list[str]:
    """The same for `function` in JavaScript: it ends with the first brace that stands as far to the left."""
    found: list[str] = []
    for path, text in sources.items():
        for start in _SCRIPT_FUNCTION.finditer(text if path.endswith(".mjs") else ""):
            end = re.compile(rf"^{start['indent']}\}}", re.MULTILINE).search(text, start.end())
            lines = text.count("\n", start.start(), end.start() if end else len(text)) + 1
            if lines > FUNCTION_MOST:
                found.append(f"{path}: {start[0].strip()} has {lines} lines")
    return found


def long_files(sources: Sources) -> list[str]:
    """No file has more than 300 lines."""
    sizes = {path: len(text.splitlines()) for path, text in sources.items()}
    return [f"{path} has {lines} lines" for path, lines in sizes.items() if lines > FILE_MOST]


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_definitions(name: str, node: Documented) -> Iterator[tuple[str, Documented]]:
    """A module, its public classes and functions, and their public methods; nothing inside of a function."""
    yield name, node
    if isinstance(node, (ast.Module, ast.ClassDef)):
        for inner in node.body:
            if isinstance(inner, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name[0] != "_":
                yield from public_definitions(f"{name}:{inner.lineno} {inner.name}", inner)


def undocumented(sources: Sources) -> list[str]:
    """Every public module, class, function and method has a docstring; an empty file needs none."""
    return [
        name
        for path, text in python(sources).items()
        if text.strip()
        for name, node in public_definitions(path, ast.parse(text))
        if not ast.get_docstring(node)
    ]


RULES: dict[str, Callable[[Sources], list[str]]] = {
    rule.__name__: rule for rule in (too_many_rooms, long_functions, long_script_functions, long_files, undocumented)
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_the_measure(rule: str) -> None:
    """No part of the house is larger than a person takes in at once, and each says what it is."""
    assert RULES[rule](house()) == []


def test_the_whole_house_is_measured() -> None:
    """A measure that sees nothing would hold for anything."""
    for program in PYTHON:
        assert python(house(), program), program
    assert {"cli", "actions", "text"} <= rooms(house(), "organizer")
    assert (
        len(_SCRIPT_FUNCTION.findall("\n".join(text for path, text in house().items() if path.endswith("mjs")))) > 100
    )


LINES = "\n    1" * FUNCTION_MOST
DOCUMENTED = '"""A module."""\n'
BROKEN = {
    "too_many_rooms": [
        " | ".join(f"organizer/a{at}.py: " for at in range(13)),
        " | ".join(f"service/a{at}/__init__.py: " for at in range(14)),
    ],
    "long_functions": [
        f"crypto/a.py: def f():{LINES}",
        f"crypto/a.py: class A:\n  async def f(self):{LINES}",
        f"crypto/a.py: def f():\n  def g():{LINES}",
    ],
    "long_script_functions": [
        "crypto/js/a.mjs: export async function f(x) {" + "\n  1;" * FUNCTION_MOST + "\n}\n",
        "service/page/a.mjs: {\n  function f() {" + "\n    1;" * FUNCTION_MOST + "\n  }\n}\n",
    ],
    "long_files": ["service/a.py: " + "pass\n" * 301, "service/page/a.mjs: " + "f();\n" * 301],
    "undocumented": [
        "crypto/a.py: VALUE = 1",
        f"organizer/a.py: {DOCUMENTED}def f(): ...",
        f"organizer/a.py: {DOCUMENTED}class A: ...",
        f'bundle/a.py: {DOCUMENTED}class A:\n    """A."""\n    def f(self): ...',
        f'service/a.py: {DOCUMENTED}class A:\n    """A."""\n    @property\n    def f(self): ...',
        f"service/a.py: {DOCUMENTED}async def f(): ...",
    ],
}
KEPT = {
    "too_many_rooms": [" | ".join(["organizer/__init__.py: ", *(f"organizer/a{at}.py: " for at in range(12))])],
    "long_functions": [f"crypto/a.py: def f():{LINES[:-6]}", f"crypto/a.py: @a(\n    1\n)\ndef f():{LINES[:-6]}"],
    "long_script_functions": [
        "crypto/js/a.mjs: function f() {" + "\n  1;" * (FUNCTION_MOST - 2) + "\n}\n" + "g();\n" * 9
    ],
    "long_files": ["service/a.py: " + "pass\n" * 300],
    "undocumented": [
        "crypto/__init__.py: ",
        f'crypto/a.py: {DOCUMENTED}def f():\n    """F."""\n    def g(): ...',
        f"crypto/a.py: {DOCUMENTED}def _f(): ...\nclass _A:\n    def f(self): ...",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_the_measure_can_be_exceeded(rule: str, text: str) -> None:
    """Made-up sources that are too large, or say nothing, are found."""
    assert RULES[rule](made_up(text))


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in KEPT.items() for text in texts])
def test_the_measure_lets_pass_what_it_should(rule: str, text: str) -> None:
    """Made-up sources that just fit give no complaint."""
    assert RULES[rule](made_up(text)) == []


def test_every_measure_is_shown_to_fail_and_to_hold() -> None:
    """A measure without an example against it proves nothing."""
    assert BROKEN.keys() == RULES.keys() == KEPT.keys()
