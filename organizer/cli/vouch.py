"""`organizer vouch`: words that trusted people give to those they know, and what came with them."""

from __future__ import annotations

from collections import Counter

import click
from nacl.utils import random

from organizer.actions.review import open_queue
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.prompts import ask_until
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.review.filters import Standing, standing
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.vouch_words import Vouched, VouchWord, offer_word


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
    """Words and notes are shown at a terminal only, and leave no trace in its scrollback. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        counts = _counts(queue)
        if terminal.is_at_terminal and len(queue.words):
            with terminal.private_screen():
                _show_words(terminal, queue, counts)
                terminal.wait("Press Enter: the words disappear")
        else:
            for word in queue.words:
                terminal.say(_line(word, counts[word.number]))
        unknown = sum(1 for facts in queue.facts.values() if facts.vouched is Vouched.UNKNOWN)
        none = sum(1 for facts in queue.facts.values() if facts.vouched is Vouched.NO)
    terminal.say(f"Vouch words: {len(queue.words):,}.")
    terminal.say(f"Signatures with a word that nobody gave out: {unknown:,}; with none: {none:,}.")
    rows = [_row(word, counts[word.number]) for word in queue.words]
    return {"words": rows, "unknown_word": unknown, "no_word": none}


def run_add(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Asks for word and note, which stand on no command line. Raises OrganizerError."""
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        offered = offer_word(random)
        with terminal.private_screen():
            terminal.say(f"A word that nobody guesses, made just now: {offered}", "bold")
            terminal.say("Give each trusted person a word of their own: if it leaks, you know whose it was.")
            terminal.say()
            question = "Word to give out (Enter: the one above)"
            word = ask_until(terminal, question, lambda typed: queue.words.new(typed or offered, ""))
            question = "Who gives it out? A note for yourself; initials are safer than a name"
            made = ask_until(terminal, question, lambda typed: queue.words.new(word.word, typed))
            session.records.decide({}, [made])
            terminal.say()
            terminal.say(f"Kept as number {made.number}. Tell the person, and nobody else: {made.word}", "bold")
            terminal.say(
                "Who signs types it into the field for it. Capitals, spaces and look-alike letters do not matter."
            )
            terminal.wait("Press Enter: the word disappears")
    terminal.say(f"Kept: vouch word number {made.number}. To see all: organizer vouch")
    return {"number": made.number}


def run_withdraw(terminal: Terminal, folder: str, number: int, yes: bool, passphrase_file: str | None) -> JsonResult:
    """A word leaked. Raises OrganizerError: vouch-number, stopped, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        review, word = Review(queue), queue.words.numbered(number)
        if word.withdrawn:
            raise OrganizerError("vouch-number", f"Vouch word number {number} is withdrawn already.")
        alone = review.accepted_for(number)
        by_hand = _counts(queue)[number][Standing.ACCEPTED] - len(alone)
        terminal.say(f"Signatures that were accepted for this word alone, without a look: {len(alone):,}.")
        terminal.say("They go on hold and are not counted until somebody has looked at them.")
        if by_hand:
            terminal.say(
                f"Signatures with this word that somebody looked at and accepted: {by_hand:,}. They stay accepted."
            )
        if not yes and not terminal.confirm(f"Withdraw vouch word number {number}?"):
            raise OrganizerError("stopped", "Nothing was changed.")
        review.withdraw_word(number)
    terminal.say(f"Vouch word number {number} is withdrawn. On hold for a second look: {len(alone):,}.")
    terminal.say_exactly(f"  organizer review --word {number} --standing held")
    terminal.say_exactly(f"  organizer vouch --restore {number}     takes it back")
    return {"number": number, "on_hold": len(alone), "still_accepted": by_hand}


def run_restore(terminal: Terminal, folder: str, number: int, passphrase_file: str | None) -> JsonResult:
    """It did not leak after all. Raises OrganizerError: vouch-number, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        if not queue.words.numbered(number).withdrawn:
            raise OrganizerError("vouch-number", f"Vouch word number {number} is not withdrawn.")
        count = Review(queue).restore_word(number)
    terminal.say(f"Vouch word number {number} counts again. Accepted again as before: {count:,}.")
    return {"number": number, "accepted_again": count}


Counts = dict[int, Counter[Standing]]


def _counts(queue: ReviewQueue) -> Counts:
    found: Counts = {word.number: Counter() for word in queue.words}
    for envelope_id, facts in queue.facts.items():
        if facts.word:
            found[facts.word][standing(queue.decisions.get(envelope_id))] += 1
    return found


def _show_words(terminal: Terminal, queue: ReviewQueue, counts: Counts) -> None:
    for word in queue.words:
        terminal.say(_line(word, counts[word.number]), "" if word.withdrawn else "bold")
        terminal.say(f"    {word.word}")
        if word.note:
            terminal.say(f"    {word.note}")


def _line(word: VouchWord, counts: Counter[Standing]) -> str:
    state = "WITHDRAWN" if word.withdrawn else "counts"
    numbers = ", ".join(f"{one} {counts[one]:,}" for one in Standing if counts[one]) or "no signatures yet"
    return f"{word.number}  {state}: {numbers}"


def _row(word: VouchWord, counts: Counter[Standing]) -> JsonResult:
    return {"number": word.number, "withdrawn": word.withdrawn, **{str(one): counts[one] for one in Standing}}
