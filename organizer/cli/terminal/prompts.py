"""The dialogues that several commands share: a new passphrase, cards shown one at a time, cards typed in.

Everything secret is shown on a screen that is wiped, and nothing is written to a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from organizer.actions.cards import HandOut
from organizer.actions.ceremony import check_repeated, offer_passphrase
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys import cards as looks
from organizer.keys.passphrase import check_passphrase
from organizer.keys.periods import Period
from organizer.keys.shares import WORDS_IN_COMMON, Card, Recovery, TypedCard

Answer = TypeVar("Answer")

_CORRECTION = re.compile(r"\s*(\d{1,2})[\s.):-]+([^\W\d_]+)\s*")
_TAKE_AWAY = frozenset("-‐‑‒–—−")


def ask_until(terminal: Terminal, question: str, read: Callable[[str], Answer], default: str | None = "") -> Answer:
    """Ask until `read` accepts the answer, and return what it returns. Raises OrganizerError: stopped, …"""
    while True:
        typed = terminal.ask(question, default)
        try:
            return read(typed)
        except OrganizerError as error:
            terminal.say(str(error))


WITH_CARDS = "A passphrase locks your keys. Whoever loses it needs the cards; nobody else can bring the keys back."


def new_passphrase(terminal: Terminal, what_for: str = WITH_CARDS) -> str:
    """Ask for a new passphrase, offered or chosen by the person, and have it typed once more. Raises OrganizerError."""
    offered = offer_passphrase()
    terminal.say(what_for)
    terminal.say("On the next screen you see one that was just made for you. Have paper and a pen ready.")
    terminal.wait()
    while True:
        with terminal.secret_screen():
            terminal.say("Your passphrase. Write it on paper and keep the paper apart from this computer:")
            terminal.say()
            terminal.say(f"    {offered}", "bold")
            terminal.say()
            terminal.say(
                "There is no 0, 1, b, i, l, o, s or z in it. Capitals, and leaving out the hyphens, do no harm."
            )
            question = "Press Enter to take it, or type one of your own (it is not shown)"
            wanted = terminal.passphrase(question, may_be_empty=True) or offered
        try:
            check_passphrase(wanted)
        except OrganizerError as error:
            terminal.say(str(error))
            terminal.wait("Press Enter to see the offered one again")
            continue
        again = terminal.passphrase("Type it once more, from your paper")
        try:
            return check_repeated(wanted, again)
        except OrganizerError as error:
            if error.reason != "passphrase-again":
                raise
            terminal.say(str(error))
            terminal.wait("Press Enter to see it again")


# Cards handed out


def show_cards(terminal: Terminal, made: HandOut, printed: bool = False) -> None:
    """Each card alone on a screen until it is written down, then two of its words typed back. Raises OrganizerError.

    `printed`: the cards are on paper already, and only the words are asked.
    """
    while made.card is not None:
        show_card(terminal, made, made.card, printed)


def show_card(terminal: Terminal, made: HandOut, card: Card, printed: bool = False) -> None:
    """Show the card that is handed out now, until it is checked."""
    with terminal.secret_screen() as clear:
        shown = not printed
        while made.card is card:
            clear()
            if shown:
                _show(terminal, card, made.period)
                terminal.wait("Write all this on a card. Enter hides the words, then two are asked.")
                clear()
            _ask_back(terminal, made, card)
            shown = True
    terminal.say(f"{looks.title(card)} of the key {made.period.hex_id} is checked.")


def _show(terminal: Terminal, card: Card, period: Period) -> None:
    terminal.say(looks.title(card), "bold")
    terminal.table(looks.facts(card, period))
    terminal.say()
    terminal.say_exactly("\n".join(looks.word_lines(card.words)), "bold")
    terminal.say()


def _ask_back(terminal: Terminal, made: HandOut, card: Card) -> None:
    """Ask for words of the card, until the card is checked or a word is wrong."""
    terminal.say(f"{looks.title(card)} of the key {made.period.hex_id}. Look at the paper.", "bold")
    terminal.say()
    while made.card is card:
        number = made.asked
        if not made.answer(_word(terminal, f"Word {number}")):
            terminal.say(f"That is not word {number} of this card.")
            terminal.wait("Press Enter to see the card again and compare it with the paper")
            return


def _word(terminal: Terminal, question: str) -> str:
    """Ask for a word. Bytes that are not text count as an empty word."""
    try:
        return terminal.ask(question, default=None)
    except OrganizerError as error:
        if error.reason != "not-text":
            raise
        return ""


# Cards typed in


def collect_cards(terminal: Terminal, recovery: Recovery) -> None:
    """Ask for cards until they are enough; order does not matter. Raises OrganizerError: question, stopped."""
    hint = ""
    with terminal.secret_screen() as clear:
        while recovery.needed != 0:
            hint = _type_card(terminal, recovery, clear, hint)
    terminal.say(f"Cards typed in: {', '.join(map(str, sorted(recovery.numbers)))}. That is enough.")


def _type_card(terminal: Terminal, recovery: Recovery, clear: Callable[[], None], hint: str) -> str:
    """Have one card typed in; return the message to show above the next one."""
    typed = TypedCard()
    while True:
        clear()
        _show_typed(terminal, recovery, typed, hint)
        hint = ""
        question = f"Word {len(typed.words) + 1}" if typed.missing else "Number and word, or new"
        answer = terminal.ask(question, default=None)
        try:
            if answer.strip().casefold() == "new":
                return ""
            _take(typed, answer)
            recovery.check_start(typed.words)
            if not typed.missing:
                recovery.add(typed.words)
                return f"Card {recovery.numbers[-1]} fits."
        except OrganizerError as error:
            if error.reason in {"share-set", "share-twice"}:
                return f"{error} Nothing of it was taken."
            hint = str(error)


def _take(typed: TypedCard, answer: str) -> None:
    correction = _CORRECTION.fullmatch(answer)
    if answer.strip() in _TAKE_AWAY:
        typed.back()
    elif correction and int(correction[1]) <= len(typed.words):
        typed.correct(int(correction[1]), correction[2])
    else:
        typed.add(answer)


def _show_typed(terminal: Terminal, recovery: Recovery, typed: TypedCard, hint: str) -> None:
    if recovery.needed is None:
        terminal.say("Type the words of one card, whichever you like first.", "bold")
    else:
        terminal.say(f"Cards so far: {', '.join(map(str, recovery.numbers))}. Still needed: {recovery.needed}.", "bold")
    terminal.say("One word or several, then Enter; four letters of a word are enough.")
    terminal.say("“-” takes the last word away, “7 word” corrects word 7, “new” begins this card anew.")
    terminal.say()
    if typed.words:
        terminal.say_exactly("\n".join(looks.word_lines(typed.words)))
        terminal.say()
    if hint:
        terminal.say(hint, "bold")
    if len(typed.words) < WORDS_IN_COMMON and recovery.have:
        terminal.say("All cards of one set begin with the same three words.")
