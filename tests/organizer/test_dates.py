"""Days that the tool writes or judges by: a computer without a network has nobody who sets its clock."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto.appeal import Appeal, DatedKey, write_appeal
from crypto.publication import read_publication
from organizer import RELEASED
from organizer.actions.burn import burn, plan_burning
from organizer.actions.dates import (
    KnownDays,
    period_questions,
    strange_day,
    strange_for_cosigning,
    strange_period,
)
from organizer.actions.plan import YES, Answers
from organizer.actions.publish import plan_publication, publish
from organizer.actions.session import open_session
from organizer.actions.sign import open_cosigning, plan_signing, sign
from organizer.cli.main import organizer
from organizer.errors import OrganizerError
from organizer.keys.generate import make_keys
from organizer.keys.keyfile import CHEAP
from organizer.keys.periods import Days
from tests.support.organizer_workspace import APPEAL_ID, LETTERS, PASSPHRASE, Desk, make_desk, seal
from tests.support.without_face import Typed, files


def later(days: int, start: str = RELEASED) -> str:
    return (date.fromisoformat(start) + timedelta(days)).isoformat()


FIRST, SECOND = Days(later(-30), later(60)), Days(later(61), later(150))
LAST = later(10)
KNOWN = KnownDays(LAST, (FIRST, SECOND), (FIRST,))
NOTHING = KnownDays(None, (Days(),))


def reasons(day: str, known: KnownDays = KNOWN) -> set[str]:
    return {notice.reason for notice in strange_day(day, known)}


@pytest.mark.parametrize("day", ["1970-01-01", "1980-01-01", "2000-01-01", "2015-01-01", later(-1), "0001-01-01"])
def test_a_clock_that_lost_its_battery_is_noticed_even_where_nothing_else_is_known(day: str) -> None:
    """It begins anew at some early day: before the program existed, so before everything."""
    assert reasons(day, NOTHING) == {"date-release"}
    assert "date-release" in reasons(day)


@pytest.mark.parametrize("day", ["2038-01-19", "2106-02-07", "9999-12-31", later(1097)])
def test_a_clock_that_is_years_ahead_is_noticed_even_where_nothing_else_is_known(day: str) -> None:
    """A bit that fell, or a counter that ran over."""
    assert reasons(day, NOTHING) == {"date-release"}
    assert reasons(day) == {"date-release", "date-last", "date-periods"}


def test_a_day_among_all_that_is_known_is_not_asked_about() -> None:
    """The same day as the last publication, as other organizers do it; the end of the last period; long after none."""
    for day in (LAST, later(11), later(60), later(61), later(150), later(193)):
        assert not strange_day(day, KNOWN)
    assert not strange_day(later(183), NOTHING)
    assert reasons(later(184), NOTHING) == {"date-release"}  # the first result, a year ahead for instance
    assert not strange_day(RELEASED, NOTHING)


def test_small_jumps_are_noticed_by_whatever_contradicts_them() -> None:
    """Each by one day: the last publication, envelopes of a period that has not begun, the ends of the periods."""
    assert reasons(later(9)) == {"date-last"}
    assert reasons(later(194)) == {"date-last"}
    assert reasons(later(58), KnownDays(None, (FIRST, SECOND), (FIRST, SECOND))) == {"date-begun"}
    assert not reasons(later(59), KnownDays(None, (FIRST, SECOND), (FIRST, SECOND)))  # phones' clocks: two days
    future = (Days(later(40), later(60)),)
    assert reasons(later(37), KnownDays(None, future)) == {"date-periods"}
    assert not reasons(later(38), KnownDays(None, future))
    assert reasons(later(153), KnownDays(None, future)) == {"date-periods"}
    assert not reasons(later(152), KnownDays(None, future))


def test_a_period_without_an_end_says_nothing_of_late_days_nor_one_without_a_start_of_early_ones() -> None:
    """Only all periods together are a frame."""
    assert not reasons(later(900), KnownDays(None, (FIRST, Days(later(61), None))))
    assert not reasons(RELEASED, KnownDays(None, (Days(None, later(90)), Days(later(91), later(150)))))


def test_who_signs_second_compares_with_the_own_clock() -> None:
    """A day ahead is another time zone; a month is a second signature that took its time; the program may be newer."""
    for today in (later(-1, LAST), LAST, later(31, LAST)):
        assert not strange_for_cosigning(LAST, KNOWN, today)
    for today in (later(-2, LAST), later(32, LAST), "1970-01-01", "2106-02-07"):
        assert [one.reason for one in strange_for_cosigning(LAST, KNOWN, today)] == ["date-clock"]
    assert not strange_for_cosigning(later(-3), NOTHING, RELEASED)
    assert "date-last" in {one.reason for one in strange_for_cosigning(later(-1, LAST), KNOWN, LAST)}


def test_days_of_a_period_that_are_mistyped_are_asked_about() -> None:
    """2072 for 2027, last year's, and any of them by a clock that is wrong."""
    fine = [Days(), FIRST, SECOND, Days(later(366)), Days(None, RELEASED), Days(RELEASED, later(1096))]
    assert not [one for one in fine if strange_period(one, RELEASED)]
    wrong = [Days(None, later(-1)), Days("2015-01-01", "2015-06-30"), Days(later(367)), Days(RELEASED, "2072-06-30")]
    assert all(strange_period(one, RELEASED) for one in wrong)
    assert strange_period(FIRST, "1970-01-01")
    assert strange_period(FIRST, "2106-02-07")
    (question,) = period_questions([*fine, *wrong], RELEASED)
    assert question.for_a_person
    assert "2072-06-30" in str(question.asked)
    assert period_questions(fine, RELEASED) == ()


