"""`organizer work`: commands at a prompt of its own, unlocked once, locked in time, whatever happens to it."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.publication import read_publication
from organizer.cli.main import organizer
from organizer.cli.terminal.command_line import CommandLine
from organizer.cli.terminal.words import words_of
from organizer.errors import OrganizerError
from tests.support.moved_clock import move
from tests.support.organizer_workspace import PASSPHRASE, Desk, make_desk, seal
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.without_face import files

Open = Callable[..., PseudoTerminal]
Begin = Callable[[], PseudoTerminal]
LOCKED, UNLOCKED = "(locked)> ", "(unlocked)> "
WIPED = "\x1b[H\x1b[2J\x1b[3J"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace with two names opened, and the folder it lies in is the one that commands are typed in."""
    desk = make_desk(tmp_path)
    people = (seal(name, record=desk.record) for name in ("Ева Першая", "Ян Другі"))
    desk.ledger(*people, name="ledger-1.undersigned")
    monkeypatch.chdir(tmp_path)
    return desk


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    path = tmp_path / "clock"
    move(path, 0)
    return path


@pytest.fixture
def begin(desk: Desk, clock: Path, terminal: Open) -> Begin:
    """Starts the prompt under a clock that stands at 0."""

    def start() -> PseudoTerminal:
        screen = terminal(str(clock), "-w", str(desk.folder), "work", module="tests.support.moved_clock")
        screen.until(LOCKED)
        return screen

    return start


def unlock(screen: PseudoTerminal, command: str = "status") -> str:
    """The first command that needs the passphrase."""
    screen.type(f"{command}\n")
    screen.until("Passphrase")
    screen.type(f"{PASSPHRASE}\n")
    return screen.until(UNLOCKED)


def do(screen: PseudoTerminal, command: str, then: str = UNLOCKED) -> str:
    screen.type(f"{command}\n")
    return screen.until(then)


# The prompt


def test_the_whole_way_to_a_result_asks_for_the_passphrase_once(desk: Desk, begin: Begin) -> None:
    """Opened, reviewed, counted, published and checked, each line typed as it would be behind the program's name."""
    screen = begin()
    assert "new signatures" in unlock(screen, "open ledger-*.undersigned --appeal 'appeal.json'")
    screen.type("organizer review\n")
    for _ in range(2):
        screen.until("q quit")
        screen.press("a")
    screen.until("That was the last one.")
    screen.press("q")
    assert "Accepted 2, undecided 0" in screen.until(UNLOCKED)
    screen.type("publish --out result\n")
    screen.until("[y/N]")
    assert "takes some seconds" not in do(screen, "y")
    assert "Organizers who signed: 1" in do(screen, "verify result/publication.json --appeal appeal.json")
    assert re.search(r"publications\s+1\b", do(screen, "status"))
    screen.type("\x04")
    screen.end()
    assert screen.all.decode().count("Passphrase") == 1
    assert read_publication((desk.home / "result" / "publication.json").read_bytes()).total == 2


def test_a_mistake_ends_a_command_and_not_the_sitting(desk: Desk, begin: Begin) -> None:
    """What is not a command, a wrong option, an open quotation mark, a missing file, Ctrl-C, a wrong passphrase."""
    screen = begin()
    screen.type("status\n")
    for _ in range(3):
        screen.until("Passphrase")
        screen.type("not the passphrase\n")
    screen.until(LOCKED)
    unlock(screen)
    assert "is not a command" in do(screen, "ls -l")
    assert "No such option" in do(screen, "status --nothing")
    assert "is open" in do(screen, "open 'ledger")
    assert "is not there" in do(screen, "open nothing.undersigned")
    assert "Missing argument" in do(screen, "open")
    assert "is not a command" in do(screen, "work")
    assert '{"keys"' in do(screen, "status --json")
    do(screen, "")
    screen.type("list")
    screen.until("list")
    screen.interrupt()
    screen.until(UNLOCKED)
    unlocked = do(screen, "open ledger-1.undersigned --appeal appeal.json")
    assert "new signatures" in unlocked
    screen.type("review\n")
    screen.until("q quit")
    screen.press("\x03")
    screen.until(UNLOCKED)
    screen.type("withdraw\n")
    screen.until("25 digits")
    screen.type("12345\n")
    screen.until("25 digits")
    screen.interrupt()
    assert "Stopped" in screen.until(UNLOCKED)
    screen.type("\x1b[A")  # ↑ brings the command, never what answered its questions
    assert "12345" not in screen.until("withdraw")
    screen.type("\x15")
    assert "organizer 0" in do(screen, "organizer --version")
    screen.type("quit\n")
    screen.end()


