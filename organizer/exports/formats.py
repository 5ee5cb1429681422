"""The table of export formats: the command, its help and the tests that judge formats take their list from here.

A format has a name, words for people, the files it writes, and how many names they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from organizer.exports.document import Document
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.tables import NAMES_MAX, counts_csv, names_csv, write_xlsx

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


FORMATS = (
    ExportFormat(
        "csv",
        "names and numbers as tables for any program",
        {"names.csv": lambda document, _: names_csv(document), "counts.csv": lambda document, _: counts_csv(document)},
    ),
    ExportFormat("xlsx", "both for spreadsheets", {"names.xlsx": lambda document, _: write_xlsx(document)}, NAMES_MAX),
    ExportFormat("pdf", "the letter with its group and names, to hand over", {"letter.pdf": write_pdf}),
    ExportFormat("html", "the same as a page for browsers", {"letter.html": lambda document, _: write_page(document)}),
)


def format_help(formats: tuple[ExportFormat, ...] = FORMATS) -> str:
    """A line for each format: its name, its files, its words, its limit."""
    return "\n".join(
        f"  {one.name:<6}{', '.join(one.files)}: {one.words}"
        + (f"; at most {one.names_max:,} names" if one.names_max else "")
        for one in formats
    )
