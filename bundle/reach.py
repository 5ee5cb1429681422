"""Which modules the tool can load: its own, what these import, and so on, by reading the sources. Nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Set
from itertools import accumulate

BY_NAME = re.compile(r"anyascii\._data|fontTools\.ttLib\.tables\..*|rich\._unicode_data\.unicode17-0-0")
"""What libraries import by names that they put together: tables of letters, tables of fonts, widths of letters."""


def reached(sources: Mapping[str, bytes], rooms: Set[str]) -> list[str]:
    """The paths of the modules that those in the folders `rooms` load, sooner or later, themselves included.

    `sources` are all that there are, by their paths.
    """
    paths = {_module(path): path for path in sources}
    waiting = [module for module in paths if module.split(".")[0] in rooms or BY_NAME.fullmatch(module)]
    seen: set[str] = set()
    while waiting:
        for module in accumulate(waiting.pop().split("."), "{}.{}".format):  # the packages around a module, too
            if module in paths and module not in seen:
                seen.add(module)
                waiting += _imports(paths[module], ast.parse(sources[paths[module]]))
    return sorted(paths[module] for module in seen)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _imports(path: str, tree: ast.AST) -> Iterator[str]:
    """What this code imports, but for a type checker: modules, and names that may be modules."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = path.split("/")[: -node.level] if node.level else []
            package = ".".join([*around, *([node.module] if node.module else [])])
            yield from (f"{package}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports(path, ast.Module(node.orelse, []))
        else:
            yield from _imports(path, node)
