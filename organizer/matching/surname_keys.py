"""What surnames are found by, and the search for those of very many names that can be similar to a few."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator

from organizer.matching.name_parser import NameParts, understand
from organizer.matching.phonetics import sounds
from organizer.matching.tokens import plain


def key_words(parts: NameParts) -> tuple[str, ...]:
    """The surnames; without any, the first names."""
    return parts.surnames or parts.firsts


def bones_of(word: str) -> list[str]:
    """What is left of the sounds of a word, for each of its readings."""
    return [sound.bone for sound in sounds(word)]


def surname_deletions(parts: NameParts) -> set[str]:
    """What the surnames share with every text that is at most a letter away from them."""
    texts = {text for word in key_words(parts) for text in (word, *bones_of(word))}
    return {deletion for text in texts for deletion in deletions(text)}


def deletions(text: str) -> Iterator[str]:
    """The text, and the text without each of its letters: “abcd” gives abcd, bcd, acd, abd, abc."""
    yield text
    if len(text) > 3:
        yield from {text[:at] + text[at + 1 :] for at in range(len(text))}


class CandidateSearch:
    """Finds which of very many names an index would compare with a few, so that only these are put into one.

    Of the many it keeps four bytes for each sound of a surname; of the few, the deletions of their surnames.
    The many can be divided among several searches: what one finds to be similar holds for all.
    """

    def __init__(self) -> None:
        self._few: set[str] = set()
        self._deletions: set[str] = set()
        self._same_spelling: set[int] = set()
        self._heard: dict[str, list[str]] = {}
        self._places: dict[str, array[int]] = {}
        self.similar: set[str] = set()
        """Sounds that are similar to one of the few, as far as they were met."""

    def look_for(self, name: str) -> None:
        """One of the few; all of them come before the many."""
        self._few.add(plain(name))
        self._deletions.update(text for parts in understand(name) for text in surname_deletions(parts))

    def add(self, place: int, name: str) -> None:
        """Take up one of the many; `place` is its number among them."""
        if plain(name) in self._few:
            self._same_spelling.add(place)  # a name that sounds like nothing is only found so
        for bone in {bone for parts in understand(name) for word in key_words(parts) for bone in self._hear(word)}:
            self._places.setdefault(bone, array("I")).append(place)

    def places(self, similar: Collection[str]) -> set[int]:
        """The places of those here that must be compared; `similar` are the sounds that any search found similar."""
        return self._same_spelling.union(*(self._places.get(bone, ()) for bone in similar))

    def _hear(self, word: str) -> list[str]:
        known = self._heard.get(word)
        if known is None:
            known = self._heard[word] = bones_of(word)
            # As in Index: what is similar to a sound leads to that sound, what is similar to the letters to all sounds.
            self.similar.update(bone for bone in known if self._is_similar(bone))
            self.similar.update(known if self._is_similar(word) else ())
        return known

    def _is_similar(self, text: str) -> bool:
        return any(deletion in self._deletions for deletion in deletions(text))
