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
        except OSError as error:
            self.mistakes.append(f"{self.name} cannot be read: {error.strerror}.")
            return False
        except TomlError as error:
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

    def tables(self, name: str, known: set[str]) -> list[tuple[str, dict[str, Any]]]:
        """The tables written as [[name]], none if there are none; each behind the words that say which it is.

        Each may have only `known` entries.
        """
        entries = self.table.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.mistakes.append(f"{self.name}: “{name}” must be written as [[{name}]].")
            return []
        found = [(f"{self.name}: in [[{name}]] number {at}, ", entry) for at, entry in enumerate(entries, 1)]
        for which, entry in found:
            self.mistakes.extend(f"{which}there is no entry “{other}”." for other in sorted(entry.keys() - known))
        return found

    def text(self, which: str, table: dict[str, Any], name: str) -> str:
        """A text of a table, which must be there; `which` says of what table, at the beginning of a mistake."""
        value = table.get(name)
        if isinstance(value, str) and value.strip():
            return value
        self.mistakes.append(f"{which}“{name}” must be text in quotes.")
        return ""

    def by_language(self, table: dict[str, Any], name: str, which: str = "") -> ByLanguage:
        """A text in each of `languages`; `which` as in `text`."""
        which, texts = which or f"{self.name}: ", table.get(name)
        if not isinstance(texts, dict):
            texts = {}
        for language in self.languages:
            if not isinstance(texts.get(language), str) or not texts[language].strip():
                self.mistakes.append(f"{which}“{name}” is missing in “{language}”.")
        return {language: str(texts.get(language, "")) for language in self.languages}
