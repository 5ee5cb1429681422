"""The list of the public names of one publication, in pages, and the search in it.

The search finds a name also when it is spelt in another alphabet or in another way than the person who signed did.
What somebody looked for is neither kept nor logged.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from anyascii import anyascii

from crypto.collation import places
from crypto.publication import PublishedSignature
from service.site.name_index import NameIndex

PAGE_SIZE = 200
QUERY_MOST = 120
# More words than any name has only cost time.
_WORDS_MOST = 8

# Spellings that people take for the same: what Belarusian, Russian, Ukrainian, Polish and English writing do with one
# sound. Wider than a dictionary: a search may find too much. First letters that anyascii would write in English ways.
_LETTERS = str.maketrans({"ч": "c", "х": "h", "ц": "c", "ш": "s", "щ": "sc", "ж": "z", "ў": "u", "ё": "e"})
_SAME = (
    ("shch", "sc"), ("sh", "s"), ("sz", "s"), ("cz", "c"), ("ts", "c"), ("zh", "z"), ("kh", "h"), ("yo", "e"),
    ("jo", "e"), ("io", "e"), ("y", "i"), ("j", "i"), ("g", "h"), ("w", "u"), ("v", "u"), ("o", "a"), ("e", "a"),
)  # fmt: skip
# English writes ч so, Polish and Belarusian in Latin letters х: nobody can tell, so both are tried.
_CH = ("c", "h")
_APOSTROPHES = re.compile(r"['`\"ʼ’‘´]")
_BETWEEN_WORDS = re.compile("[^a-z0-9]+")
_SOFT_VOWEL = re.compile("i(?=[aeiu])")
_DOUBLED = re.compile(r"([a-z])\1+")


def folded(text: str) -> list[str]:
    """The words of a text, folded: spellings that people take for the same become the same letters.

    “Хоміч” gives ["hamic"], and “Chomič” gives ["camic|hamic"], which has one reading in common with it.
    """
    plain = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    plain = _APOSTROPHES.sub("", anyascii(plain).lower())
    readings = [_reading(plain.replace("ch", ch)) for ch in (_CH if "ch" in plain else _CH[:1])]
    return ["|".join(dict.fromkeys(word)) for word in zip(*readings, strict=True) if word[0]]


def _reading(plain: str) -> list[str]:
    for written, same in _SAME:
        plain = plain.replace(written, same)
    return [_DOUBLED.sub(r"\1", _SOFT_VOWEL.sub("", word)) for word in _BETWEEN_WORDS.split(plain)]


@dataclass(frozen=True)
class NamesPage:
    """One page of a list of names, with its number.

    `places` are those of its names in the publication, where the page looks for them to compare.
    `first`: how many names of the list stand before it, None after a search.
    `pages` and `found` count what the whole list has.
    """

    entries: Sequence[PublishedSignature]
    places: Sequence[int]
    first: int | None
    number: int
    pages: int
    found: int
    query: str = ""


class NameList:
    """All public names of one publication, in the order of each language."""

    def __init__(self, signatures: Sequence[PublishedSignature]) -> None:
        self._signatures = signatures
        self._orders: dict[str, Sequence[int]] = {}
        self._index = NameIndex((" ".join(entry.texts()) for entry in signatures), folded)

    @property
    def pages(self) -> int:
        """How many pages the list has; one when it is empty."""
        return _pages(len(self._signatures))

    def page(self, number: int, language: str) -> NamesPage:
        """Page `number`, from 1 on; the nearest there is."""
        number = max(1, min(number, self.pages))
        first = (number - 1) * PAGE_SIZE
        shown = self._in_order(language)[first : first + PAGE_SIZE]
        return NamesPage(self._entries(shown), shown, first, number, self.pages, len(self._signatures))

    def search(self, query: str, number: int, language: str) -> NamesPage:
        """Page `number` of those in which every word of the query begins a word of what is published.

        Whoever looks for nothing gets the list.
        """
        query = " ".join(query[:QUERY_MOST].split())
        if not query:
            return self.page(number, language)
        words = list(dict.fromkeys(folded(query)))[:_WORDS_MOST]
        hits = frozenset(self._index.find(words) if words else ())
        found = [place for place in self._in_order(language) if place in hits] if hits else []
        number = max(1, min(number, _pages(len(found))))
        shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return NamesPage(self._entries(shown), shown, None, number, _pages(len(found)), len(found), query)

    def _entries(self, shown: Sequence[int]) -> list[PublishedSignature]:
        return [self._signatures[place] for place in shown]

    def _in_order(self, language: str) -> Sequence[int]:
        """Places in the publication; with 10,000 names it takes a fifth of a second, once for each language."""
        if language not in self._orders:
            self._orders[language] = array("L", places(self._signatures, language))
        return self._orders[language]


def _pages(entries: int) -> int:
    return max(1, -(-entries // PAGE_SIZE))
