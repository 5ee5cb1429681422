"""Envelopes for a rehearsal: signatures of six people who do not exist, and a flood of false ones.

They are sealed as a browser seals them. Only a key made for the rehearsal is used, so no real count can contain them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crypto.appeal import LetterHash
from crypto.code import commitment, generate_code
from crypto.envelope import SIZE, envelope_id
from crypto.keys import KeyRecord
from crypto.ledger import write_ledger
from crypto.seal import seal_signature, seal_withdrawal
from crypto.signature import Signature

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


@dataclass(frozen=True)
class Flood:
    """A ledger with these people in it, and how much of it is rubbish."""

    ledger: bytes
    envelopes: int
    rubbish: int


def flood(record: KeyRecord, letter_hash: LetterHash, size: int, random: Callable[[int], bytes]) -> Flood:
    """`size` envelopes: the people, one withdrawal, and for the rest false signatures and noise, half of each."""
    codes = [generate_code(random) for _ in PEOPLE]
    sealed = [
        seal_signature(record, person, letter_hash, commitment(code))
        for person, code in zip(PEOPLE, codes, strict=True)
    ]
    sealed.append(seal_withdrawal(record, letter_hash, codes[-1]))
    rubbish = size - len(sealed)
    for number in range(rubbish):
        if number % 2:
            sealed.append((record.header + random(SIZE - len(record.header) - 1)).ljust(SIZE, b"\0"))
        else:
            false = Signature(f"{FLOOD_NAME} {number}", bool(number % 4), language="en")
            sealed.append(seal_signature(record, false, letter_hash, commitment(generate_code(random))))
    sealed.sort(key=envelope_id)
    return Flood(b"".join(write_ledger(record.appeal_id, len(sealed), sealed)), len(sealed), rubbish)
