"""`organizer list`: all signatures in a list to look through; for scripts, what is public knowledge of each."""

from __future__ import annotations

from dataclasses import replace

from organizer.commands import Result
from organizer.commands.review import Marks, open_pile
from organizer.filtering import Filter, standing
from organizer.pile import Pile
from organizer.review import Review
from organizer.reviewing import Dialogue
from organizer.session import open_session
from organizer.talk import Talk


def run(talk: Talk, folder: str, marks: Marks, passphrase_file: str | None) -> Result:
    """Changes nothing. Names are shown at a terminal only. Raises OrganizerError."""
    with open_session(talk, folder, passphrase_file) as session:
        pile = open_pile(talk, session)
        review = Review(pile, again=True, wanted=marks.filter(pile))
        if talk.is_at_terminal and review.total:
            Dialogue(talk, review, table=True, only_look=True).run()
        else:
            _say_without_names(talk, review)
        rows = [_row(pile, name) for name in review.names]
    # Without the words searched for: a name does not stay in the scrollback.
    wanted = replace(review.filter, text=())
    talk.say(f"Signatures: {review.total:,}{'' if wanted == Filter() else f', only {wanted}'}.")
    return {"signatures": rows}


def _say_without_names(talk: Talk, review: Review) -> None:
    # What goes into a file or another program must not carry a name that is not public: that has its own command.
    for name in review.names:
        facts, made = review.pile.facts[name], review.pile.decisions.get(name)
        public = "public" if facts.public else "not public"
        talk.say(f"{name.hex()[:16]}  {public:<10}  {standing(made):<9}  {facts.vouched}")
    talk.say("Names are shown at a terminal only.")


def _row(pile: Pile, name: bytes) -> Result:
    facts, made = pile.facts[name], pile.decisions.get(name)
    return {
        "id": name.hex(),
        "public": facts.public,
        "by_hand": facts.by_hand,
        "standing": str(standing(made)),
        "reason": None if made is None or made.reason is None else str(made.reason),
        "vouched": str(facts.vouched),
        "word": facts.word or None,
        "accepted_by_word_alone": bool(made and made.vouch and standing(made) == "accepted"),
        "language": facts.language,
        "unknown_letter": facts.unknown_letter,
        "resembles": [other.hex() for other, _, _ in pile.resembles(name)],
    }
