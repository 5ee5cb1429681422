"""Publishing, signing and burning without a terminal: nothing is done while an answer is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.publication import read_publication
from organizer import RELEASED
from organizer.actions.burn import burn, burn_the_rest, find_unfinished, plan_burning
from organizer.actions.plan import YES, Answers
from organizer.actions.publish import plan_publication, publish
from organizer.actions.session import open_session
from organizer.actions.sign import open_cosigning, plan_signing, sign
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_ledger
from organizer.workspace.entries import Decision, SignatureEntry, Verdict
from organizer.workspace.ledger_file import open_ledger_file
from tests.support.organizer_workspace import Desk, make_desk, seal
from tests.support.without_face import Typed, files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with two accepted signatures and an undecided one."""
    desk = make_desk(tmp_path)
    names = (("Ева", True), ("Сакрэтны Ян", False), ("Нехта", True))
    ledger = desk.ledger(*(seal(name, public, record=desk.record) for name, public in names))
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        with open_ledger_file(str(ledger)) as file:
            open_ledger(session.records, session.keys, file, lambda done, total: None)
        accepted = Decision(Verdict.ACCEPTED)
        entries = [one for one in session.records.entries() if isinstance(one, SignatureEntry)]
        session.records.decide({one.id: accepted for one in entries if one.signature.name != "Нехта"})
    return desk


def test_a_publication_is_planned_without_writing_and_signed_only_after_a_yes(desk: Desk) -> None:
    """The plan has all numbers, names and warnings; a no, nothing and a stranger's answer write nothing."""
    with open_session(Typed(), str(desk.folder)) as session:
        plan_publication(session, RELEASED)  # names are compared once, and that is remembered
        before = files(desk)
        plan = plan_publication(session, RELEASED)
        assert (plan.publication.total, plan.publication.counts.public) == (2, 1)
        assert [one.name for one in plan.publication.signatures] == ["Ева"]
        assert [warning.reason for warning in plan.warnings] == ["undecided"]
        assert plan.warnings[0].values == {"undecided": 1, "held": 0}
        for answers in ({}, {"sign": "no"}, {"sign": ""}, {"replace": YES}):
            with pytest.raises(OrganizerError, match="Nothing was published"):
                publish(session, plan, answers)
        assert files(desk) == before
        published = publish(session, plan, {"sign": YES})
    assert read_publication(published.files["publication.json"]) == plan.publication
    assert files(desk) != before


def test_one_who_signs_second_sees_every_difference_and_must_say_so_twice(desk: Desk, tmp_path: Path) -> None:
    """A yes to signing is none to signing what one's own workspace counts otherwise."""
    with open_session(Typed(), str(desk.folder)) as session:
        published = publish(session, plan_publication(session, RELEASED), {"sign": YES})
        entries = [one for one in session.records.entries() if isinstance(one, SignatureEntry)]
        session.records.decide({one.id: Decision(Verdict.ACCEPTED) for one in entries})
    path = str(Path(published.folder) / "publication.json")
    with open_cosigning(Typed(), str(desk.folder), None) as at:
        plan = plan_signing(at, path, None, RELEASED)
        assert any("Нехта" in sentence for sentence in plan.findings.differ)
        assert [(one.asked.reason, one.for_a_person) for one in plan.questions] == [
            ("counts-differ", True),
            ("sign", False),
        ]
        before = files(desk)
        refused: list[Answers] = [{}, {"sign": YES}, {"counts-differ": YES}]
        for answers in refused:
            with pytest.raises(OrganizerError, match="Nothing was signed"):
                sign(at, plan, answers, str(tmp_path / "out"))
        assert files(desk) == before
        signed = sign(at, plan, {"sign": YES, "counts-differ": YES}, str(tmp_path / "out"))
    assert (tmp_path / "out" / signed.name).is_file()


