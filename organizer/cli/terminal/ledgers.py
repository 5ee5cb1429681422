"""Shows how the opening of ledgers and texts went: numbers for each ledger, and what is wrong with it."""

from __future__ import annotations

from organizer.actions.open_ledgers import OpenedLedger, OpenedLedgers
from organizer.actions.open_texts import OpenedTexts
from organizer.cli.terminal.terminal import Terminal
from organizer.intake.ledgers import NO_KEY, explain
from organizer.text import in_groups

PROBLEMS_SHOWN = 50
"""Of the files that are not whole; --json has all of them."""


def say_opened(terminal: Terminal, opened: OpenedLedgers) -> None:
    """Texts and each ledger in numbers, and what is wrong with them; the command itself ends with a single problem."""
    several = len(opened.problems) > 1
    if opened.texts is not None:
        say_texts(terminal, opened.texts, several)
    for ledger in opened.ledgers:
        say_ledger(terminal, ledger, several)
    if opened.by_hand:
        terminal.say(f"Signatures entered by hand, opened and accepted: {opened.by_hand:,}.")


def say_texts(terminal: Terminal, texts: OpenedTexts, several: bool) -> None:
    """What was found in files that are no ledgers, and which of them are not whole."""
    terminal.say("Files with sealed texts:" if texts.envelopes else "There is no whole sealed text in these files:")
    terminal.table(
        [
            ("files read", f"{texts.files:,}"),
            ("of these, without any sealed text", f"{texts.without:,}"),
            ("envelopes found, each once", f"{texts.envelopes:,}"),
            ("not whole, or not read", f"{len(texts.problems):,}"),
        ]
    )
    for problem in texts.problems[: PROBLEMS_SHOWN if several else 0]:
        terminal.say(str(problem))
    if len(texts.problems) > PROBLEMS_SHOWN:
        terminal.say(f"… and {len(texts.problems) - PROBLEMS_SHOWN:,} more; --json has all of them.")
    if texts.ledger is not None:
        terminal.say("The envelopes are kept as a ledger of their own, for the other organizers, too:")
        terminal.say(texts.ledger)


def say_ledger(terminal: Terminal, ledger: OpenedLedger, several: bool) -> None:
    """Show one ledger, and what is wrong with it if there are `several` problems."""
    opening, problem = ledger.opening, ledger.problem
    if opening.announced or problem is None:
        _say_counts(terminal, ledger)
    if problem is not None and several:
        terminal.say(str(problem), "bold")


def _say_counts(terminal: Terminal, ledger: OpenedLedger) -> None:
    opening = ledger.opening
    terminal.say(f"Opened {ledger.path}:")
    terminal.table(
        [
            *([("SHA-256", in_groups(opening.digest))] if opening.digest else []),
            ("new signatures", f"{opening.signatures:,}"),
            ("new withdrawals", f"{opening.withdrawals:,}"),
            ("seen before", f"{opening.seen_before:,}"),
            *([("tried again, the key is here now", f"{opening.key_came:,}")] if opening.key_came else []),
            ("set aside", f"{sum(opening.set_aside.values()):,}"),
            *((f"  {reason}", f"{n:,}  ({explain(reason)})") for reason, n in sorted(opening.set_aside.items())),
        ]
    )
    if opening.set_aside[NO_KEY]:
        terminal.say("For the missing key: once it is in this workspace, open the same ledger again.")
