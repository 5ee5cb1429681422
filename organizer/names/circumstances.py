"""What relation and prisoner say about whether two names are of one person. They add doubt or take it; they never decide.

Knows these two fields. Must never know names of signers.
"""

from __future__ import annotations

from functools import lru_cache

from organizer.names.likeness import difference
from organizer.names.parts import understand
from organizer.names.writing import plain, words

SAME_PRISONER = "both name the same prisoner"
OTHER_PRISONER = "but they name different prisoners"
OTHER_RELATION = "but the relation differs"
SAME_RELATION = "same relation"

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
