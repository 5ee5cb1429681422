"""The table of export formats: the command, its help and the tests that judge formats take their list from here.

A format has a name, words for people, the files it writes, and how many names they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from organizer.exports.changes import FORMULA, NO_FONT, UNSAFE, Change, People, Reason, with_formula_signs
from organizer.exports.document import NAMES_MAX, Document
from organizer.exports.fonts import Fonts

Writer = Callable[[Document, Fonts], bytes]
"""From a document and the fonts to the bytes of a file. Raises OrganizerError."""


@dataclass(frozen=True)
class ExportFormat:
    """One format. `words` stand in the help; `names_max` is None where any number of names fits.

    `changes` has the files that show some texts otherwise than they were published: why, and of whom.
    """

    name: str
    words: str
    files: Mapping[str, Writer]
    names_max: int | None = None
    changes: Mapping[str, tuple[Reason, People]] = field(default_factory=dict)


def _later(module: str, function: str, *, with_fonts: bool = False) -> Callable[[Document, Fonts], Any]:
    """A module is loaded when its format is wanted: the help must not wait for the library that makes a PDF."""

    def call(document: Document, fonts: Fonts) -> Any:
        made = getattr(import_module(module), function)
        return made(document, fonts) if with_fonts else made(document)

    return call


FORMATS = (
    ExportFormat(
        "csv",
        "names and numbers as tables for any program",
        {
            "names.csv": _later("organizer.exports.tables", "names_csv"),
            "counts.csv": _later("organizer.exports.tables", "counts_csv"),
        },
        changes={"names.csv": (FORMULA, lambda document, _: with_formula_signs(document))},
    ),
    ExportFormat(
        "xlsx", "both for spreadsheets", {"names.xlsx": _later("organizer.exports.tables", "write_xlsx")}, NAMES_MAX
    ),
    ExportFormat(
        "pdf",
        "the letter with its group and names, to hand over",
        {"letter.pdf": _later("organizer.exports.pdf", "write_pdf", with_fonts=True)},
        changes={"letter.pdf": (NO_FONT, _later("organizer.exports.pdf", "not_drawn", with_fonts=True))},
    ),
    ExportFormat(
        "html", "the same as a page for browsers", {"letter.html": _later("organizer.exports.page", "write_page")}
    ),
)


def format_help(formats: tuple[ExportFormat, ...] = FORMATS) -> str:
    """A line for each format: its name, its files, its words, its limit."""
    return "\n".join(
        f"  {one.name:<6}{', '.join(one.files)}: {one.words}"
        + (f"; at most {one.names_max:,} names" if one.names_max else "")
        for one in formats
    )


def changes(document: Document, fonts: Fonts, formats: Sequence[ExportFormat]) -> Iterator[Change]:
    """What the files of these formats will show otherwise than it was published; nothing, if nothing changes."""
    if document.replaced:
        yield Change("", UNSAFE, document.replaced)
    for one in formats:
        for file, (reason, people) in one.changes.items():
            if names := people(document, fonts):
                yield Change(file, reason, names)
