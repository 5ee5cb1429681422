"""The terminal: what strangers wrote can trick neither it nor the eye, and scripts get JSON and nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import organizer as tool
from organizer.cli.terminal import terminal as terminal_module
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.terminal.yes_no import read_yes_no
from organizer.errors import OrganizerError
from organizer.text import MARKS_IN_A_ROW, REPLACEMENT, harmless

ROOT = Path(__file__).parents[2]
TRICKS = {
    "escape sequence": "\x1b[2Jboo",
    "8-bit escape": "\x9b2J",
    "title": "\x1b]0;title\x07",
    "carriage return": "refused\raccepted",
    "line feed": "one\ntwo",
    "backspace": "ab\b\bcd",
    "right to left": "\u202etxt.exe",
    "isolate": "\u2066x\u2069",
    "zero width": "a\u200bb",
    "surrogate": "a\ud800b",
    "line separator": "a\u2028b",
    "private use": "a\ue000b",
    "tag": "a\U000e0041b",
    "blank letter": "a\u3164b",
    "variation": "a\U000e0100b",
}
ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]))


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS.keys())
def test_tricks_become_visible(trick: str) -> None:
    """Each dangerous character is replaced by one that is seen."""
    shown = harmless(trick)
    assert REPLACEMENT in shown
    assert len(shown) == len(trick)


@given(st.one_of(ANYTHING, st.text(alphabet="a\u0301\u0336\u20dd\u202e\x1b\n")))
def test_nothing_dangerous_gets_through(text: str) -> None:
    """Whatever the text: no control, format, surrogate, private or unassigned character, no flood of marks."""
    shown = harmless(text)
    categories = [unicodedata.category(character) for character in shown]
    assert not {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} & set(categories)
    marks = "".join("m" if category in {"Mn", "Me"} else "." for category in categories)
    assert "m" * (MARKS_IN_A_ROW + 1) not in marks
    assert harmless(shown) == shown
    shown.encode("utf-8")


@given(st.text(alphabet="абвгґдеёжзіїйклмнопрстуўфхцчшыьэюяАŁłáñ’-. '", max_size=50))
def test_names_stay_as_they_are(name: str) -> None:
    """Every letter people here write with, and an accent or two on it."""
    assert harmless(name) == name
    assert harmless(unicodedata.normalize("NFD", name)) == unicodedata.normalize("NFD", name)


def test_everything_printed_is_made_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, tables, lines to copy and errors: strangers' words go the same way as ours."""
    nasty = "".join(TRICKS.values()) + "[bold]x[/bold] :smile: e" + "\u0301" * 50
    speaker = Terminal()
    speaker.say(nasty)
    speaker.say_exactly(nasty.replace("\n", ""))
    speaker.table([(nasty, nasty), ("name", nasty)])
    speaker.failure("reason", nasty, {})
    out, err = capsys.readouterr()
    assert out.count("[bold]x[/bold] :smile:") == 5
    assert err.count("[bold]x[/bold] :smile:") == 1
    for line in [*out.splitlines(), *err.splitlines()]:
        assert harmless(line) == line


def test_a_strangers_words_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """They cannot write a line that looks like one of ours."""
    Terminal().say("Name: x\nAccepted 500")
    assert capsys.readouterr().out.count("\n") == 1


