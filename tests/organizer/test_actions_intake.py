"""Opening ledgers, entering and withdrawing without a terminal.

Nothing is done while an answer is missing or wrong: all bytes of the workspace stay as they were.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto.errors import CodeError, RecordError
from organizer import RELEASED
from organizer.actions.add import add_signature, check_fields, choose_letter, plan_signature
from organizer.actions.add_table import add_table, plan_table
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import YES, Answers
from organizer.actions.publish import plan_publication, publish
from organizer.actions.review import (
    accept,
    open_queue,
    plan_accept_all,
)
from organizer.actions.sealing import open_sealing
from organizer.actions.status import read_status
from organizer.actions.withdraw import (
    count_again,
    plan_withdrawal,
    search_people,
    withdraw_with_code,
    withdraw_without_code,
    withdrawn_without_code,
)
from organizer.errors import OrganizerError
from organizer.review.review import Review
from tests.support.organizer_workspace import Desk, seal
from tests.support.without_face import (
    CODE,
    TABLE,
    Noted,
    copy_desk,
    files,
    make_opened_desk,
    opened,
)

NOTHING: Answers = {}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_opened_desk(tmp_path_factory.mktemp("made"))


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Desk:
    """A copy to do with as one likes."""
    return copy_desk(made, tmp_path / "desk")


def test_ledgers_are_opened_one_beside_the_other_whatever_is_wrong_with_one(desk: Desk) -> None:
    """Numbers and problems are values, progress is told to what is passed in, and opening again finds nothing new."""
    bad = desk.home / "{bad}.bin"
    bad.write_bytes(b"not a ledger\n")
    new = desk.ledger(seal("Новы", record=desk.record), name="new.bin")
    progress = Noted()
    with opened(desk) as session:
        found = open_ledgers(session, [str(desk.home / "none.bin"), str(bad), str(new)], progress)
        again = open_ledgers(session, [str(new)])
    assert [one.opening.signatures for one in found.ledgers] == [0, 1]
    assert [problem.reason for problem in found.problems] == ["no-file", "text-none"]
    assert str(found.problems[1]).endswith(f" {bad}")
    assert progress.told == [("Files", "bytes read", 13, 13), ("new.bin", "envelopes read", 1, 1)]
    assert (again.ledgers[0].opening.seen_before, again.problems, again.by_hand) == (1, (), 0)


def test_the_status_of_a_workspace_is_a_value(desk: Desk) -> None:
    """Keys, numbers and what is remembered; nothing is changed by looking."""
    with opened(desk) as session:
        before = files(desk)
        status = read_status(session)
        assert files(desk) == before
    assert (status.tally.counts.received, status.tally.undecided, status.appeal_known) == (5, 5, True)
    assert [period.record.key_id in status.here for period in status.periods] == [True]
    assert (len(status.ledgers), status.publications) == (1, ())


# Entering


def test_a_typed_signature_is_kept_only_after_a_yes(desk: Desk) -> None:
    """It is checked while it is typed, and needs no passphrase."""
    with open_sealing(str(desk.folder)) as sealing:
        letter = choose_letter(sealing.appeal, None)
        with pytest.raises(OrganizerError, match="Name one of the appeal's letters"):
            choose_letter(sealing.appeal, "xx")
        check_fields({"name": "Аня"}, letter)
        with pytest.raises(OrganizerError, match="must be yes or no"):
            check_fields({"name": "Аня", "public": "maybe"}, letter)
        with pytest.raises(RecordError):
            check_fields({"name": "Аня" * 100}, letter)
        plan = plan_signature({"name": "Аня {0}", "public": "no"}, letter)
        assert [warning.reason for warning in plan.warnings] == ["not-public"]
        assert str(plan.questions[0].asked) == "Keep this signature? Аня {0}"
        before = files(desk)
        for answers in (NOTHING, {"keep": "no"}, {"add": YES}):
            with pytest.raises(OrganizerError, match="It was not kept"):
                add_signature(sealing, plan, answers)
        assert files(desk) == before
        add_signature(sealing, plan, {"keep": YES})
    with opened(desk) as session:
        assert read_status(session).tally.by_hand.nonpublic == 1


def test_a_table_is_planned_line_by_line_and_added_only_after_a_yes(desk: Desk) -> None:
    """The plan names what is new, repeated and bad, and every public name; the same table again has nothing new."""
    table = desk.home / "table.csv"
    table.write_text(TABLE, "utf-8")
    with opened(desk) as session:
        before = files(desk)
        plan = plan_table(session, str(table), None)
        assert [line.number for line in plan.new] == [2, 3, 5]
        assert plan.repeated == ()
        assert [(line.number, line.reason) for line in plan.bad] == [(4, "public-unclear")]
        assert [one.name for one in plan.public] == ["Зоя", "Зоя"]
        for answers in (NOTHING, {"add": "no"}, {"keep": YES}):
            with pytest.raises(OrganizerError, match="Nothing was added"):
                add_table(session, plan, answers)
        assert files(desk) == before
        assert add_table(session, plan, {"add": YES}) == 3
        again = plan_table(session, str(table), None)
        assert (again.new, again.questions, add_table(session, again, NOTHING)) == ((), (), 0)
        assert [line.number for line in again.repeated] == [2, 3, 5]


# Withdrawing


def test_a_code_takes_a_signature_back_and_a_wrong_one_does_nothing(desk: Desk) -> None:
    """The code is the answer; a mistyped one is refused before anything is kept."""
    with open_sealing(str(desk.folder)) as sealing:
        before = files(desk)
        with pytest.raises(CodeError):
            withdraw_with_code(sealing, CODE[:-1])
        assert files(desk) == before
        withdraw_with_code(sealing, CODE)
    with opened(desk) as session:
        assert read_status(session).tally.counts.withdrawn == 1


def test_without_a_code_it_takes_a_reason_and_a_yes_and_can_be_undone(desk: Desk) -> None:
    """The plan says what goes with it and whether the name is published; neither answer alone does anything."""
    with opened(desk) as session:
        accept(review := Review(open_queue(session)), plan_accept_all(review), {"accept-all": YES})
        publish(session, plan_publication(session, RELEASED), {"sign": YES})
        (person,) = search_people(session, "сіўко")
        plan = plan_withdrawal(session, person)
        assert (plan.count, plan.published) == (1, True)
        with pytest.raises(OrganizerError, match="Give a reason"):
            plan.because("  ")
        before = files(desk)
        for answers in (NOTHING, {"take-back": "no"}, {"count-again": YES}):
            with pytest.raises(OrganizerError, match="Nothing was taken back"):
                withdraw_without_code(session, plan.because("She asked."), answers)
        with pytest.raises(OrganizerError, match="Give a reason"):
            withdraw_without_code(session, plan, {"take-back": YES})
        assert (files(desk), withdrawn_without_code(session)) == (before, [])
        withdraw_without_code(session, plan.because("She asked."), {"take-back": YES})
        assert search_people(session, "сіўко") == []

        (undone,) = withdrawn_without_code(session)
        assert (undone.person, undone.withdrawal.reason) == (person, "She asked.")
        before = files(desk)
        for answers in (NOTHING, {"count-again": ""}, {"take-back": YES}):
            with pytest.raises(OrganizerError, match="Nothing was changed"):
                count_again(session, undone, answers)
        assert files(desk) == before
        count_again(session, undone, {"count-again": YES})
        assert search_people(session, "сіўко") == [person]
