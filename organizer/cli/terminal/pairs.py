"""Shows pairs of signatures that may be of one person, one pair at a time."""

from __future__ import annotations

from collections.abc import Sequence

from crypto.envelope import EnvelopeId
from crypto.signature import fields_without
from organizer.cli.terminal.terminal import Terminal
from organizer.matching.pair_cache import SimilarPair
from organizer.review.queue import ReviewQueue
from organizer.text import latin_key
from organizer.workspace.entries import Decision

_FIELDS = fields_without(public="it says nothing about who somebody is")


def leaf_through_pairs(terminal: Terminal, queue: ReviewQueue, pairs: Sequence[SimilarPair]) -> None:
    """Each pair on a screen of its own, until all are seen or the person has enough."""
    at = 0
    with terminal.private_screen() as clear:
        while at < len(pairs):
            clear()
            _show(terminal, queue, pairs[at], f"{at + 1:,} of {len(pairs):,}")
            terminal.say("Keys: b back, q quit, any other for the next pair")
            key = terminal.key()
            if key is None or latin_key(key) == "q":
                return
            at = max(at - 1, 0) if latin_key(key) == "b" else at + 1


def _show(terminal: Terminal, queue: ReviewQueue, pair: SimilarPair, place: str) -> None:
    """Show both values of a field one above the other: a difference is easy to see, and a text ends its line."""
    terminal.say(f"{place}, {pair.score:.0%} alike: {'; '.join(pair.reasons)}")
    entries = [queue.entry(one) for one in (pair.first, pair.second)]
    rows: list[tuple[str, object]] = []
    for field in _FIELDS:
        values = [field.text(entry.signature) for entry in entries]
        if any(values):
            rows += [(field.name, values[0] or "-"), ("", values[1] or "-")]
    status = [_status(entry.id, queue.decisions.get(entry.id), entry.by_hand) for entry in entries]
    terminal.table([*rows, ("stands", status[0]), ("", status[1])])
    terminal.say()


def _status(envelope_id: EnvelopeId, made: Decision | None, by_hand: bool) -> str:
    return f"{made.verdict if made else 'undecided'}{', by hand' if by_hand else ''}, envelope {envelope_id.hex()[:12]}"
