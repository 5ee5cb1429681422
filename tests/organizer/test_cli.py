"""The organizers' commands as people and scripts use them, from the first key to a result that anyone can verify."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crypto.appeal import write_appeal
from crypto.code import commitment, receipt
from crypto.errors import UndersignedError
from crypto.keys import KeyRecord
from crypto.minisign import MinisignPublicKey, unlock_secret_key
from crypto.publication import PublishedSignature, read_publication
from crypto.text_parts import write_parts
from organizer.cli.main import organizer
from organizer.cli.options import carry_out
from organizer.cli.terminal.terminal import Terminal
from organizer.keys import keyfile
from organizer.keys.periods import Period, read_public, write_public
from tests.support import cheap_guesses
from tests.support.letter_box_files import mail
from tests.support.organizer_command import NAMES, run, run_json
from tests.support.organizer_workspace import PASSPHRASE, RECORD, Desk, appeal_of, ledger_of, make_desk, seal, withdraw
from tests.support.programs import environment_with, program
from tests.support.pseudo_terminal import PseudoTerminal

ROOT = Path(__file__).parents[2]
CODE = "4829103377590218841270536"
COMMANDS = tuple(organizer.commands)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


# The whole circle


@pytest.mark.usefixtures("full_price")
def test_the_whole_circle_at_a_terminal(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """Keys of full strength made by hand, a ledger opened, reviewed by key presses, published, verified by anyone."""
    work, appeal, out = tmp_path / "work", tmp_path / "appeal.json", tmp_path / "stick"
    screen = terminal("keygen", "--signer", "anna", "-w", str(work))
    screen.until("Press Enter to go on")
    screen.type("\n")
    passphrase = re.findall(r"[a-z0-9]{5}(?:-[a-z0-9]{5}){4}", screen.until("is not shown)"))[0]
    screen.type("\n")
    screen.until("from your paper")
    screen.type(passphrase + "\n")
    shown = screen.end()
    (public,) = work.glob("period-*.pub")
    record = read_public(public.read_text()).record
    assert record.digits in shown
    assert (work / "appeal-keys.toml").read_text().replace("\n", "\r\n") in shown
    lines = tomllib.loads((work / "appeal-keys.toml").read_text())
    minisign = MinisignPublicKey.parse(lines["minisign"][0]["key"])
    appeal.write_bytes(write_appeal(appeal_of(record, minisign)))

    envelopes = [
        seal("Ірына Слаўнікава", False, record=record),
        seal("Tatsiana Khomich", True, record=record, prisoner="Maria Kalesnikava"),
        seal("\u0301" * 20 + "[red]tatsiana", True, record=record),
    ]
    (tmp_path / "ledger.bin").write_bytes(ledger_of(envelopes, record.appeal_id))
    screen = terminal("open", str(tmp_path / "ledger.bin"), "-w", str(work), "--appeal", str(appeal))
    screen.until("Passphrase")
    screen.type(passphrase + "\n")
    assert "3 of 3" in screen.end()

    screen = terminal("review", "-w", str(work))
    screen.until("Passphrase")
    screen.type(passphrase + "\n")
    for place in range(1, 4):
        shown = screen.until("q quit")
        assert f"{place} of 3" in shown
        assert "\u0301" * 5 not in shown
        assert ("NOT PUBLIC: only counted" in shown) == ("Ірына" in shown)
        if "[red]" in shown:
            screen.press("r")
            screen.until("goes back.")
            screen.press("3")
        else:
            screen.press("ф")  # the key "a" of a keyboard switched to Cyrillic
    screen.until("That was the last one.")
    screen.press("q")
    assert "Accepted 2, undecided 0, held 0." in screen.end()

    screen = terminal("publish", "-w", str(work), "--out", str(out))
    screen.until("Passphrase")
    screen.type(passphrase + "\n")
    assert "Tatsiana Khomich (Maria Kalesnikava)" in screen.until("publication? [y/N]")
    screen.type("y\n")
    screen.end()
    check_published(out, appeal, work, passphrase, minisign, record)


def check_published(
    out: Path, appeal: Path, work: Path, passphrase: str, minisign: MinisignPublicKey, record: KeyRecord
) -> None:
    published = read_publication((out / "publication.json").read_bytes())
    assert published.signatures == (PublishedSignature("Tatsiana Khomich", "", "Maria Kalesnikava"),)
    assert (published.total, published.counts.rejected, published.keys) == (2, 1, (record.fingerprint.hex(),))
    verified = CliRunner().invoke(
        organizer, ["--json", "verify", str(out / "publication.json"), "--appeal", str(appeal)]
    )
    (command,) = json.loads(verified.stdout)["commands"]
    done = subprocess.run(
        command, shell=True, env=environment_with("minisign"), capture_output=True, text=True, check=True
    )
    assert f"appeal {published.appeal} publication 1 {published.date}" in done.stdout
    # The stock program can use the key too: nobody depends on this tool.
    done = subprocess.run(
        [program("minisign"), "-S", "-s", work / "minisign.key", "-m", out / "publication.json", "-t", "by hand"],
        input=passphrase + "\n",
        text=True,
        capture_output=True,
        check=True,
    )
    check = [program("minisign"), "-V", "-P", minisign.line, "-m", str(out / "publication.json")]
    assert "by hand" in subprocess.run(check, capture_output=True, text=True, check=True).stdout
    # And all of it was locked as for people: guesses of other tests do not open it.
    cheap_guesses.make_cheap()
    for unlock in (
        lambda: keyfile.unlock((work / "organizers.key").read_bytes(), passphrase),
        lambda: unlock_secret_key((work / "minisign.key").read_text(), passphrase),
    ):
        with pytest.raises(UndersignedError) as caught:
            unlock()
        assert caught.value.reason in ("passphrase", "minisign-passphrase")


def test_the_whole_circle_by_a_script(desk: Desk) -> None:
    """Every step with --json, and counts that fit together from the ledger to the verified publication."""
    record = desk.record
    first = [seal("Ева", True, record=record), seal("Ян", False, code=CODE, record=record), b"\1".ljust(4096, b"\0")]
    opened = run_json(desk, "open", desk.ledger(*first), "--appeal", desk.appeal)
    assert opened["ledgers"][0]["signatures"] == 2
    assert opened["ledgers"][0]["set_aside"] == {"envelope-key": 1}
    assert run_json(desk, "review", "--accept-all")["nonpublic"] == 1
    assert run_json(desk, "publish", "--yes", "--out", desk.home / "one")["total"] == 2
    assert receipt(commitment(CODE)) in (desk.home / "one" / "publication.json").read_text()

    table = desk.home / "paper.csv"
    table.write_text("name,public\nЗоя,так\nУля,не\n", "utf-8")
    assert run_json(desk, "add", "--csv", table)["added"] == 2
    later = run_json(desk, "open", desk.ledger(*first, withdraw(CODE, record)))
    assert (later["ledgers"][0]["seen_before"], later["ledgers"][0]["withdrawals"], later["by_hand"]) == (3, 1, 2)
    found = run_json(desk, "publish", "--yes", "--out", desk.home / "two")
    assert (found["number"], found["total"], found["withdrawn"]) == (2, 3, 1)
    assert found["by_hand"] == {"public": 1, "nonpublic": 1}

    one, two = (desk.home / name / "publication.json" for name in ("one", "two"))
    assert run_json(desk, "verify", two, "--appeal", desk.appeal, "--previous", one)["number"] == 2
    wrong = run_json(desk, "verify", one, "--appeal", desk.appeal, "--previous", two, exit_code=1)
    assert wrong["error"] == "publication-number"
    status = run_json(desk, "status")
    assert (status["received"], status["publications"], len(status["ledgers"])) == (4, [1, 2], 2)


def test_no_name_lies_readable_in_the_workspace(desk: Desk) -> None:
    """After every step, in every byte of every file: only public names, and only inside publications/."""
    (desk.home / "paper.csv").write_text("name;public;contact\nСакрэтная Уля;не;@ulia\nАдкрытая Зоя;так;@zoja\n")
    steps = [
        ("open", desk.ledger(seal("Сакрэтны Ян", False, record=desk.record, contact="@jan", message="Ліст ад Яна")),
         "--appeal", desk.appeal),
        ("add", "--csv", desk.home / "paper.csv"),
        ("review", "--accept-all"),
        ("publish", "--yes"),
    ]  # fmt: skip
    secrets = [word.encode() for word in ("Сакрэтн", "Ян", "Уля", "@jan", "@ulia", "@zoja", "Ліст", PASSPHRASE)]
    secrets += [json.dumps(word.decode())[1:-1].encode() for word in secrets]
    for step in steps:
        assert run(desk, *step).exit_code == 0
        for path in filter(Path.is_file, desk.folder.rglob("*")):
            data = path.read_bytes()
            assert not [word for word in secrets if word in data], path
            assert ("Адкрытая Зоя".encode() in data) == (path.name == "publication.json")


def test_json_never_names_a_person(desk: Desk) -> None:
    """Scripts, logs and tickets get numbers: run_json looks for names in all it reads, here public ones too."""
    ledger = desk.ledger(seal("Ірына", True, record=desk.record), seal("Алесь", False, record=desk.record))
    for step in (("open", ledger, "--appeal", desk.appeal), ("review", "--accept-all"), ("status",)):
        assert run_json(desk, *step)


# Review


@pytest.mark.slow  # a real terminal
def test_a_review_ends_anywhere_and_goes_on_there(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """At the end of input, by q, by Ctrl-C; what was decided stays decided."""
    run(desk, "open", desk.ledger(*(seal(f"Нехта {n}", record=desk.record) for n in range(3))), "--appeal", desk.appeal)
    arguments = ["review", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, arguments, input="a\n?\nx\nk\nr\n9\nu\nu\nh\n")
    assert result.exit_code == 0
    for words in ("1 of 3", "Any key goes back", "does nothing here", "Nothing was decided", "Taken back: 1", "held 1"):
        assert words in result.output
    screen = terminal(*arguments)
    assert "1 of 3" in screen.until("q quit")
    screen.press("d")
    assert "2 of 3" in screen.until("q quit")
    screen.press("\x1b[15~")  # a function key decides nothing
    assert "does nothing here" in screen.until("q quit")
    screen.press("\x03")
    assert "undecided 1, held 1" in screen.end()
    status = run_json(desk, "status")
    assert (status["duplicates"], status["held"], status["undecided"]) == (1, 1, 1)


@pytest.mark.slow  # a real terminal
def test_a_review_in_a_list_by_keys_alone(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """A list with a cursor, search, filter, all of one vouch word at once, undo, help, and back to one signature."""
    people = [seal(name, record=desk.record, relation="[red]") for name in ("Ева Слаўнікава", "Ян Верабей", "Zoja Kot")]
    people += [seal(name, record=desk.record, vouch="Kamu tirope") for name in ("Уля Бярозка", "Ада Крыніца")]
    run(desk, "open", desk.ledger(*people), "--appeal", desk.appeal)
    added = ["vouch", "--add", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    assert CliRunner().invoke(organizer, added, input="kamutirope\nA.\n\n").exit_code == 0
    screen = terminal("review", "--table", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))

    def press(key: str, until: str = "q quit") -> str:
        screen.press(key)
        return screen.until(until)

    shown = screen.until("q quit")
    assert "1 of 5" in shown
    assert "[red]" in shown
    assert "\x1b[31m" not in shown
    assert "2 of 5" in press("\x1b[B")
    assert "the same ones work" in press("?", "goes back.")
    assert "2 of 5" in press("x")
    assert "All 2:" in press("v", "others go back")
    assert "Decided at once: 2." in press("a")
    assert "takes back 2 decisions" in press("u", "to do it.")
    assert "Taken back: 2." in press("y")
    screen.press("/")
    screen.until("everything):")
    screen.type("верабей\n")
    assert "1 of 1, only with" in screen.until("q quit")
    assert "NOT PUBLIC" not in press("\r")
    assert "That was the last one." in press("a")
    press("f", "to go on.")
    assert "1  public" in press("0", "to go on.")
    assert "of 4" in press("x")
    screen.press("q")
    assert "Accepted 1, undecided 4, held 0." in screen.end()


def test_a_list_names_nobody_outside_a_terminal(desk: Desk) -> None:
    """What goes into a file or another program has ids, decisions and marks."""
    twins = [seal(name, name == "Ева Слаўнікава", record=desk.record) for name in ("Ева Слаўнікава", "Eva Slaŭnikava")]
    run(desk, "open", desk.ledger(*twins, seal("Ян Верабей", record=desk.record)), "--appeal", desk.appeal)
    found = run_json(desk, "list", "--similar")["signatures"]
    assert [one["resembles"] for one in found] == [[found[1]["id"]], [found[0]["id"]]]
    assert {one["standing"] for one in found} == {"undecided"}
    assert len(run_json(desk, "list", "--public")["signatures"]) == 2
    assert run_json(desk, "list", "--word", "3", exit_code=1)["error"] == "vouch-number"
    shown = run(desk, "list").output
    assert "Names are shown at a terminal only." in shown
    assert not [name for name in NAMES if name in shown]


def test_similar_signatures_and_unknown_letters_are_pointed_out(desk: Desk) -> None:
    """With the words of the accepted one beside it; nothing is decided by that."""
    twins = [seal(name, record=desk.record, relation=f"сястра {name}") for name in ("Ева", "ЕВА")]
    run(desk, "open", desk.ledger(*twins), "--appeal", desk.appeal)
    other = appeal_of(desk.record, desk.minisign)
    desk.appeal.write_bytes(write_appeal(other).replace(b"ab" * 32, b"12" * 32))
    arguments = ["review", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    another = run(desk, "open", desk.ledger(*twins), "--appeal", desk.appeal, answer="weaker\n")
    assert "Another text of the letter “be”, SHA-256 12121212" in another.stdout
    result = CliRunner().invoke(organizer, arguments, input="a\nq\n")
    assert result.output.count("not among the letters") == 2
    assert "May be one person, 100% alike: same name" in result.output
    assert re.search("stands +≠ +undecided +accepted", result.output)


def test_a_wrong_entry_by_hand_can_be_taken_out_again(desk: Desk) -> None:
    """A name entered as public by mistake must not reach the world."""
    (desk.home / "paper.csv").write_text("name,public\nУля,yes\n", "utf-8")
    run(desk, "add", "--csv", desk.home / "paper.csv", "--appeal", desk.appeal)
    assert run_json(desk, "status")["public"] == 1
    arguments = ["review", "--again", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, arguments, input="r\n4\n")
    assert "Entered by hand." in result.output
    status = run_json(desk, "status")
    assert (status["public"], status["rejected"]) == (0, 1)
    empty = run(desk, "review")
    assert "nothing to review" in empty.output


# Publishing


@pytest.mark.slow  # a real terminal
def test_a_long_list_is_shown_page_by_page(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """Space goes on, q has seen enough; the question comes after either, and no means no."""
    run(
        desk, "open", desk.ledger(*(seal(f"Нехта {n}", record=desk.record) for n in range(90))), "--appeal", desk.appeal
    )
    run(desk, "review", "--accept-all", "--include-similar")
    for key, more in ((" ", "Lines 76 of 91."), ("q", "Beside names")):
        screen = terminal("publish", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
        assert "Нехта 9\r\n" not in screen.until("Lines 38 of 91. Space: go on. q: enough.")
        screen.press(key)
        screen.until(more)
        if key == " ":
            screen.press("q")
        screen.until("publication? [y/N]")
        screen.type("n\n")
        screen.until("Nothing was published.")
    assert run_json(desk, "status")["publications"] == []


# By hand


def test_a_table_with_bad_lines_loses_no_good_one(desk: Desk) -> None:
    """Each bad line is named with its number and reason; the exit code tells a script."""
    rows = ["name,public,message", "Ева,yes,", "Ян,maybe,", ",no,", "Зоя,no", '"Зоя, 3",no,"a ""b"""', "",
            "Х" * 121 + ",no,", "Ада,no," + "🙂" * 500, "\u202eЯн,no,", "Ant,N,x",
            '"Уля,no,', "Ніхто,yes,"]  # fmt: skip
    (desk.home / "paper.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    found = run_json(desk, "add", "--csv", desk.home / "paper.csv", "--appeal", desk.appeal, exit_code=1)
    assert (found["error"], found["added"]) == ("csv-lines", 5)
    assert {bad["line"]: bad["reason"] for bad in found["bad"]} == {
        3: "public-unclear",
        4: "record-length",
        5: "csv-columns",
        8: "record-length",
        12: "csv-quotes",
    }
    assert run_json(desk, "status")["nonpublic"] == 4
    result = run(desk, "add", "--csv", desk.home / "paper.csv")
    assert result.exit_code == 1
    assert "Row 12 is left out" in result.stdout
    assert "Rows left out: 5." in result.stderr


@pytest.mark.parametrize(
    ("message", "readable"),
    [
        ("Імя Прыдуманае", True),
        ('"Дзякуй\nІмя Прыдуманае,yes,\nусім"', True),
        ('"Дзякуй\r\nІмя Прыдуманае,yes,\r\nусім"', True),
        (' "з прабелам\nІмя Прыдуманае,yes,\nусім"', True),
        ('"ніколі не закрыта\nІмя Прыдуманае,yes,\nусім', False),
        ('"яна сказала "так" і\nІмя Прыдуманае,yes,\nусім"', False),
        ('"яна сказала "так", і\nІмя Прыдуманае,yes,\nусім"', False),
        ('"яна сказала "так\nІмя Прыдуманае,yes,\nусім""', False),
        ('яна сказала "так\nІмя Прыдуманае,yes,\nусім"', False),
        ("без двукоссяў\rІмя Прыдуманае,yes,\rусім", False),
    ],
)
def test_no_line_that_begins_inside_a_cell_is_ever_a_person(desk: Desk, message: str, readable: bool) -> None:
    """What somebody wrote in a message is not a signature of somebody else, however badly the table is written."""
    (desk.home / "paper.csv").write_bytes(f"name,public,message\nАнтось Кот,no,x\nБася Кот,yes,{message}\n".encode())
    found = run_json(
        desk, "add", "--csv", desk.home / "paper.csv", "--appeal", desk.appeal, exit_code=0 if readable else 1
    )
    assert [bad["line"] for bad in found["bad"]] == ([] if readable else [3])
    assert run_json(desk, "status")["by_hand"] == {"public": int(readable), "nonpublic": 1}


def test_every_public_name_is_shown_before_a_table_is_added(desk: Desk) -> None:
    """However many they are, and however many that are not public stand before them."""
    rows = [f"Нехта {number},{'yes' if number > 100 else 'no'}" for number in range(1, 201)]
    (desk.home / "paper.csv").write_text("\n".join(["name,public", *rows]), "utf-8")
    shown = add_table(desk, desk.home / "paper.csv", "n\n").output
    for number in range(101, 201):
        assert f"Row {number + 1}, PUBLIC: Нехта {number}\n" in shown
    assert run_json(desk, "status")["by_hand"] == {"public": 0, "nonpublic": 0}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "csv-header"),
        (b"who,public\nx,no\n", "csv-header"),
        (b"name,public,name\nx,no,y\n", "csv-header"),
        (b"\n,,\n \n", "csv-header"),
        ("name,public\nАда,no".encode("cp1251"), "not-text"),
    ],
)
def test_a_table_that_is_none_is_refused_whole(desk: Desk, data: bytes, reason: str) -> None:
    """Guessing at columns could make a name public."""
    (desk.home / "paper.csv").write_bytes(data)
    found = run_json(desk, "add", "--csv", desk.home / "paper.csv", "--appeal", desk.appeal, exit_code=1)
    assert found["error"] == reason


