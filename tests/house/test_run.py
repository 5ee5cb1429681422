"""The one command: every part of it explains itself, and a wrong start ends in a sentence."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def commands() -> list[str]:
    """The commands of `run`, as its own help lists them."""
    listed = re.findall(r"(?m)^  \./run ([a-z]+)", runpy.run_path(str(ROOT / "run"))["__doc__"])
    return sorted(set(listed) | {"serve"})


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as somebody gets them: no libraries, no packages."""
    folder = tmp_path_factory.mktemp("fresh") / "sources"
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    return Path(shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", *ignored)))


@pytest.mark.parametrize("arguments", [[], *([command] for command in commands()), ["organizer", "decisions", "merge"]])
def test_every_command_explains_itself_and_installs_nothing(fresh: Path, arguments: list[str]) -> None:
    """--help everywhere, at once, from sources alone."""
    command = [sys.executable, "run", *arguments, "--help"]
    done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout) > 80
    assert (" ".join(["./run", *arguments]) in done.stdout) or arguments[0] == "organizer"
    assert not [name for name in (".venv", "node_modules") if (fresh / name).exists()]


@pytest.mark.parametrize("command", ["doctor", "organizer"])
@pytest.mark.slow  # commands are started as programs
def test_with_libraries_a_program_explains_itself(command: str) -> None:
    """In the same words."""
    run = [sys.executable, "run", command, "--help"]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kept = (ROOT / "docs" / "help.txt").read_text("utf-8").split(f"$ ./run {command}\n")[1].split("\n$ ")[0]
    assert told.split() == kept.split()


def test_an_unknown_command_is_told() -> None:
    """One sentence, and where to look."""
    done = subprocess.run([sys.executable, "run", "sreve"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "./run --help" in done.stderr


@pytest.mark.slow  # commands are started as programs
def test_a_trial_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    """No appeal there, a broken id, another appeal's data, an appeal with keys, no place for the data."""
    folder, data = tmp_path / "appeal", tmp_path / "data"
    command = [sys.executable, "run", "--data", str(data), "--appeal", str(folder), "--port", "1"]

    def refused() -> str:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        # First of all it says what it does and how long that takes.
        assert done.stderr.startswith(f"Preparing a trial of the letter in {folder}; a few seconds …\n")
        return done.stderr

    assert "cannot be read" in refused()
    folder.mkdir()
    (folder / "appeal.toml").write_text('id = "xyz"\n')
    assert "appeal" in refused()
    (folder / "appeal.toml").write_text('[[keys]]\nrecord = ""\n')
    assert "UNDERSIGNED_SETTINGS" in refused()
    (folder / "appeal.toml").write_text(f'id = "{"ab" * 16}"\n')
    shutil.rmtree(data)
    data.touch()
    assert f"The trial in {data}/demo cannot be made: Not a directory." in refused()


def test_settings_that_are_given_are_used_and_make_no_trial(tmp_path: Path) -> None:
    """An operator's ./run serve never turns into a DEMO."""
    environment = {"PATH": "/usr/bin:/bin", "UNDERSIGNED_DATA": str(tmp_path)}
    command = [sys.executable, "run", "serve", "--port", "8000"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "“desk_token_sha256” is missing" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_what_tests_throw_away_lies_in_memory_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that nobody else may list, gone afterwards; on the disk as ever, if a run might fill the memory."""
    in_memory = runpy.run_path(str(ROOT / "run"))["in_memory"]
    with in_memory() as folder:
        assert folder is None or Path(folder).stat().st_mode & 0o777 == 0o711
    assert folder is None or not Path(folder).exists()
    monkeypatch.setitem(in_memory.__wrapped__.__globals__, "ROOM", 1 << 60)
    with in_memory() as folder:
        assert folder is None
