"""The context of two similar names: what relation and prisoner say for or against one person. They never decide it."""

from __future__ import annotations

from functools import lru_cache

from organizer.matching.name_distance import Difference, difference
from organizer.matching.name_parser import understand
from organizer.matching.tokens import plain, words

SAME_PRISONER = "both name the same prisoner"
OTHER_PRISONER = "but they name different prisoners"
SAME_RELATION = "same relation"
OTHER_RELATION = "but the relation differs"

SAME_PRISONER_LEAVES = 0.8
"""What is left of the names' cost. Not less: relatives, too, name the same prisoner."""
OTHER_PRISONER_COSTS = 0.06
OTHER_RELATION_COSTS = 0.04
"""Not more: whoever signs twice to be counted twice may well name another prisoner."""

_KIN = """
маці маці мать мама матуля мати mother mum mom matka mutter
бацька отец папа тата батько father dad ojciec vater
жонка жена супруга жінка дружина wife żona frau
муж супруг чоловік husband mąż
сястра сестра сестричка sister siostra schwester
брат братан brother brat bruder
сын син son syn sohn
дачка дочь дочка daughter córka tochter
бабуля бабушка бабка grandmother babcia
дзядуля дзед дедушка дед grandfather
сябра сябар друг приятель подруга сяброўка товарищ friend przyjaciel przyjaciółka
калега коллега калежанка каляжанка colleague
цётка тётя тетя тётка aunt
дзядзька дядя uncle
сусед соседка сосед суседка neighbour neighbor
унук внук унучка внучка grandson granddaughter
нявеста невеста fiancée
жаніх жених fiancé
"""
_KIN_OF = {word: number for number, line in enumerate(_KIN.strip().splitlines()) for word in line.split()}


def weigh(
    name_difference: Difference, relations: tuple[str, str], prisoners: tuple[str, str]
) -> tuple[float, tuple[str, ...]]:
    """The cost of a difference of names, changed by what relations and prisoners say, and all reasons."""
    cost, reasons = name_difference.cost, list(name_difference.reasons)
    if (same := same_person(*sorted(prisoners))) is not None:
        cost = cost * SAME_PRISONER_LEAVES if same else cost + OTHER_PRISONER_COSTS
        reasons.append(SAME_PRISONER if same else OTHER_PRISONER)
    if (same := same_relation(*sorted(relations))) is not None:
        cost = cost if same else cost + OTHER_RELATION_COSTS
        reasons.append(SAME_RELATION if same else OTHER_RELATION)
    if not name_difference.reasons:
        reasons.insert(0, "same name")
    return cost, tuple(reasons)


@lru_cache(maxsize=200_000)
def same_person(one: str, other: str) -> bool | None:
    """Whether two texts name one prisoner; None if one of them is empty."""
    if not one.strip() or not other.strip():
        return None
    if plain(one) == plain(other):
        return True
    return any(difference(a, b) is not None for a in understand(one) for b in understand(other))


@lru_cache(maxsize=50_000)
def same_relation(one: str, other: str) -> bool | None:
    """Whether two texts mean the same relation; None if one is empty or its words are not known."""
    if plain(one) == plain(other):
        return True if one.strip() else None
    kin, other_kin = (next((_KIN_OF[word] for word in words(text) if word in _KIN_OF), None) for text in (one, other))
    return None if kin is None or other_kin is None else kin == other_kin
