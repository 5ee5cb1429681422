"""Adding signatures from paper and messengers, one by one or as a table. They count as accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nacl.utils import random

from crypto.appeal import Appeal, LetterHash
from crypto.errors import RecordError
from crypto.signature import Signature
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.sealing import Sealing, sealing_in
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.intake import paper
from organizer.intake.ledgers import open_by_hand
from organizer.workspace.entries import SignatureEntry
from organizer.workspace.files import read_file


@dataclass(frozen=True)
class SignedLetter:
    """The letter that somebody signed: its language and its hash."""

    language: str
    hash: LetterHash


def choose_letter(appeal: Appeal, language: str | None) -> SignedLetter:
    """The appeal's letter in this language, or its first letter. Raises OrganizerError: appeal-letter."""
    chosen = language or next(iter(appeal.letters), "")
    if chosen not in appeal.letters:
        known = ", ".join(appeal.letters) or "none"
        raise OrganizerError("appeal-letter", f"Name one of the appeal's letters with --letter. There are: {known}.")
    return SignedLetter(chosen, LetterHash(bytes.fromhex(appeal.letters[chosen])))


# Typed one by one


@dataclass(frozen=True)
class SignaturePlan:
    """One signature as it was typed."""

    signature: Signature
    letter: SignedLetter

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """Whether the name may be published."""
        if self.signature.public:
            return (Notice("public", "The name MAY be published."),)
        return (Notice("not-public", "The name will NOT be published."),)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        asked = Notice("keep", "Keep this signature? {name}", {"name": self.signature.name})
        return (Question(asked, Notice("not-kept", "It was not kept.")),)


def check_fields(fields: Mapping[str, str], letter: SignedLetter) -> None:
    """Whether what was typed so far can become a signature. Raises RecordError; OrganizerError: public-unclear."""
    paper.read_signature({"name": "?", "public": "no", **fields}, letter.language)


def plan_signature(fields: Mapping[str, str], letter: SignedLetter) -> SignaturePlan:
    """The plan to add the signature in these fields. Raises RecordError; OrganizerError: public-unclear."""
    return SignaturePlan(paper.read_signature(fields, letter.language), letter)


def add_signature(sealing: Sealing, plan: SignaturePlan, answers: Answers) -> None:
    """Seal it and keep it. Raises OrganizerError: not-kept; RecordError, when it is too long to be sealed."""
    check_answered(plan.questions, answers)
    sealing.keep([_seal(sealing, plan.signature, plan.letter)])


# A table


@dataclass(frozen=True)
class TablePlan:
    """A table's lines by what will become of them: `new` are added, the others left out with the reason."""

    new: tuple[paper.GoodLine, ...]
    repeated: tuple[paper.RepeatedLine, ...]
    bad: tuple[paper.BadLine, ...]
    envelopes: tuple[bytes, ...]
    """The new ones, sealed."""

    @property
    def public(self) -> tuple[Signature, ...]:
        """Those new ones whose names may be published."""
        return tuple(line.signature for line in self.new if line.signature.public)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to, when there is anything to add."""
        if not self.new:
            return ()
        asked = Notice("add", "Add them? They count as accepted")
        return (Question(asked, Notice("stopped", "Nothing was added.")),)


def plan_table(session: Session, path: str, language: str | None) -> TablePlan:
    """Read the table at `path`, of signatures under the letter in that language, or the appeal's first one.

    Needs an opened workspace, to recognise signatures that were entered before.
    Raises OrganizerError: no-appeal, appeal-letter, no-file, not-text, csv-header.
    """
    sealing = sealing_in(session)
    letter = choose_letter(sealing.appeal, language)
    lines = paper.read_csv(read_file(path), letter.language)
    good = [line for line in lines if isinstance(line, paper.GoodLine)]
    bad = [line for line in lines if isinstance(line, paper.BadLine)]
    repeated = _find_repeated(session, good)
    left_out = {line.number for line in repeated}
    new: list[paper.GoodLine] = []
    envelopes: list[bytes] = []
    for line in good:
        if line.number in left_out:
            continue
        try:
            envelopes.append(_seal(sealing, line.signature, letter))
            new.append(line)
        except RecordError as error:
            bad.append(paper.BadLine(line.number, error.reason, str(error)))
    bad.sort(key=lambda line: line.number)
    return TablePlan(tuple(new), tuple(repeated), tuple(bad), tuple(envelopes))


def add_table(session: Session, plan: TablePlan, answers: Answers) -> int:
    """Keep all new lines or none; return how many they are. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    if plan.envelopes:
        sealing_in(session).keep(plan.envelopes)
    return len(plan.envelopes)


def _find_repeated(session: Session, lines: list[paper.GoodLine]) -> list[paper.RepeatedLine]:
    open_by_hand(session.records, session.keys)
    entries = session.records.entries()
    before = (entry.signature for entry in entries if isinstance(entry, SignatureEntry) and entry.by_hand)
    return paper.find_repeated(lines, before)


def _seal(sealing: Sealing, signature: Signature, letter: SignedLetter) -> bytes:
    return paper.seal_by_hand(sealing.record, signature, letter.hash, random)
