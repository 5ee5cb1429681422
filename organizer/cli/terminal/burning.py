"""Shows the plan to burn a key or a whole workspace: what will be lost, what speaks for and against it."""

from __future__ import annotations

from organizer.actions.burn import BurnPlan
from organizer.cli.terminal.terminal import Terminal
from organizer.results.burn_checks import BurnChecks


def say_burn_plan(terminal: Terminal, plan: BurnPlan) -> None:
    """Show what will be lost, and whether its published result is good."""
    _say_loss(terminal, plan)
    _say_checks(terminal, plan.checks)
    for notice in plan.strange:
        terminal.say(str(notice), "bold")


def _say_loss(terminal: Terminal, plan: BurnPlan) -> None:
    terminal.say("What will be lost, for ever:", "bold")
    for loss in plan.lost:
        terminal.say(f"- {loss}")
    for rest in plan.kept:
        terminal.say(str(rest))


def _say_checks(terminal: Terminal, checks: BurnChecks) -> None:
    terminal.say()
    for sentence in checks.holds:
        terminal.say(f"Good: {sentence}")
    for sentence in checks.against:
        terminal.say(f"Against it: {sentence}", "bold")
    terminal.say()


def say_burned(terminal: Terminal, folder: str, plan: BurnPlan) -> None:
    """Say what was destroyed, and which copies may still exist."""
    names = ", ".join(period.hex_id for period in plan.ending)
    terminal.say(f"The folder {folder} is burned." if plan.whole else f"The key {names} is burned.", "bold")
    terminal.say(
        "Its files were overwritten and removed. A stick, an SSD or a memory card may keep copies of what was "
        "overwritten, and so may backups: only an encrypted disk whose passphrase nobody has makes them worthless."
    )
    terminal.say(
        "Burn the cards of this key, too, copies of the folder, and the paper with the passphrase if no other needs it."
    )
