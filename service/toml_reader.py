"""Reads a TOML file that people write by hand, entry by entry, and collects every mistake in it on the way.

It checks types and languages; what the entries are for is the business of its caller.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from crypto.toml import TomlError, parse

ByLanguage = dict[str, str]

_KINDS = {
    bool: "true or false",
    int: "a number",
    str: "text in quotes",
    date: "a date such as 2026-01-31, not in quotes",
}


class TableReader:
    """Reads the file called `name`. Every mistake becomes one sentence in `mistakes`, so that all are seen at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[str] = []
        self.table: dict[str, Any] = {}
        self.languages: tuple[str, ...] = ()

    def load(self, folder: Path, known: set[str]) -> bool:
        """Read the file, which may have only `known` entries at its top; whether it could be read."""
        try:
            self.table = parse((folder / self.name).read_bytes())
        except (OSError, TomlError) as error:
            self.mistakes.append(f"{self.name} cannot be read: {error}")
            return False
        for name in sorted(self.table.keys() - known):
            self.mistakes.append(f"{self.name}: there is no entry “{name}”.")
        return True

    def typed(self, name: str, kind: type, default: Any) -> Any:
        """A top-level value of exactly this type."""
        value = self.table.get(name, default)
        if value is not default and type(value) is not kind:
            self.mistakes.append(f"{self.name}: “{name}” must be {_KINDS[kind]}.")
            return default
        return value

    def list_of_text(self, name: str) -> list[str]:
        """A top-level list of at least one text."""
        values = self.table.get(name)
        if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
            return values
        self.mistakes.append(f'{self.name}: “{name}” must be a list such as ["be", "ru", "en"].')
        return []

    def tables(self, name: str) -> list[dict[str, Any]]:
        """The tables written as [[name]], none if there are none."""
        entries = self.table.get(name, [])
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            return entries
        self.mistakes.append(f"{self.name}: “{name}” must be written as [[{name}]].")
        return []

    def by_language(self, table: dict[str, Any], name: str) -> ByLanguage:
        """A text in each of `languages`."""
        texts = table.get(name)
        if not isinstance(texts, dict):
            texts = {}
        for language in self.languages:
            if not isinstance(texts.get(language), str) or not texts[language].strip():
                self.mistakes.append(f"{self.name}: “{name}” is missing in “{language}”.")
        return {language: str(texts.get(language, "")) for language in self.languages}
