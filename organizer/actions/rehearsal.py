"""What a rehearsal is made of, whatever face plays it: a calendar, people who do not exist, a site, a flood.

It seals as a real site does, and its passphrase is no secret: never use any of it with a real key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from crypto.appeal import Appeal, DatedKey, LetterHash, write_appeal
from crypto.code import commitment, generate_code
from crypto.envelope import SIZE, envelope_id
from crypto.keys import KeyRecord
from crypto.ledger import write_ledger
from crypto.letter import letter_hash
from crypto.seal import seal_signature, seal_withdrawal
from crypto.signature import Signature
from organizer import RELEASED
from organizer.actions.appeal import APPEAL_FILE
from organizer.actions.cards import CardPlan
from organizer.actions.public_folder import AppealFolder, Signers, plan_public_folder, write_public_folder
from organizer.actions.session import Session
from organizer.keys.appeal_folder import PublicKeys
from organizer.keys.periods import Days, Period
from organizer.workspace.entries import Decision, Reason, SignatureEntry, Verdict
from organizer.workspace.files import hand_over


def _later(days: int) -> str:
    return (date.fromisoformat(RELEASED) + timedelta(days)).isoformat()


DAYS = Days(RELEASED, _later(180))
PUBLISHED, AFTER = _later(181), _later(195)
"""A calendar of its own: the period is over when its key is burned."""

PASSPHRASE = "made-up-passphrase-for-practice"  # noqa: S105 it locks made-up data that is removed
CARDS = CardPlan(threshold=2, count=3)

PEOPLE = (
    Signature("Марыя Прыдуманая", True, relation="сястра", prisoner="Алесь Прыдуманы", language="be"),
    Signature("Иван Выдуманный", False, relation="отец", prisoner="Пётр Выдуманный", language="ru"),
    Signature("Anna Zmyślona", True, relation="former political prisoner", language="en"),
    Signature("Ганна Няісная", False, message="Гэтага чалавека няма.", language="be"),
    Signature("Олена Вигадана", True, relation="дружина", prisoner="Тарас Вигаданий", language="be"),
    Signature("Пётр Кніжны", False, relation="былы палітвязень", language="be"),
)
"""Six made-up people: three sign publicly, three do not. The last one takes the signature back."""

FLOOD_NAME = "Flood"

LETTER = "Гэты ліст прыдуманы.".encode()
LETTER_HASH = letter_hash(LETTER)


def make_site(folder: str, period: Period, signers: Signers) -> None:
    """The public folder of the ceremony, which is new, and beside it the appeal.json that a site would serve."""
    appeal = Appeal(
        period.record.appeal_id,
        (DatedKey(period.record, DAYS.start, DAYS.until),),
        {"be": LETTER_HASH.hex()},
        tuple(signers.keys.values()),
        threshold=2,
    )
    plan = plan_public_folder(PublicKeys([period], signers.keys, appeal.threshold), AppealFolder())
    write_public_folder(plan, folder, {})
    hand_over(folder, {APPEAL_FILE: write_appeal(appeal)})


@dataclass(frozen=True)
class Flood:
    """A ledger with these people in it, and how much of it is rubbish."""

    ledger: bytes
    envelopes: int
    rubbish: int


def flood(record: KeyRecord, letter: LetterHash, size: int, random: Callable[[int], bytes]) -> Flood:
    """`size` envelopes: the people, one withdrawal, and for the rest false signatures and noise, half of each."""
    codes = [generate_code(random) for _ in PEOPLE]
    sealed = [
        seal_signature(record, person, letter, commitment(code)) for person, code in zip(PEOPLE, codes, strict=True)
    ]
    sealed.append(seal_withdrawal(record, letter, codes[-1]))
    rubbish = size - len(sealed)
    for number in range(rubbish):
        if number % 2:
            sealed.append((record.header + random(SIZE - len(record.header) - 1)).ljust(SIZE, b"\0"))
        else:
            false = Signature(f"{FLOOD_NAME} {number}", bool(number % 4), language="en")
            sealed.append(seal_signature(record, false, letter, commitment(generate_code(random))))
    sealed.sort(key=envelope_id)
    return Flood(b"".join(write_ledger(record.appeal_id, len(sealed), sealed)), len(sealed), rubbish)


def refuse_flood(session: Session) -> int:
    """Refuse all that is false at once, as an organizer would with the list and its filters; how many that is."""
    false = [
        entry.id
        for entry in session.records.entries()
        if isinstance(entry, SignatureEntry) and entry.signature.name.startswith(FLOOD_NAME)
    ]
    session.records.decide(dict.fromkeys(false, Decision(Verdict.REFUSED, Reason.NOT_A_PERSON)))
    return len(false)
