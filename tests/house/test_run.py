"""The one command: every part of it explains itself, and a wrong start ends in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["serve", "--help"],
        ["doctor", "--help"],
        ["users", "--help"],
        ["organizer", "--help"],
        ["backup", "--help"],
        ["restore", "--help"],
        ["move", "--help"],
        ["test", "--help"],
        ["build", "--help"],
        ["bench", "--help"],
        ["bundle", "--help"],
        ["lock", "--help"],
    ],
)
def test_every_command_explains_itself(arguments: list[str]) -> None:
    """--help everywhere."""
    done = subprocess.run([sys.executable, "run", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(done.stdout) > 80


def test_an_unknown_command_is_told() -> None:
    """One sentence, and where to look."""
    done = subprocess.run([sys.executable, "run", "sreve"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "./run --help" in done.stderr


def test_a_trial_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    """No appeal there, a broken id, another appeal's data, an appeal with keys."""
    folder, data = tmp_path / "appeal", tmp_path / "data"
    command = [sys.executable, "run", "--data", str(data), "--appeal", str(folder), "--port", "1"]

    def refused() -> str:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "cannot be read" in refused()
    folder.mkdir()
    (folder / "appeal.toml").write_text('id = "xyz"\n')
    assert "appeal" in refused()
    (folder / "appeal.toml").write_text('[[keys]]\nrecord = ""\n')
    assert "UNDERSIGNED_SETTINGS" in refused()


def test_settings_that_are_given_are_used_and_make_no_trial(tmp_path: Path) -> None:
    """An operator's ./run serve never turns into a DEMO."""
    environment = {"PATH": "/usr/bin:/bin", "UNDERSIGNED_DATA": str(tmp_path)}
    command = [sys.executable, "run", "serve", "--port", "8000"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "“desk_token_sha256” is missing" in done.stderr
    assert not (tmp_path / "demo").exists()
