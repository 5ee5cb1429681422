"""What a command waits for before it does anything: it loads the libraries that it needs, and no others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from organizer.cli.main import organizer
from tests.support.paths import ROOT

EVERY = {"click", "rich"}
SEALED = {*EVERY, "cryptography", "nacl"}
"""What is needed to look at keys, envelopes and results."""
NAMES = {*SEALED, "anyascii", "rapidfuzz"}
"""And to compare names of people."""
CARDS = "shamir_mnemonic"

NEEDED = {
    "--help": EVERY,
    "ceremony": {*SEALED, CARDS, "segno"},
    "keygen": {*SEALED, CARDS},
    "restore": {*SEALED, CARDS},
    "open": SEALED,
    "review": NAMES,
    "vouch": {*NAMES, CARDS},
    "decisions": NAMES,
    "list": NAMES,
    "duplicates": NAMES,
    "add": NAMES,
    "withdraw": NAMES,
    "publish": NAMES,
    "sign": NAMES,
    "verify": SEALED,
    "export": {*SEALED, "markdown_it"},
    "export-nonpublic": SEALED,
    "status": SEALED,
    "burn": SEALED,
    "rehearse": {*NAMES, CARDS, "segno"},
    "work": SEALED,
}
"""Each command, and the libraries of requirements-organizer.txt that it may load."""
WHEN_MADE = {"defusedxml", "fontTools", "fpdf", "uharfbuzz", "xlsxwriter"}
"""What a format needs is loaded when a file of it is made."""
LIBRARIES = set[str]().union(*NEEDED.values(), WHEN_MADE)

# In one process that has loaded nothing of a command, a copy of it for each.
PROBE = """
import os, sys
from click.testing import CliRunner
from organizer.cli.main import organizer
for name in sys.argv[1:]:
    sys.stdout.flush()
    if not os.fork():
        done = CliRunner().invoke(organizer, [name] if name == "--help" else [name, "--help"])
        assert done.exit_code == 0, done
        print(name, *{module.partition(".")[0] for module in sys.modules}, flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""


def loaded(*commands: str, at: Path = ROOT) -> dict[str, set[str]]:
    """The libraries that each command loads, of the tool in the folder `at`."""
    done = subprocess.run([sys.executable, "-c", PROBE, *commands], cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: LIBRARIES.intersection(modules) for name, *modules in lines}


def test_a_command_loads_only_what_it_needs() -> None:
    """`--help` no PDF, no table, no names, no cryptography; and no command what only another one needs."""
    assert loaded(*NEEDED) == NEEDED
    assert NEEDED.keys() == {"--help", *organizer.commands}


def test_a_library_that_a_command_does_not_need_is_found(tmp_path: Path) -> None:
    """The same look at a tool whose `status` makes a PDF."""
    for room in ("crypto", "organizer"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "js"))
    status = tmp_path / "organizer" / "cli" / "status.py"
    status.write_text(status.read_text("utf-8").replace("import click", "import click\nimport fpdf", 1), "utf-8")
    found = loaded("status", "sign", at=tmp_path)
    assert "fpdf" in found["status"] - NEEDED["status"]
    assert found["sign"] == NEEDED["sign"]


@pytest.mark.parametrize("name", organizer.commands)
def test_the_list_of_commands_says_what_each_says_itself(name: str) -> None:
    """The words of `--help` stand in a table, so that it need not load the commands; they are the commands' own."""
    formatter = click.HelpFormatter(width=100)
    organizer.format_commands(click.Context(organizer), formatter)
    listed = dict(line.split(maxsplit=1) for line in formatter.getvalue().splitlines()[1:])
    assert listed[name] == organizer.commands[name].get_short_help_str(limit=100)
    assert organizer.commands[name].name == name
