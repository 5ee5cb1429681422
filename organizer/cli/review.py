"""`organizer review`: show one signature at a time, or a list, and keep what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from organizer.actions.plan import YES
from organizer.actions.review import accept, plan_accept_all, plan_accept_vouched, read_reviewed, reviewing
from organizer.actions.session import open_session
from organizer.cli.filter_options import FILTER, FilterOptions
from organizer.cli.json_results import JsonResult, counts_result
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.numbers import say_bulk, say_reviewed
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.review import Dialogue
from organizer.cli.terminal.signature_views import show_sample
from organizer.cli.terminal.terminal import Terminal
from organizer.review.review import Review


@click.command("review", short_help="Look at signatures, and accept, refuse or hold them.")
@click.option("--table", is_flag=True, help="Begin with the list instead of one signature.")
@click.option("--again", is_flag=True, help="Go over everything once more, what was entered by hand included.")
@click.option(
    "--accept-vouched", is_flag=True, help="Accept what has a vouch word that counts; you see some of it first."
)
@click.option("--accept-all", is_flag=True, help="Accept all that is undecided without showing it.")
@click.option("--include-similar", is_flag=True, help="With --accept-all: also what resembles another one.")
@click.option("--yes", is_flag=True, help="Do not ask before accepting what is vouched for.")
@options(*FILTER, WORKSPACE, PASSPHRASE, JSON)
def review_command(
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
    table: bool,
    again: bool,
    accept_vouched: bool,
    accept_all: bool,
    include_similar: bool,
    yes: bool,
    **filters: Any,
) -> None:
    """Look at signatures, one at a time or in a list, and accept, refuse or hold them.

    Press one key for each signature; ? shows all keys, u takes back what was done last, / searches, f filters. Stop
    whenever you like: every decision is kept at once, and the next time it goes on there. Those with a vouch word come
    first, what is held comes last. A signature that resembles another one is shown beside it; you decide.

    What is accepted many at a time leaves out all that resemble another signature: they stay undecided.

    \b
    Example:
      organizer review
      organizer review --table --vouch unknown
      organizer review --accept-vouched
    """
    choice = Choice(accept_all, include_similar, accept_vouched, yes, again, table)
    carry_out(as_json, lambda terminal: run(terminal, folder, passphrase_file, choice, FilterOptions(**filters)))


@dataclass(frozen=True)
class Choice:
    """The options of the command, apart from the filter."""

    accept_all: bool = False
    include_similar: bool = False
    accept_vouched: bool = False
    yes: bool = False
    again: bool = False
    table: bool = False


def run(
    terminal: Terminal,
    folder: str,
    passphrase_file: str | None,
    choice: Choice | None = None,
    filters: FilterOptions | None = None,
) -> JsonResult:
    """Review. It can be stopped at any time: each decision is kept before the next question. Raises OrganizerError."""
    choice = choice or Choice()
    if not (choice.accept_all or (choice.accept_vouched and choice.yes)):
        terminal.check_may_ask()
    with (
        open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session,
        reviewing(session, terminal.progress) as queue,
    ):
        review = Review(queue, choice.again, (filters or FilterOptions()).filter(queue))
        if choice.accept_all:
            _accept_all(terminal, review, choice.include_similar)
        elif choice.accept_vouched:
            _accept_vouched(terminal, review, choice.yes)
        elif review.total == 0:
            terminal.say("There is nothing to review. “organizer review --again” goes over what is decided already.")
        else:
            queue.comparing.begin(review.ids, progress=queue.show_progress)
            Dialogue(terminal, review, table=choice.table).run()
        reviewed = read_reviewed(session, queue)
    say_reviewed(terminal, reviewed)
    return {**counts_result(reviewed.tally), "accepted_pairs": reviewed.accepted_pairs.total()}


def _accept_all(terminal: Terminal, review: Review, include_similar: bool) -> None:
    # The option itself is the answer to the question.
    bulk = accept(review, plan_accept_all(review, include_similar), {"accept-all": YES})
    say_bulk(terminal, "Accepted without being looked at", bulk)


def _accept_vouched(terminal: Terminal, review: Review, yes: bool) -> None:
    plan = plan_accept_vouched(review)
    if plan.questions and not yes:
        with terminal.private_screen():
            show_sample(terminal, review, plan.ids)
            answers = ask_questions(terminal, plan.questions)
    else:
        answers = ask_questions(terminal, plan.questions, yes)
    say_bulk(terminal, "Accepted for their vouch words", accept(review, plan, answers))
