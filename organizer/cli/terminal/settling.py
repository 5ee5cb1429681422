"""The dialogue after a merge: each signature that two organizers decided differently, and keys to choose."""

from __future__ import annotations

from collections.abc import Sequence

from organizer.actions.decisions import open_settling, settle
from organizer.cli.terminal import signature_views
from organizer.cli.terminal.terminal import Terminal
from organizer.review.merge import Disagreement
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.text import latin_key
from organizer.workspace.entries import VERDICTS


def settle_all(terminal: Terminal, queue: ReviewQueue, differ: Sequence[Disagreement], signer: str) -> None:
    """Until all are seen or the person has enough; what is left stays on hold. `signer` is the other organizer."""
    review = open_settling(queue, differ)
    hint = ""
    with terminal.private_screen() as clear:
        while review.at < len(differ):
            one = differ[review.at]
            clear()
            _show(terminal, review, one, signer)
            terminal.say(hint or " ", "bold")
            terminal.say("Keys: m as you decided, t as the other did, h leave on hold, b back, q quit")
            key = terminal.key()
            key = key and latin_key(key)
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
    for other in shown.similar:
        terminal.say(f"Resembles: {signature_views.one_line(other.entry)}")


def _press(review: Review, one: Disagreement, key: str) -> str:
    if key in ("m", "t"):
        settle(review, one, theirs=key == "t")
    elif key in ("h", "n"):
        review.move(1)
    elif key == "b":
        review.move(-1)
    else:
        return "This key does nothing here."
    return ""
