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
    Publication,
    check_place,
    digest,
    minisig_name,
    read_publication,
    signers,
)
from crypto.typed import bare
from organizer.actions.appeal import need_appeal
from organizer.actions.counted_twice import accepted_pairs, counted_twice, published_pairs
from organizer.actions.dates import day_questions, known_days, strange_for_cosigning
from organizer.actions.draft import count, draft_publication
from organizer.actions.fewer import ask_about_fewer, counts_fewer, read_promises
from organizer.actions.own_keys import check_listed, own_minisign
from organizer.actions.plan import Answers, Notice, Progress, Question, check_answered, no_progress
from organizer.actions.previous import TOLD, Previous, find_previous
from organizer.actions.reachable import reachable_people
from organizer.actions.session import Passphrases, Session, ask_minisign, load_appeal, open_minisign, open_session
from organizer.errors import OrganizerError
from organizer.results.cosign_checks import Findings, Known, check_followed, check_not_another, compare_all
from organizer.results.diff import Changes, compare
from organizer.results.publication import Place, sign_publication
from organizer.workspace.files import folder_of, hand_over, minisigs_beside, read_file
from organizer.workspace.folder import Workspace, has_keys, open_workspace

NOTHING_SIGNED = Notice("stopped", "Nothing was signed.")
UNKNOWN = "not-known-here"
SHOWN = 200
"""Differences listed before the rest is only counted."""


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
    counts: bool
    """Whether the own workspace has a key, and so could count again."""
    findings: Findings
    """What came of comparing every field with what is known here."""
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
        return (*self.strange, *counted_twice(self.pairs), *reachable_people(self.publication), *self.fewer)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to; before signing, all that is strange, differs, or cannot be known here."""
        dated = day_questions(self.publication.date, self.strange, str(NOTHING_SIGNED))
        text = "Sign publication {number} with {total:,} signatures?"
        values = {"number": self.publication.number, "total": self.publication.total}
        asked = (*ask_about_fewer(self.fewer, NOTHING_SIGNED), Question(Notice("sign", text, values), NOTHING_SIGNED))
        return (*dated, *self._about_findings(), *asked)

    def _about_findings(self) -> Iterator[Question]:
        if differ := self.findings.differ:
            text = "Nothing was signed. Find out with the other organizer which ledgers or decisions differ."
            refusal = Notice("counts-differ", text, {"differences": len(differ), "differ": list(differ[:SHOWN])})
            yield Question(Notice("counts-differ", "Go on nevertheless?"), refusal, for_a_person=True)
        if unknown := self.findings.unknown:
            asked = "To sign what is not known here, type the first twenty signs of the SHA-256 that you were told, "
            asked += "or all"
            text = "Nothing was signed. What is not known here needs the SHA-256 of the file, as the organizer who "
            text += "published it tells it over another line: type it, or give it with --sha256."
            refusal = Notice(UNKNOWN, text, {"unknown": list(unknown[:SHOWN])})
            yield Question(Notice(UNKNOWN, asked), refusal, self.digest[:TOLD], for_a_person=True, whole=self.digest)

    def told(self, sha256: str | None) -> Answers:
        """The answer of whoever brings the SHA-256 of the file along. Raises OrganizerError: other-file."""
        if sha256 is None:
            return {}
        if bare(sha256).casefold() != self.digest:
            text = "This is not the file that you were told of: its SHA-256 is another one. Nothing was signed."
            raise OrganizerError("other-file", text, {"digest": self.digest})
        return {UNKNOWN: self.digest[:TOLD]}


@dataclass(frozen=True)
class Signed:
    """A minisig, and the folder it was put into."""

    name: str
    folder: str


@contextmanager
def open_cosigning(passphrases: Passphrases, folder: str, appeal_file: str | None = None) -> Iterator[Cosigning]:
    """A workspace to sign in; without keys that open envelopes the passphrase is asked for when it signs.

    Raises OrganizerError: no-appeal, appeal-signer, …
    """
    if has_keys(folder):
        with open_session(passphrases, folder, appeal_file) as session:
            yield Cosigning(session.workspace, need_appeal(session.appeal), session, passphrases)
    else:
        with open_workspace(folder) as workspace:
            appeal = need_appeal(load_appeal(workspace, appeal_file))
            check_listed(appeal, own_minisign(workspace)[1])
            yield Cosigning(workspace, appeal, None, passphrases)


def plan_signing(
    at: Cosigning, path: str, previous: str | None, today: str, progress: Progress = no_progress
) -> SignPlan:
    """Check the publication at `path`, which follows the one at `previous`, and count the same here.

    `today` is the day of this computer, YYYY-MM-DD.

    Raises OrganizerError: appeal-signer, signed-another, previous, no-file; PublicationError.
    """
    data = read_file(path)
    check_listed(at.appeal, own_minisign(at.workspace)[1])
    publication = read_publication(data)
    _check_kept(at.workspace, publication.number, data)
    before = find_previous(at.workspace, at.appeal, publication.number, previous)
    check_place(publication, at.appeal, None if before is None else before.place)
    last = None if before is None else read_publication(before.data)
    beside = [read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)]
    strange = strange_for_cosigning(publication.date, known_days(at.appeal, last, at.session), today)
    findings = compare_all(_known(at, publication, before, day_fits=not strange), data)
    return SignPlan(
        path,
        data,
        publication,
        last,
        changes=None if last is None else compare(last, publication),
        signed_by=tuple(signers(data, beside, at.appeal.minisign)),
        threshold=at.appeal.threshold,
        counts=at.session is not None,
        findings=findings,
        strange=strange,
        pairs=_pairs(at.session, publication, findings, progress),
        fewer=counts_fewer(publication, last, read_promises(at.workspace)),
    )


def _check_kept(workspace: Workspace, number: int, data: bytes) -> None:
    """What was signed or published here before stands: this number, and what follows it. Raises: signed-another."""
    kept = workspace.publications()
    if number in kept:
        check_not_another(data, workspace.read_publication(number))
    if number + 1 in kept:
        check_followed(data, workspace.read_publication(number + 1))


def _known(at: Cosigning, publication: Publication, before: Previous | None, day_fits: bool) -> Known:
    """What this workspace knows of what the publication says."""
    own = None
    if at.session is not None:
        place = Place(publication.number, publication.previous)
        own = draft_publication(at.session, count(at.session), place, publication.date)
    latest = max((one for one in at.workspace.publications() if one != publication.number), default=0)
    if before is None:
        return Known(at.appeal, None, own, True, latest, day_fits)
    return Known(at.appeal, before.place, own, before.is_signed, latest, day_fits)


def _pairs(session: Session | None, publication: Publication, findings: Findings, progress: Progress) -> Counter[str]:
    """What the own workspace counts the same, it also compares with more than the names."""
    if session is None:
        return published_pairs(publication, progress)
    pairs = published_pairs(publication, progress) if findings.differ else Counter[str]()
    return pairs | accepted_pairs(session, progress)


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