def add_table(desk: Desk, table: Path, answer: str) -> Result:
    """The command at a pipe, asked once."""
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--appeal", str(desk.appeal)]
    return CliRunner().invoke(organizer, ["add", "--csv", str(table), *where], input=answer)


def test_a_table_is_shown_before_it_is_added(desk: Desk) -> None:
    """Every line with what will become of it; Enter is a no, and with --json it must be asked for."""
    table = desk.home / "paper.csv"
    table.write_text("name,public,relation\nЗоя,так,сястра\nУля,не,\nЯн,maybe,\n", "utf-8")
    shown = add_table(desk, table, "\ny\n\n")
    assert shown.exit_code == 1
    for words in (
        "In 1 rows the answer to whether the name may be published is: maybe",
        "Row 2, PUBLIC: Зоя, сястра",
        "Row 3, not public: Уля",
        "Row 4 is left out",
        "2, 1 of them public",
    ):
        assert words in shown.output
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--appeal", str(desk.appeal)]
    without_yes = CliRunner().invoke(organizer, ["add", "--csv", str(table), *where, "--json"])
    assert json.loads(without_yes.stdout)["error"] == "question"
    assert run_json(desk, "status")["by_hand"] == {"public": 0, "nonpublic": 0}
    assert "Signatures added: 2" in add_table(desk, table, "\ny\ny\n").output
    assert run_json(desk, "status")["by_hand"] == {"public": 1, "nonpublic": 1}


