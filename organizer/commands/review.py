"""`organizer review`: show one signature at a time, or a list, and keep what is decided."""

from __future__ import annotations

from dataclasses import dataclass

from organizer.commands import Result
from organizer.commands.status import count, counts_result
from organizer.errors import OrganizerError
from organizer.filtering import Filter, Standing, known_language
from organizer.looking import show_sample
from organizer.opening import open_by_hand
from organizer.pile import Pile
from organizer.review import Bulk, Review
from organizer.reviewing import Dialogue
from organizer.session import Session, open_session
from organizer.talk import Talk
from organizer.vouching import Vouched


@dataclass(frozen=True)
class Marks:
    """What the options said about which signatures are wanted. `word` is the number of a vouch word."""

    public: bool | None = None
    standing: str | None = None
    vouch: str | None = None
    word: int | None = None
    language: str | None = None
    unknown_letter: bool = False
    alike: bool = False

    def filter(self, pile: Pile) -> Filter:
        """The same as a filter. Raises OrganizerError: vouch-number."""
        return Filter(
            public=self.public,
            standing=None if self.standing is None else Standing(self.standing),
            vouched=None if self.vouch is None else VOUCH[self.vouch],
            language=None if self.language is None else known_language(self.language),
            unknown_letter=self.unknown_letter,
            alike=self.alike,
            word=0 if self.word is None else pile.words.numbered(self.word).number,
        )


VOUCH = {"yes": Vouched.YES, "withdrawn": Vouched.WITHDRAWN, "unknown": Vouched.UNKNOWN, "none": Vouched.NO}


@dataclass(frozen=True)
class Choice:
    """What the options said about what to do."""

    accept_all: bool = False
    even_alike: bool = False
    accept_vouched: bool = False
    yes: bool = False
    again: bool = False
    table: bool = False


def run(
    talk: Talk, folder: str, passphrase_file: str | None, choice: Choice | None = None, marks: Marks | None = None
) -> Result:
    """Can be stopped at any time: each decision is kept before the next is asked for. Raises OrganizerError."""
    choice = choice or Choice()
    if not (choice.accept_all or (choice.accept_vouched and choice.yes)):
        talk.check_may_ask()
    with open_session(talk, folder, passphrase_file) as session:
        pile = open_pile(talk, session)
        review = Review(pile, choice.again, (marks or Marks()).filter(pile))
        if choice.accept_all:
            _say_bulk(talk, "Accepted without being looked at", review.accept_all(choice.even_alike))
        elif choice.accept_vouched:
            _accept_vouched(talk, review, choice.yes)
        elif review.total == 0:
            talk.say("There is nothing to review. “organizer review --again” goes over what is decided already.")
        else:
            Dialogue(talk, review, table=choice.table).run()
        twice = pile.accepted_pairs()
        found = count(session, listed=False)
    accepted = found.counts.public + found.counts.nonpublic
    talk.say(f"Accepted {accepted:,}, undecided {found.undecided:,}, held {found.held:,}.")
    if twice:
        talk.say(f"Accepted pairs that may be one person: {twice:,}. To see them: organizer duplicates")
    talk.say("To go on: organizer review" if found.undecided or found.held else "Next: organizer publish")
    return {**counts_result(found), "accepted_pairs": twice}


def open_pile(talk: Talk, session: Session) -> Pile:
    """All that can be reviewed in a workspace, what was entered by hand included. Raises OrganizerError."""
    open_by_hand(session.records, session.keys)
    letters = None if session.appeal is None else set(session.appeal.letters.values())
    return Pile(session.records, letters, lambda: talk.progress("Comparing names", "names compared"))


def _accept_vouched(talk: Talk, review: Review, yes: bool) -> None:
    names = review.vouched()
    left = len(names) - review.doubtful(names)
    if left and not yes:
        with talk.private_screen():
            show_sample(talk, review, names)
            if not talk.confirm(f"Accept for their vouch words, without a look at each: {left:,}?"):
                raise OrganizerError("stopped", "Nothing was decided.")
    _say_bulk(talk, "Accepted for their vouch words", review.accept_vouched())


def _say_bulk(talk: Talk, what: str, bulk: Bulk) -> None:
    talk.say(f"{what}: {bulk.decided:,}.")
    if bulk.left:
        talk.say(f"Left undecided, because they resemble another signature: {bulk.left:,}.")
