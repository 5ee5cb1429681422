"""How a test is part of a proof: its size, its figures, what it states; a plugin of pytest.

`./run test` runs the small size; `./run prove` gives `--part 1` for the whole one, or a part of it.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

Size = Callable[[int, int], int]
Figure = Callable[[str, object], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--part`, which ./run prove gives."""
    parser.addoption("--part", type=float, help="run proofs in this part of their whole size, such as 1 or 0.1")


def pytest_configure(config: pytest.Config) -> None:
    """In a proof, this process connects to loopback only: whatever goes wrong, nobody else meets the load."""
    if config.getoption("part"):
        sys.addaudithook(refuse_other_machines)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The report shows what a test states in its first sentence, and whether it is a control."""
    for item in items:
        states = inspect.getdoc(getattr(item, "function", None)) or ""
        item.user_properties.append(("states", states.partition("\n\n")[0].replace("\n", " ")))
        if item.get_closest_marker("control"):
            item.user_properties.append(("control", "yes"))


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """`size(few, all)`: how often something is done, in the small size and in the whole one."""
    part = request.config.getoption("part")
    return lambda few, whole: max(few, math.ceil(whole * part)) if part else few


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """`figure(name, value)`: what the report shows beside this test."""
    return lambda name, value: request.node.user_properties.append((name, value))


def refuse_other_machines(event: str, given: tuple[Any, ...]) -> None:
    """A hook of sys.addaudithook. Raises PermissionError when this process connects to another machine."""
    if event == "socket.connect" and isinstance(given[1], tuple) and not _is_loopback(str(given[1][0])):
        raise PermissionError("A proof connects to loopback only.")


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in ("::1", "localhost")