def test_what_was_entered_before_is_recognised(desk: Desk) -> None:
    """The same table again, a longer one; spaces and capitals do not matter, other words do. It is counted."""
    table = desk.home / "paper.csv"
    table.write_text("name,public,relation\nЗоя,так,сястра\nУля,не,\n", "utf-8")
    first = run_json(desk, "add", "--csv", table, "--appeal", desk.appeal)
    assert (first["added"], first["repeated"]) == (2, [])
    again = run_json(desk, "add", "--csv", table)
    assert (again["added"], again["repeated"]) == (0, [2, 3])
    assert "nothing new in this table" in run(desk, "add", "--csv", table).output
    table.write_text("name;public;relation\nЗоя;так;сястра\n зоя ;не;Сястра\nЗоя;так;маці\nЕва;не;\nЕВА;не;\n", "utf-8")
    assert "they were entered before: 1." in add_table(desk, table, "y\n").output
    assert run_json(desk, "status")["by_hand"] == {"public": 2, "nonpublic": 4}
    table.write_text("name,public,relation\nУля,так,\n", "utf-8")
    assert "Row 2 is left out: it was entered before, but with another answer" in add_table(desk, table, "").output


def test_namesakes_and_people_without_a_name_are_counted(desk: Desk) -> None:
    """Five who are called “ананім” are five people, and of seven the next time two are new."""
    table = desk.home / "paper.csv"
    table.write_text("name,public\n" + "Ананім,no\n" * 5 + "Уля Кот,yes\n" * 3, "utf-8")
    assert run_json(desk, "add", "--table", table, "--appeal", desk.appeal)["added"] == 8
    again = run(desk, "add", "--table", table)
    assert len(again.stdout.splitlines()) == 1
    assert [line for line in again.output.splitlines() if "entered before" in line] == [
        "There is nothing new in this table. Nothing was added. Rows left out because they were entered before: 8."
    ]
    table.write_text("name,public\n" + "Ананім,no\n" * 7 + "Уля Кот,yes\n" * 2, "utf-8")
    found = run_json(desk, "add", "--table", table)
    assert (found["added"], len(found["repeated"])) == (2, 7)


