"""`organizer decisions`: two organizers review apart, exchange what they decided, and settle where they differ."""

from __future__ import annotations

import click

from organizer.actions.decisions import MergePlan, export_decisions, merge_decisions, plan_export, plan_merge
from organizer.actions.review import open_queue, plan_undo, undo
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options, pass_on_options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.settling import settle_all
from organizer.cli.terminal.terminal import Terminal
from organizer.review.merge import Disagreement, Merge
from organizer.review.review import Review


@click.group("decisions", short_help="Review apart, and merge decisions.")
@options(WORKSPACE, JSON)
@click.pass_context
def decisions_command(context: click.Context, folder: str, as_json: bool) -> None:
    """Review apart: hand your decisions to another organizer, and merge theirs.

    Both of you open the same ledgers and review, each on your own computer. Then one exports and the other merges:
    what only one decided is taken over, what both decided alike stays, and where you differ it goes on hold and is
    shown, for you to settle. Merging the same file again changes nothing. Each has --help; export, merge and undo
    take --json.

    \b
    Example:
      organizer decisions export --out anna.decisions
      organizer decisions merge anna.decisions
      organizer decisions undo
    """
    pass_on_options(context, decisions_command.commands, folder, as_json)


@decisions_command.command("export")
@click.option("--out", required=True, metavar="FILE", help="Write into FILE, which must not be there yet.")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_export(out: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write what you decided into a file for another organizer.

    It is locked with the key of your latest period, which the other one must have, too. In it are envelope ids,
    decisions, vouch words and their notes, and your short name; no signer is named. What was entered by hand stays
    out: the other one does not have it.

    \b
    Example:
      organizer decisions export --out anna.decisions
    """
    carry_out(as_json, lambda terminal: run_export(terminal, folder, out, passphrase_file))


@decisions_command.command("merge")
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_merge(file: str, yes: bool, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take over what another organizer decided, and settle where you differ.

    You see in numbers what it changes, and are asked. Where you differ, the signature goes on hold. At a terminal you
    then see each one with both decisions and choose; what you leave stays on hold. Undo takes all of it back.

    \b
    Example:
      organizer decisions merge anna.decisions
    """
    carry_out(as_json, lambda terminal: run_merge(terminal, folder, file, yes, passphrase_file))


@decisions_command.command("undo")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_undo(yes: bool, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take back what was decided last: one decision, or all that was decided at once.

    The same as the key u in the review. Each call takes back one step more.

    \b
    Example:
      organizer decisions undo
    """
    carry_out(as_json, lambda terminal: run_undo(terminal, folder, yes, passphrase_file))


def run_export(terminal: Terminal, folder: str, out: str, passphrase_file: str | None) -> JsonResult:
    """Write the decisions into a file for another organizer. Raises OrganizerError: no-key, file-exists, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        plan = plan_export(session, open_queue(session, terminal.progress))
        export_decisions(session, plan, out)
    made, words, key_id = len(plan.decisions.made), len(plan.decisions.words), plan.key_id.hex()
    terminal.say(f"Written to {out}. Decisions: {made:,}. Vouch words: {words:,}.")
    terminal.say(
        f"The file is locked with the key {key_id}; only who has that key reads it. It names no signer, but it "
        "holds envelope ids, decisions, and your vouch words with their notes. The other organizer runs:"
    )
    terminal.say_exactly(f"  organizer decisions merge {out}")
    return {"decisions": made, "words": words, "key_id": key_id, "file": out}


def run_merge(terminal: Terminal, folder: str, path: str, yes: bool, passphrase_file: str | None) -> JsonResult:
    """Merge the decisions of another organizer: agreements first, in one step; then a person settles the differences.

    What the person does not settle stays on hold.

    Raises OrganizerError: no-file, decisions-file, decisions-key, …
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        plan = plan_merge(session, queue, path)
        for warning in plan.warnings:
            terminal.say(str(warning), "bold")
        _say_merged(terminal, plan)
        merge_decisions(queue, plan, ask_questions(terminal, plan.questions, yes))
        if plan.found.changes:
            terminal.say("To take these decisions back: organizer decisions undo")
        differ = plan.found.disagreements
        if differ and terminal.is_at_terminal:
            terminal.wait("Press Enter to see where you differ")
            settle_all(terminal, queue, differ, plan.signer)
    if differ:
        terminal.say("What is not settled stays on hold and is not counted. To go on: merge again, or organizer review")
    return {**_numbers(plan.found), "differ": [_row(one) for one in differ], "signer": plan.signer}


def run_undo(terminal: Terminal, folder: str, yes: bool, passphrase_file: str | None) -> JsonResult:
    """Take back the latest step: one decision or a whole merge. Raises OrganizerError: nothing, stopped."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        review = Review(open_queue(session, terminal.progress))
        plan = plan_undo(review)
        taken_back = undo(review, plan, ask_questions(terminal, plan.questions, yes))
    terminal.say(f"Taken back: {taken_back:,}.")
    return {"taken_back": taken_back}


def _numbers(found: Merge) -> JsonResult:
    return {
        "taken_over": found.taken,
        "agreed": found.agreed,
        "settled_before": found.settled,
        "not_here": found.unknown,
        "held_as_resembling": found.doubtful + found.waiting,
        "held_for_words": found.leaked,
        "words": len(found.words),
    }


def _say_merged(terminal: Terminal, plan: MergePlan) -> None:
    found = plan.found
    terminal.say(f"Decisions of {plan.signer}:")
    labels = {
        "taken_over": "taken over, for nothing was decided here",
        "agreed": "decided alike",
        "settled_before": "decided otherwise, and settled here before",
        "not_here": "about envelopes that are not in this workspace",
        "held_as_resembling": "on hold: resembles one that is accepted here",
        "held_for_words": "on hold: accepted for a vouch word that was withdrawn",
        "words": "vouch words that are new here, or withdrawn now",
    }
    numbers = _numbers(found)
    terminal.table([(labels[name], f"{count:,}") for name, count in numbers.items() if count])
    terminal.table([("decided otherwise, on hold until settled", f"{len(found.disagreements):,}")])
    if found.unknown:
        terminal.say("For envelopes that are not here, open the same ledgers as the other organizer, then merge again.")
    if not found.changes:
        # Undo is not offered then: this merge changes nothing, so undo would take back the step before it.
        terminal.say("No decision is changed here by it.")


def _row(one: Disagreement) -> JsonResult:
    return {"id": one.envelope_id.hex(), "here": one.here.symbol, "there": one.there}
