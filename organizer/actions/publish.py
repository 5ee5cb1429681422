"""Publishing: counts what is accepted, plans the publication with its warnings, then signs and writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.publication import PUBLICATION_FILE, Publication, digest, minisig_name, read_publication
from organizer.actions.appeal import need_appeal
from organizer.actions.counted_twice import accepted_pairs, counted_twice
from organizer.actions.dates import day_questions, known_days, strange_day
from organizer.actions.draft import count, draft_publication, unmatched
from organizer.actions.fewer import ask_about_fewer, counts_fewer, read_promises
from organizer.actions.own_keys import check_listed, own_minisign
from organizer.actions.plan import Answers, Notice, Progress, Question, check_answered, no_progress
from organizer.actions.previous import TOLD, is_signed
from organizer.actions.reachable import reachable_people
from organizer.actions.session import Session, open_minisign
from organizer.errors import OrganizerError
from organizer.results.diff import Changes, compare
from organizer.results.publication import place_after, sign_publication, write_draft
from organizer.results.tally import Tally
from organizer.text import in_groups
from organizer.workspace.files import hand_over_publication, read_file

REPLACED_FILE = "replaces.txt"

SIGN = Notice("sign", "Sign and write this publication?")
NOTHING_PUBLISHED = Notice("stopped", "Nothing was published.")


@dataclass(frozen=True)
class PublishPlan:
    """A publication before it is signed: its bytes, what a reader finds in them, and what came before."""

    data: bytes
    publication: Publication
    tally: Tally
    last: Publication | None
    changes: Changes | None
    replaced: str | None
    """The digest of the publication that is replaced under the same number."""
    unsigned: str | None
    """The digest of the publication that it follows, when that came from elsewhere without enough minisigs."""
    strange: tuple[Notice, ...]
    """What speaks against its date."""
    pairs: Counter[str]
    """How many accepted pairs may be one person, by what speaks for it."""
    fewer: tuple[Notice, ...]
    """What readers were told before, when this counts fewer."""

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What may want a second look before this is signed."""
        return (
            *self.strange,
            *counted_twice(self.pairs),
            *reachable_people(self.publication),
            *self.fewer,
            *not_counted(self.tally),
            *unmatched(self.tally),
        )

    @property
    def replacement(self) -> tuple[Notice, ...]:
        """What it means that this takes the place of a publication that is signed already."""
        if self.replaced is None:
            return ()
        text = (
            "This replaces number {number}, which is deleted here. Two signed publications of one number contradict "
            "each other, and whoever has both can show it. The one that is replaced has the SHA-256 {digest}"
        )
        only = "Replace it only if it was never handed in and nobody else has it; other organizers delete their copies."
        values = {"number": self.publication.number, "digest": in_groups(self.replaced)}
        return Notice("replaces", text, values), Notice("only-unseen", only)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        dated = day_questions(self.publication.date, self.strange, str(NOTHING_PUBLISHED))
        asked = (*dated, *self._about_previous(), *ask_about_fewer(self.fewer, NOTHING_PUBLISHED))
        if self.replaced is None:
            return (*asked, Question(SIGN, NOTHING_PUBLISHED))
        text = "Was number {number} never handed in, and shall this one be signed in its place?"
        return (*asked, Question(Notice("replace", text, {"number": self.publication.number}), NOTHING_PUBLISHED))

    def _about_previous(self) -> Iterator[Question]:
        if self.unsigned is not None:
            text = "Beside the publication that this one follows lie no minisigs of enough organizers: whether it is "
            text += "the right one is not known here, and the site cannot tell. Type the first twenty signs of the "
            text += "SHA-256 that another organizer told you over another line, or all"
            refusal = "Nothing was published. Fetch all minisigs of the last publication from the site, too, and put "
            refusal += "them beside it."
            told = Notice("previous-unsigned", refusal, {"previous": self.unsigned})
            asked, word = Notice("previous-unsigned", text), self.unsigned[:TOLD]
            yield Question(asked, told, word, for_a_person=True, whole=self.unsigned)


@dataclass(frozen=True)
class Published:
    """A signed publication: the folder in the workspace that holds it, and its files by name."""

    folder: str
    files: dict[str, bytes]