def test_whoever_sent_an_envelope_is_shown_beside_the_row(desk: Desk) -> None:
    """Entered by hand they count at once, so a person sees before that they may be counted already."""
    run(desk, "open", desk.ledger(seal("Зоя Кавалёва", record=desk.record)), "--appeal", desk.appeal)
    (desk.home / "paper.csv").write_text("name,public\nКавалева Зоя,yes\nУля Кот,no\n", "utf-8")
    shown = add_table(desk, desk.home / "paper.csv", "n\n").output
    assert "Row 2 may be somebody who sent an envelope: Зоя Кавалёва" in shown
    assert "Row 3 may be" not in shown
    assert run_json(desk, "add", "--table", desk.home / "paper.csv")["similar"] == [2]


def test_what_cannot_be_seen_drops_nobody_and_is_told(desk: Desk) -> None:
    """A name is shown as it will be sealed."""
    text = "name,public,contact\nАле\u200bна Коу\u0306зель,yes,\u202a+375 29 123-45-67\u202c\n Ян  Кот ,no,\n"
    (desk.home / "paper.csv").write_text(text, "utf-8")
    shown = add_table(desk, desk.home / "paper.csv", "y\n").output
    assert "Row 2, PUBLIC, with what cannot be seen taken out: Алена Коўзель\n" in shown
    assert "Signatures added: 2." in shown


