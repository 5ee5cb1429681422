"""What a person or a script said about a table, and what was said of one with the same headings before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from organizer.errors import OrganizerError
from organizer.intake.paper import COLUMNS
from organizer.intake.tables.headings import Places
from organizer.intake.tables.words import word_key

MOST_REMEMBERED = 20
"""Tables with different headings; the oldest is forgotten first."""


@dataclass(frozen=True)
class TableChoices:
    """What is known about a table beside its file; what is None or empty is guessed, and shown to be guessed.

    `columns`: by field, the columns as headings, numbers from 1 or letters. `heading`: the row that names the columns,
    0 for none. `yes` and `no` are word_keys.
    """

    encoding: str | None = None
    sheet: str | None = None
    heading: int | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Remembered:
    """What was said of a table: its headings as heading_keys, where its fields stand, what means yes and no."""

    headings: tuple[str, ...]
    columns: Mapping[str, Places]
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


def parse_columns(said: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The columns in texts such as `name=Імя+Прозвішча; public=4`. Raises OrganizerError: table-columns."""
    found: dict[str, tuple[str, ...]] = {}
    for one in (part.strip() for text in said for part in text.split(";")):
        name, mark, columns = one.partition("=")
        name = name.strip()
        if not one:
            continue
        if not mark or name not in COLUMNS or name in found:
            known = ", ".join(COLUMNS)
            text = f"“{one}” does not say what a column is. Write it as name=HEADING, once for each of: {known}."
            raise OrganizerError("table-columns", text)
        found[name] = tuple(column.strip() for column in columns.split("+") if column.strip())
    return found


def parse_words(said: Iterable[str]) -> frozenset[str]:
    """The word_keys in texts such as `можна; так`."""
    return frozenset(key for text in said for word in text.split(";") if (key := word_key(word)))


def remember(known: Iterable[Remembered], new: Remembered) -> list[Remembered]:
    """The same with one more, the latest last."""
    return [*(one for one in known if one.headings != new.headings), new][-MOST_REMEMBERED:]


def write_remembered(known: Iterable[Remembered]) -> bytes:
    """All of them as JSON."""
    return json.dumps(
        [
            {
                "headings": one.headings,
                "columns": {name: list(places) for name, places in one.columns.items()},
                "yes": sorted(one.yes),
                "no": sorted(one.no),
            }
            for one in known
        ],
        ensure_ascii=False,
    ).encode("utf-8")


def read_remembered(text: bytes) -> list[Remembered]:
    """What write_remembered wrote, or nothing. Raises OrganizerError: workspace-damaged."""
    try:
        return [
            Remembered(
                tuple(one["headings"]),
                {name: tuple(places) for name, places in one["columns"].items() if name in COLUMNS},
                frozenset(one["yes"]),
                frozenset(one["no"]),
            )
            for one in json.loads(text or b"[]")
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        damage = "A row of the workspace was written by another version of this tool."
        raise OrganizerError("workspace-damaged", damage) from error
