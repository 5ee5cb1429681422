"""Where each word of the names stands: finds those that have a word with a given beginning, and looks at no other.

It is made whole at once, because afterwards many threads read it; 100,000 names take about half a second.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain

# The character behind "z" in ASCII; the words have a-z and 0-9 only.
_BEHIND_ALL = "{"


class NameIndex:
    """The words of many texts, sorted, each with the numbers of the texts that have it, from 0 on.

    `folded` gives the words of a text, in a-z and 0-9; with several readings of one they are joined by "|".
    What it says of a text must be what it says of the parts between spaces, one after another.
    """

    def __init__(self, texts: Iterable[str], folded: Callable[[str], list[str]]) -> None:
        # The same first names, relations and prisoners come again and again: each is folded once.
        having: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for part in text.split(" "):
                having[part].append(number)
        places: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for part, numbers in having.items():
            for word in folded(part):
                for reading in word.split("|"):
                    places[reading].extend(numbers)
        self._words = sorted(places)
        self._starts = array("I", accumulate((len(places[word]) for word in self._words), initial=0))
        self._numbers = array("I", chain.from_iterable(places[word] for word in self._words))

    def find(self, words: Sequence[str]) -> list[int]:
        """The numbers, in order, of the texts in which each of these words, in one of its readings, begins a word.

        `words` as `folded` gives them, at least one.
        """
        # The rarest first, so that what the others have is compared with few.
        rarest, *others = sorted((self._having(word.split("|")) for word in words), key=len)
        found = set(rarest)
        for numbers in others:
            found.intersection_update(numbers)
        return sorted(found)

    def _having(self, beginnings: Iterable[str]) -> array[int]:
        """The numbers of the texts with a word that begins so, without order and some of them twice."""
        having = array("I")
        for beginning in beginnings:
            first, end = (bisect_left(self._words, border) for border in (beginning, beginning + _BEHIND_ALL))
            having += self._numbers[self._starts[first] : self._starts[end]]
        return having