def test_only_what_came_by_hand_is_compared(desk: Desk) -> None:
    """Somebody who signed in the browser and on paper is for the review to find."""
    run(desk, "open", desk.ledger(seal("Зоя", record=desk.record)), "--appeal", desk.appeal)
    (desk.home / "paper.csv").write_text("name,public\nЗоя,yes\n", "utf-8")
    assert run_json(desk, "add", "--csv", desk.home / "paper.csv")["added"] == 1


def test_signatures_can_be_typed_in(desk: Desk) -> None:
    """A wrong answer is asked again, nothing is kept without a yes, and the chosen letter is signed."""
    run(desk, "open", desk.ledger(), "--appeal", desk.appeal)
    answers = ["Ева  ", "сястра", "", "maybe", "no", "", "x" * 501, "hello", "", "y"]
    answers += ["Ян", "", "", "yes", "", "", "", "n", ""]
    result = CliRunner().invoke(
        organizer, ["add", "-w", str(desk.folder), "--letter", "en"], input="\n".join(answers) + "\n"
    )
    assert result.exit_code == 0, result.output
    for words in ("must be yes or no", "must have 0 to 500", "will NOT be published", "It was not kept", "added: 1"):
        assert words in result.output
    assert run_json(desk, "status")["by_hand"] == {"public": 0, "nonpublic": 1}
    stopped = CliRunner().invoke(organizer, ["add", "-w", str(desk.folder)], input="Ева\n")
    assert (stopped.exit_code, "Stopped" in stopped.stderr) == (1, True)


# A table at a terminal


def test_a_table_is_corrected_at_the_terminal_and_remembered(desk: Desk) -> None:
    """Encoding, columns and words are asked in this order; the next table like it needs the last yes only."""
    table = desk.home / "paper.csv"
    rows = "Хто;Імя;Можна друкаваць?\nсястра;Зоя Кот;можна\nмаці;Уля Кот;не варта\nбрат;Ян Кот;хто ведае\n"
    table.write_bytes(rows.encode("cp1251"))
    answers = ["y", "n", "2", "1", "0", "3", "0", "0", "0", "yes", "не", "", "y", "y"]
    shown = add_table(desk, table, "\n".join(answers) + "\n")
    for words in (
        "  Зоя Кот\n",
        "Do these names look right?",
        "Columns that are not taken: A “Хто”; C “Можна друкаваць?”",
        "No column says whether a name may be published, so none will be.",
        "In 1 rows the answer to whether the name may be published is: хто ведае",
        "Row 2, PUBLIC: Зоя Кот, сястра\n",
        "Row 3, not public: Уля Кот, маці\n",
        "Row 4 is left out: Column C “Можна друкаваць?”: whether the name may be published must be yes or no.",
        "Signatures added: 2.",
    ):
        assert words in shown.output, shown.output
    table.write_text("Хто;Імя;Можна друкаваць?\nсястра;Зоя Кот;можна\nдачка;Ева Кот;можна\n", "utf-8")
    again = add_table(desk, table, "y\n").output
    assert "So it was said before." in again
    assert "Row 3, PUBLIC: Ева Кот, дачка\n" in again
    assert "Signatures added: 1." in again
    assert run_json(desk, "status")["by_hand"] == {"public": 2, "nonpublic": 1}


def test_a_script_says_what_a_person_would_be_asked(desk: Desk) -> None:
    """And where it does not, nothing is added or the row is not."""
    table = desk.home / "paper.csv"
    table.write_bytes("Хто;Імя;Прозвішча;Ок?\nсястра;Зоя;Кот;можна\n".encode("cp1251"))
    assert run_json(desk, "add", "--table", table, "--appeal", desk.appeal, exit_code=1)["error"] == "not-text"
    said = ["--encoding", "windows-1251", "--columns", "name=Імя+Прозвішча; relation=A", "--columns", "public=4"]
    unknown = run_json(desk, "add", "--table", table, *said, exit_code=1)
    assert (unknown["error"], unknown["added"]) == ("csv-lines", 0)
    found = run_json(desk, "add", "--table", table, *said, "--yes-words", "можна")
    assert (found["added"], found["not_taken"]) == (1, [])
    assert run_json(desk, "status")["by_hand"] == {"public": 1, "nonpublic": 0}
    for wrong in ("name=Няма", "name=9", "nom=Імя", "name=2; relation=2"):
        refused = run_json(desk, "add", "--table", table, "--encoding", "windows-1251", "--columns", wrong, exit_code=1)
        assert refused["error"] == "table-columns"


def test_an_empty_table_is_written_once(desk: Desk) -> None:
    """And never over a file that is there."""
    empty = desk.home / "empty.xlsx"
    assert run_json(desk, "add", "--template", empty)["written"] == str(empty)
    assert run_json(desk, "add", "--template", empty, exit_code=1)["error"] == "file-exists"
    nobody = run_json(desk, "add", "--table", empty, "--appeal", desk.appeal)
    assert (nobody["added"], nobody["bad"]) == (0, [])


