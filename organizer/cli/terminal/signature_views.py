"""Views for the organizers: one signature, a pair of similar ones, a page of the list."""

from __future__ import annotations

from collections.abc import Sequence

from crypto.envelope import EnvelopeId
from crypto.publication import PublishedSignature, line
from crypto.signature import PUBLISHED, fields_without
from organizer.actions.review import notices
from organizer.cli.terminal.layout import listing, shortened, side_by_side
from organizer.cli.terminal.terminal import Terminal
from organizer.review.filters import SEARCHED, Filter, status_of
from organizer.review.queue import ReviewQueue, SimilarSignature
from organizer.review.review import Review, Shown
from organizer.workspace.entries import Decision, SignatureEntry
from organizer.workspace.vouch_words import Vouched

FIELDS = fields_without(public="it has a line of its own, in colour")
LONG, SHORT, SHORTEST = 240, 90, 40
"""Characters of a text that are shown: alone, beside another one, and there on a low screen. Space shows all of it."""

LINES_OF_A_PAIR = 34
"""Lines needed for two signatures side by side with long texts; on a lower screen the texts are cut shorter."""

LINES_AROUND = 8
"""Lines of a screen that are not rows of the list."""

SAMPLE = 8
"""Signatures shown before many are decided at once."""

_SAID = {"vouch": "vouch word"}

HELP = (
    ("a", "accept"),
    ("r", "refuse; then the reason: 1 not a person, 2 duplicate, 3 abuse, 4 other"),
    ("d", "refuse as a duplicate"),
    ("h", "hold: decide another time"),
    ("u", "undo what was done last, one key or thousands at once"),
    ("n b", "next, back, without deciding; in the list also the arrows"),
    ("space", "the whole text; in the list the next page"),
    ("c", "compare with the next one that it resembles"),
    ("v", "all undecided ones with the same vouch word, at once"),
    ("/", f"search: words in {', '.join(_SAID.get(field.name, field.name) for field in SEARCHED)}"),
    ("f", "filter: public, decision, vouch word, language, letter, resembling"),
    ("t", "the list, and back to one signature"),
    ("q", "quit; all that was decided is kept"),
)

_HEAD = line(PublishedSignature(*PUBLISHED))
_VOUCHED = {Vouched.YES: "vouched", Vouched.WITHDRAWN: "leaked", Vouched.UNKNOWN: "unknown", Vouched.NO: ""}


def say_decision(made: Decision | None) -> str:
    """A decision in words."""
    if made is None:
        return "undecided"
    by_word = ", by vouch word" if made.vouch else ""
    return f"{made.verdict}{f' ({made.reason})' if made.reason else ''}{by_word}"


def show_help(terminal: Terminal) -> None:
    """Show what each key does."""
    terminal.say("Keys; with a Cyrillic keyboard the same ones work.", "bold")
    terminal.say()
    terminal.table(HELP)
    terminal.say()
    terminal.say("Any key goes back.")


def show_place(terminal: Terminal, review: Review) -> None:
    """Show which signature this is, of how many, and the filter."""
    place = f"{min(review.at + 1, review.total):,} of {review.total:,}"
    terminal.say(place if review.filter == Filter() else f"{place}, only {review.filter}")
    comparing = review.queue.comparing
    if not comparing.is_finished:
        done, total = comparing.progress.done, comparing.progress.total
        terminal.say(f"Still comparing names, {done:,} of {total:,}: more that resemble each other may be found.")


def show_one(terminal: Terminal, shown: Shown, whole: bool) -> None:
    """Show one signature; without `whole`, long texts are cut."""
    signature = shown.entry.signature
    _show_public(terminal, signature.public)
    cut = len(signature.message) if whole else LONG
    terminal.table(
        [(field.name, shortened(text, max(cut, LONG))) for field in FIELDS if (text := field.text(signature))]
    )
    terminal.say()
    _show_notes(terminal, shown)


