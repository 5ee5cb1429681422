"""Signing a publication of another organizer, after checking it and comparing it with the own workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.minisign import MinisignPublicKey, MinisignSecretKey
from crypto.publication import (
    PUBLICATION_FILE,
    LastSeen,
    Publication,
    check_place,
    digest,
    minisig_name,
    read_publication,
    signers,
)
from organizer.actions.counted_twice import accepted_pairs, counted_twice, published_pairs
from organizer.actions.dates import day_questions, known_days, strange_for_cosigning
from organizer.actions.draft import count, draft_publication
from organizer.actions.fewer import ask_about_fewer, counts_fewer, read_promises, remember_promise
from organizer.actions.plan import Answers, Notice, Progress, Question, check_answered, no_progress
from organizer.actions.reachable import reachable_people
from organizer.actions.session import (
    APPEAL_FILE,
    Passphrases,
    Session,
    ask_minisign,
    check_listed,
    need_appeal,
    open_minisign,
    open_session,
    own_minisign,
    read_appeal_of,
)
from organizer.results.cosign_checks import check_not_another, differences
from organizer.results.diff import Changes, compare
from organizer.results.publication import Place, sign_publication
from organizer.workspace.files import folder_of, hand_over, minisigs_beside, read_file
from organizer.workspace.folder import Workspace, has_keys, open_workspace


@dataclass(frozen=True)
class Cosigning:
    """Where a second organizer signs: a workspace with its keys open, or one that has a minisign key only."""

    workspace: Workspace
    appeal: Appeal
    session: Session | None
    passphrases: Passphrases


@dataclass(frozen=True)
class SignPlan:
    """A checked publication of another organizer, and what the own workspace says of it."""

    path: str
    data: bytes
    publication: Publication
    last: Publication | None
    changes: Changes | None
    signed_by: tuple[MinisignPublicKey, ...]
    threshold: int
    differences: tuple[str, ...] | None
    """Where the own count differs, in sentences; None for a workspace without a key, which cannot count."""
    strange: tuple[Notice, ...]
    """What speaks against its date."""
    pairs: Counter[str]
    """Pairs that may be one person: accepted ones of the own workspace, or else what the publication shows of them."""
    fewer: tuple[Notice, ...]
    """What readers were told before, when this counts fewer."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, to compare with the organizer who published it."""
        return digest(self.data)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What may want a second look before this is signed."""
        found = (*self.strange, *counted_twice(self.pairs), *reachable_people(self.publication), *self.fewer)
        if self.last is None and self.publication.previous is not None:
            text = "What changed is not known here: give the publication before it with --previous."
            found = (*found, Notice("no-previous", text))
        return found

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to; first of all, a strange date, and to sign although the numbers differ."""
        nothing = "Nothing was signed."
        dated = day_questions(self.publication.date, self.strange, nothing)
        text = "Sign publication {number} with {total:,} signatures?"
        values = {"number": self.publication.number, "total": self.publication.total}
        stopped = Notice("stopped", nothing)
        asked = (*ask_about_fewer(self.fewer, stopped), Question(Notice("sign", text, values), stopped))
        if not self.differences:
            return (*dated, *asked)
        text = "Nothing was signed. Find out with the other organizer which ledgers or decisions differ."
        refusal = Notice("counts-differ", text, {"differences": len(self.differences)})
        return (*dated, Question(Notice("counts-differ", "Go on nevertheless?"), refusal, for_a_person=True), *asked)


@dataclass(frozen=True)
class Signed:
    """A minisig, and the folder it was put into."""

    name: str
    folder: str


@contextmanager
def open_cosigning(passphrases: Passphrases, folder: str, appeal_file: str | None) -> Iterator[Cosigning]:
    """A workspace to sign in; without keys that open envelopes the passphrase is asked for when it signs.

    Raises OrganizerError: no-appeal, appeal-signer, …
    """
    if has_keys(folder):
        with open_session(passphrases, folder, appeal_file) as session:
            yield Cosigning(session.workspace, need_appeal(session.appeal), session, passphrases)
    else:
        with open_workspace(folder) as workspace:
            yield Cosigning(workspace, _appeal(workspace, appeal_file), None, passphrases)


def plan_signing(
    at: Cosigning, path: str, previous: str | None, today: str, progress: Progress = no_progress
) -> SignPlan:
    """Check the publication at `path`, which follows the one at `previous`, and count the same here.

    `today` is the day of this computer, YYYY-MM-DD.

    Raises OrganizerError: appeal-signer, signed-another, no-file; PublicationError.
    """
    data, before = read_file(path), None if previous is None else read_file(previous)
    beside = [read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)]
    check_listed(at.appeal, own_minisign(at.workspace)[1])
    publication = read_publication(data)
    kept = at.workspace.publications()
    check_not_another(data, at.workspace.read_publication(publication.number) if publication.number in kept else None)
    if before is None and publication.number - 1 in kept:
        before = at.workspace.read_publication(publication.number - 1)
    check_place(publication, at.appeal, None if before is None else LastSeen.of(before))
    last = None if before is None else read_publication(before)
    changes = None if last is None else compare(last, publication)
    signed_by = tuple(signers(data, beside, at.appeal.minisign))
    differ = None if at.session is None else _compare(at.session, publication)
    strange = strange_for_cosigning(publication.date, known_days(at.appeal, last, at.session), today)
    # What the own workspace counts the same, it also compares with more than the names.
    fewer = counts_fewer(publication, last, read_promises(at.workspace))
    pairs = published_pairs(publication, progress) if differ is None or differ else Counter[str]()
    if at.session is not None:
        pairs |= accepted_pairs(at.session, progress)
    threshold = at.appeal.threshold
    return SignPlan(path, data, publication, last, changes, signed_by, threshold, differ, strange, pairs, fewer)


def sign(at: Cosigning, plan: SignPlan, answers: Answers, out: str | None = None) -> Signed:
    """Sign what was planned; the minisig goes to `out`, or beside the publication.

    Raises OrganizerError: counts-differ, stopped, appeal-signer; MinisignError.
    """
    check_answered(plan.questions, answers)
    key = _open_minisign(at)
    check_listed(at.appeal, key.public)
    name = minisig_name(own_minisign(at.workspace)[0])
    files = {name: sign_publication(plan.data, key).encode("utf-8")}
    if plan.publication.number not in at.workspace.publications():
        # The signed file is remembered: another file with this number is refused, and the next one is compared with it.
        at.workspace.write_publication(plan.publication.number, {PUBLICATION_FILE: plan.data, **files})
    folder = out or folder_of(plan.path)
    hand_over(folder, files)
    return Signed(name, folder)


def _open_minisign(at: Cosigning) -> MinisignSecretKey:
    if at.session is None:
        return ask_minisign(at.passphrases, at.workspace)
    return open_minisign(at.session)


def _appeal(workspace: Workspace, path: str | None) -> Appeal:
    """As session.load_appeal, for a workspace without keys: instead, it must list this organizer's minisign key."""
    data = workspace.read(APPEAL_FILE) if path is None else read_file(path)
    appeal = need_appeal(None if data is None else read_appeal_of(data, path or workspace.path(APPEAL_FILE)))
    check_listed(appeal, own_minisign(workspace)[1])
    if path is not None and data is not None:
        workspace.write(APPEAL_FILE, data)
    remember_promise(workspace, appeal)
    return appeal


def _compare(session: Session, publication: Publication) -> tuple[str, ...]:
    """Where this workspace would have published something else."""
    place = Place(publication.number, publication.previous)
    return tuple(differences(draft_publication(session, count(session), place, publication.date), publication))
