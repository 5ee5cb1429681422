"""What each test needs beyond `.venv`, read from its code: a plugin of pytest.

Followed are the test, its fixtures, and every function and class of tests/ that they name. Where one of them calls
`program`, the names of programs in that code, or in a table that it names, are needs. It may be too many (a helper that
can start three servers counts as three), never too few: `program` refuses what is not among a test's needs.
"""

from __future__ import annotations

import dis
import inspect
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.support import programs

TESTS = str(Path(__file__).parents[1])
# node comes with the libraries of .venv: a test that needs it can run without a server, a browser or apt.
ALWAYS_THERE = frozenset({"node"})
DOORS = {programs.program.__name__, programs.environment_with.__name__}
SLOW = 4
"""A test that is marked so takes as long as about so many that start a server or a browser."""
NEEDS = pytest.StashKey[frozenset[str]]()
FOLDER = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--needs`, by which `run` asks before it installs anything."""
    parser.addoption("--needs", action="store_true", help="with --collect-only: what the tests need beyond .venv")


def pytest_configure(config: pytest.Config) -> None:
    """Nothing that tests start finds a program that it has not asked for."""
    config.addinivalue_line("markers", "needs(*programs): added to each test by tests/support/needs.py")
    config.stash[FOLDER] = tempfile.TemporaryDirectory(prefix=programs.STUBS)
    programs.put_stubs_before(Path(config.stash[FOLDER].name))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The stubs go."""
    config.stash[FOLDER].cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test before `-m` chooses among them; files that start servers and browsers, or are slow, come first.

    These take longest, and what is quick fills the cores at the end.
    """
    weights: Counter[Path] = Counter()
    for item in items:
        marked = {name for mark in item.iter_markers("needs") for name in mark.args}
        item.stash[NEEDS] = needs_of(_code_of(item)) | marked
        if outside := sorted(item.stash[NEEDS] - ALWAYS_THERE):
            item.add_marker(pytest.mark.needs(*outside))
        weights[item.path] += bool(outside) + SLOW * bool(item.get_closest_marker("slow"))
    items.sort(key=lambda item: -weights[item.path])


def pytest_collection_finish(session: pytest.Session) -> None:
    """The answer to `--needs`: one line."""
    if session.config.getoption("needs"):
        needed = {name for item in session.items for name in item.stash[NEEDS]}
        print("\nneeds:", *sorted(needed))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Its fixtures start no more than it needs."""
    programs.allow(item.stash[NEEDS])


def _code_of(item: pytest.Item) -> Iterator[Any]:
    """The test, its fixtures, and what it is parametrized with."""
    assert isinstance(item, pytest.Function)
    yield item.function
    for defined in item._fixtureinfo.name2fixturedefs.values():
        yield from (one.func for one in defined)
    if hasattr(item, "callspec"):
        yield from item.callspec.params.values()


def needs_of(found: Iterable[Any]) -> frozenset[str]:
    """The names of programs that these functions and classes can start, by themselves or by what they name."""
    todo, seen, needs = list(_functions_in(found)), set[FunctionType](), set[str]()
    while todo:
        function = todo.pop()
        if function not in seen:
            seen.add(function)
            named, asked = _read(function)
            todo += named
            needs |= asked
    return frozenset(needs)


@cache
def _read(function: FunctionType) -> tuple[frozenset[FunctionType], frozenset[str]]:
    """The functions of tests/ that one names, and the programs that it asks for by itself."""
    values, words = _named_in(function)
    return frozenset(_functions_in(values)), frozenset(_asked_for(function, values, words))


def _functions_in(values: Iterable[Any]) -> Iterator[FunctionType]:
    for value in values:
        yield from _functions_of(value)


def _functions_of(value: Any) -> Iterator[FunctionType]:
    """The functions of tests/ in a value: itself, what a decorator hides, or the methods of a class."""
    if inspect.isclass(value):
        for member in vars(value).values():
            if not inspect.isclass(member):
                yield from _functions_of(getattr(member, "fget", None) or getattr(member, "__func__", member))
    elif isinstance(value, Callable):  # type: ignore[arg-type]
        function = inspect.unwrap(value)
        if isinstance(function, FunctionType) and function.__code__.co_filename.startswith(TESTS):
            yield function


def _named_in(function: FunctionType) -> tuple[list[Any], set[str]]:
    """The global values that a function names, and the words in it."""
    codes = list(_with_inner(function.__code__))
    names = loaded = {name for code in codes for name in code.co_names}
    if names & DOORS:  # these may be attributes, too, and a closer look takes time
        steps = (step for code in codes for step in dis.get_instructions(code))
        loaded = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    values = [function.__globals__[name] for name in loaded if name in function.__globals__]
    for module in [value for value in values if isinstance(value, ModuleType)]:
        values += [vars(module)[name] for name in names if name in vars(module)]
    return values, {word for code in codes for word in _words_in(code.co_consts)}


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


def _asked_for(function: FunctionType, values: list[Any], words: set[str]) -> set[str]:
    """What a function can get by `program` or `environment_with`; nothing, if it names neither."""
    if function.__module__ == programs.__name__ or not {programs.program, programs.environment_with} & {
        value for value in values if isinstance(value, FunctionType)
    }:
        return set()
    asked = (words | set(_words_in(values))) & programs.KNOWN
    if not asked:
        where = f"{function.__module__}.{function.__qualname__}"
        raise pytest.UsageError(f"{where} calls program() and names none of {', '.join(sorted(programs.KNOWN))}.")
    return asked


def _words_in(values: Iterable[Any]) -> Iterator[str]:
    """All text in values, also in tables and lists."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _words_in(value.keys())
            yield from _words_in(value.values())
        elif isinstance(value, tuple | list | frozenset):
            yield from _words_in(value)