def show_pair(terminal: Terminal, shown: Shown, number: int) -> None:
    """A signature and one that is similar to it, side by side with the reasons."""
    other = shown.similar[number]
    _show_public(terminal, shown.entry.signature.public)
    many = f" ({number + 1} of {len(shown.similar)})" if len(shown.similar) > 1 else ""
    terminal.say(f"May be one person{many}, {other.score:.0%} alike: {'; '.join(other.reasons)}", "bold")
    cut = SHORT if terminal.size[1] >= LINES_OF_A_PAIR else SHORTEST
    terminal.show(side_by_side(("", "this one", "the other"), _compared(shown, other), cut))
    _show_notes(terminal, shown)


def _compared(shown: Shown, other: SimilarSignature) -> list[tuple[str, str, str]]:
    one, two = shown.entry.signature, other.entry.signature
    rows = [(field.name, field.text(one), field.text(two)) for field in FIELDS]
    public = ("public", "yes" if one.public else "no", "yes" if two.public else "no")
    stands = ("stands", say_decision(shown.decided), say_decision(other.decided))
    return [*(row for row in rows if row[1] or row[2]), public, stands]


def _show_public(terminal: Terminal, public: bool) -> None:
    if public:
        terminal.say(" PUBLIC: the name may be published ", "bold black on yellow")
    else:
        terminal.say(" NOT PUBLIC: only counted, the name stays with you ", "bold white on blue")
    terminal.say()


def _show_notes(terminal: Terminal, shown: Shown) -> None:
    for notice in notices(shown):
        terminal.say(str(notice), "bold")
    if shown.decided:
        terminal.say(f"Decided so far: {say_decision(shown.decided)}")


def show_filter(terminal: Terminal, wanted: Filter) -> None:
    """Each criterion of a filter with the key that changes it."""
    public = {None: "all", True: "public", False: "not public"}[wanted.public]
    terminal.table(
        [
            ("1  public", public),
            ("2  decision", wanted.status or "all"),
            ("3  vouch word", wanted.vouched or "all"),
            ("4  language", wanted.language or "all"),
            ("5  unknown letter", "only those" if wanted.unknown_letter else "all"),
            ("6  resembles another", "only those" if wanted.similar else "all"),
            ("/  words", " ".join(wanted.text) or "all"),
        ]
    )


def show_list(terminal: Terminal, review: Review) -> None:
    """Show the page of the list that has the current signature."""
    start = review.at - review.at % page_size(terminal)
    ids = review.ids[start : start + page_size(terminal)]
    if start == review.total > 0:  # beyond the last one, and it ended a page
        ids = []
    rows = [list_row(review.queue, start + number, one) for number, one in enumerate(ids, start=1)]
    head = ("no.", "public", "stands", "vouch", "", _HEAD)
    terminal.show(listing(head, rows, cursor=review.at - start))


def page_size(terminal: Terminal) -> int:
    """Rows of a list that fit on the screen."""
    return max(terminal.size[1] - LINES_AROUND, 3)


def list_row(queue: ReviewQueue, number: int, envelope_id: EnvelopeId) -> Sequence[str]:
    """One line of the list; the text that a stranger wrote comes last."""
    facts = queue.facts[envelope_id]
    signs = (("≈", queue.similar_so_far(envelope_id)), ("✎", facts.by_hand), ("!", facts.unknown_letter))
    flags = "".join(sign for sign, applies in signs if applies)
    public = "public" if facts.public else "-"
    status = str(status_of(queue.decisions.get(envelope_id)))
    return f"{number:,}", public, status, _VOUCHED[facts.vouched], flags, one_line(queue.entry(envelope_id))


def one_line(entry: SignatureEntry) -> str:
    """A signature in one line."""
    return line(entry.signature)


def show_sample(terminal: Terminal, review: Review, ids: Sequence[EnvelopeId]) -> None:
    """Some of many signatures about which something will be decided at once, and how many will be left out."""
    terminal.say(f"Some of {len(ids):,}:" if len(ids) > SAMPLE else f"All {len(ids):,}:")
    for envelope_id in ids[:: max(len(ids) // SAMPLE, 1)][:SAMPLE]:
        terminal.say(f"  {one_line(review.queue.entry(envelope_id))}")
    if doubtful := review.doubtful(ids):
        terminal.say(f"Of these, {doubtful:,} resemble another signature: they are not accepted at once.", "bold")
