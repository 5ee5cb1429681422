"""Actions called without a face: a passphrase that is known, progress that is noted, all bytes of a desk, and one to
begin with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from crypto.errors import UndersignedError
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import Notice
from organizer.actions.review import open_queue
from organizer.actions.session import Session, open_session
from organizer.actions.sitting import Sitting
from organizer.actions.vouch import add_word
from tests.support.organizer_workspace import PASSPHRASE, Desk, make_desk, seal
from tests.support.paths import ROOT

CODE = "4829103377590218841270536"
WORD = "marmalade"
TABLE = "name,public,relation\nЗоя,yes,сястра\nЗоя,yes,сястра\nЯн,maybe,\nСакрэтны Ян,no,\n"
"""Of its four rows two are namesakes and one is bad."""


class Typed:
    """A face that knows the passphrase, and counts how often it was asked and a minisign key opened with it."""

    def __init__(self, sitting: Sitting | None = None) -> None:
        self.sitting = sitting
        self.asked = self.signed = 0
        self.told: list[str] = []

    def passphrase(self, wrong: UndersignedError | None) -> str:
        """The one of all desks."""
        if wrong is not None:
            raise wrong
        self.asked += 1
        return PASSPHRASE

    def opening(self) -> None:
        """Nobody waits."""

    def signing(self) -> None:
        """Nobody waits."""
        self.signed += 1

    def tell(self, notice: Notice) -> None:
        """Nobody reads it; its reason is kept."""
        self.told.append(notice.reason)


class Noted:
    """Progress as a list of what was done, how much of it, and how much there was."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int, int]] = []

    @contextmanager
    def __call__(self, what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda more, total: self.told.append((what, unit, more, total))


def files(desk: Desk) -> Mapping[str, bytes]:
    """Every file of a desk, byte for byte."""
    return {str(path): path.read_bytes() for path in sorted(desk.home.rglob("*")) if path.is_file()}


def make_opened_desk(home: Path) -> Desk:
    """A workspace with a signature that is not public, two that may be of one person, and one that is vouched for."""
    desk = make_desk(home)
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        add_word(open_queue(session), WORD, "a friend")
        people = (("Ева Кавалёва", False, ""), ("Ян Новік", True, ""), ("Ян  Новік", True, ""), ("Зоя Дуб", True, WORD))
        envelopes = [seal(name, public, record=desk.record, vouch=vouch) for name, public, vouch in people]
        ledger = desk.ledger(*envelopes, seal("Ніна Сіўко", code=CODE, record=desk.record))
        open_ledgers(session, [str(ledger)])
    return desk


def copy_desk(desk: Desk, home: Path) -> Desk:
    """The same at another place, to do with as one likes."""
    shutil.copytree(desk.home, home)
    return replace(desk, home=home)


@contextmanager
def opened(desk: Desk) -> Iterator[Session]:
    """An opened workspace in which names were compared already, so that no plan has anything to keep."""
    with open_session(Typed(), str(desk.folder)) as session:
        open_queue(session)
        yield session


def go_round(module: str, home: Path) -> list[str]:
    """What `circle(home)` of a test module prints, in a process of its own that loaded nothing which prints or asks.

    Behind it stand the names of all modules that it loaded.
    """
    code = (
        "from tests.support import cheap_guesses\ncheap_guesses.make_cheap()\n"
        f"import sys, pathlib, {module} as test\ntest.circle(pathlib.Path(sys.argv[1]))\nprint(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stdout.splitlines()
    assert not {name for name in told if name.split(".")[0] in {"click", "rich", "gi"} or "organizer.cli" in name}
    return told
