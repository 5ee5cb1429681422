"""What the tests of the organizers' tool share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from organizer.workspace.records import Records
from tests.support.organizer_workspace import open_records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """What a new workspace keeps, open."""
    with open_records(tmp_path) as records:
        yield records
