"""The path of node for the tests: among this Python's packages, where requirements-dev.txt puts it."""

from __future__ import annotations

from tests.support.programs import program


def node() -> str:
    """The path of the program; an AssertionError that says what to do, when it is missing."""
    return program("node")
