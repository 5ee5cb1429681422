"""The dialogue of the review: which key does what, on which screen.

Decisions are made in organizer/review/review.py, which writes each to the disk at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from crypto.envelope import EnvelopeId
from organizer.actions.plan import YES
from organizer.actions.review import decide_for_word, plan_undo, plan_word_decision, undo
from organizer.cli.terminal import quiet, signature_views
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.review.filters import Filter
from organizer.review.review import Review, Shown
from organizer.text import latin_key
from organizer.workspace.entries import Reason, Verdict

_REASONS = {"1": Reason.NOT_A_PERSON, "2": Reason.DUPLICATE, "3": Reason.ABUSE, "4": Reason.OTHER}
_FOR_A_WORD = {
    "a": (Verdict.ACCEPTED, None),
    "h": (Verdict.HELD, None),
    "1": (Verdict.REFUSED, _REASONS["1"]),
    "3": (Verdict.REFUSED, _REASONS["3"]),
}
_WHY = "Why? 1 not a person, 2 duplicate, 3 abuse, 4 other. Any other key goes back."
_CRITERIA = {"1": "public", "2": "status", "3": "vouched", "4": "language", "5": "unknown_letter", "6": "similar"}

DECIDING = frozenset("adrhuv")
"""Keys that decide something."""


class Dialogue:
    """One person at one screen. With `only_look`, nothing can be decided."""

    def __init__(self, terminal: Terminal, review: Review, table: bool = False, only_look: bool = False) -> None:
        self._terminal = terminal
        self._review = review
        self._table = table
        self._only_look = only_look
        self._whole = False
        self._other = 0
        self._hint = ""
        self._clear: Callable[[], None] = terminal.say
        self._shown: Shown | None = None
        self._does: dict[str, Callable[[], str]] = {
            "a": lambda: self._decide(Verdict.ACCEPTED),
            "d": lambda: self._decide(Verdict.REFUSED, Reason.DUPLICATE),
            "h": lambda: self._decide(Verdict.HELD),
            "r": self._refuse,
            "u": self._undo,
            "v": self._by_word,
            "c": self._compare,
            "n": lambda: self._move(1),
            "b": lambda: self._move(-1),
            "down": lambda: self._move(1),
            "up": lambda: self._move(-1),
            "page-down": lambda: self._move(signature_views.page_size(terminal)),
            "page-up": lambda: self._move(-signature_views.page_size(terminal)),
            "home": lambda: self._move(-review.total),
            "end": lambda: self._move(review.total - 1 - review.at),
            " ": self._space,
            "t": self._turn,
            "\r": self._turn,
            "\n": self._turn,
            "/": self._search,
            "f": self._filter,
            "?": self._help,
        }

    def run(self) -> None:
        """Show and decide until the person has enough; what was decided is kept, whatever happens."""
        with self._terminal.private_screen() as clear, suppress(KeyboardInterrupt):
            self._clear = clear
            while True:
                self._draw()
                key = self._key()
                if key is None or key == "q":
                    return
                at = self._review.at
                self._hint = self._press(key)
                if self._review.at != at:
                    self._whole, self._other = False, 0

    def _press(self, key: str) -> str:
        """Do what the key means; return a message for the person."""
        action = self._does.get(key)
        if action is None or (self._only_look and key in DECIDING):
            return "This key does nothing here. ? shows what the keys do."
        return action()

    def _key(self) -> str | None:
        typed = self._terminal.key()
        return typed and latin_key(typed)

    def _draw(self) -> None:
        self._review.queue.comparing.take_up()
        self._clear()
        terminal = self._terminal
        self._shown = shown = self._review.current()
        signature_views.show_place(terminal, self._review)
        if self._table:
            signature_views.show_list(terminal, self._review)
        if shown is None:
            terminal.say("That was the last one." if self._review.total else "There is none. f and / choose others.")
        elif not self._table and shown.similar and not self._whole:
            signature_views.show_pair(terminal, shown, self._other % len(shown.similar))
        elif not self._table:
            signature_views.show_one(terminal, shown, self._whole)
        if self._hint:
            terminal.say(self._hint, "bold")
        terminal.say(self._keys())

    def _keys(self) -> str:
        if self._only_look:
            return "Keys: space next page, Enter one signature, / search, f filter, ? all, q quit"
        if self._shown is None:
            return "Keys: b back, u undo, f filter, / search, ? all, q quit"
        if self._table:
            return "Keys: a accept, r refuse, h hold, Enter whole, space next page, ? all, q quit"
        return "Keys: a accept, r refuse, d duplicate, h hold, n next, u undo, ? all, q quit"

    # What the keys do

    def _decide(self, verdict: Verdict, reason: Reason | None = None) -> str:
        if self._shown is None:
            return "There is nothing to decide about here."
        if verdict is Verdict.ACCEPTED and self._finds_more(self._shown):
            return "Now that it is compared with all others, it resembles another one. Look at both, then decide."
        self._review.decide(verdict, reason)
        return ""

    def _finds_more(self, shown: Shown) -> bool:
        """Whether a signature is similar to more than was shown, once it is compared with all others."""
        if shown.compared:
            return False
        self._wait_for_comparing(shown.entry.id)
        now = self._review.current()
        return now is not None and {one.entry.id for one in now.similar} != {one.entry.id for one in shown.similar}

    def _wait_for_comparing(self, envelope_id: EnvelopeId | None = None) -> None:
        """Until this signature, or else all, were compared; keys pressed meanwhile are about nothing that was seen."""
        if envelope_id is not None:
            self._review.queue.compare_too(envelope_id)
        comparing = self._review.queue.comparing
        if comparing.is_finished or (envelope_id is not None and comparing.is_known(envelope_id)):
            return
        self._terminal.say("Names are still being compared. It goes on when that is done.", "bold")
        self._review.queue.finish_comparing(envelope_id)
        quiet.forget_keys()

    def _refuse(self) -> str:
        if self._shown is None:
            return "There is nothing to decide about here."
        self._terminal.say(_WHY)
        reason = _REASONS.get(self._key() or "")
        return "Nothing was decided." if reason is None else self._decide(Verdict.REFUSED, reason)

    def _undo(self) -> str:
        try:
            plan = plan_undo(self._review)
        except OrganizerError as error:
            return str(error)
        if (many := len(plan.ids)) > 1:
            self._terminal.say(f"This takes back {many:,} decisions that were made at once. Press y to do it.", "bold")
            if self._key() != "y":
                return "Nothing was taken back."
        # For one decision, pressing u is the answer; more than one was confirmed with y above.
        count = undo(self._review, plan, {"undo": YES})
        return f"Taken back: {count:,}."

    def _by_word(self) -> str:
        facts = None if self._shown is None else self._shown.facts
        if facts is None or not facts.word:
            return "This signature has no vouch word that was given out."
        ids = self._review.with_word(facts.word)
        if not ids:
            return "Nothing with this vouch word is undecided."
        self._wait_for_comparing()
        self._clear()
        word = self._review.queue.words.numbered(facts.word)
        self._terminal.say(f"Undecided signatures with vouch word number {word.number}: {len(ids):,}", "bold")
        signature_views.show_sample(self._terminal, self._review, ids)
        self._terminal.say()
        accept = "" if word.withdrawn else "a accept all, "
        self._terminal.say(
            f"Keys: {accept}h hold all, 1 refuse all as not persons, 3 refuse all as abuse; others go back"
        )
        return self._carry_out_for_word(word.number, word.withdrawn)

    def _carry_out_for_word(self, word: int, withdrawn: bool) -> str:
        key = self._key() or ""
        if key not in _FOR_A_WORD or (key == "a" and withdrawn):
            return "Nothing was decided."
        plan = plan_word_decision(self._review, word, *_FOR_A_WORD[key])
        # The key is the answer.
        bulk = decide_for_word(self._review, plan, {"decide-word": YES})
        left = f" Left undecided, because they resemble another one: {bulk.left:,}." if bulk.left else ""
        return f"Decided at once: {bulk.decided:,}.{left} u takes all of it back."

    def _compare(self) -> str:
        if self._shown is None or len(self._shown.similar) < 2:
            return "There is no other one to compare with."
        self._other, self._whole, self._table = self._other + 1, False, False
        return ""

    def _move(self, by: int) -> str:
        self._review.move(by)
        return ""

    def _space(self) -> str:
        if self._table:
            size = signature_views.page_size(self._terminal)
            return self._move(size - self._review.at % size)
        self._whole = not self._whole
        return ""

    def _turn(self) -> str:
        self._table = not self._table
        return ""

    def _search(self) -> str:
        try:
            typed = self._terminal.ask("Search for (Enter: everything)")
        except OrganizerError as error:
            return "Nothing was searched for." if error.reason == "stopped" else str(error)
        return self._narrow_to(self._review.filter.with_text(typed))

    def _filter(self) -> str:
        review = self._review
        wanted, languages = review.filter, review.queue.languages()
        while True:
            self._clear()
            self._terminal.say("Show only", "bold")
            signature_views.show_filter(self._terminal, wanted)
            self._terminal.say("Press 1 to 6 to change, 0 for everything, any other key to go on.")
            key = self._key()
            if key == "0":
                wanted = Filter()
            elif key in _CRITERIA:
                wanted = wanted.next(_CRITERIA[key], languages)
            else:
                return self._narrow_to(wanted)

    def _narrow_to(self, wanted: Filter) -> str:
        if wanted.similar:
            self._wait_for_comparing()
        if wanted != self._review.filter:
            self._review.narrow(wanted)
        return ""

    def _help(self) -> str:
        self._clear()
        signature_views.show_help(self._terminal)
        self._key()
        return ""
