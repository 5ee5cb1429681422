"""What proofs share: the library that records what a power cut would take, and fails as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.power_cut import build_shim, set_fault


@pytest.fixture(scope="session")
def built_shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library, compiled once."""
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def shim(built_shim: Path) -> Iterator[Path]:
    """The library; whatever a test did, nothing is wrong after it."""
    yield built_shim
    set_fault(built_shim)
