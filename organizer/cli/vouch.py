"""`organizer vouch`: the words that trusted people give to those they know, and how many signatures have them."""

from __future__ import annotations

import click

from organizer.actions.review import open_queue
from organizer.actions.session import open_session
from organizer.actions.vouch import (
    CountedWord,
    CountedWords,
    add_word,
    check_word,
    count_words,
    plan_word_withdrawal,
    propose_word,
    restore_word,
    withdraw_word,
)
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.prompts import ask_until
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.review.filters import ReviewStatus
from organizer.review.review import Review


@click.command("vouch", short_help="Words that trusted people give out: add, list, withdraw.")
@click.option("--add", "is_new", is_flag=True, help="Add a word; you are asked for it, or take one that is offered.")
@click.option("--withdraw", "leaked", type=int, metavar="NUMBER", help="This word leaked: it counts no more.")
@click.option("--restore", "restored", type=int, metavar="NUMBER", help="This word counts again after all.")
@click.option("--yes", is_flag=True, help="Do not ask before withdrawing.")
@options(WORKSPACE, PASSPHRASE, JSON)
def vouch_command(
    is_new: bool,
    leaked: int | None,
    restored: int | None,
    yes: bool,
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """List the vouch words that trusted people give out, add one, or withdraw one that leaked.

    A person you trust tells a word to those they know, who type it beside their signature. Those signatures come
    first in “organizer review” and can be accepted many at a time. Capitals, spaces, hyphens and letters that look
    alike in two alphabets do not matter. Words and notes are kept encrypted, and shown at a terminal only.

    When a word leaks, withdraw it: what was accepted for it alone goes on hold for a second look, and what somebody
    looked at stays accepted. Undo in the review, or --restore, takes that back.

    \b
    Example:
      organizer vouch --add
      organizer vouch
      organizer vouch --withdraw 3
    """
    if (leaked is not None) + (restored is not None) + is_new > 1:
        raise click.UsageError("Give one of --add, --withdraw and --restore.")
    if is_new:
        carry_out(as_json, lambda terminal: run_add(terminal, folder, passphrase_file))
    elif leaked is not None:
        carry_out(as_json, lambda terminal: run_withdraw(terminal, folder, leaked, yes, passphrase_file))
    elif restored is not None:
        carry_out(as_json, lambda terminal: run_restore(terminal, folder, restored, passphrase_file))
    else:
        carry_out(as_json, lambda terminal: run_list(terminal, folder, passphrase_file))


def run_list(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """List words and notes, at a terminal only and without a trace in its scrollback. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        found = count_words(open_queue(session, terminal.progress))
    if terminal.is_at_terminal and found.words:
        with terminal.private_screen():
            _show_words(terminal, found)
            terminal.wait("Press Enter: the words disappear")
    else:
        for counted in found.words:
            terminal.say(_line(counted))
    terminal.say(f"Vouch words: {len(found.words):,}.")
    terminal.say(f"Signatures with a word that nobody gave out: {found.unknown:,}; with none: {found.none:,}.")
    rows = [_row(counted) for counted in found.words]
    return {"words": rows, "unknown_word": found.unknown, "no_word": found.none}


def run_add(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Add a word. Word and note are asked for, so they are on no command line. Raises OrganizerError."""
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        offered = propose_word()
        with terminal.private_screen():
            terminal.say(f"A word that nobody guesses, made just now: {offered}", "bold")
            terminal.say("Give each trusted person a word of their own: if it leaks, you know whose it was.")
            terminal.say()
            question = "Word to give out (Enter: the one above)"
            word = ask_until(terminal, question, lambda typed: check_word(queue, typed or offered))
            question = "Who gives it out? A note for yourself; initials are safer than a name"
            made = ask_until(terminal, question, lambda typed: add_word(queue, word.word, typed))
            terminal.say()
            terminal.say(f"Kept as number {made.number}. Tell the person, and nobody else: {made.word}", "bold")
            terminal.say(
                "Who signs types it into the field for it. Capitals, spaces and look-alike letters do not matter."
            )
            terminal.wait("Press Enter: the word disappears")
    terminal.say(f"Kept: vouch word number {made.number}. To see all: organizer vouch")
    return {"number": made.number}


def run_withdraw(terminal: Terminal, folder: str, number: int, yes: bool, passphrase_file: str | None) -> JsonResult:
    """Withdraw a word that leaked. Raises OrganizerError: vouch-number, stopped, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        review = Review(open_queue(session, terminal.progress))
        plan = plan_word_withdrawal(review, number)
        for warning in plan.warnings:
            terminal.say(str(warning))
        withdraw_word(review, plan, ask_questions(terminal, plan.questions, yes))
    terminal.say(f"Vouch word number {number} is withdrawn. On hold for a second look: {plan.on_hold:,}.")
    terminal.say_exactly(f"  organizer review --word {number} --status held")
    terminal.say_exactly(f"  organizer vouch --restore {number}     takes it back")
    return {"number": number, "on_hold": plan.on_hold, "still_accepted": plan.still_accepted}


def run_restore(terminal: Terminal, folder: str, number: int, passphrase_file: str | None) -> JsonResult:
    """Make a withdrawn word count again. Raises OrganizerError: vouch-number, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        count = restore_word(Review(open_queue(session, terminal.progress)), number)
    terminal.say(f"Vouch word number {number} counts again. Accepted again as before: {count:,}.")
    return {"number": number, "accepted_again": count}


def _show_words(terminal: Terminal, found: CountedWords) -> None:
    for counted in found.words:
        word = counted.word
        terminal.say(_line(counted), "" if word.withdrawn else "bold")
        terminal.say(f"    {word.word}")
        if word.note:
            terminal.say(f"    {word.note}")


def _line(counted: CountedWord) -> str:
    state = "WITHDRAWN" if counted.word.withdrawn else "counts"
    counts = counted.signatures
    numbers = ", ".join(f"{one} {counts[one]:,}" for one in ReviewStatus if counts[one]) or "no signatures yet"
    return f"{counted.word.number}  {state}: {numbers}"


def _row(counted: CountedWord) -> JsonResult:
    word, counts = counted.word, counted.signatures
    return {"number": word.number, "withdrawn": word.withdrawn, **{str(one): counts[one] for one in ReviewStatus}}
