"""Withdrawals: with the code in any order, without it by hand, published names included, and what can be undone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto.publication import read_publication
from organizer.cli.main import organizer
from organizer.intake.ledgers import open_ledger
from organizer.results.tally import Tally, tally
from organizer.workspace.entries import Decision, SignatureEntry, Verdict, WithdrawalEntry
from organizer.workspace.ledger_file import open_ledger_file
from organizer.workspace.records import Records
from tests.support.organizer_command import run, run_json
from tests.support.organizer_workspace import KEYS, Desk, ledger_of, make_desk, open_records, seal, withdraw

CODE = "4829103377590218841270536"
OTHER_CODE = "1111122222333334444455555"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def by_name(desk: Desk, *answers: str, option: str = "--lost-code") -> Result:
    """The command at a pipe, with one line of answer for each question."""
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    return CliRunner().invoke(organizer, ["withdraw", option, *where], input="".join(f"{one}\n" for one in answers))


def published(desk: Desk, name: str) -> tuple[list[str], int]:
    """Publish; the names that the world sees and the count of withdrawals."""
    assert run(desk, "publish", "--yes", "--out", desk.home / name).exit_code == 0
    found = read_publication((desk.home / name / "publication.json").read_bytes())
    return [shown.name for shown in found.signatures], found.counts.withdrawn


# With the code


def count(records: Records) -> Tally:
    return tally(records.judged(), records.withdrawn())


@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_a_withdrawal_is_matched_by_commitment_whatever_came_first(tmp_path: Path, withdrawn_first: bool) -> None:
    """In ledgers opened one after the other; until its signature comes it is kept, and tried each time."""
    pair = [withdraw(CODE), seal("Ева", code=CODE)]
    with open_records(tmp_path) as records:
        for number, envelope in enumerate(pair if withdrawn_first else pair[::-1]):
            path = tmp_path / "ledger"
            path.write_bytes(ledger_of([envelope, seal(f"Ян {number}")]))
            with open_ledger_file(str(path)) as file:
                open_ledger(records, KEYS, file, lambda _done, _total: None)
            records.decide(
                {one.id: Decision(Verdict.ACCEPTED) for one in records.entries() if isinstance(one, SignatureEntry)}
            )
            found = count(records)
            if number == 0:
                assert found.unmatched_withdrawals == withdrawn_first
                assert [shown.name for shown in found.signatures] == ["Ева"] * (not withdrawn_first) + ["Ян 0"]
        assert (found.counts.withdrawn, found.unmatched_withdrawals) == (1, 0)
        assert [shown.name for shown in found.signatures] == ["Ян 0", "Ян 1"]


def test_a_published_name_disappears_from_the_next_publication(desk: Desk) -> None:
    """And the count of withdrawals says so."""
    ledger = desk.ledger(seal("Ева", code=CODE, record=desk.record), seal("Ян", record=desk.record))
    run(desk, "open", ledger, "--appeal", desk.appeal)
    run(desk, "review", "--accept-all")
    assert published(desk, "one") == (["Ева", "Ян"], 0)
    later = desk.ledger(withdraw(CODE, desk.record), withdraw(OTHER_CODE, desk.record), name="later.bin")
    run(desk, "open", later)
    assert run_json(desk, "status")["unmatched_withdrawals"] == 1
    assert published(desk, "two") == (["Ян"], 1)


# Without the code


def test_a_person_who_lost_the_code_is_found_by_name_and_taken_back(desk: Desk) -> None:
    """Shown, asked about, told that the name is published; the count says so, and it disappears."""
    ledger = desk.ledger(
        seal("Ева Ж\u00fckова", record=desk.record, relation="сястра"), seal("Ева Іншая", record=desk.record)
    )
    run(desk, "open", ledger, "--appeal", desk.appeal)
    run(desk, "review", "--accept-all")
    assert len(published(desk, "one")[0]) == 2
    result = by_name(desk, "ева ж", "1", "лісты ад сястры", "y")
    assert result.exit_code == 0, result.output
    assert "1. Ева Жükова, сястра" in result.output
    assert "Іншая" not in result.output
    assert "disappears with the next" in result.output
    assert run_json(desk, "status")["withdrawn"] == 1
    assert published(desk, "two") == (["Ева Іншая"], 1)
    assert run_json(desk, "status")["received"] == 2  # nothing came as an envelope


def test_the_reason_is_kept_encrypted(desk: Desk) -> None:
    """It can be read again when the withdrawal is undone, and lies nowhere in clear; nor does whom it is about."""
    run(desk, "open", desk.ledger(seal("Ева", record=desk.record)), "--appeal", desk.appeal)
    by_name(desk, "Ева", "1", "баіцца за маці", "y")
    for path in filter(Path.is_file, desk.folder.rglob("*")):
        assert "баіцца".encode() not in path.read_bytes()
    connection = sqlite3.connect(desk.folder / "workspace.sqlite")
    lengths = connection.execute("SELECT DISTINCT length(box) FROM entries").fetchall()
    connection.close()
    assert len(lengths) == 1
    assert "баіцца за маці" in by_name(desk, "1", "n", option="--undo").output


def test_it_can_be_undone(desk: Desk) -> None:
    """The signature counts again as it was decided; nothing of the withdrawal stays."""
    run(desk, "open", desk.ledger(seal("Ева", record=desk.record)), "--appeal", desk.appeal)
    run(desk, "review", "--accept-all")
    assert by_name(desk, "Ева", "1", "памылка", "y").exit_code == 0
    assert run_json(desk, "status")["public"] == 0
    assert by_name(desk, "1", "n", option="--undo").exit_code == 1
    assert run_json(desk, "status")["withdrawn"] == 1
    assert by_name(desk, "1", "y", option="--undo").exit_code == 0
    status = run_json(desk, "status")
    assert (status["public"], status["withdrawn"]) == (1, 0)
    assert by_name(desk, option="--undo").exit_code == 1


def test_without_a_yes_a_name_or_a_reason_nothing_is_taken_back(desk: Desk) -> None:
    """Nobody found, no number, a number that is not there, no reason, Enter at the end; and never with --json."""
    run(desk, "open", desk.ledger(seal("Ева", record=desk.record)), "--appeal", desk.appeal)
    first = ["Ева", "1"]
    for answers in (["Зоя"], ["", ""], ["Ева", ""], ["Ева", "2"], ["Ева", "0"], [*first, " "], [*first, "так", ""]):
        result = by_name(desk, *answers)
        assert result.exit_code == 1, answers
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert run_json(desk, "withdraw", "--lost-code", exit_code=1)["error"] == "question"
    assert run_json(desk, "status")["withdrawn"] == 0


def test_a_signature_entered_by_hand_can_be_taken_back_too(desk: Desk) -> None:
    """Nobody ever had its code."""
    (desk.home / "paper.csv").write_text("name,public\nУля,yes\n", "utf-8")
    run(desk, "add", "--csv", desk.home / "paper.csv", "--appeal", desk.appeal)
    assert by_name(desk, "уля", "1", "перадумала", "y").exit_code == 0
    status = run_json(desk, "status")
    assert (status["public"], status["withdrawn"], status["by_hand"]["public"]) == (0, 1, 0)


def test_what_was_sent_twice_with_one_code_goes_together(desk: Desk) -> None:
    """As it would with the code itself, and the person is told."""
    twice = [seal(name, code=CODE, record=desk.record) for name in ("Ева", "Ева Ж.")]
    run(desk, "open", desk.ledger(*twice), "--appeal", desk.appeal)
    result = by_name(desk, "Ева", "1", "сама прасіла", "y")
    assert "same code, so it goes with it: Ева Ж." in result.output
    assert run_json(desk, "status")["withdrawn"] == 2


def test_of_many_the_first_are_shown_and_the_rest_counted(desk: Desk) -> None:
    """More would push the first off the screen."""
    people = [seal(f"Ян {number:02}", record=desk.record) for number in range(25)]
    run(desk, "open", desk.ledger(*people), "--appeal", desk.appeal)
    result = by_name(desk, "ян", "")
    assert "20. Ян 19" in result.output
    assert "And 5 more." in result.output


def test_a_withdrawal_without_a_code_is_an_entry_like_any_other(tmp_path: Path) -> None:
    """It comes back with its reason, and one with a code has none."""
    made = [WithdrawalEntry(b"\1" * 32, b"\2" * 32, True, "прычына 🙂"), WithdrawalEntry(b"\3" * 32, b"\4" * 32)]
    with open_records(tmp_path) as records:
        records.add(made)
        assert list(records.entries()) == made
        records.forget(b"\1" * 32)
        assert list(records.entries()) == made[1:]
