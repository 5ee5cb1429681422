"""Exporting: a publication that was verified, as files that people can use; it needs no workspace and no key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from organizer.actions.verify import Verified
from organizer.errors import OrganizerError
from organizer.exports.document import Document, make_document
from organizer.exports.letter import Letter, read_letter
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.phrases import PHRASES
from organizer.exports.tables import counts_csv, names_csv, write_xlsx
from organizer.workspace.files import hand_over, in_folder, read_file, shipped_files

FORMATS = ("csv", "xlsx", "pdf", "html")
LANGUAGES = tuple(PHRASES)
"""Of the fixed words in the files; a letter may have others."""

_FONTS = {"": "fonts/DejaVuSansCondensed.ttf", "B": "fonts/DejaVuSansCondensed-Bold.ttf"}
_FALLBACK = "en"


@dataclass(frozen=True)
class ExportPlan:
    """What would be written: the document with its language, and the formats. Only public facts are in it."""

    document: Document
    formats: tuple[str, ...]


def plan_export(
    found: Verified, letter_folder: str | None = None, language: str | None = None, formats: Sequence[str] = ()
) -> ExportPlan:
    """Choose the letter and its language; `formats` are some of FORMATS, none means all.

    `letter_folder` is the appeal's folder, with appeal.toml and the letters; without it there is a list only.
    Raises OrganizerError: no-file, letter-folder, export-format, export-language, …
    """
    _check_known("export-format", "format", formats, FORMATS)
    _check_known("export-language", "language", [] if language is None else [language], LANGUAGES)
    letter: Letter | None = None
    if letter_folder is not None:
        letter = read_letter(lambda name: read_file(in_folder(letter_folder, name)), found.publication, language)
    chosen = language or (letter.language if letter and letter.language in PHRASES else _FALLBACK)
    return ExportPlan(make_document(found.publication, found.digest, chosen, letter), tuple(formats) or FORMATS)


def export(plan: ExportPlan, folder: str) -> tuple[str, ...]:
    """Write the files into `folder`; returns their names. Files of these names that lie there are overwritten."""
    files: dict[str, bytes] = {}
    for one in plan.formats:
        files.update(_write(plan.document, one))
    hand_over(folder, files)
    return tuple(files)


def _check_known(reason: str, what: str, given: Sequence[str], known: Sequence[str]) -> None:
    """A face that offers a choice cannot go wrong here."""
    for one in given:
        if one not in known:
            raise OrganizerError(reason, f"There is no {what} {one}. There are: {', '.join(known)}.")


def _write(document: Document, form: str) -> dict[str, bytes]:
    if form == "csv":
        return {"names.csv": names_csv(document), "counts.csv": counts_csv(document)}
    if form == "xlsx":
        return {"names.xlsx": write_xlsx(document)}
    if form == "html":
        return {"letter.html": write_page(document)}
    with shipped_files(_FONTS.values()) as paths:
        return {"letter.pdf": write_pdf(document, {weight: paths[name] for weight, name in _FONTS.items()})}
