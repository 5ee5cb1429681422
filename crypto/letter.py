"""The folder of a letter: the names of its files, the language it is shown in, how its text is read
(docs/spec.md, section 7).

The service shows a letter and the organizers' tool prints it. Both use these rules, so both have the text that was
signed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from crypto.appeal import LetterHash
from crypto.shape import is_language

APPEAL_TOML = "appeal.toml"
"""The file in which organizers describe their letter; everything in it is public."""

MARKDOWN = "js-default"
"""The preset of markdown-it-py: CommonMark with tables and strikethrough, and no HTML."""

MARKDOWN_OFF = ("image", "link", "autolink")
"""The Markdown rules that are switched off: an image would be a request to another site, a link a way off the page."""

_LETTER_FILE = re.compile(r"letter\.(.+)\.md")


def letter_file(language: str) -> str:
    """The name of the letter's file in one language."""
    return f"letter.{language}.md"


def language_of(name: str) -> str | None:
    """The language of a file that is named like a letter's, None for every other name."""
    found = _LETTER_FILE.fullmatch(name)
    return found[1] if found and is_language(found[1]) else None


def letter_hash(source: bytes) -> LetterHash:
    """The hash that people sign: the SHA-256 of the exact bytes of the file."""
    return LetterHash(hashlib.sha256(source).digest())


def choose_language(wanted: str | None, languages: Sequence[str]) -> str:
    """The wanted language if the letter has it, otherwise the letter's first one."""
    return wanted if wanted in languages and wanted is not None else languages[0]
