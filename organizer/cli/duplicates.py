"""`organizer duplicates`: pairs of signatures that may be of one person, one above the other, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import click

from crypto.envelope import EnvelopeId
from crypto.signature import fields_without
from organizer.actions.review import find_duplicates, open_queue
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.keyboard import latin
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.matching.pair_cache import SimilarPair
from organizer.review.queue import ReviewQueue
from organizer.workspace.entries import Decision

_FIELDS = fields_without(public="it says nothing about who somebody is")


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
    """Changes nothing. Raises OrganizerError."""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        queue = open_queue(session, terminal.progress)
        found = find_duplicates(queue)
        if terminal.is_at_terminal and found.pairs:
            _leaf_through(terminal, queue, found.pairs)
        else:
            _say_without_names(terminal, found.pairs)
    terminal.say(f"Signatures looked at: {found.compared:,}. Pairs that may be one person: {len(found.pairs):,}.")
    if found.pairs:
        terminal.say("Nothing was changed. Relatives and namesakes look alike, too. To decide:")
        terminal.say_exactly("  organizer review --again --similar")
    return {"signatures": found.compared, "pairs": [_result(pair) for pair in found.pairs]}


def _say_without_names(terminal: Terminal, pairs: Sequence[SimilarPair]) -> None:
    # What goes into a file or another program must not carry a name that is not public: that has its own command.
    for pair in pairs:
        one, other = pair.first.hex()[:16], pair.second.hex()[:16]
        terminal.say(f"{one}  {other}  {pair.score:.0%} alike: {'; '.join(pair.reasons)}")
    if pairs:
        terminal.say("Names are shown at a terminal only.")


def _leaf_through(terminal: Terminal, queue: ReviewQueue, pairs: Sequence[SimilarPair]) -> None:
    at = 0
    with terminal.private_screen() as clear:
        while at < len(pairs):
            clear()
            _show(terminal, queue, pairs[at], f"{at + 1:,} of {len(pairs):,}")
            terminal.say("Keys: b back, q quit, any other for the next pair")
            key = terminal.key()
            if key is None or latin(key) == "q":
                return
            at = max(at - 1, 0) if latin(key) == "b" else at + 1


def _show(terminal: Terminal, queue: ReviewQueue, pair: SimilarPair, place: str) -> None:
    """Both values of a field one above the other: so eyes find a difference, and no text stands before another."""
    terminal.say(f"{place}, {pair.score:.0%} alike: {'; '.join(pair.reasons)}")
    entries = [queue.entry(one) for one in (pair.first, pair.second)]
    rows: list[tuple[str, object]] = []
    for field in _FIELDS:
        values = [field.text(entry.signature) for entry in entries]
        if any(values):
            rows += [(field.name, values[0] or "-"), ("", values[1] or "-")]
    stands = [_stands(entry.id, queue.decisions.get(entry.id), entry.by_hand) for entry in entries]
    terminal.table([*rows, ("stands", stands[0]), ("", stands[1])])
    terminal.say()


def _stands(envelope_id: EnvelopeId, made: Decision | None, by_hand: bool) -> str:
    return f"{made.verdict if made else 'undecided'}{', by hand' if by_hand else ''}, envelope {envelope_id.hex()[:12]}"


def _result(pair: SimilarPair) -> JsonResult:
    return {
        "first": pair.first.hex(),
        "second": pair.second.hex(),
        "score": pair.score,
        "reasons": list(pair.reasons),
    }
