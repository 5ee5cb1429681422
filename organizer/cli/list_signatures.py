"""`organizer list`: all signatures in a list with search and filter; for scripts, each one without its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from crypto.envelope import EnvelopeId
from organizer.actions.review import reviewing
from organizer.actions.session import open_session
from organizer.cli.filter_options import FILTER, FilterOptions
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.review import Dialogue
from organizer.cli.terminal.terminal import Terminal
from organizer.review.filters import Filter, status_of
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review


@click.command("list", short_help="Look through all signatures, without deciding.")
@options(*FILTER, WORKSPACE, PASSPHRASE, JSON)
def list_command(folder: str, passphrase_file: str | None, as_json: bool, **filters: Any) -> None:
    """Look through all signatures, decided or not, without deciding anything.

    At a terminal: a list with search and filter. Elsewhere, and with --json, nobody is named: there are envelope ids,
    decisions and marks. Options choose by marks; words are searched for inside, with /, so that no name stands on the
    command line.

    \b
    Example:
      organizer list --status accepted --similar
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, FilterOptions(**filters), passphrase_file))


def run(terminal: Terminal, folder: str, filters: FilterOptions, passphrase_file: str | None) -> JsonResult:
    """List the signatures. Changes nothing; names are shown at a terminal only. Raises OrganizerError."""
    with (
        open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session,
        reviewing(session, terminal.progress) as queue,
    ):
        review = Review(queue, again=True, wanted=filters.filter(queue))
        if terminal.is_at_terminal and review.total:
            queue.comparing.begin(review.ids, progress=queue.show_progress)
            Dialogue(terminal, review, table=True, only_look=True).run()
        else:
            _say_without_names(terminal, review)
        rows = [_row(queue, envelope_id) for envelope_id in review.ids] if terminal.as_json else []
    # The words searched for are left out, because they may be a name, which must not stay in the scrollback.
    wanted = replace(review.filter, text=())
    terminal.say(f"Signatures: {review.total:,}{'' if wanted == Filter() else f', only {wanted}'}.")
    return {"signatures": rows}


def _say_without_names(terminal: Terminal, review: Review) -> None:
    # Output that is redirected has no names: a file of names that are not public is made by export-nonpublic only.
    for envelope_id in review.ids:
        facts, made = review.queue.facts[envelope_id], review.queue.decisions.get(envelope_id)
        public = "public" if facts.public else "not public"
        terminal.say(f"{envelope_id.hex()[:16]}  {public:<10}  {status_of(made):<9}  {facts.vouched}")
    terminal.say("Names are shown at a terminal only.")


def _row(queue: ReviewQueue, envelope_id: EnvelopeId) -> JsonResult:
    facts, made = queue.facts[envelope_id], queue.decisions.get(envelope_id)
    return {
        "id": envelope_id.hex(),
        "public": facts.public,
        "by_hand": facts.by_hand,
        "standing": str(status_of(made)),
        "reason": None if made is None or made.reason is None else str(made.reason),
        "vouched": str(facts.vouched),
        "word": facts.word or None,
        "accepted_by_word_alone": bool(made and made.vouch and status_of(made) == "accepted"),
        "language": facts.language,
        "unknown_letter": facts.unknown_letter,
        "resembles": [other.hex() for other, _, _ in queue.similar_to(envelope_id)],
    }
