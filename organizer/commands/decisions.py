"""`organizer decisions`: two organizers review apart, exchange what they decided, and settle where they differ."""

from __future__ import annotations

from nacl.utils import random

from organizer import looking
from organizer.commands import Result
from organizer.commands.review import open_pile
from organizer.entries import VERDICTS
from organizer.errors import OrganizerError
from organizer.keyboard import latin
from organizer.merging import Disagreement, Merge, collect, merge, read_decisions, write_decisions
from organizer.pile import Pile
from organizer.review import Review
from organizer.session import Session, open_masters, open_session, own_minisign
from organizer.talk import Talk
from organizer.workspace import read_file, write_new


def run_export(talk: Talk, folder: str, out: str, passphrase_file: str | None) -> Result:
    """Raises OrganizerError: no-key, file-exists, …"""
    with open_session(talk, folder, passphrase_file) as session:
        signer, _ = own_minisign(session.workspace)
        decisions = collect(open_pile(talk, session), signer)
        masters = open_masters(session.workspace, session.root, session.periods)
        latest = [period for period in session.periods if period.record.key_id in masters]
        if not latest:
            text = "Decisions are locked with the key of a period, and none is in this workspace."
            raise OrganizerError("no-key", text)
        key_id = latest[-1].record.key_id
        write_new(out, write_decisions(decisions, key_id, masters[key_id], random))
    talk.say(f"Written to {out}. Decisions: {len(decisions.made):,}. Vouch words: {len(decisions.words):,}.")
    talk.say(
        f"The file is locked with the key {key_id.hex()}; only who has that key reads it. It names no signer, but it "
        "holds envelope ids, decisions, and your vouch words with their notes. The other organizer runs:"
    )
    talk.say_exactly(f"  organizer decisions merge {out}")
    return {"decisions": len(decisions.made), "words": len(decisions.words), "key_id": key_id.hex(), "file": out}


def run_merge(talk: Talk, folder: str, path: str, passphrase_file: str | None) -> Result:
    """Agreements are kept first, in one step; then a person settles the rest, or leaves it on hold.

    Raises OrganizerError: no-file, decisions-file, decisions-key, …
    """
    with open_session(talk, folder, passphrase_file) as session:
        pile = open_pile(talk, session)
        theirs = read_decisions(read_file(path), open_masters(session.workspace, session.root, session.periods))
        if theirs.signer == _own_name(session):
            talk.say("Note: this file was made by an organizer with your own short name.", "bold")
        found = merge(pile, theirs)
        pile.keep(found.changes, found.words)
        _say_merged(talk, found, theirs.signer)
        if found.disagreements and talk.is_at_terminal:
            talk.wait("Press Enter to see where you differ")
            _settle(talk, pile, found.disagreements, theirs.signer)
    if found.disagreements:
        talk.say("What is not settled stays on hold and is not counted. To go on: merge again, or organizer review")
    return {**_numbers(found), "differ": [_row(one) for one in found.disagreements], "signer": theirs.signer}


def run_undo(talk: Talk, folder: str, yes: bool, passphrase_file: str | None) -> Result:
    """The latest step, whatever it was: one decision or all of a merge. Raises OrganizerError: nothing, stopped."""
    with open_session(talk, folder, passphrase_file) as session:
        review = Review(open_pile(talk, session))
        names = review.latest()
        if not names:
            raise OrganizerError("nothing", "There is no decision to take back.")
        if not yes and not talk.confirm(f"Take back what was decided last, {len(names):,} at once?"):
            raise OrganizerError("stopped", "Nothing was changed.")
        review.undo()
    talk.say(f"Taken back: {len(names):,}.")
    return {"taken_back": len(names)}


def _own_name(session: Session) -> str:
    try:
        return own_minisign(session.workspace)[0]
    except OrganizerError:
        return ""  # a workspace restored from cards has no minisign key, and can merge all the same


def _numbers(found: Merge) -> Result:
    return {
        "taken_over": found.taken,
        "agreed": found.agreed,
        "settled_before": found.settled,
        "not_here": found.unknown,
        "held_as_resembling": found.doubtful + found.waiting,
        "held_for_words": found.leaked,
        "words": len(found.words),
    }


def _say_merged(talk: Talk, found: Merge, signer: str) -> None:
    talk.say(f"Decisions of {signer}:")
    labels = {
        "taken_over": "taken over, for nothing was decided here",
        "agreed": "decided alike",
        "settled_before": "decided otherwise, and settled here before",
        "not_here": "about envelopes that are not in this workspace",
        "held_as_resembling": "on hold: resembles one that is accepted here",
        "held_for_words": "on hold: accepted for a vouch word that was withdrawn",
        "words": "vouch words that are new here, or withdrawn now",
    }
    numbers = _numbers(found)
    talk.table([(labels[name], f"{count:,}") for name, count in numbers.items() if count])
    talk.table([("decided otherwise, on hold until settled", f"{len(found.disagreements):,}")])
    if found.unknown:
        talk.say("For envelopes that are not here, open the same ledgers as the other organizer, then merge again.")
    if found.changes:
        talk.say("To take these decisions back: organizer decisions undo")
    else:
        # Not a word of undo: it would take back what was done before.
        talk.say("No decision was changed here by it.")


def _row(one: Disagreement) -> Result:
    return {"id": one.name.hex(), "here": one.here.code, "there": one.there}


# Where two differ


def _settle(talk: Talk, pile: Pile, differ: list[Disagreement], signer: str) -> None:
    review = Review(pile, again=True)
    review.only(one.name for one in differ)
    hint = ""
    with talk.private_screen() as clear:
        while review.at < len(differ):
            one = differ[review.at]
            clear()
            _show(talk, review, one, signer)
            talk.say(hint or " ", "bold")
            talk.say("Keys: m as you decided, t as the other did, h leave on hold, b back, q quit")
            key = talk.key()
            key = key and latin(key)
            if key is None or key == "q":
                return
            hint = _press(review, one, key)


def _show(talk: Talk, review: Review, one: Disagreement, signer: str) -> None:
    shown = review.current()
    assert shown is not None
    looking.show_place(talk, review)
    looking.show_one(talk, shown, whole=False)
    verdict, reason = VERDICTS[one.there]
    talk.table(
        [
            ("you", looking.say_decision(one.here)),
            (signer, f"{verdict}{f' ({reason})' if reason else ''}"),
        ]
    )
    for other in shown.others:
        talk.say(f"Resembles: {looking.brief(other.entry)}")


def _press(review: Review, one: Disagreement, key: str) -> str:
    if key == "m":
        review.decide(one.here.verdict, one.here.reason)
    elif key == "t":
        review.decide(*VERDICTS[one.there])
    elif key in ("h", "n"):
        review.move(1)
    elif key == "b":
        review.move(-1)
    else:
        return "This key does nothing here."
    return ""
