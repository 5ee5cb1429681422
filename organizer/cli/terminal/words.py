"""A line typed at the prompt, taken apart as a shell does: quotation marks, backslashes, `*` and `?` and `~`.

Nothing else of a shell is here: no variables, no pipes, no other programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from organizer.errors import OrganizerError
from organizer.workspace.files import matching, with_home

_QUOTES = "'\""
_WILD = "*?["


@dataclass
class Word:
    """One word: where it stands in the line, its text, and a pattern in which what was quoted is no wildcard."""

    start: int
    end: int = 0
    text: str = ""
    pattern: str = ""
    is_wild: bool = False
    quote: str = ""
    """The quotation mark that is still open."""

    def take(self, character: str, quoted: bool) -> None:
        """One more character."""
        wild = character in _WILD
        self.text += character
        self.pattern += f"[{character}]" if wild and quoted else character
        self.is_wild |= wild and not quoted


def split(line: str) -> list[Word]:
    """The words of a line; the last one may have an open quotation mark."""
    found: list[Word] = []
    word: Word | None = None
    characters = enumerate(line, start=1)
    for end, character in characters:
        if character.isspace() and not (word and word.quote):
            word = None
            continue
        if word is None:
            word = Word(end - 1)
            found.append(word)
        if character == word.quote:
            word.quote = ""
        elif character in _QUOTES and not word.quote:
            word.quote = character
        elif character == "\\" and word.quote != "'":
            end, escaped = next(characters, (end, "\\"))
            word.take(escaped, quoted=True)
        else:
            word.take(character, quoted=bool(word.quote))
        word.end = end
    return found


def words_of(line: str) -> list[str]:
    """What a command gets: names of files in place of a pattern that fits some. Raises OrganizerError: usage."""
    found = split(line)
    if found and found[-1].quote:
        raise OrganizerError("usage", f"A quotation mark {found[-1].quote} is open. Close it at the end of the name.")
    return [name for word in found for name in _names(line, word)]


def _names(line: str, word: Word) -> Iterator[str]:
    at_home = line[word.start] == "~"
    names = matching(with_home(word.pattern) if at_home else word.pattern) if word.is_wild else []
    yield from names or [with_home(word.text) if at_home else word.text]
