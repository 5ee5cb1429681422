"""The circle of the README, typed as it is printed there, in a folder that has nothing to do with the project."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from click import Context

from crypto.code import commitment
from crypto.keys import KeyRecord
from crypto.seal import seal_signature
from crypto.signature import Signature
from organizer.cli.main import organizer
from tests.support.ceremony_answers import plain
from tests.support.demo_site import Trial, prepare, trial
from tests.support.envelopes import TYPE
from tests.support.paths import ROOT
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.sample_appeal import APPEAL_ID, CODE

PEOPLE = ("Аляксандра Публічная", True), ("Таццяна Непублічная", False)


def typed_lines() -> list[str]:
    """What stands in the boxes of the circle, command by command."""
    whole = (ROOT / "README.md").read_text("utf-8").split("## The whole circle, by hand")[1].split("Whoever prefers")[0]
    boxes = re.findall(r"^ *```\n(.*?)^ *```$", whole, re.M | re.S)
    return [line.strip() for box in boxes for line in re.sub(r"\\\n\s*", "", box).splitlines()]


def sign(site: Trial) -> None:
    """Two people, by the site's appeal.json."""
    appeal = json.loads(site.get("/appeal.json"))
    record = KeyRecord.parse(base64.b64decode(appeal["keys"][0]["record"]))
    letter = bytes.fromhex(appeal["letters"]["be"])
    for at, (name, public) in enumerate(PEOPLE):
        envelope = seal_signature(record, Signature(name, public), letter, commitment(f"{CODE[:-1]}{at}"))
        with urlopen(Request(f"{site.url}/envelopes", envelope, {"Content-Type": TYPE}), timeout=20) as answer:
            assert answer.status == 201


def review(screen: PseudoTerminal) -> None:
    for _ in PEOPLE:
        screen.until("q quit")
        screen.press("a")
    screen.until("That was the last one.")
    screen.press("q")


def type_line(screen: PseudoTerminal, site: Trial, line: str) -> str:
    """A command, whatever it asks, and that it went well; what was shown."""
    before = len(screen.all)
    screen.type(f'{line}; echo "it ended: $?"\n')
    if re.match("organizer (open|review|publish)", line):
        screen.until("Passphrase")
        screen.type(site.passphrase + "\n")
    if line == "organizer review":
        review(screen)
    if line.startswith("organizer publish"):
        for _ in ("fewer than the letter promises", "sign"):
            screen.until("[y/N]")
            screen.type("y\n")
    screen.until("it ended: 0")
    return plain(screen.all[before:].decode())


@pytest.mark.slow  # a trial and a shell are started as programs
def test_the_circle_of_the_readme_goes_round_from_any_folder(tmp_path: Path) -> None:
    """Each line as printed, after the five lines of `./run`; nothing is left outside the trial's folder, and each hint
    names a command that is there."""
    elsewhere = tmp_path / "some where else"
    elsewhere.mkdir()
    before = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, check=True).stdout
    data = prepare(tmp_path / 'it\'s "data"', APPEAL_ID.hex())
    shown = ""
    with trial(data) as site:
        sign(site)
        screen = PseudoTerminal(program=["bash", "--norc", "--noprofile", "-i"], cwd=elsewhere)
        for line in site.said.split("in whatever folder:\n\n")[1].split("\n\nStop with")[0].splitlines():
            screen.type(line + "\n")
        for line in typed_lines():
            shown += type_line(screen, site, line)
        screen.type("exit\n")
        screen.end()
        assert PEOPLE[0][0] in site.get("/publication.json").decode()
        wrong = refused_ledger(site, tmp_path)
    assert wrong.returncode != 0
    assert not (tmp_path / "ledger").exists()
    assert not list(elsewhere.iterdir())
    after = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, check=True).stdout
    assert after == before
    assert {path.name for path in (data / "demo" / "desk").iterdir()} >= {"ledger.undersigned", "handover", "embassy"}
    hints = set(re.findall(r"\borganizer ([a-z][a-z-]+)", shown))
    assert {"review", "publish"} <= hints
    assert hints <= set(organizer.list_commands(Context(organizer)))


def refused_ledger(site: Trial, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """With a wrong token, the line of the README leaves no file that looks like a ledger."""
    (line,) = (line for line in typed_lines() if "/ledger" in line)
    line = line.replace("$TOKEN", "wrong").replace("$SITE", site.url).replace("ledger.undersigned", "ledger")
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, check=False)
