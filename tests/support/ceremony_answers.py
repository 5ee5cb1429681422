"""What a person types in the ceremony and when keys are restored: answers, a new passphrase, the words of a card."""

from __future__ import annotations

import re

from tests.support.pseudo_terminal import PseudoTerminal

ALTERNATE, MAIN, WIPED = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[2J\x1b[3J"

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def plain(shown: str) -> str:
    return _ESCAPE.sub("", shown)


def outside_the_wiped_screen(everything: bytes) -> str:
    """What stays on the terminal; every other screen was wiped before it was left."""
    parts = everything.split(ALTERNATE)
    kept = [parts[0]]
    for part in parts[1:]:
        hidden, left, after = part.partition(MAIN)
        assert left
        assert hidden.endswith(WIPED)
        kept.append(after)
    return b"".join(kept).decode()


def answer(screen: PseudoTerminal, *answers: tuple[str, str]) -> str:
    """Wait for each question and type the answer; returns all that was shown."""
    shown = ""
    for question, typed in answers:
        shown += screen.until(question)
        screen.type(typed + "\n")
    return shown


def read_card(screen: PseudoTerminal) -> dict[int, str]:
    """The words of the card that is shown; they are then gone from the screen."""
    shown = plain(screen.until("two are asked."))
    screen.type("\n")
    words = {int(number): word for number, word in re.findall(r"(?<!\d)(\d{1,2}) ([a-z]{3,8})(?![a-z])", shown)}
    return {number: words[number] for number in range(1, 34)}


def give_words_back(screen: PseudoTerminal, words: dict[int, str]) -> None:
    for _ in range(2):
        screen.until("Word ")
        number = int(screen.until(": ").removesuffix(": "))
        screen.type(words[number] + "\n")


def new_passphrase(screen: PseudoTerminal) -> str:
    answer(screen, ("go on", ""))
    passphrase = str(re.findall(r"[a-z0-9]{5}(?:-[a-z0-9]{5}){4}", screen.until("is not shown)"))[0])
    screen.type("\n")
    answer(screen, ("from your paper", passphrase))
    return passphrase
