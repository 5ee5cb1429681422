"""Ceremonies and cards without a face: answers, words read from the paper, all bytes of a folder, reasons of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from crypto.errors import UndersignedError
from organizer.actions.cards import HandOut
from organizer.actions.ceremony import (
    FirstKeys,
)
from organizer.keys.periods import Days
from organizer.keys.shares import Recovery
from tests.support.organizer_workspace import PASSPHRASE, new_keys

DAYS = (Days("2027-01-01", "2027-06-30"), Days("2027-07-01"))
ANSWERS = FirstKeys("anna", DAYS, PASSPHRASE)
KEY = new_keys().periods[0]


def bytes_in(folder: Path) -> Mapping[str, bytes]:
    """Every file of a folder, byte for byte."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def reason(work: Callable[[], object]) -> str:
    with pytest.raises(UndersignedError) as caught:
        work()
    return caught.value.reason


def give_back(made: HandOut) -> None:
    """Write a card down and read the words that are asked from the paper."""
    card = made.card
    while card is not None and made.card is card:
        assert made.answer(card.words[(made.asked or 0) - 1])


def recovery_of(*cards: tuple[str, ...]) -> Recovery:
    recovery = Recovery()
    for words in cards:
        recovery.add(words)
    return recovery
