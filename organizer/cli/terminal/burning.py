"""Shows the plan to burn a key or a whole workspace: what will be lost, what speaks for and against it."""

from __future__ import annotations

from organizer.actions.burn import BurnPlan
from organizer.cli.terminal.terminal import Terminal
from organizer.results.burn_checks import BurnChecks


def say_burn_plan(terminal: Terminal, plan: BurnPlan) -> None:
    """Show what will be lost, and whether its published result is good."""
    _say_loss(terminal, plan)
    _say_checks(terminal, plan.checks)


def _say_loss(terminal: Terminal, plan: BurnPlan) -> None:
    terminal.say("What will be lost, for ever:", "bold")
    for period in plan.ending:
        terminal.say(
            f"- the key {period.hex_id}, {period.days}: what is sealed to it opens only with enough of its cards"
        )
    if not plan.whole:
        terminal.say("What stays: all that was opened with it and what was decided, under the passphrase.")
        terminal.say("Envelopes that you have not fetched and opened yet are lost to you.")
        return
    counts = plan.tally.counts
    terminal.say(f"- {counts.nonpublic:,} counted names that are not public, with contacts and messages")
    terminal.say(
        f"- {counts.public:,} counted public signatures with what else they wrote; the published names stay public"
    )
    terminal.say(f"- decisions, and {counts.duplicates + counts.rejected + counts.withdrawn:,} signatures not counted")
    terminal.say("- your minisign key; keep a copy of minisign.key, minisign.pub and signer.txt elsewhere if you go on")
    terminal.say(f"- {plan.publications:,} published results as they lie here; keep copies elsewhere")


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
