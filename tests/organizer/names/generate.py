"""Writes different.tsv, the pairs of different people, from the tables beside it.

    python tests/organizer/names/generate.py

It does not use the rules that the pairs test. The random numbers have a fixed seed, so equal tables give equal bytes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("be", "ru", "lat")
PRISONERS = (
    "Кастусь Лабун",
    "Яна Прус",
    "Тарас Гіль",
    "Эма Рутка",
    "Мікола Дзік",
    "Стэфан Журба",
    "Зоя Лях",
    "Роза Мур",
)
RELATIONS = ("сястра", "брат", "мать", "жонка", "friend", "друг", "", "")

Pair = tuple[str, str, str, str, str, str, str, str]
"""Kind and group, then name, relation and prisoner of the two."""


@dataclass(frozen=True)
class First:
    """A first name in three scripts; a man's has the two patronymics made of it, in Russian."""

    sex: str
    forms: dict[str, str]
    patronymic: dict[str, str]


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines()]


def lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def read_surnames() -> list[dict[str, str]]:
    """Each maps script and sex, such as "be m", to the form."""
    keys = [f"{script} {sex}" for script in SCRIPTS for sex in "mf"]
    return [dict(zip(keys, row, strict=True)) for row in rows("surnames.tsv")]


def read_firsts() -> dict[str, First]:
    found = {}
    for sex, be, ru, lat, *patronymics in rows("firsts.tsv"):
        found[be] = First(
            sex, {"be": be, "ru": ru, "lat": lat}, dict(zip("mf", patronymics, strict=True)) if patronymics else {}
        )
    return found


class Making:
    """Chance and the tables."""

    def __init__(self) -> None:
        self.chance = random.Random("different people")
        self.surnames = read_surnames()
        self.firsts = read_firsts()

    def of_sex(self, sex: str) -> list[First]:
        return [first for first in self.firsts.values() if first.sex == sex]

    def scripts(self) -> tuple[str, str]:
        """Of the two in a pair; the same one in half of all pairs."""
        one = self.chance.choice(SCRIPTS)
        return one, one if self.chance.random() < 0.5 else self.chance.choice(SCRIPTS)

    def pair(self, kind: str, group: str, one: str, other: str, shared: bool = False) -> Pair:
        """`shared`: half of them name the same prisoner, as relatives do."""
        if shared and self.chance.random() < 0.5:
            prisoner = self.chance.choice(PRISONERS)
            return (
                kind,
                group,
                one,
                self.chance.choice(RELATIONS),
                prisoner,
                other,
                self.chance.choice(RELATIONS),
                prisoner,
            )
        return kind, group, one, "", "", other, "", ""

    def written(self, first: First, surname: dict[str, str], script: str, order: float = 0.15) -> str:
        names = [first.forms[script], surname[f"{script} {first.sex}"]]
        return " ".join(reversed(names) if self.chance.random() < order else names)

    def with_patronymic(self, first: First, father: First, surname: dict[str, str]) -> str:
        return f"{first.forms['ru']} {father.patronymic[first.sex]} {surname[f'ru {first.sex}']}"

    def relatives(self) -> Iterator[Pair]:
        for surname in self.surnames:
            for sex in "mf":
                pool = list(combinations(self.of_sex(sex), 2))
                for one, other in self.chance.sample(pool, 7):
                    yield self._relatives("siblings", surname, one, other)
            for _ in range(9):
                couple = self.chance.choice(self.of_sex("m")), self.chance.choice(self.of_sex("f"))
                yield self._relatives("spouses", surname, *couple)

    def _relatives(self, kind: str, surname: dict[str, str], one: First, other: First) -> Pair:
        of_one, of_other = self.scripts()
        return self.pair(
            kind,
            surname["be m"],
            self.written(one, surname, of_one),
            self.written(other, surname, of_other),
            shared=True,
        )

    def similar_firsts(self) -> Iterator[Pair]:
        for line in lines("similar-firsts.txt"):
            one, other = (self.firsts[name] for name in line.split())
            for surname in self.chance.sample(self.surnames, 13):
                of_one, of_other = self.scripts()
                names = self.written(one, surname, of_one), self.written(other, surname, of_other)
                yield self.pair("similar-first-name", line, *names, shared=True)

    def similar_surnames(self) -> Iterator[Pair]:
        for line in lines("similar-surnames.txt"):
            (of_one, one), (of_other, other) = (side.split() for side in line.split(" | "))
            for first in self.chance.sample(self.of_sex("m"), 6):
                names = f"{first.forms[of_one]} {one}", f"{first.forms[of_other]} {other}"
                yield self.pair("similar-surname", line, *names, shared=True)

    def patronymics(self) -> Iterator[Pair]:
        men = self.of_sex("m")
        for surname in self.surnames:
            group = surname["be m"]
            for _ in range(4):
                father, other_father = self.chance.sample(men, 2)
                first = self.chance.choice(men + self.of_sex("f"))
                one, other = (self.with_patronymic(first, of, surname) for of in (father, other_father))
                yield self.pair("other-patronymic", group, one, other)
                father, son = self.chance.sample(men, 2)
                one, other = self.with_patronymic(father, son, surname), self.with_patronymic(son, father, surname)
                yield self.pair("father-and-son", group, one, other, shared=True)

    def strangers(self) -> Iterator[Pair]:
        everyone = list(self.firsts.values())
        for _ in range(500):
            one, other = self.chance.sample(self.surnames, 2)
            of_one, of_other = self.scripts()
            first, another = self.chance.sample(everyone, 2)
            if self.chance.random() < 0.5:
                another = first
            names = self.written(first, one, of_one), self.written(another, other, of_other)
            yield self.pair("strangers", one["be m"], *names, shared=True)

    def families(self) -> Iterator[Pair]:
        for block in "\n".join(
            line for line in (HERE / "families.txt").read_text("utf-8").splitlines() if not line.startswith("#")
        ).split("\n\n"):
            members = [line.partition(": ")[::2] for line in block.splitlines() if line]
            for (role, one), (_, other) in combinations(members, 2):
                kind = "namesakes" if role == "namesake" else "family"
                yield kind, members[0][1].split(" |")[0], *fields(one), *fields(other)


def fields(text: str) -> tuple[str, str, str]:
    """Name, relation and prisoner."""
    name, relation, prisoner = ([part.strip() for part in text.split("|")] + ["", ""])[:3]
    return name, relation, prisoner


def main() -> None:
    making = Making()
    makers: list[Callable[[], Iterator[Pair]]] = [
        making.families, making.relatives, making.similar_firsts,
        making.similar_surnames, making.patronymics, making.strangers,
    ]  # fmt: skip
    found = dict.fromkeys(pair for maker in makers for pair in maker())
    (HERE / "different.tsv").write_text("".join("\t".join(pair) + "\n" for pair in found), "utf-8")


if __name__ == "__main__":
    main()
