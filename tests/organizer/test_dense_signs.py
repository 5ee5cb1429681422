"""People who have much in common in many ways: what is found of one block is longer than the block."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from organizer.matching import comparison
from organizer.matching.comparison import no_progress
from organizer.matching.duplicates import Index, Person
from organizer.matching.signs import signs_of
from organizer.review import comparing
from organizer.review.comparing import Comparing
from organizer.workspace.records import Records
from tests.support.review_entries import entry

NAMES = (
    "Ірына Слаўнікава", "Iryna Slaunikava", "Ирина Славникова", "Iryna Slaŭnikava", "Ира Славникова", "И. Славникова",
    "Славникова Ирина", "Славникова Ирина Ивановна", "Irina Slavnikova", "Iryna Slaunikawa", "Ірына Слаўнікаў",
    "Ірэна Слаўнікава", "Iryna Slaunikavaa", "Слаунiкава I.", "Irena Slavnikova", "Слаўнікава Ірына Іванаўна",
    "Iryna Slaunikov", "I Slavnikova",
)  # fmt: skip
WAYS = (("", "+375291234567", "+375291234568"), ("", "a@b.by", "c@d.by"), ("", "@abcdef", "@ghijkl"))
BLOCK = 110
"""So many rows went into one block when blocks were longer."""


def made_up(chance: random.Random) -> dict[str, str]:
    reached = " ".join(filter(None, map(chance.choice, WAYS)))
    return {
        "name": chance.choice(NAMES),
        "relation": chance.choice(["", "сястра", "сестра", "жонка", "маці", reached]),
        "prisoner": chance.choice(["", "Ян Кот", "Ян Котаў", "Яна Кот", "Jan Kot", "Иван Кот"]),
        "contact": chance.choice(["", "abcde", reached]),
        "message": chance.choice(["", "абвгдежзійклмнопрстуфхц", reached, reached]),
    }


def dense(count: int) -> list[dict[str, str]]:
    """Each the one of twelve that is alike to those before in the most ways that did not occur in its block."""
    chance, index, found = random.Random(5), Index(), list[dict[str, str]]()
    kinds: set[tuple[float, tuple[str, ...]]] = set()
    for number in range(count):
        if number % BLOCK == 0:
            kinds = set()
        best = None
        for _ in range(12):
            said = made_up(chance)
            place, texts = number.to_bytes(4, "big"), (said["name"], said["relation"], said["prisoner"])
            person = Person(place, *texts, signs=signs_of(said))
            own = {(pair.score, pair.reasons) for pair in index.similar(person)}
            if best is None or len(own - kinds) > len(best[2] - kinds):
                best = (said, person, own)
        assert best is not None
        found.append(best[0])
        index.add(best[1])
        kinds |= best[2]
    return found


@pytest.mark.parametrize("is_longer", [False, True])
def test_no_block_has_too_long_an_answer(records: Records, monkeypatch: pytest.MonkeyPatch, is_longer: bool) -> None:
    """Whatever strangers write, all are compared. The control: with blocks eight times as long a worker gives up."""
    monkeypatch.setattr(comparing, "FEW", 0)
    monkeypatch.setattr(comparing, "cores", lambda: 2)
    if is_longer:
        monkeypatch.setattr(comparison, "_LONGEST", 1 << 16)
    rows = [{name: text for name, text in said.items() if text} for said in dense(3 * BLOCK)]
    records.add([entry(number, **said) for number, said in enumerate(rows, start=1)])
    with closing(Comparing(records, {entry(number).id for number in range(1, len(rows) + 1)})) as found:
        if is_longer:
            with pytest.raises(Exception, match="ended from outside"):
                found.wait(None, no_progress)
        else:
            found.wait(None, no_progress)
            assert records.compared()