def test_a_passphrase_typed_too_early_is_neither_repeated_nor_brought_back(begin: Begin) -> None:
    """What is not a command is not said again, and ↑ brings the last command."""
    screen = begin()
    unlock(screen)
    told = do(screen, PASSPHRASE)
    assert told.count(PASSPHRASE.split()[0]) == 1  # as it was typed
    screen.type("\x1b[A")
    screen.until("status")
    screen.type("\n")
    assert "Key " in screen.until(UNLOCKED)


def test_help_and_lock_are_words_of_the_prompt(begin: Begin) -> None:
    """Locked by hand, the screen is wiped, ↑ brings nothing, and the passphrase is asked for."""
    screen = begin()
    unlock(screen)
    assert "publish" in do(screen, "help")
    assert "Usage: open" in do(screen, "help open")
    shown = do(screen, "lock", LOCKED)
    assert WIPED in shown
    screen.type("\x1b[A\n")
    assert "status" not in screen.until(LOCKED)
    unlock(screen)


def test_commands_about_keys_ask_for_themselves(desk: Desk, begin: Begin) -> None:
    """Burning, cards and the list of names that are not public: an unlocked prompt is not enough for them."""
    screen = begin()
    for command in ("burn", "ceremony", "export-nonpublic --out names.csv"):
        unlock(screen)
        screen.type(f"{command}\n")
        screen.until("Passphrase")
        screen.interrupt()
        screen.until(LOCKED)
    assert "Destroy" in do(screen, "burn --help", LOCKED)


def test_it_needs_a_terminal(desk: Desk) -> None:
    """Neither a pipe nor --json; and each says so."""
    for options in ([], ["--json"]):
        done = CliRunner().invoke(organizer, ["work", "-w", str(desk.folder), *options], input="status\n")
        assert done.exit_code == 1
        assert "terminal" in done.output or '"question"' in done.output


# Locking


def test_nothing_typed_for_ten_minutes_locks_the_prompt_and_wipes_the_screen(clock: Path, begin: Begin) -> None:
    """Not a second earlier."""
    screen = begin()
    unlock(screen)
    move(clock, 599)
    assert "Passphrase" not in do(screen, "status")
    move(clock, 599 + 600)
    shown = screen.until(LOCKED)
    assert "nothing was typed" in shown
    assert WIPED in shown
    unlock(screen)


def test_a_review_left_alone_is_locked_without_losing_a_decision(desk: Desk, clock: Path, begin: Begin) -> None:
    """The names go from the screen, the workspace is closed, and the next review goes on where it was."""
    screen = begin()
    unlock(screen, "open ledger-1.undersigned --appeal appeal.json")
    screen.type("review\n")
    screen.until("q quit")
    screen.press("a")
    screen.until("q quit")
    screen.until_it_listens()
    move(clock, 600)
    shown = screen.until(LOCKED)
    assert shown.rindex("\x1b[?1049l") < shown.rindex(WIPED)
    assert not re.search("Ева|Ян", shown[shown.index("\x1b[?1049l") :])
    assert re.search(r"accepted\s+1\b|public\s+1\b|undecided\s+1\b", unlock(screen))


@pytest.mark.parametrize("typed", ["a", "q"])
def test_a_key_pressed_after_a_sleep_comes_too_late(clock: Path, begin: Begin, typed: str) -> None:
    """The computer slept, and the first key is pressed before anything looked at the clock."""
    screen = begin()
    unlock(screen, "open ledger-1.undersigned --appeal appeal.json")
    screen.type("review\n")
    screen.until("q quit")
    screen.until_it_listens()
    move(clock, 7200)
    screen.type(typed)
    screen.until(LOCKED)
    assert re.search(r"undecided\s+2\b", unlock(screen))


def test_a_question_is_locked_like_a_key(clock: Path, begin: Begin) -> None:
    """An answer half typed is no answer: what was asked for is not done."""
    screen = begin()
    unlock(screen, "open ledger-1.undersigned --appeal appeal.json")
    do(screen, "review --accept-all")
    screen.type("publish\n")
    screen.until("[y/N]")
    screen.type("y")
    move(clock, 600)
    screen.until(LOCKED)
    screen.type("\x15")  # what a half answer may have left on the line
    assert re.search(r"publications\s+0", unlock(screen))


