"""XML as spreadsheets have it inside: one event after the other, nothing that the file brings along is defined.

A document type is where a small file defines texts that grow without bound, or names other files. No spreadsheet
program writes one, so a part that has one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

from organizer.workspace.archives import damaged

Attributes = Mapping[str, str]


def local(name: str) -> str:
    """A name without what stands before its colon: programs choose that freely."""
    return name.rpartition(":")[2]


def walk(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Tell where elements begin and end, by local names, and texts between. Raises OrganizerError: table-damaged."""

    def refuse(*_: object) -> None:
        raise damaged()

    def begin(name: str, attributes: dict[str, str]) -> None:
        start(local(name), {local(key): value for key, value in attributes.items()})

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: end(local(name))
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
