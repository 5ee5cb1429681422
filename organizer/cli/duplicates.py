"""`organizer duplicates`: pairs of signatures that may be of one person, one above the other, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import click

from organizer.actions.review import find_duplicates, open_queue
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.pairs import leaf_through_pairs
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.matching.pair_cache import SimilarPair


@click.command("duplicates", short_help="List signatures that may be of one person.")
@options(WORKSPACE, PASSPHRASE, JSON)
def duplicates_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """List signatures that may be of one person, two by two, with the reason.

    Looks at all that is accepted, held or undecided, however a name is spelled: in another alphabet, short, with or
    without patronymic, with a slip. Relatives and namesakes look alike, too, so nothing is changed here: you decide
    in “organizer review”. At a terminal one pair is shown at a time. Elsewhere, and with --json, nobody is named: there
    are envelope ids.

    \b
    Example:
      organizer duplicates
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, passphrase_file))


def run(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Show the pairs that may be of one person. Changes nothing. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        found = find_duplicates(queue)
        if terminal.is_at_terminal and found.pairs:
            leaf_through_pairs(terminal, queue, found.pairs)
        else:
            _say_without_names(terminal, found.pairs)
    terminal.say(f"Signatures looked at: {found.compared:,}. Pairs that may be one person: {len(found.pairs):,}.")
    if found.pairs:
        terminal.say("Nothing was changed. Relatives and namesakes look alike, too. To decide:")
        terminal.say_exactly("  organizer review --again --similar")
    return {"signatures": found.compared, "pairs": [_result(pair) for pair in found.pairs]}


def _say_without_names(terminal: Terminal, pairs: Sequence[SimilarPair]) -> None:
    # Output that is redirected has no names: a file of names that are not public is made by export-nonpublic only.
    for pair in pairs:
        one, other = pair.first.hex()[:16], pair.second.hex()[:16]
        terminal.say(f"{one}  {other}  {pair.score:.0%} alike: {'; '.join(pair.reasons)}")
    if pairs:
        terminal.say("Names are shown at a terminal only.")


def _result(pair: SimilarPair) -> JsonResult:
    return {
        "first": pair.first.hex(),
        "second": pair.second.hex(),
        "score": pair.score,
        "reasons": list(pair.reasons),
    }
