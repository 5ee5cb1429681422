"""The card with a share: its lines for a terminal, its page to print, and which of its words are asked back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from organizer.keys.periods import Period
from organizer.keys.shares import WORDS_ON_A_CARD, Card

ASKED_BACK = 2
_COLUMNS = 3

_STYLE = """
@page { margin: 18mm }
body { font: 12pt/1.5 sans-serif; margin: 0 }
section { break-after: page; border: 2px solid #000; padding: 8mm }
h1 { font-size: 20pt; margin: 0 0 4mm }
ol { columns: 3; font: 15pt/1.9 monospace; padding-left: 14mm; margin: 6mm 0 }
code { font: 12pt/1.5 monospace }
"""


def facts(card: Card, period: Period) -> list[tuple[str, str]]:
    """What stands on every card besides its words; nothing of it is secret."""
    return [
        ("key", f"{period.hex_id}, {period.days}"),
        ("needed", f"any {card.threshold} of the {card.count} cards of this key"),
    ]


def printed_facts(card: Card, period: Period) -> list[tuple[str, str]]:
    """With what restoring compares; who writes by hand is spared it, for fingerprints.txt and appeal.json have it."""
    public = [("fingerprint", period.record.digits), ("appeal id", period.record.appeal_id.hex())]
    return [*facts(card, period), *public]


def title(card: Card) -> str:
    """The first line of a card."""
    return f"Card {card.number} of {card.count}"


def word_lines(words: Sequence[str]) -> list[str]:
    """The words with their numbers in three columns, to be read downwards; at most 60 characters wide."""
    rows = -(-WORDS_ON_A_CARD // _COLUMNS)
    cells = [f"{number:>2} {word:<12}" for number, word in enumerate(words, start=1)]
    return ["     ".join(cells[row::rows]).rstrip() for row in range(min(rows, len(cells)))]


def print_file(cards: Sequence[tuple[Card, Period]]) -> bytes:
    """One HTML file that prints one card on each page. It holds secrets: whoever has it has all the cards."""
    pages = "".join(_page(card, period) for card, period in cards)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Cards</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{pages}</body></html>\n"
    ).encode()


def _page(card: Card, period: Period) -> str:
    lines = "".join(f"<li>{escape(word)}</li>" for word in card.words)
    said = "".join(f"{escape(label)}: <code>{escape(value)}</code><br>" for label, value in printed_facts(card, period))
    return (
        f"<section><h1>{title(card)}</h1>\n<p>{said}</p>\n<ol>{lines}</ol>\n"
        "<p>Keep it on paper, apart from the other cards. Never type it into a computer that has a network, "
        "never photograph it.</p></section>\n"
    )


def asked_back(card: Card, random: Callable[[int], bytes]) -> list[int]:
    """Two different numbers of words to ask for, behind those that all cards share."""
    own = list(range(4, WORDS_ON_A_CARD + 1))
    chosen: list[int] = []
    while len(chosen) < ASKED_BACK:
        chosen.append(own.pop(int.from_bytes(random(8), "big") % len(own)))
    return sorted(chosen)