def test_at_a_terminal_every_public_name_must_be_seen(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """Whoever has enough of looking adds nobody."""
    table = desk.home / "paper.csv"
    table.write_text("name,public\n" + "".join(f"Нехта {number},yes\n" for number in range(90)), "utf-8")
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--appeal", str(desk.appeal)]
    screen = terminal("add", "--table", str(table), *where)
    screen.until("Space: go on. q: enough.")
    screen.press("q")
    screen.until("Not every public name was shown, so nothing can be added.")
    screen.until("Nothing was added.")
    assert run_json(desk, "status")["by_hand"] == {"public": 0, "nonpublic": 0}


# What goes wrong


def test_a_person_with_a_code_is_taken_back_before_or_after_opening(desk: Desk, tmp_path: Path) -> None:
    """Counted as withdrawn once its signature is there, and never received as an envelope; a wrong code is told."""
    code_file = tmp_path / "code.txt"
    code_file.write_text("48291 03377 59021 88412 70536\n")
    run_json(desk, "withdraw", "--appeal", desk.appeal, "--code-file", code_file)
    before = run_json(desk, "status")
    assert (before["received"], before["unmatched_withdrawals"]) == (0, 1)
    signed = (("Ева", CODE), ("Зоя", None))
    run_json(desk, "open", desk.ledger(*(seal(name, code=code, record=desk.record) for name, code in signed)))
    run_json(desk, "review", "--accept-all")
    after = run_json(desk, "status")
    assert (after["received"], after["withdrawn"], after["public"]) == (2, 1, 1)
    assert after["unmatched_withdrawals"] == 0
    code_file.write_text("48291")
    assert run_json(desk, "withdraw", "--code-file", code_file, exit_code=1)["error"] == "code-form"


def reason_of(result: Result) -> str:
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    return str(json.loads(result.stdout)["error"])


def test_mistakes_of_people_are_told_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    """What is missing or wrong has a reason for scripts and words for people; never a traceback."""
    wrong, latin = tmp_path / "wrong", tmp_path / "latin"
    wrong.write_text("another passphrase")
    latin.write_bytes(b"\xff\xfe")
    ledger = desk.ledger()
    other = tmp_path / "other.json"
    other.write_bytes(write_appeal(appeal_of(desk.record)))
    stranger = make_stranger(tmp_path)
    copy = shutil.copytree(desk.folder, tmp_path / "copy")
    cases: list[tuple[str, list[str | Path]]] = [
        ("no-workspace", ["status", "-w", tmp_path / "none", "--passphrase-file", desk.passphrase]),
        ("passphrase", ["status", "-w", desk.folder, "--passphrase-file", wrong]),
        ("not-text", ["status", "-w", desk.folder, "--passphrase-file", latin]),
        ("no-file", ["status", "-w", desk.folder, "--passphrase-file", tmp_path / "none"]),
        ("question", ["status", "-w", desk.folder]),
        ("no-appeal", ["add", "-w", desk.folder]),
        ("no-appeal", ["publish", "-w", desk.folder, "--passphrase-file", desk.passphrase]),
        ("appeal-key", ["add", "-w", desk.folder, "--appeal", stranger]),
        ("appeal-json", ["add", "-w", desk.folder, "--appeal", ledger]),
        (
            "appeal-signer",
            ["publish", "-w", copy, "--appeal", other, "--passphrase-file", desk.passphrase],
        ),
        ("appeal-letter", ["add", "-w", desk.folder, "--appeal", desk.appeal, "--letter", "ru"]),
        ("question", ["publish", "-w", desk.folder, "--passphrase-file", desk.passphrase]),
        ("question", ["review", "-w", desk.folder, "--passphrase-file", desk.passphrase]),
        ("question", ["add", "-w", desk.folder]),
        ("question", ["keygen", "-w", tmp_path / "new", "--signer", "anna"]),
        ("signer-name", ["keygen", "-w", tmp_path / "new", "--signer", "../anna", "--passphrase-file", wrong]),
        (
            "appeal-id",
            ["keygen", "-w", tmp_path / "new", "--signer", "a", "--appeal-id", "0", "--passphrase-file", wrong],
        ),
        ("workspace-exists", ["keygen", "-w", desk.folder, "--signer", "anna", "--passphrase-file", wrong]),
        ("no-file", ["open", tmp_path / "none", "-w", desk.folder, "--passphrase-file", desk.passphrase]),
        ("text-none", ["open", wrong, "-w", desk.folder, "--passphrase-file", desk.passphrase]),
        ("no-file", ["verify", tmp_path / "none", "--appeal", desk.appeal]),
        ("no-minisig", ["verify", wrong, "--appeal", desk.appeal]),
        ("usage", ["open", "-w", desk.folder]),
        ("usage", ["publish", "--nonsense"]),
    ]
    for reason, arguments in cases:
        result = CliRunner().invoke(organizer, [*map(str, arguments), "--json"])
        assert reason_of(result) == reason, arguments
        plain = CliRunner().invoke(organizer, list(map(str, arguments)))
        if reason != "question":
            assert plain.exit_code in (1, 2)
            assert plain.stderr.strip()
    assert not (tmp_path / "new").exists()


def make_stranger(folder: Path) -> Path:
    path = folder / "stranger.json"
    path.write_bytes(write_appeal(appeal_of(RECORD)))
    return path


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """Twelve characters at least, counted without the newline of the file."""
    (tmp_path / "short").write_text("eleven char\n")
    arguments = ["--json", "keygen", "-w", str(tmp_path / "new"), "--signer", "a", "--passphrase-file"]
    assert reason_of(CliRunner().invoke(organizer, [*arguments, str(tmp_path / "short")])) == "passphrase-short"


def test_damaged_keys_are_told_apart(desk: Desk) -> None:
    """A damaged file, a swapped public key, a missing minisign key: each has its own word."""
    public = desk.public.read_text()
    for swapped in ("", public[:-2] + "\n", public.replace("A", "B"), f"{public}{public}"):
        desk.public.write_text(swapped)
        assert run_json(desk, "status", exit_code=1)["error"] == "key-file-damaged"
    desk.public.write_text(write_public(Period(RECORD)))
    assert run_json(desk, "status", exit_code=1)["error"] == "key-file-damaged"
    desk.public.write_text(public)
    key = (desk.folder / "organizers.key").read_bytes()
    (desk.folder / "organizers.key").write_bytes(key[:-1])
    assert run_json(desk, "status", exit_code=1)["error"] == "key-file-damaged"
    (desk.folder / "organizers.key").write_bytes(key)
    publish = ("publish", "--yes", "--appeal", desk.appeal)
    minisign = (desk.folder / "minisign.key").read_bytes()
    (desk.folder / "minisign.key").unlink()
    (desk.folder / "minisign.locked").unlink()
    assert run_json(desk, *publish, exit_code=1)["error"] == "no-file"
    (desk.folder / "minisign.key").write_bytes(minisign[:-30])
    assert run_json(desk, *publish, exit_code=1)["error"] == "minisign-form"


def test_one_broken_ledger_does_not_stop_the_others(desk: Desk) -> None:
    """The exit code says that something is wrong, the counts what was read."""
    good = desk.ledger(seal("Ева", record=desk.record))
    broken = desk.home / "broken.bin"
    broken.write_bytes(good.read_bytes()[:-1])
    found = run_json(desk, "open", desk.home / "none", broken, good, exit_code=1)
    assert found["error"] == "no-file"
    assert [ledger["error"] for ledger in found["ledgers"]] == ["no-file", "ledger-size", None]
    assert run_json(desk, "status")["undecided"] == 1
    told = run(desk, "open", desk.home / "none", broken, good)
    assert "Not read to the end: 2 of 3 ledgers." in told.stderr
    sentences = ("none is not there", "broken.bin: The ", "Opened ")
    assert [told.stdout.count(sentence) for sentence in sentences] == [1, 1, 2]
    assert "broken.bin: The " in run(desk, "open", broken).stderr


def test_a_letter_box_is_opened_and_what_is_not_whole_is_named(desk: Desk) -> None:
    """A folder with texts and a ledger in it: numbers for both, a sentence for each text that is not whole."""
    box = desk.home / "box"
    box.mkdir()
    good, half = (write_parts(seal(name, record=desk.record)) for name in ("Ева", "Ян"))
    (box / "mail.eml").write_bytes(mail("\n".join(good), transfer="base64").as_bytes())
    (box / "notes.txt").write_text("вось\n" + half[1])
    (box / "notes\x1b[2J.txt").write_text(half[1][:300])
    desk.ledger(seal("Зоя", record=desk.record), name="box/ledger-1.undersigned")
    found = run_json(desk, "open", box, exit_code=1)
    assert found["error"] == "text-part-1"
    assert [ledger["signatures"] for ledger in found["ledgers"]] == [1, 1]
    texts = found["texts"]
    assert (texts["files"], texts["without"], texts["envelopes"]) == (3, 0, 1)
    assert [one["reason"] for one in texts["problems"]] == ["text-part-1"]
    assert found["ledgers"][1]["digest"] in texts["ledger"]
    told = run(desk, "open", box)
    assert "All others are opened." in told.stderr
    assert "The first of the two texts is missing" in told.stderr
    assert f"{box}/notes\ufffd[2J.txt; {box}/notes.txt\n" in told.stderr
    assert "is missing" not in told.stdout  # a single problem is said once
    assert "\x1b" not in told.stdout + told.stderr
    assert texts["ledger"] in told.stdout
    (box / "one.txt").write_text(half[0])
    assert "Next: organizer review" in run(desk, "open", box).stdout
    assert run_json(desk, "open", box)["texts"]["envelopes"] == 2
    assert run_json(desk, "status")["undecided"] == 3


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk or the stick is full. Make room on it, then type the same command again."),
        (errno.EROFS, "does not let you read or write stick/file (Read-only file system). Name another place"),
        (errno.EACCES, "does not let you read or write stick/file (Permission denied)."),
        (errno.EIO, "The file stick/file could not be read or written: Input/output error. Try again"),
    ],
)
def test_trouble_with_a_disk_says_what_to_do(number: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the system calls it."""

    def work(_talk: Terminal) -> dict[str, Any]:
        raise OSError(number, os.strerror(number), "stick/file")

    with pytest.raises(SystemExit):
        carry_out(False, work)
    assert words in capsys.readouterr().err


def test_a_damaged_appeal_is_named(desk: Desk) -> None:
    """The one given and the one remembered: “not JSON” alone tells nobody which file is meant."""
    (desk.folder / "appeal.json").write_bytes(b"{")
    for told in (run(desk, "publish"), run(desk, "verify", desk.appeal, "--appeal", desk.passphrase)):
        assert "is no appeal.json of a site, or is damaged" in told.stderr
        assert "--appeal" in told.stderr
    again = ("open", desk.ledger(), "--appeal", desk.appeal)
    assert run_json(desk, *again, exit_code=1)["changes"] == [
        f"{desk.folder}/appeal.json is damaged: nothing can be compared."
    ]
    assert run(desk, *again, answer="weaker\n").exit_code == 0


@pytest.mark.slow  # a real terminal
def test_a_search_that_is_cut_off_ends_nothing(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """Ctrl-C goes back to the review; a search without a find says so."""
    run_json(desk, "open", desk.ledger(seal("Ева", record=desk.record)), "--appeal", desk.appeal)
    screen = terminal("review", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    screen.until("q quit")
    screen.press("/")
    screen.until("everything)")
    screen.interrupt()
    screen.until("Nothing was searched for.")
    screen.until("q quit")
    screen.press("/")
    screen.until("everything)")
    screen.type("nobody\n")
    screen.until("There is none.")
    screen.until("q quit")
    screen.press("q")
    assert "Accepted 0, undecided 1, held 0." in screen.end()


@pytest.mark.slow  # a real terminal
def test_what_is_said_first_fits_a_low_screen(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """Two with long texts side by side on 24 lines of 80: whether they are public is not pushed off the screen."""
    texts = {field: "слова " * 80 for field in ("relation", "prisoner", "contact", "message")}
    texts = {field: text[:limit] for (field, text), limit in zip(texts.items(), (80, 120, 120, 500), strict=True)}
    people = [seal(f"{name} {'Доўгая ' * 15}", False, record=desk.record, **texts) for name in ("Ірына", "Irina")]
    run_json(desk, "open", desk.ledger(*people), "--appeal", desk.appeal)
    where = ("-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    screen = terminal("review", *where, lines=24, columns=80)
    screen.until("NOT PUBLIC")
    assert screen.until("q quit").count("\n") <= 22
    screen.press("q")
    screen.end()


@pytest.mark.slow  # a real terminal
def test_nothing_typed_by_hand_stays_in_the_scrollback(desk: Desk, terminal: Callable[..., PseudoTerminal]) -> None:
    """A name that is not public is typed on the other screen, which is cleared at both ends."""
    screen = terminal("add", "-w", str(desk.folder), "--appeal", str(desk.appeal))
    for question, typed in (("Name (", "Ева"), ("Relation", ""), ("prisoner", ""), ("(yes/no)", "no"), ("Contact", "")):
        screen.until(question)
        screen.type(f"{typed}\n")
    for question, typed in (("Message", ""), ("Language", ""), ("Keep this", "y"), ("Name (", "")):
        screen.until(question)
        screen.type(f"{typed}\n")
    screen.end()
    before, _, rest = screen.all.decode().partition("\x1b[?1049h")
    shown, _, after = rest.partition("\x1b[?1049l")
    assert "Ева" in shown
    assert "Ева" not in before + after
    assert shown.strip().endswith("\x1b[H\x1b[2J\x1b[3J")
    assert "Signatures added: 1." in after


@pytest.mark.slow  # a real terminal
def test_what_a_person_looks_at_goes_nowhere_else(desk: Desk) -> None:
    """At the keyboard, with what is shown sent into a file: no name gets there, and the person is told why."""
    run_json(desk, "open", desk.ledger(seal("Ева", False, record=desk.record)), "--appeal", desk.appeal)
    screen, inside = os.openpty()
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    for command in ("review", "withdraw --lost-code", "list"):
        done = subprocess.run(
            [sys.executable, "-m", "organizer", *command.split(), *where],
            stdin=inside,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert "Ева" not in done.stdout + done.stderr
        assert ("it needs a terminal" in done.stderr) == (command != "list"), done.stderr
    os.close(screen)
    os.close(inside)


def test_a_full_stick_loses_no_publication(desk: Desk) -> None:
    """It is signed and in the workspace; the person is told to copy it from there, not to publish again."""
    (desk.home / "stick").write_text("not a folder")
    found = run_json(desk, "publish", "--yes", "--appeal", desk.appeal, "--out", desk.home / "stick", exit_code=1)
    assert found["error"] == "hand-over"
    assert (desk.folder / "publications" / "1" / "publication.json.anna.minisig").exists()


def test_saying_no_publishes_nothing(desk: Desk) -> None:
    """Enter alone is a no."""
    arguments = [
        "publish",
        "-w",
        str(desk.folder),
        "--passphrase-file",
        str(desk.passphrase),
        "--appeal",
        str(desk.appeal),
    ]
    result = CliRunner().invoke(organizer, arguments, input="\n")
    assert (result.exit_code, "Nothing was published." in result.stderr) == (1, True)
    assert not (desk.folder / "publications").exists()


def test_several_organizers_are_told_how_to_sign(desk: Desk) -> None:
    """When the appeal asks for more than one, the others need nothing but the stock minisign."""
    desk.appeal.write_bytes(write_appeal(appeal_of(desk.record, desk.minisign, threshold=2)))
    result = run(desk, "publish", "--yes", "--appeal", desk.appeal, "--out", desk.home / "out")
    assert "minisign -S" in result.output
    found = run_json(desk, "verify", desk.home / "out" / "publication.json", "--appeal", desk.appeal, exit_code=1)
    assert found["error"] == "publication-minisig"


@pytest.mark.slow  # a real terminal
def test_a_wrong_passphrase_at_the_terminal_can_be_typed_again(
    desk: Desk, terminal: Callable[..., PseudoTerminal]
) -> None:
    """Three times, without being shown; Ctrl-C ends calmly."""
    screen = terminal("status", "-w", str(desk.folder))
    shown = screen.until("Passphrase")
    screen.type("wrong passphrase\n")
    shown += screen.until("Try again.") + screen.until("Passphrase")
    screen.type(PASSPHRASE + "\n")
    shown += screen.end()
    assert "envelopes received" in shown
    assert PASSPHRASE not in shown
    assert "wrong passphrase" not in shown


# The command line itself


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """A paragraph, an example that names the command, --json; options that are listed exist."""
    result = CliRunner().invoke(organizer, [command, "--help"])
    assert f"Example:\n    organizer {command}" in result.output
    assert "--json" in result.output


def test_what_each_command_is_for_fits_on_its_line() -> None:
    """A terminal of 80 characters cuts nothing."""
    shown = CliRunner().invoke(organizer, ["--help"], terminal_width=80).output
    assert "..." not in shown.partition("Commands:")[2]
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_options_may_stand_before_the_command(desk: Desk) -> None:
    """A script says once where the workspace is and that it wants JSON."""
    arguments = ["--json", "-w", str(desk.folder), "status", "--passphrase-file", str(desk.passphrase)]
    assert json.loads(CliRunner().invoke(organizer, arguments).stdout)["received"] == 0
    where, key = ["--json", "-w", str(desk.folder)], ["--passphrase-file", str(desk.passphrase)]
    for given in (["decisions", *where, "undo"], [*where, "decisions", "undo"], ["decisions", "undo", *where]):
        assert reason_of(CliRunner().invoke(organizer, [*given, "--yes", *key])) == "nothing"


def test_the_version_is_told_to_scripts_too() -> None:
    """Wherever --json stands."""
    for given in (["--json", "--version"], ["--version", "--json"]):
        assert set(json.loads(CliRunner().invoke(organizer, given).stdout)) == {"version", "sha256"}


def test_no_option_takes_a_secret() -> None:
    """Arguments and the environment can be read by every program on the machine; a file is given instead."""
    for command in organizer.commands.values():
        for option in command.params:
            assert not getattr(option, "envvar", None)
            assert option.name not in {"passphrase", "password", "key", "master"}
