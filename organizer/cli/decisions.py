"""`organizer decisions`: two organizers review apart, exchange what they decided, and settle where they differ."""

from __future__ import annotations

import click
from nacl.utils import random

from organizer.actions.review import open_queue, plan_undo, undo
from organizer.actions.session import Session, open_masters, open_session, own_minisign
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options, pass_on
from organizer.cli.terminal import signature_views
from organizer.cli.terminal.keyboard import latin
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.review.merge import Disagreement, Merge, collect, merge, read_decisions, write_decisions
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace import read_file, write_new
from organizer.workspace.entries import VERDICTS


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
    pass_on(context, decisions_command.commands, folder, as_json)


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
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_merge(file: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take over what another organizer decided, and settle where you differ.

    Where you differ, the signature goes on hold. At a terminal you then see each one with both decisions and choose;
    what you leave stays on hold. Undo takes all of it back.

    \b
    Example:
      organizer decisions merge anna.decisions
    """
    carry_out(as_json, lambda terminal: run_merge(terminal, folder, file, passphrase_file))


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
    """Raises OrganizerError: no-key, file-exists, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        signer, _ = own_minisign(session.workspace)
        decisions = collect(open_queue(session, terminal.progress), signer)
        masters = open_masters(session.workspace, session.root, session.periods)
        latest = [period for period in session.periods if period.record.key_id in masters]
        if not latest:
            text = "Decisions are locked with the key of a period, and none is in this workspace."
            raise OrganizerError("no-key", text)
        key_id = latest[-1].record.key_id
        write_new(out, write_decisions(decisions, key_id, masters[key_id], random))
    terminal.say(f"Written to {out}. Decisions: {len(decisions.made):,}. Vouch words: {len(decisions.words):,}.")
    terminal.say(
        f"The file is locked with the key {key_id.hex()}; only who has that key reads it. It names no signer, but it "
        "holds envelope ids, decisions, and your vouch words with their notes. The other organizer runs:"
    )
    terminal.say_exactly(f"  organizer decisions merge {out}")
    return {"decisions": len(decisions.made), "words": len(decisions.words), "key_id": key_id.hex(), "file": out}


def run_merge(terminal: Terminal, folder: str, path: str, passphrase_file: str | None) -> JsonResult:
    """Agreements are kept first, in one step; then a person settles the rest, or leaves it on hold.

    Raises OrganizerError: no-file, decisions-file, decisions-key, …
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        theirs = read_decisions(read_file(path), open_masters(session.workspace, session.root, session.periods))
        if theirs.signer == _own_name(session):
            terminal.say("Note: this file was made by an organizer with your own short name.", "bold")
        found = merge(queue, theirs)
        queue.keep(found.changes, found.words)
        _say_merged(terminal, found, theirs.signer)
        if found.disagreements and terminal.is_at_terminal:
            terminal.wait("Press Enter to see where you differ")
            _settle(terminal, queue, found.disagreements, theirs.signer)
    if found.disagreements:
        terminal.say("What is not settled stays on hold and is not counted. To go on: merge again, or organizer review")
    return {**_numbers(found), "differ": [_row(one) for one in found.disagreements], "signer": theirs.signer}


def run_undo(terminal: Terminal, folder: str, yes: bool, passphrase_file: str | None) -> JsonResult:
    """The latest step, whatever it was: one decision or all of a merge. Raises OrganizerError: nothing, stopped."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        review = Review(open_queue(session, terminal.progress))
        plan = plan_undo(review)
        taken_back = undo(review, plan, ask_questions(terminal, plan.questions, yes))
    terminal.say(f"Taken back: {taken_back:,}.")
    return {"taken_back": taken_back}


def _own_name(session: Session) -> str:
    try:
        return own_minisign(session.workspace)[0]
    except OrganizerError:
        return ""  # a workspace restored from cards has no minisign key, and can merge all the same


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


def _say_merged(terminal: Terminal, found: Merge, signer: str) -> None:
    terminal.say(f"Decisions of {signer}:")
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
    if found.changes:
        terminal.say("To take these decisions back: organizer decisions undo")
    else:
        # Not a word of undo: it would take back what was done before.
        terminal.say("No decision was changed here by it.")


def _row(one: Disagreement) -> JsonResult:
    return {"id": one.envelope_id.hex(), "here": one.here.symbol, "there": one.there}


# Where two differ


def _settle(terminal: Terminal, queue: ReviewQueue, differ: list[Disagreement], signer: str) -> None:
    review = Review(queue, again=True)
    review.only(one.envelope_id for one in differ)
    hint = ""
    with terminal.private_screen() as clear:
        while review.at < len(differ):
            one = differ[review.at]
            clear()
            _show(terminal, review, one, signer)
            terminal.say(hint or " ", "bold")
            terminal.say("Keys: m as you decided, t as the other did, h leave on hold, b back, q quit")
            key = terminal.key()
            key = key and latin(key)
            if key is None or key == "q":
                return
            hint = _press(review, one, key)


def _show(terminal: Terminal, review: Review, one: Disagreement, signer: str) -> None:
    shown = review.current()
    assert shown is not None
    signature_views.show_place(terminal, review)
    signature_views.show_one(terminal, shown, whole=False)
    verdict, reason = VERDICTS[one.there]
    terminal.table(
        [
            ("you", signature_views.say_decision(one.here)),
            (signer, f"{verdict}{f' ({reason})' if reason else ''}"),
        ]
    )
    for other in shown.others:
        terminal.say(f"Resembles: {signature_views.brief(other.entry)}")


def _press(review: Review, one: Disagreement, key: str) -> str:
    if key == "m":
        review.decide(one.here.verdict, one.here.reason)
    elif key == "t":
        review.decide(*VERDICTS[one.there])
    elif key in ("h", "n"):
        review.move(1)
    elif key == "b":
        review.move(-1)
    else:
        return "This key does nothing here."
    return ""
