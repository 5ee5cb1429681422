"""The list of the public names of one publication, in pages, and the search in it.

The search finds a name also when it is spelt in another alphabet or in another way than the person who signed did.
What somebody looked for is neither kept nor logged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from anyascii import anyascii

from crypto.folding import unmarked
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
_APOSTROPHES = re.compile("['`\"]")  # what anyascii writes for a soft sign
_BETWEEN_WORDS = re.compile("[^a-z0-9]+")
_SOFT_VOWEL = re.compile("i(?=[aeiu])")
_DOUBLED = re.compile(r"([a-z])\1+")


def folded(text: str) -> list[str]:
    """The words of a text, folded: spellings that people take for the same become the same letters.

    “Хоміч” gives ["hamic"], and “Chomič” gives ["camic|hamic"], which has one reading in common with it.
    """
    plain = unmarked(text).lower().translate(_LETTERS)
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

    `first`: the place of its first name in the publication, None after a search.
    `pages` and `found` count what the whole list has.
    """

    entries: Sequence[PublishedSignature]
    first: int | None
    number: int
    pages: int
    found: int
    query: str = ""


class NameList:
    """All public names of one publication, in its order."""

    def __init__(self, signatures: Sequence[PublishedSignature]) -> None:
        self._signatures = signatures
        self._index = NameIndex((" ".join(entry.texts()) for entry in signatures), folded)

    @property
    def pages(self) -> int:
        """How many pages the list has; one when it is empty."""
        return _pages(len(self._signatures))

    def page(self, number: int) -> NamesPage:
        """Page `number`, from 1 on; the nearest there is."""
        number = max(1, min(number, self.pages))
        first = (number - 1) * PAGE_SIZE
        return NamesPage(self._signatures[first : first + PAGE_SIZE], first, number, self.pages, len(self._signatures))

    def search(self, query: str, number: int) -> NamesPage:
        """Page `number` of those in which every word of the query begins a word of what is published.

        Whoever looks for nothing gets the list.
        """
        query = " ".join(query[:QUERY_MOST].split())
        if not query:
            return self.page(number)
        words = list(dict.fromkeys(folded(query)))[:_WORDS_MOST]
        found = self._index.find(words) if words else []
        number = max(1, min(number, _pages(len(found))))
        shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        entries = [self._signatures[at] for at in shown]
        return NamesPage(entries, None, number, _pages(len(found)), len(found), query)


def _pages(entries: int) -> int:
    return max(1, -(-entries // PAGE_SIZE))
