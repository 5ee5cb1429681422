"""Taking a signature back for a person who asks for it: with their code or, when it is lost, found by name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nacl.utils import random

from crypto.appeal import LetterHash
from crypto.code import check_code
from crypto.envelope import ID_SIZE, EnvelopeId
from crypto.publication import PublishedSignature, read_publication
from crypto.seal import seal_withdrawal
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.sealing import Sealing
from organizer.actions.session import Session
from organizer.intake.ledgers import open_by_hand
from organizer.intake.withdrawals import find_people, made_by_hand, read_reason, signed_with, take_back
from organizer.workspace.entries import SignatureEntry, WithdrawalEntry


def withdraw_with_code(sealing: Sealing, code: str) -> None:
    """Seal a withdrawal with the code of a person, whose signature may come later. Raises CodeError."""
    # Any letter hash is right: a withdrawal names a code and not a letter.
    letter_hash = LetterHash(bytes.fromhex(next(iter(sealing.appeal.letters.values()))))
    sealing.keep([seal_withdrawal(sealing.record, letter_hash, check_code(code))])


# Without a code


@dataclass(frozen=True)
class WithdrawalPlan:
    """Whose signature would be taken back, with all others that have the same code, and why."""

    person: SignatureEntry
    same_code: tuple[SignatureEntry, ...]
    published: bool
    """Whether the name is in the latest publication."""
    reason: str = ""

    @property
    def count(self) -> int:
        """Signatures that would be withdrawn."""
        return 1 + len(self.same_code)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to."""
        asked = Notice("take-back", "Take this signature back?")
        return (Question(asked, Notice("stopped", "Nothing was taken back.")),)

    def because(self, reason: str) -> WithdrawalPlan:
        """The same with a reason, which is kept encrypted. Raises OrganizerError: reason."""
        return replace(self, reason=read_reason(reason))


def search_people(session: Session, wanted: str) -> list[SignatureEntry]:
    """Signatures not taken back yet whose name holds every word of `wanted`, by name."""
    open_by_hand(session.records, session.keys)
    return find_people(session.records.entries(), wanted)


def plan_withdrawal(session: Session, person: SignatureEntry) -> WithdrawalPlan:
    """What taking this signature back would mean."""
    same = signed_with(session.records.entries(), {person.commitment})
    others = tuple(one for one in same if one != person)
    return WithdrawalPlan(person, others, _is_published(session, person))


def withdraw_without_code(session: Session, plan: WithdrawalPlan, answers: Answers) -> None:
    """Keep a withdrawal, from now on it counts. Raises OrganizerError: stopped; reason, when the plan has none."""
    check_answered(plan.questions, answers)
    session.records.add([take_back(plan.person, plan.reason, EnvelopeId(random(ID_SIZE)))])


# Undone


@dataclass(frozen=True)
class TakenBack:
    """A signature that organizers took back without a code, and the withdrawal that says why."""

    person: SignatureEntry
    withdrawal: WithdrawalEntry

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to before it counts again."""
        asked = Notice("count-again", "Count this signature again, as it was decided before?")
        return (Question(asked, Notice("stopped", "Nothing was changed.")),)


def taken_back(session: Session) -> list[TakenBack]:
    """All signatures taken back without a code, sorted by name. Those withdrawn with a code stay withdrawn."""
    made = made_by_hand(session.records.entries())
    return [TakenBack(one, made[one.commitment]) for one in signed_with(session.records.entries(), made)]


def count_again(session: Session, plan: TakenBack, answers: Answers) -> None:
    """Drop the withdrawal. Raises OrganizerError: stopped."""
    check_answered(plan.questions, answers)
    session.records.forget(plan.withdrawal.id)


def _is_published(session: Session, person: SignatureEntry) -> bool:
    numbers, signature = session.workspace.publications(), person.signature
    if not numbers or not signature.public:
        return False
    shown = PublishedSignature.of(signature)
    return shown in read_publication(session.workspace.read_publication(numbers[-1])).signatures