# In a workspace


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with one period and an accepted signature of it."""
    keys = make_keys(APPEAL_ID, "anna", PASSPHRASE, lambda size: bytes(range(size)), [FIRST], CHEAP)
    desk = make_desk(tmp_path, keys)
    dated = DatedKey(desk.record, FIRST.start, FIRST.until)
    desk.appeal.write_bytes(write_appeal(Appeal(APPEAL_ID, (dated,), LETTERS, (keys.minisign,), 1)))
    run(desk, "open", str(desk.ledger(seal("Ева", record=desk.record))), "--appeal", str(desk.appeal))
    run(desk, "review", "--accept-all")
    return desk


def run(desk: Desk, *arguments: str, answer: str = "") -> Result:
    own = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    return CliRunner().invoke(organizer, [*arguments, *own], input=answer)


def published(desk: Desk) -> list[Path]:
    return sorted((desk.folder / "publications").glob("*/publication.json"))


@pytest.mark.parametrize("day", ["2015-01-01", "2106-02-07"])
def test_yes_lets_no_strange_day_pass(desk: Desk, day: str) -> None:
    """Neither --yes, nor --json, nor a yes typed to every question: only the day itself, typed."""
    for options, answer in (
        (("--yes",), ""),
        (("--yes",), "y\ny\ny\n"),
        (("--yes", "--json"), ""),
        ((), "y\ny\n"),
        ((), f"{later(1, day)}\ny\n"),
    ):
        before = files(desk)
        done = run(desk, "publish", "--today", day, *options, answer=answer)
        assert done.exit_code == 1, done.output
        assert files(desk) == before
    assert not published(desk)
    told = json.loads(run(desk, "publish", "--today", day, "--yes", "--json").stdout)
    assert (told["error"], told["day"]) == ("date", day)
    assert any("when this program was made" in reason for reason in told["reasons"])
    assert run(desk, "publish", "--today", day, answer=f"{day}\ny\n").exit_code == 0
    assert read_publication(published(desk)[0].read_bytes()).date == day


def test_the_reasons_are_shown_before_the_question_and_a_preview_has_them_too(desk: Desk) -> None:
    """A person must see what contradicts the clock in order to look at a calendar."""
    done = run(desk, "publish", "--today", "2015-01-01", answer="\n")
    assert f"lies before {RELEASED}, when this program was made" in done.output
    assert f"lies before {FIRST.start}, and what was sealed to the key used since then is here already" in done.output
    assert done.output.index("when this program was made") < done.output.index("Look at a calendar")
    assert "give the right day there with --today" in done.output
    look = run(desk, "publish", "--today", "2015-01-01", "--preview", str(desk.home / "look"))
    assert "when this program was made" in look.output


@pytest.mark.parametrize("day", ["1.12.2026", "2026-02-30", "2026-1-1", "today", "0000-01-01"])
def test_a_day_that_is_none_is_told_how_one_is_written(desk: Desk, day: str) -> None:
    """In a person's words, not in those of a program."""
    for command in ("publish", "burn"):
        done = run(desk, command, "--today", day)
        assert done.exit_code == 2
        assert "A day is written like 2027-01-31: year, month, day." in done.stderr
        assert "%" not in done.stderr


