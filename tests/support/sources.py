"""Reads the project's own sources, or small made-up ones, for the tests of the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from tests.support.paths import ROOT

Sources = Mapping[str, str]
"""Path from the project's folder, with slashes, to the text of the file."""


@cache
def read_sources(*folders: str) -> dict[str, str]:
    """All Python and JavaScript modules in some folders of the project."""
    found = [path for folder in folders for suffix in ("py", "mjs") for path in (ROOT / folder).rglob(f"*.{suffix}")]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(found)}


def made_up(text: str) -> dict[str, str]:
    """Small sources, separated by " | ", each with its path, a colon and its text."""
    files = (file.partition(": ") for file in text.split(" | "))
    return {path: source for path, _, source in files}


@dataclass(frozen=True)
class Import:
    """One imported name. `place` is "top", "types" (under `if TYPE_CHECKING`) or "inside" (anywhere else)."""

    path: str
    line: int
    module: str
    name: str | None
    place: str

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.full}"

    def is_of(self, banned: set[str]) -> bool:
        """Whether it names something in `banned`, or something inside of that."""
        return any(f"{self.full}.".startswith(f"{name}.") for name in banned)


def python(sources: Sources, *rooms: str) -> dict[str, str]:
    return {
        path: text
        for path, text in sources.items()
        if path.endswith(".py") and (not rooms or PurePosixPath(path).parts[0] in rooms)
    }


def room_of(path: str) -> str:
    return PurePosixPath(path).parts[0]


def module_of(path: str) -> str:
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def imports(path: str, source: str) -> Iterator[Import]:
    """Every import of a file, wherever it stands. If it imports by name, each dotted name in a text of it is one."""
    tree = ast.parse(source)
    found = list(_imports(path, tree, "top"))
    yield from found
    if any(one.is_of({"importlib"}) for one in found):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
                yield Import(path, node.lineno, node.value, None, "top")


_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def _imports(path: str, parent: ast.AST, place: str) -> Iterator[Import]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, None, place)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(path, node.lineno, _absolute(path, node), alias.name, place)
        elif isinstance(node, ast.If) and place == "top" and ast.unparse(node.test) in _TYPE_CHECKING:
            yield from _imports(path, ast.Module(node.body, []), "types")
            yield from _imports(path, ast.Module(node.orelse, []), "inside")
        else:
            yield from _imports(path, node, "inside")


_TYPE_CHECKING = {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _absolute(path: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = PurePosixPath(path).parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def all_imports(sources: Sources, *rooms: str) -> list[Import]:
    return [found for path, text in python(sources, *rooms).items() for found in imports(path, text)]
