"""A publication that counts fewer people than readers were told before is not signed by the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crypto.appeal import read_appeal, write_appeal
from organizer import RELEASED
from organizer.actions.appeal import plan_taking, take_appeal
from organizer.actions.plan import YES
from organizer.actions.publish import PublishPlan, plan_publication, publish
from organizer.actions.session import open_session
from organizer.actions.sign import open_cosigning, plan_signing, sign
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_ledger
from organizer.workspace.entries import Decision, Reason, SignatureEntry, Verdict
from organizer.workspace.ledger_file import open_ledger_file
from tests.support.organizer_workspace import Desk, make_desk, seal
from tests.support.without_face import Typed

DAY = RELEASED


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with two accepted signatures that came in envelopes."""
    desk = make_desk(tmp_path)
    ledger = desk.ledger(*(seal(name, record=desk.record) for name in ("Ева", "Сакрэтны Ян")))
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        with open_ledger_file(str(ledger)) as file:
            open_ledger(session.records, session.keys, file, lambda done, total: None)
        entries = [one.id for one in session.records.entries() if isinstance(one, SignatureEntry)]
        session.records.decide(dict.fromkeys(entries, Decision(Verdict.ACCEPTED)))
    return desk


def plan(desk: Desk, *promised: int) -> PublishPlan:
    """What would be published after these numbers stood in appeal.json, one after another."""
    appeal = read_appeal(desk.appeal.read_bytes())
    for number in promised:
        desk.appeal.write_bytes(write_appeal(replace(appeal, collected_before=number)))
        taken = plan_taking(str(desk.folder), str(desk.appeal))
        take_appeal(str(desk.folder), taken, {one.asked.reason: one.word for one in taken.questions})
    with open_session(Typed(), str(desk.folder)) as session:
        return plan_publication(session, DAY)


def reasons(planned: PublishPlan) -> tuple[list[str], list[tuple[str, bool]]]:
    asked = [(one.asked.reason, one.for_a_person) for one in planned.questions]
    return [one.reason for one in planned.warnings], asked


@pytest.mark.parametrize(
    ("promised", "warned", "asked"),
    [
        ((), [], []),
        ((0,), [], []),
        ((2,), ["fewer-by-hand"], []),
        ((91,), ["fewer-than-collected"], [("fewer-than-collected", True)]),
        ((91, 0), ["collected-changed", "fewer-than-collected"], [("fewer-than-collected", True)]),
        ((1, 91), ["collected-changed", "fewer-than-collected"], [("fewer-than-collected", True)]),
        ((91, 91), ["fewer-than-collected"], [("fewer-than-collected", True)]),
    ],
)
def test_the_number_that_the_site_promised_is_asked_about(
    desk: Desk, promised: tuple[int, ...], warned: list[str], asked: list[tuple[str, bool]]
) -> None:
    """Also when appeal.json was changed in between, by whichever command it was given; what is kept is not asked."""
    planned = plan(desk, *promised)
    assert reasons(planned) == (warned, [*asked, ("sign", False)])
    if asked:
        assert planned.warnings[-1].values == {"told": 91, "now": 2}
        assert "91 signatures were collected" in str(planned.warnings[-1])


def test_a_yes_to_signing_is_none_to_a_promise_that_is_not_kept(desk: Desk) -> None:
    """Nor to a lower number than the last one; both organizers are asked."""
    plan(desk, 91)
    with open_session(Typed(), str(desk.folder)) as session:
        first = plan_publication(session, DAY)
        with pytest.raises(OrganizerError, match="Nothing was published"):
            publish(session, first, {"sign": YES})
        path = Path(publish(session, first, {"sign": YES, "fewer-than-collected": YES}).folder) / "publication.json"
    with open_cosigning(Typed(), str(desk.folder), None) as at:
        second = plan_signing(at, str(path), None, DAY)
        assert [warning.reason for warning in second.warnings] == ["fewer-than-collected"]
        with pytest.raises(OrganizerError, match="Nothing was signed"):
            sign(at, second, {"sign": YES}, str(desk.home / "out"))
    with open_session(Typed(), str(desk.folder)) as session:
        assert not plan_publication(session, DAY).fewer
        one = next(one.id for one in session.records.entries() if isinstance(one, SignatureEntry))
        session.records.decide({one: Decision(Verdict.REFUSED, Reason.OTHER)})
        lower = plan_publication(session, DAY)
        assert str(lower.fewer[0]) == "This one counts fewer people than number 1: 2 before, 1 now."
        assert [question.asked.reason for question in lower.questions] == ["fewer-than-before", "sign"]
        with pytest.raises(OrganizerError, match="Nothing was published"):
            publish(session, lower, {"sign": YES})
