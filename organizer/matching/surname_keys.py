"""What surnames are found by, and the search for those of very many names that can be similar to a few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from organizer.matching.name_parser import NameParts, understand
from organizer.matching.phonetics import sounds


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


def write_key(name: str) -> str:
    """What a name is found by as one line: its surnames in their order, each with its sounds; “,” stands between them.

    Both are letters and digits. What sounds like nothing has an empty key.
    """
    surnames = {word for parts in understand(name) for word in key_words(parts)}
    return ",".join(" ".join([word, *bones_of(word)]) for word in sorted(surnames))


def read_key(key: str) -> list[list[str]]:
    """What write_key wrote: for each surname itself, then its sounds."""
    return [surname.split(" ") for surname in key.split(",")] if key else []


def similar_keys(keys: Sequence[str], few: Iterable[str]) -> bytes:
    """For each of very many keys 1 if an index would compare its name with one of a few keys, else 0."""
    wanted = {deletion for key in few for texts in read_key(key) for text in texts for deletion in deletions(text)}
    similar: set[str] = set()
    for word, *bones in map(str.split, {surname for key in keys for surname in key.split(",") if surname}):
        # As in Index: what is similar to a sound leads to that sound, what is similar to the letters to all sounds.
        similar.update(bone for bone in bones if not wanted.isdisjoint(deletions(bone)))
        similar.update(() if wanted.isdisjoint(deletions(word)) else bones)
    return bytes(any(not similar.isdisjoint(bones) for _, *bones in read_key(key)) for key in keys)