def test_people_who_may_be_counted_twice_are_told_before_anyone_signs(desk: Desk, tmp_path: Path) -> None:
    """To who publishes; to who signs second, with the envelopes and with the publication alone; a control is silent."""
    twice = [seal(name, record=desk.record) for name in ("Ірына Слаўнікава", "Iryna Slavnikava")]
    with open_session(Typed(), str(desk.folder)) as session:
        assert "counted-twice" not in [warning.reason for warning in plan_publication(session, RELEASED).warnings]
        with open_ledger_file(str(desk.ledger(*twice))) as file:
            open_ledger(session.records, session.keys, file, lambda done, total: None)
        entries = [one.id for one in session.records.entries() if isinstance(one, SignatureEntry)]
        session.records.decide(dict.fromkeys(entries, Decision(Verdict.ACCEPTED)))
        plan = plan_publication(session, RELEASED)
        assert (plan.warnings[0].reason, plan.warnings[0].values["pairs"]) == ("counted-twice", 1)
        path = str(Path(publish(session, plan, {"sign": YES}).folder) / "publication.json")
    (tmp_path / "other").mkdir()
    shutil.copytree(desk.folder, tmp_path / "other" / "work")
    for key in ("organizers.key", *(file.name for file in desk.folder.glob("period-*"))):
        (tmp_path / "other" / "work" / key).unlink()
    for folder in (desk.folder, tmp_path / "other" / "work"):
        with open_cosigning(Typed(), str(folder), None) as at:
            assert (at.session is None) == (folder != desk.folder)
            told = plan_signing(at, path, None, RELEASED).warnings[0]
            assert (told.reason, told.values) == ("counted-twice", {"pairs": 1, "reasons": "similar name 1"})


def test_a_key_burns_only_for_its_own_word_and_a_yes_to_all_that_speaks_against_it(desk: Desk) -> None:
    """Nothing was published and the period has no end: the word alone burns nothing."""
    with open_session(Typed(), str(desk.folder)) as session:
        name = session.periods[0].hex_id
        plan = plan_burning(session, RELEASED, name, None)
        assert plan.checks.against
        before = files(desk)
        for answers in ({}, {"word": name}, {"burn-not-yet": YES}, {"burn-not-yet": YES, "word": "burn"}):
            with pytest.raises(OrganizerError, match="Nothing was burned"):
                burn(session, plan, answers)
        assert files(desk) == before
        burn(session, plan, {"burn-not-yet": YES, "word": name})
    with pytest.raises(OrganizerError, match="burned or lost"), open_session(Typed(), str(desk.folder)) as session:
        plan_burning(session, RELEASED, name, None)


def test_a_burning_that_was_cut_off_is_ended_only_for_its_word(desk: Desk) -> None:
    """Once more: who finds such a folder may not be who began."""
    assert find_unfinished(str(desk.folder)) is None
    assert find_unfinished(str(desk.home / "nowhere")) is None
    with open_session(Typed(), str(desk.folder)) as session:
        plan = plan_burning(session, RELEASED, None, None)
        assert [loss.reason for loss in plan.lost][-2:] == ["minisign", "publications"]
        burn(session, plan, {"burn-not-yet": YES, "word": "burn"})
    unfinished = find_unfinished(str(desk.folder))
    assert unfinished is not None
    before = files(desk)
    for answers in ({}, {"word": YES}, {"burn-not-yet": YES}):
        with pytest.raises(OrganizerError, match="Nothing was burned"):
            burn_the_rest(unfinished, answers)
    assert files(desk) == before
    burn_the_rest(unfinished, {"word": "burn"})
    assert not desk.folder.exists()


ALL_ACTIONS = """
import pkgutil, sys, organizer.actions
for found in pkgutil.iter_modules(organizer.actions.__path__, "organizer.actions."):
    __import__(found.name)
print("\\n".join(sys.modules))
"""


def test_actions_know_no_face() -> None:
    """After every action was loaded, nothing that prints, asks or draws has been."""
    done = subprocess.run(
        [sys.executable, "-c", ALL_ACTIONS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {"organizer.actions.publish", "organizer.results.publication"} <= loaded
    assert not {name for name in loaded if name.split(".")[0] in {"click", "rich", "gi"} or "organizer.cli" in name}
