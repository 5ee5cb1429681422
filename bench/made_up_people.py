"""Made-up people who signed, as many as wanted, with frequent surnames and some who signed twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from organizer.matching.duplicates import Person

FIRSTS = Path(__file__).parent.parent / "tests" / "organizer" / "names" / "firsts.tsv"

# Syllables of surnames in Belarusian, Russian and passport Latin; endings have a man's and a woman's form.
_BEGINNINGS = """
бар:бор:bar каз:коз:kaz ліс:лис:lis гал:гол:hal мар:мор:mar сав:сав:sav пят:пет:piat кар:кор:kar ждан:ждан:zhdan
рам:ром:ram дуб:дуб:dub клім:клим:klim вас:вас:vas гры:гри:hry шум:шум:shum бел:бел:bel чар:чер:char краў:крав:krau
пра:про:pra сяр:сер:siar цім:тим:tsim жук:жук:zhuk лап:лап:lap мель:мель:mel якуб:якуб:yakub навум:наум:navum
асм:осм:asm фам:фом:fam бур:бур:bur даў:дов:dau вір:вир:vir зел:зел:zel
"""
_MIDDLES = """
ан:он:an уш:уш:ush ык:ик:yk ал:ол:al ін:ин:in ат:от:at ус:ус:us ар:ор:ar ян:ян:ian ім:им:im уц:уц:uts аш:аш:ash
ад:од:ad ун:ун:un іс:ис:is аб:об:ab ыл:ил:yl ур:ур:ur эл:ел:el ап:оп:ap
"""
_ENDINGS = """
оў/ова:ов/ова:ou/ova скі/ская:ский/ская:ski/skaya эвіч/эвіч:евич/евич:evich/evich чук/чук:чук/чук:chuk/chuk
енка/енка:енко/енко:enka/enka аў/ава:ов/ова:au/ava юк/юк:юк/юк:iuk/iuk ік/ік:ик/ик:ik/ik ко/ко:ко/ко:ko/ko
овіч/овіч:ович/ович:ovich/ovich ын/ына:ин/ина:yn/yna ец/ец:ец/ец:ets/ets
"""
FREQUENT = "Іваноў/Іванова:Иванов/Иванова:Ivanou/Ivanova"
FREQUENT_SHARE, REPEATED_SHARE, PRISONER_SHARE, PRISONERS = 0.01, 0.03, 0.5, 1500

Surname = list[list[str]]
"""For each alphabet, a man's and a woman's form."""


def made_up_people(count: int, chance: random.Random) -> Iterator[Person]:
    """Signatures of people: one in a hundred has the most frequent surname, three in a hundred signed before."""
    firsts = [line.split("\t")[:4] for line in FIRSTS.read_text("utf-8").splitlines()]
    surnames = _surnames()
    chance.shuffle(surnames)
    weights = [1 / (rank + 20) ** 0.8 for rank in range(len(surnames))]
    surnames.append([form.split("/") for form in FREQUENT.split(":")])
    weights.append(sum(weights) * FREQUENT_SHARE)
    prisoners = [_written(chance.choice(firsts), chance.choice(surnames), chance) for _ in range(PRISONERS)]
    people: list[tuple[list[str], Surname, str]] = []
    for number, surname in enumerate(chance.choices(surnames, weights, k=count)):
        prisoner = chance.choice(prisoners) if chance.random() < PRISONER_SHARE else ""
        who = (chance.choice(firsts), surname, prisoner)
        if people and chance.random() < REPEATED_SHARE:
            who = chance.choice(people)
        people.append(who)
        yield Person(number.to_bytes(32, "big"), _written(who[0], who[1], chance), "", who[2])


def _surnames() -> list[Surname]:
    found = []
    for begin in _BEGINNINGS.split():
        for middle in _MIDDLES.split():
            for end in _ENDINGS.split():
                parts = zip(begin.split(":"), middle.split(":"), end.split(":"), strict=True)
                found.append([[f"{a}{b}{form}".capitalize() for form in c.split("/")] for a, b, c in parts])
    return found


def _written(first: list[str], surname: Surname, chance: random.Random) -> str:
    alphabet = chance.choice((0, 1, 1, 2))
    return f"{first[1 + alphabet]} {surname[alphabet][first[0] == 'f']}"