def test_with_json_there_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Words are left out; only ASCII comes, whatever the terminal is."""
    speaker = Terminal(as_json=True)
    speaker.say("words")
    speaker.table([("a", 1)])
    speaker.say_exactly("lines")
    with speaker.progress("file") as advance:
        advance(1, 2)
    with speaker.private_screen() as clear:
        clear()
    speaker.result({"name": "Ірына"})
    out, err = capsys.readouterr()
    assert (json.loads(out), out.isascii(), err) == ({"name": "Ірына"}, True, "")
    speaker.failure("some-reason", "Some text.", {"added": 1})
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"error": "some-reason", "text": "Some text.", "added": 1}, "")


def test_with_json_nothing_is_asked() -> None:
    """A script must not wait for a person."""
    speaker = Terminal(as_json=True)
    for question in (lambda: speaker.ask("?"), lambda: speaker.confirm("?"), speaker.key):
        with pytest.raises(OrganizerError) as caught:
            question()
        assert caught.value.reason == "question"


def test_progress_without_a_terminal_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing moves in a log."""
    with Terminal().progress("ledger.bin") as advance:
        advance(500, 1200)
        advance(700, 1200)
    assert capsys.readouterr() == ("ledger.bin: 1,200 of 1,200 envelopes read.\n", "")


def test_progress_says_amount_rate_and_time_left_on_a_narrow_screen() -> None:
    """Also beside the name that a site gives to a ledger, which is as wide as the screen."""
    code = (
        "import time\n"
        "from organizer.cli.terminal.terminal import Terminal\n"
        f"with Terminal().progress('ledger-1000000-{'0f' * 32}.undersigned') as advance:\n"
        "    for _ in range(4):\n"
        "        advance(100_000, 1_000_000)\n"
        "        time.sleep(0.3)\n"
    )
    screen, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("=4H", 24, 80, 0, 0))
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stderr=inside, env={**os.environ, "TERM": "xterm"}, check=True
    )
    os.close(inside)
    shown = os.read(screen, 1 << 16).decode()
    os.close(screen)
    last = re.split(r"\r|\n", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).strip())[-1]
    assert len(last) <= 80
    assert re.search(r"ledger-1000000-.*…\s.*400,000 of 1,000,000, [0-9,]+/s \d:\d\d:\d\d", last), last


def test_a_terminal_without_cyrillic_stops_nothing() -> None:
    """Old terminals show question marks; the work goes on."""
    code = "from organizer.cli.terminal.terminal import Terminal\n"
    code += "Terminal().say('Ірына'); Terminal().failure('r', 'Алесь', {})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("?????\n", "?????\n")


def test_only_the_terminal_prints_and_asks() -> None:
    """No other module of the tool writes to the terminal or reads from it."""
    own = Path(terminal_module.__file__)
    for path in Path(tool.__file__).parent.rglob("*.py"):
        source = path.read_text("utf-8")
        if path != own:
            for word in (
                "print(",
                "input(",
                "click.echo",
                "click.prompt",
                "sys.stdout",
                "sys.stdin",
                "from rich",
                "import rich",
                "getpass",
            ):
                # These make tables and bars, and terminal.py prints them.
                if (path.name, word) not in [("layout.py", "from rich"), ("progress_columns.py", "from rich")]:
                    assert word not in source, (path.name, word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(
            (yes, True)
            for yes in ("y", "Y", "yes", "да", "ДА.", "д", "так", "Так!", "tak", "taip", "ja", "J", " да\u200b")
        ),
        *((no, False) for no in ("n", "No", "нет", "не", "ні", "nie", "ne", "nein", "", "  ")),
        *((neither, None) for neither in ("н", "Н", "т", "1", "нуы", "ok", "ни", "yn", "да нет", "-", "?", "z")),
    ],
)
def test_yes_and_no_are_read_in_all_languages_and_never_guessed(typed: str, meant: bool | None) -> None:
    """A Cyrillic н stands where y is and begins “нет”: whoever types it is asked again."""
    assert read_yes_no(typed) is meant


def test_an_answer_that_is_neither_is_asked_again_with_a_hint() -> None:
    """The hint names the key, and no answer ends the command."""
    with CliRunner().isolation(input="н\nт\nmaybe\nда\n") as (out, *_):
        assert Terminal().confirm("Sign?")
        shown = out.getvalue().decode("utf-8")
    assert shown.count("Sign? [y/N]: ") == 4
    assert shown.index("the key of y") < shown.index("the key of n") < shown.index("Type yes or no")
