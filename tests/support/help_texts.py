"""What the programs behind `run` say of themselves, for docs/help.txt: `python tests/support/help_texts.py FILE`.

`run` shows it as long as the libraries, which these programs need to say it themselves, are not installed.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from organizer.cli.main import organizer  # noqa: E402 - the folder above is not installed

PLAIN = {"COLUMNS": "80", "NO_COLOR": "1"}


def help_texts() -> str:
    """All of it: each after the command that shows it."""
    words = [f"$ ./run {name}\n\n{text.strip()}\n" for name, text in _texts()]
    return "\n".join(["What ./run COMMAND --help says of programs with libraries. Made by ./run build.\n", *words])


def _texts() -> Iterator[tuple[str, str]]:
    for name in runpy.run_path(str(ROOT / "run"))["EXPLAINED"]:
        if name == "organizer":
            yield from _texts_of(organizer, ["organizer"])
        else:
            command = [sys.executable, "run", name, "--help"]
            done = subprocess.run(command, cwd=ROOT, env=os.environ | PLAIN, capture_output=True, text=True, check=True)
            yield name, done.stdout


def _texts_of(command: click.Command, words: list[str]) -> Iterator[tuple[str, str]]:
    """A command of the tool, and those under it."""
    shown = CliRunner().invoke(organizer, [*words[1:], "--help"], prog_name=words[0], env=PLAIN)
    yield " ".join(words), shown.output
    for name, inner in getattr(command, "commands", {}).items():
        yield from _texts_of(inner, [*words, name])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(help_texts(), "utf-8")
