"""Adding signatures from paper and messengers that are typed one by one. They count as accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nacl.utils import random

from crypto.appeal import Appeal, LetterHash
from crypto.signature import Signature
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.sealing import Sealing
from organizer.errors import OrganizerError
from organizer.intake import paper


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


@dataclass(frozen=True)
class SignaturePlan:
    """One signature as it was typed."""

    signature: Signature
    letter: SignedLetter
    cleaned: bool = False
    """Whether the name is another text than was typed, more than spaces at its ends."""

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """Whether the name may be published, and whether it is as it was typed."""
        public = Notice("public", "The name MAY be published.")
        if not self.signature.public:
            public = Notice("not-public", "The name will NOT be published.")
        changed = "What cannot be seen was taken out of the name. It is kept as: {name}"
        cleaned = [Notice("cleaned", changed, {"name": self.signature.name})] if self.cleaned else []
        return (public, *cleaned)

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
    signature = paper.read_signature(fields, letter.language)
    return SignaturePlan(signature, letter, cleaned=signature.name != fields.get("name", "").strip())


def add_signature(sealing: Sealing, plan: SignaturePlan, answers: Answers) -> None:
    """Seal it and keep it. Raises OrganizerError: not-kept; RecordError, when it is too long to be sealed."""
    check_answered(plan.questions, answers)
    sealing.keep([paper.seal_by_hand(sealing.record, plan.signature, plan.letter.hash, random)])
