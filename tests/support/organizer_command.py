"""Runs one command of the organizers' tool in a test's workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from organizer.cli.main import organizer
from tests.support.organizer_workspace import Desk

NAMES = ("Ева", "Зоя", "Уля", "Ірына", "Алесь", "Ян")

_TABLE = {"--csv", "--table"}


def run(desk: Desk, command: str, *options: str | Path, key: bool = True, answer: str = "") -> Result:
    """One command in the desk's workspace, with the passphrase where one is needed."""
    needs_key = key and (command in {"open", "review", "list", "publish", "status"} or _TABLE & {*options})
    where = [] if command == "verify" else ["-w", str(desk.folder)]
    passphrase = ["--passphrase-file", str(desk.passphrase)] if needs_key else []
    passphrase += ["--yes"] if _TABLE & {*options} else []
    return CliRunner().invoke(organizer, [command, *map(str, options), *where, *passphrase], input=answer)


def run_json(desk: Desk, command: str, *options: str | Path, exit_code: int = 0) -> dict[str, Any]:
    result = run(desk, command, *options, "--json")
    assert result.exit_code == exit_code, result.output
    assert result.stderr == ""
    assert not [name for name in NAMES if name in str(json.loads(result.stdout))]
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found
