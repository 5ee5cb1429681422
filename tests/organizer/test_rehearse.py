"""The rehearsal: all steps of the real thing with made-up data, and nothing of it is kept."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from click.testing import CliRunner

from crypto.envelope import SIZE, envelope_id
from crypto.ledger import LedgerHeader, read_ledger
from organizer.actions.rehearsal import PEOPLE, flood
from organizer.cli.main import organizer
from organizer.intake.blocks import open_batch
from tests.support import cheap_guesses
from tests.support.organizer_workspace import APPEAL_ID, KEYS, RECORD

ROOT = Path(__file__).parents[2]


def test_a_rehearsal_plays_everything_and_keeps_nothing(tmp_path: Path) -> None:
    """Without a question, to the end; with --json one object, and the folder for temporary files is empty again."""
    done = subprocess.run(
        [*cheap_guesses.command("organizer"), "rehearse", "--fast", "--envelopes", "40"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "1 of 7", "7 of 7", "set aside         16", "signatures in all      5", "Now you are Boris", "Card 2 fits",
        "Good: Publication 1 is signed by 2", "is burned.", "accepted in all        5", "What you practised",
    ):  # fmt: skip
        assert words in done.stdout, words
    for command in ("ceremony", "open", "review", "publish", "restore", "burn"):
        assert f"In earnest: organizer {command}" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_asks_unless_it_is_fast() -> None:
    """A script says --fast; otherwise it is for a person."""
    result = CliRunner().invoke(organizer, ["rehearse", "--json"])
    assert json.loads(result.stdout)["error"] == "question"


def test_a_flood_is_what_it_says() -> None:
    """As many envelopes as asked for, six people and a withdrawal among them, half of the rest noise."""
    made = flood(RECORD, bytes(32), 47, os.urandom)
    first, _, rest = made.ledger.partition(b"\n")
    pieces = [rest[at : at + SIZE] for at in range(0, len(rest), SIZE)]
    header = LedgerHeader.parse(first + b"\n")
    pairs = list(read_ledger(header, pieces, APPEAL_ID))
    assert (len(pairs), made.envelopes, made.rubbish) == (47, 47, 40)
    assert all(name == envelope_id(envelope) for name, envelope in pairs)
    kinds = [type(entry).__name__ for entry in open_batch(KEYS, pairs)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "SignatureEntry": len(PEOPLE) + 20,
        "WithdrawalEntry": 1,
        "UnreadableEntry": 20,
    }