def test_a_day_that_fits_is_not_asked_about(desk: Desk) -> None:
    """The control of all of the above: the same command on a good day."""
    assert run(desk, "publish", "--today", RELEASED, "--yes", "--json").exit_code == 0
    again = run(desk, "publish", "--today", later(-1), "--yes", answer="y\n")
    assert again.exit_code == 1
    assert f"before {RELEASED}, the date of the last publication" in again.output


def test_who_signs_second_must_type_a_strange_date_too(desk: Desk, tmp_path: Path) -> None:
    """A result of 2015 from another computer, or a clock of one's own that says so."""
    with open_session(Typed(), str(desk.folder)) as session:
        made = publish(session, plan_publication(session, RELEASED), {"sign": YES})
    path = str(Path(made.folder) / "publication.json")
    with open_cosigning(Typed(), str(desk.folder), None) as at:
        assert not plan_signing(at, path, None, RELEASED).strange
        plan = plan_signing(at, path, None, "2015-01-01")
        assert [one.asked.reason for one in plan.questions] == ["date", "sign"]
        refused: tuple[Answers, ...] = ({"sign": YES}, {"sign": YES, "date": YES}, {"sign": YES, "date": "2015-01-01"})
        for answers in refused:
            with pytest.raises(OrganizerError, match="Nothing was signed"):
                sign(at, plan, answers, str(tmp_path / "out"))
        assert sign(at, plan, {"sign": YES, "date": RELEASED}, str(tmp_path / "out"))


def test_a_key_is_not_burned_by_a_clock_that_is_wrong(desk: Desk) -> None:
    """In 2106 every period is over: --force and the word are no answer to that."""
    with open_session(Typed(), str(desk.folder)) as session:
        publish(session, plan_publication(session, RELEASED), {"sign": YES})
        name = session.periods[0].hex_id
        plan = plan_burning(session, "2106-02-07", name, None)
        assert not plan.checks.against
        with pytest.raises(OrganizerError, match="Nothing was burned"):
            burn(session, plan, {"word": name, "burn-not-yet": YES})
        assert not plan_burning(session, later(61), name, None).strange
    forced = ("burn", "--period", name, "--today", "2106-02-07", "--force", "--confirm", name)
    assert json.loads(run(desk, *forced, "--json").stdout)["error"] == "date"
    assert run(desk, *forced, answer="y\ny\n").exit_code == 1
    assert (desk.folder / f"period-{name}.key").exists()


def test_keys_for_strange_days_are_not_made_by_a_script(tmp_path: Path) -> None:
    """A person may say that they are meant; without one, nothing is made."""
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    own = ["-w", str(tmp_path / "work"), "--passphrase-file", str(tmp_path / "passphrase"), "--today", RELEASED]
    made = ["keygen", "--signer", "anna", "--period", "2072-01-01..2072-06-30", *own]
    done = CliRunner().invoke(organizer, [*made, "--json"])
    assert json.loads(done.stdout)["error"] == "days"
    assert CliRunner().invoke(organizer, made, input="n\n").exit_code == 1
    assert not (tmp_path / "work").exists()