# What happens to it


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL, signal.SIGTERM])
def test_ended_from_outside_it_leaves_nothing(desk: Desk, begin: Begin, number: signal.Signals) -> None:
    """The window is closed, or it is killed, unlocked: the folder holds what it held, no history and no core."""
    screen = begin()
    unlock(screen, "open ledger-1.undersigned --appeal appeal.json")
    do(screen, "status")
    before: Mapping[str, bytes] = files(desk)
    screen.program.send_signal(number)
    assert screen.program.wait() == -number
    assert files(desk) == before


def test_no_core_file_is_written(desk: Desk, terminal: Open) -> None:
    """A crash must not put the memory on a disk; stopping it with Ctrl-Z does nothing, for then it could not lock."""
    screen = terminal("-w", str(desk.folder), "work")
    screen.until(LOCKED)
    limits = Path(f"/proc/{screen.program.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    unlock(screen)
    screen.program.send_signal(signal.SIGTSTP)  # what Ctrl-Z sends
    assert "Key " in do(screen, "status")
    screen.program.send_signal(signal.SIGABRT)
    assert screen.program.wait() == -signal.SIGABRT
    assert not list(Path().glob("core*"))


def test_two_of_them_share_a_workspace_one_command_at_a_time(desk: Desk, begin: Begin) -> None:
    """While one reviews the other is told so, and so is a single command; afterwards each sees what was done."""
    first, second = begin(), begin()
    unlock(first, "open ledger-1.undersigned --appeal appeal.json")
    unlock(second)
    first.type("review\n")
    first.until("q quit")
    assert "Another organizer command is at work" in do(second, "status")
    alone = ["status", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--json"]
    assert "workspace-busy" in CliRunner().invoke(organizer, alone).output
    first.press("a")
    first.until("q quit")
    first.press("q")
    first.until(UNLOCKED)
    assert re.search(r"undecided\s+1\b", do(second, "status"))
    assert '"undecided": 1' in CliRunner().invoke(organizer, alone).output


# Lines


def test_a_line_is_taken_apart_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks, both quotation marks, backslashes; patterns of names that are there, unless they are quoted."""
    for name in ("a 1", "a 2", "b"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/anna")
    cases = {
        "": [],
        "  status  ": ["status"],
        "open 'a 1' \"a 2\" a\\ 1": ["open", "a 1", "a 2", "a 1"],
        "open a* 'a*' \\a\\*": ["open", "a 1", "a 2", "a*", "a*"],
        "open nothing-* ?": ["open", "nothing-*", "b"],
        "open 'a '* \"[ab]\"": ["open", "a 1", "a 2", "[ab]"],
        "open ~/x '~/x'": ["open", "/home/anna/x", "~/x"],
        "add '' x\"\"y": ["add", "", "xy"],
        "a $HOME | b > c": ["a", "$HOME", "|", "b", ">", "c"],
        "a \\": ["a", "\\"],
    }
    for line, words in cases.items():
        assert words_of(line) == words, line
    for line in ("open 'a", 'open "a'):
        with pytest.raises(OrganizerError, match="is open"):
            words_of(line)


def test_names_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands first, then options of the command and names of files; one with a blank comes in quotation marks."""
    for name in ("ledger-1", "ledger 2", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "result" / "my files").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    line = CommandLine(["open", "publish", "quit"], lambda name: ["--out", "--yes"] if name == "publish" else [])
    cases = {
        "": ["open ", "publish ", "quit "],
        "pu": ["publish "],
        "x": [],
        "publish --o": ["publish --out "],
        "open --": [],
        "open l": ["open 'ledger 2' ", "open ledger-1 "],
        "open 'ledger ": ["open 'ledger 2' "],
        "open ledger\\ ": ["open 'ledger 2' "],
        "open r": ["open result/"],
        "open result/": ["open 'result/my files/"],
        "open .": ["open .hidden "],
        "open nowhere/": [],
    }
    for typed, offered in cases.items():
        assert line.complete(typed) == offered, typed
        for one in offered:
            assert words_of(one if one.endswith(" ") or "'" not in one else f"{one}'")
