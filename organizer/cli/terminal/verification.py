"""Shows the checks of a publication: each step in words, and what can be relied on when all of them hold."""

from __future__ import annotations

from organizer.actions.verify import Verification, Verified
from organizer.cli.terminal.terminal import Terminal


def say_steps(terminal: Terminal, found: Verification) -> None:
    """Show the checks, numbered, up to the one that failed."""
    for number, step in enumerate(found.checked.steps, start=1):
        terminal.say(f"{number}. {step}")


def say_verified(terminal: Terminal, found: Verified) -> None:
    """Say what can be relied on, and how to check it without this program."""
    publication = found.publication
    terminal.say()
    terminal.say(f"This is the organizers' publication {publication.number}: {publication.total:,} signatures.", "bold")
    terminal.say(
        "All that can be checked holds, if this appeal.json is the right one: compare its keys with other places."
    )
    terminal.say(
        "That each signature is a person's, only the organizers can know: they have read them and signed this."
    )
    terminal.say()
    terminal.say("To check the minisign signature with the stock program and nothing of ours:")
    terminal.say_exactly("\n".join(found.commands))
