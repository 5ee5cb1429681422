"""`organizer review`: show one signature at a time and keep what is decided about it."""

from __future__ import annotations

from contextlib import suppress

from organizer.commands import Result
from organizer.commands.status import count, counts_result
from organizer.entries import Reason, SignatureEntry, Verdict
from organizer.opening import open_by_hand
from organizer.review import Review, Shown
from organizer.session import open_session
from organizer.talk import Talk

# The same keys of a keyboard switched to Cyrillic: nobody should have to notice.
_CYRILLIC = dict(zip("фвклрйг", "adrkhqu", strict=True))
_REASONS = {"1": Reason.NOT_A_PERSON, "2": Reason.DUPLICATE, "3": Reason.ABUSE, "4": Reason.OTHER}


def run(talk: Talk, folder: str, accept_all: bool, again: bool, passphrase_file: str | None) -> Result:
    """Can be stopped at any time: each decision is kept before the next is asked for. Raises OrganizerError."""
    if not accept_all:
        talk.check_may_ask()
    with open_session(talk, folder, passphrase_file) as session:
        open_by_hand(session.records, session.keys)
        letters = None if session.appeal is None else set(session.appeal.letters.values())
        review = Review(session.records, letters, again)
        if accept_all:
            talk.say(f"Accepted without being looked at: {review.accept_all():,}.")
        elif review.total == 0:
            talk.say("There is nothing to review. “organizer review --again” goes over what is decided already.")
        else:
            with suppress(KeyboardInterrupt):  # all that was decided is kept, so there is nothing to say
                _go_through(talk, review)
        found = count(session)
    accepted = found.counts.public + found.counts.nonpublic
    talk.say(f"Accepted {accepted:,}, undecided {found.undecided:,}, held {found.held:,}.")
    talk.say("To go on: organizer review" if found.undecided or found.held else "Next: organizer publish")
    return counts_result(found)


def _go_through(talk: Talk, review: Review) -> None:
    hint = ""
    with talk.private_screen() as clear:
        while True:
            clear()
            shown = review.current()
            if shown is None:
                talk.say("That was the last one. Keys: u undo, q quit")
            else:
                _show(talk, shown, hint)
            key = talk.key()
            key = key and _CYRILLIC.get(key.casefold(), key.casefold())
            if key is None or key == "q":
                return
            hint = _carry_out(talk, review, shown, key)


def _carry_out(talk: Talk, review: Review, shown: Shown | None, key: str) -> str:
    """Do what a key stands for; returns what the person should know then."""
    if key == "u":
        return "" if review.undo() else "There is no decision to take back."
    if shown is None:
        return ""
    if key == "a":
        review.decide(Verdict.ACCEPTED)
    elif key == "d":
        review.decide(Verdict.REFUSED, Reason.DUPLICATE)
    elif key == "h":
        review.decide(Verdict.HELD)
    elif key == "k" and shown.decided:
        review.keep()
    elif key == "r":
        talk.say("Why? 1 not a person, 2 duplicate, 3 abuse, 4 other. Any other key goes back.")
        reason = _REASONS.get(talk.key() or "")
        if reason is None:
            return "Nothing was decided."
        review.decide(Verdict.REFUSED, reason)
    else:
        return "This key does nothing here."
    return ""


def _show(talk: Talk, shown: Shown, hint: str) -> None:
    signature = shown.entry.signature
    talk.say(f"{shown.place:,} of {shown.total:,}")
    talk.say()
    if signature.public:
        talk.say(" PUBLIC: the name may be published ", "bold black on yellow")
    else:
        talk.say(" NOT PUBLIC: only counted, the name stays with you ", "bold white on blue")
    talk.say()
    fields = ("name", "relation", "prisoner", "message", "contact", "language", "vouch")
    talk.table([(field, value) for field in fields if (value := getattr(signature, field))])
    talk.say()
    for note in _notes(shown):
        talk.say(note, "bold")
    if shown.decided:
        talk.say(f"Decided so far: {shown.decided.reason or shown.decided.verdict}")
    if hint:
        talk.say(hint)
    keep = ", k keep as it is" if shown.decided else ""
    talk.say(f"Keys: a accept, d duplicate, r refuse, h hold{keep}, u undo, q quit")


def _notes(shown: Shown) -> list[str]:
    notes = ["Entered by hand."] if shown.entry.by_hand else []
    if shown.unknown_letter:
        notes.append("Note: signed under a text that is not among the letters of your appeal.json.")
    notes += [f"Note: same code as an accepted signature: {_brief(other)}" for other in shown.same_code]
    notes += [f"Note: same name as an accepted signature: {_brief(other)}" for other in shown.same_name]
    return notes


def _brief(other: SignatureEntry) -> str:
    signature = other.signature
    shown = (signature.name, signature.relation, signature.prisoner, signature.contact)
    return "; ".join(part for part in shown if part)