def plan_publication(
    session: Session,
    date: str,
    replace: bool = False,
    previous: str | None = None,
    progress: Progress = no_progress,
) -> PublishPlan:
    """Count, and draft what follows the last publication, or takes its place with `replace`; `date` is YYYY-MM-DD.

    `previous` is the path of the last publication, for a workspace that lost it.
    Raises OrganizerError: no-appeal, appeal-signer, replace, previous; PublicationError.
    """
    appeal, workspace = need_appeal(session.appeal), session.workspace
    check_listed(appeal, own_minisign(workspace)[1])
    numbers = workspace.publications()
    replaced = None
    if replace:
        if not numbers:
            raise OrganizerError("replace", "There is no publication yet that could be replaced. Leave --replace out.")
        replaced = digest(workspace.read_publication(numbers.pop()))
    before = workspace.read_publication(numbers[-1]) if numbers else None
    unsigned = None
    if previous is not None:
        own, before = before, _given(previous, appeal, before)
        unsigned = None if before == own or is_signed(previous, before, appeal) else digest(before)
    last = None if before is None else read_publication(before)
    counted = count(session, frozenset() if last is None else frozenset(last.signatures))
    data, publication = write_draft(draft_publication(session, counted, place_after(before), date))
    changes = None if last is None else compare(last, publication, counted.left_out)
    strange = strange_day(date, known_days(appeal, last, session))
    pairs, fewer = accepted_pairs(session, progress), counts_fewer(publication, last, read_promises(workspace))
    return PublishPlan(data, publication, counted, last, changes, replaced, unsigned, strange, pairs, fewer)


def publish(session: Session, plan: PublishPlan, answers: Answers) -> Published:
    """Sign what was planned and keep it in the workspace. Raises OrganizerError: stopped, appeal-signer, …"""
    check_answered(plan.questions, answers)
    minisign = open_minisign(session)
    check_listed(need_appeal(session.appeal), minisign.public)
    minisig = sign_publication(plan.data, minisign)
    files = {PUBLICATION_FILE: plan.data, minisig_name(own_minisign(session.workspace)[0]): minisig.encode("utf-8")}
    kept = files if plan.replaced is None else {**files, REPLACED_FILE: f"{plan.replaced}\n".encode("ascii")}
    number = plan.publication.number
    folder = session.workspace.write_publication(number, kept, replace=plan.replaced is not None)
    return Published(folder, files)


def hand_over_published(published: Published, out: str) -> None:
    """Copy the files to `out`, such as a stick. Raises OrganizerError: hand-over."""
    try:
        hand_over_publication(out, PUBLICATION_FILE, published.files)
    except OSError as error:
        # Publishing again would take the next number, and readers would miss the one that was never handed in.
        text = f"It is signed, but could not be copied to {out}. Do not publish again; copy the files from"
        raise OrganizerError("hand-over", f"{text} {published.folder}.") from error


def not_counted(counted: Tally) -> tuple[Notice, ...]:
    """Whether signatures are left out because nobody decided about them."""
    if not (counted.undecided or counted.held):
        return ()
    text = "Not counted, because nobody decided yet: {undecided:,} undecided and {held:,} held."
    return (Notice("undecided", text, {"undecided": counted.undecided, "held": counted.held}),)


def _given(path: str, appeal: Appeal, own: bytes | None) -> bytes:
    """The last publication as the site has it, for a workspace that lost it. Raises OrganizerError: previous."""
    data = read_file(path)
    given = read_publication(data)
    if given.appeal != appeal.appeal_id.hex():
        raise OrganizerError("previous", f"{path} is a publication of another appeal.")
    if own is not None and given.number <= read_publication(own).number and data != own:
        text = f"{path} is not the last publication: this workspace knows number {read_publication(own).number}."
        raise OrganizerError("previous", f"{text} Leave --previous out, or fetch the last one from the site.")
    if own is not None and given.number == read_publication(own).number + 1 and given.previous != digest(own):
        text = f"{path} does not follow the publication {given.number - 1} that this workspace knows."
        raise OrganizerError("previous", f"{text} Find out with the other organizers which one is right.")
    return data
