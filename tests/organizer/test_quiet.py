"""What is typed too early may be a passphrase: it is seen nowhere, and no shell gets it."""

from __future__ import annotations

import os
import select
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.session import open_session
from tests.support.organizer_workspace import PASSPHRASE, Desk, make_desk, seal
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.without_face import Typed

Open = Callable[..., PseudoTerminal]
EARLY = "typed-too-early-1"
ERASED = "\x1b[H\x1b[2J\x1b[3J"
THEN_READ = '"$@"; echo "== $?"; stty -a | tr " " "\\n" | grep -x -e echo -e -echo; exec cat'
"""A shell that carries the program out, says how the terminal was left, and shows every line that it is given."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    ledger = desk.ledger(seal("Сакрэтны Ян", public=False, record=desk.record))
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        open_ledgers(session, [str(ledger)])
    return desk


def echoes(screen: PseudoTerminal) -> bool:
    return bool(termios.tcgetattr(screen._screen)[3] & termios.ECHO)


def wait_until_quiet(screen: PseudoTerminal) -> None:
    while echoes(screen):
        select.select([], [], [], 0.005)


def program_in(screen: PseudoTerminal) -> int:
    """What the shell has started."""
    shell = screen.program.pid
    return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])


@contextmanager
def stopped(screen: PseudoTerminal) -> Iterator[None]:
    os.kill(program_in(screen), signal.SIGSTOP)
    yield
    os.kill(program_in(screen), signal.SIGCONT)


def left_to_the_shell(screen: PseudoTerminal) -> str:
    """What the shell says once the program has ended, and every line that it was given."""
    ended = screen.until("== ") + screen.until("echo\r\n")
    screen.type("the end\n")
    return ended + screen.until("the end\r\n") + screen.until("the end\r\n")  # echoed, and then read


@pytest.mark.parametrize("command", [["status"], ["verify", "nothing.json", "--appeal", "nothing.json"], ["--help"]])
def test_what_is_typed_before_a_program_ends_reaches_no_shell(desk: Desk, terminal: Open, command: list[str]) -> None:
    """Whether it ends with an error, before it asked for anything, or well."""
    screen = terminal(*command, "-w", str(desk.home / "nowhere"), shell=THEN_READ)
    wait_until_quiet(screen)
    screen.type(f"{EARLY}\nrm -rf {EARLY}\nhalf-{EARLY}")
    told = left_to_the_shell(screen)
    assert EARLY not in told
    assert "-echo" not in told


def test_a_shell_gets_what_a_loud_program_leaves(desk: Desk, terminal: Open) -> None:
    """Control: the same look finds what is typed while a program runs that does nothing about it."""
    screen = terminal(shell='sleep 1; echo "== $?"; stty -a | tr " " "\\n" | grep -x -e echo -e -echo; exec cat')
    screen.type(f"{EARLY}\n")
    assert left_to_the_shell(screen).count(EARLY) == 2  # once echoed, once read


def test_a_passphrase_typed_before_it_is_asked_for_is_not_seen(desk: Desk, terminal: Open) -> None:
    """Not even by the question: only what is typed there counts."""
    screen = terminal("status", "-w", str(desk.folder), shell=THEN_READ)
    wait_until_quiet(screen)
    with stopped(screen):  # while its libraries are loaded
        screen.type(f"{EARLY}\n{EARLY}")
    screen.until("Passphrase: ")
    screen.type(f"{PASSPHRASE}\n")
    assert "does not open" not in screen.until("accepted in all")
    assert EARLY not in left_to_the_shell(screen)
    assert EARLY.encode() not in screen.all


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_that_is_ended_gives_the_terminal_back(desk: Desk, terminal: Open, number: signal.Signals) -> None:
    """With its echo, and without what was typed."""
    screen = terminal("status", "-w", str(desk.folder), shell=f"trap : INT; {THEN_READ}")
    screen.until("Passphrase: ")
    screen.type(EARLY)
    os.kill(program_in(screen), number)
    told = left_to_the_shell(screen)
    assert EARLY not in told
    assert "-echo" not in told


def test_names_do_not_stay_on_a_terminal_with_one_screen(desk: Desk, terminal: Open) -> None:
    """When a review is left, and when it is ended: screen and scrollback are erased, after the last name."""
    for leave in ("q", signal.SIGTERM):
        screen = terminal("list", "-w", str(desk.folder), shell=THEN_READ, kind="linux")
        screen.until("Passphrase: ")
        screen.type(f"{PASSPHRASE}\n")
        screen.until("all, q quit")
        if isinstance(leave, str):
            screen.press(leave)
        else:
            os.kill(program_in(screen), leave)
        left_to_the_shell(screen)
        seen = screen.all.decode()
        assert "Сакрэтны" in seen
        assert "Сакрэтны" not in seen.rpartition(ERASED)[2]
        assert ERASED in seen


def test_a_terminal_that_cannot_erase_gets_no_names(desk: Desk, terminal: Open) -> None:
    """Nor secrets; it is told what to do."""
    screen = terminal("list", "-w", str(desk.folder), shell=THEN_READ, kind="dumb")
    screen.until("Passphrase: ")
    screen.type(f"{PASSPHRASE}\n")
    assert "cannot erase" in left_to_the_shell(screen)
    assert "Сакрэтны" not in screen.all.decode()


def test_a_question_is_answered_in_sight(desk: Desk, terminal: Open) -> None:
    """Control: where a question is open, a person sees what they type."""
    screen = terminal("ceremony", "-w", str(desk.home / "new"))
    screen.until("What do you want to make: ")
    assert echoes(screen)
    screen.type("2\n")
    screen.until("2\r\n")
