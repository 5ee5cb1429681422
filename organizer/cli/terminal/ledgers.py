"""Shows how the opening of ledgers went: numbers for each ledger, and what is wrong with it."""

from __future__ import annotations

from organizer.actions.open_ledgers import OpenedLedger, OpenedLedgers
from organizer.cli.terminal.terminal import Terminal
from organizer.intake.ledgers import NO_KEY, explain
from organizer.text import in_groups


def say_opened(terminal: Terminal, opened: OpenedLedgers) -> None:
    """Each ledger in numbers, and what is wrong with it if there is more than one."""
    for ledger in opened.ledgers:
        say_ledger(terminal, ledger, several=len(opened.ledgers) > 1)
    if opened.by_hand:
        terminal.say(f"Signatures entered by hand, opened and accepted: {opened.by_hand:,}.")


def say_ledger(terminal: Terminal, ledger: OpenedLedger, several: bool) -> None:
    """Show one ledger. With a single ledger, the command itself ends with what is wrong, so it is left out here."""
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
