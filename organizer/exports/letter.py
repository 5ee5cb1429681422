"""Reads the letter of a publication from the appeal's public folder, and checks that it is the one that was signed.

The caller passes in a function that gives the files; nothing here touches the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from crypto.letter import APPEAL_TOML, MARKDOWN, MARKDOWN_OFF, choose_language, letter_file, letter_hash
from crypto.publication import Publication
from crypto.toml import TomlError, parse
from organizer.errors import OrganizerError


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading or an item of a list, as plain text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Letter:
    """The letter in one language, printed before the names. `group` are its authors, with their relation."""

    language: str
    title: str
    addressee: str
    blocks: tuple[Block, ...]
    group: tuple[tuple[str, str], ...]


def read_letter(read: Callable[[str], bytes], publication: Publication, language: str | None) -> Letter:
    """The letter in `language`, or in the appeal's first if it has none in that; `read` gives a file of the folder.

    Raises OrganizerError: letter-folder, when a file is missing or malformed or is not what the publication names.
    """
    table = _table(read(APPEAL_TOML))
    languages = [code for code in _list(table, "languages") if isinstance(code, str)]
    if table.get("id") != publication.appeal or not languages:
        raise OrganizerError("letter-folder", "This folder is that of another appeal, or its appeal.toml is damaged.")
    chosen = choose_language(language, languages)
    source = read(letter_file(chosen))
    if letter_hash(source).hex() != publication.letters.get(chosen):
        text = f"The file {letter_file(chosen)} is not the text that was signed: the publication has another SHA-256."
        raise OrganizerError("letter-folder", text)
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrganizerError("letter-folder", f"The file {letter_file(chosen)} is not text in UTF-8.") from error
    members = [member for member in _list(table, "group") if isinstance(member, dict)]
    return Letter(
        language=chosen,
        title=_in(table, "title", chosen),
        addressee=_in(table, "addressee", chosen),
        blocks=blocks(text),
        group=tuple((_in(member, "name", chosen), _in(member, "relation", chosen)) for member in members),
    )


def blocks(source: str) -> tuple[Block, ...]:
    """A letter's Markdown as plain blocks: text in bold or italics becomes plain text."""
    found: list[Block] = []
    kind = "paragraph"
    for token in MarkdownIt(MARKDOWN).disable(list(MARKDOWN_OFF)).parse(source):
        if token.type in ("heading_open", "list_item_open"):
            kind = "heading" if token.type == "heading_open" else "item"
        elif token.type == "inline":
            parts = [
                " " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
            ]
            found.append(Block(kind, "".join(parts)))
            kind = "paragraph"
        elif token.type in ("fence", "code_block"):
            found.append(Block("paragraph", token.content.strip()))
    return tuple(found)


def _table(data: bytes) -> dict[str, Any]:
    try:
        return parse(data)
    except TomlError as error:
        raise OrganizerError("letter-folder", f"The file {APPEAL_TOML} cannot be read: {error}") from error


def _list(table: dict[str, Any], name: str) -> list[Any]:
    value = table.get(name, [])
    return value if isinstance(value, list) else []


def _in(table: dict[str, Any], name: str, language: str) -> str:
    value = table.get(name)
    found = value.get(language, "") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""
