"""No exception is made once and raised often: it would keep every stack it went through, and all that was in it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest

PACKAGES = ("crypto", "organizer", "service")
MAIN = "__main__"


def kept_exceptions(module: ModuleType) -> Iterator[str]:
    """The names in a module, its classes and its collections under which an exception is kept."""
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield from (f"{name}.{inner}" for inner, one in vars(value).items() if isinstance(one, BaseException))
        inside = value.values() if isinstance(value, Mapping) and name != "__builtins__" else value
        found = inside if isinstance(inside, tuple | list | set | frozenset) or inside is not value else (inside,)
        if any(isinstance(one, BaseException) for one in found):
            yield name


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_keeps_an_exception(package: str) -> None:
    """Every module of the programs is looked at; classes of exceptions are made anew where they are raised."""
    found = list(pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."))
    modules = [importlib.import_module(one.name) for one in found if not one.name.endswith(MAIN)]
    assert [(module.__name__, name) for module in modules for name in kept_exceptions(module)] == []
    assert modules


def test_kept_exceptions_are_found() -> None:
    """The control: alone, in a mapping, in a tuple and in a class."""

    class Inside:
        refusal = ValueError()

    Inside.__module__ = "planted"
    module = ModuleType("planted")
    vars(module).update(ONE=ValueError(), TABLE={404: KeyError()}, BOTH=(1, OSError()), Inside=Inside, NONE=ValueError)
    assert list(kept_exceptions(module)) == ["ONE", "TABLE", "BOTH", "Inside.refusal"]
