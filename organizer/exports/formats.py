"""The table of export formats: the command, its help and the tests that judge formats take their list from here.

A format has a name, words for people, the files it writes, and how many names they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from organizer.exports.document import NAMES_MAX, Document

Writer = Callable[[Document, Mapping[str, str]], bytes]
"""From a document, and the paths of the fonts by weight ("" and "B"), to the bytes of a file. Raises OrganizerError."""

FONTS = {"": "fonts/DejaVuSansCondensed.ttf", "B": "fonts/DejaVuSansCondensed-Bold.ttf"}
"""The fonts that come with the tool, by weight."""


@dataclass(frozen=True)
class ExportFormat:
    """One format. `words` stand in the help; `names_max` is None where any number of names fits."""

    name: str
    words: str
    files: Mapping[str, Writer]
    names_max: int | None = None


def _made_by(module: str, function: str, *, with_fonts: bool = False) -> Writer:
    """A module is loaded when a file of it is made: the help must not wait for the library that makes a PDF."""

    def write(document: Document, fonts: Mapping[str, str]) -> bytes:
        make = getattr(import_module(module), function)
        made: bytes = make(document, fonts) if with_fonts else make(document)
        return made

    return write


FORMATS = (
    ExportFormat(
        "csv",
        "names and numbers as tables for any program",
        {
            "names.csv": _made_by("organizer.exports.tables", "names_csv"),
            "counts.csv": _made_by("organizer.exports.tables", "counts_csv"),
        },
    ),
    ExportFormat(
        "xlsx", "both for spreadsheets", {"names.xlsx": _made_by("organizer.exports.tables", "write_xlsx")}, NAMES_MAX
    ),
    ExportFormat(
        "pdf",
        "the letter with its group and names, to hand over",
        {"letter.pdf": _made_by("organizer.exports.pdf", "write_pdf", with_fonts=True)},
    ),
    ExportFormat(
        "html", "the same as a page for browsers", {"letter.html": _made_by("organizer.exports.page", "write_page")}
    ),
)


def format_help(formats: tuple[ExportFormat, ...] = FORMATS) -> str:
    """A line for each format: its name, its files, its words, its limit."""
    return "\n".join(
        f"  {one.name:<6}{', '.join(one.files)}: {one.words}"
        + (f"; at most {one.names_max:,} names" if one.names_max else "")
        for one in formats
    )
