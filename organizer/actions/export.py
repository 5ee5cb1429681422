"""Exporting: writes a verified publication as CSV, XLSX, PDF and HTML; it needs no workspace and no key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from organizer.actions.verify import Verified
from organizer.errors import OrganizerError
from organizer.exports.changes import Change
from organizer.exports.document import Document, make_document
from organizer.exports.fonts import Fonts, font_file
from organizer.exports.formats import FORMATS, ExportFormat, changes
from organizer.exports.letter import Letter, read_letter
from organizer.exports.phrases import PHRASES
from organizer.workspace.files import hand_over, in_folder, read_file, shipped_files

LANGUAGES = tuple(PHRASES)
"""The languages of the fixed words in the files; a letter may be in others."""

_FALLBACK = "en"


@dataclass(frozen=True)
class ExportPlan:
    """What would be written: the document with its language, and the formats. Only public facts are in it."""

    document: Document
    formats: tuple[ExportFormat, ...]
    changes: tuple[Change, ...]
    """What the files will show otherwise than it was published: to be told before they are written."""


def plan_export(
    found: Verified, letter_folder: str | None = None, language: str | None = None, formats: Sequence[str] = ()
) -> ExportPlan:
    """Choose the letter and its language; `formats` are names out of FORMATS, none means all.

    `letter_folder` is the appeal's folder, with appeal.toml and the letters; without it there is a list only.
    Raises OrganizerError: no-file, letter-folder, export-format, export-language, …
    """
    known = {one.name: one for one in FORMATS}
    _check_known("export-format", "format", formats, tuple(known))
    _check_known("export-language", "language", [] if language is None else [language], LANGUAGES)
    letter: Letter | None = None
    if letter_folder is not None:
        letter = read_letter(lambda name: read_file(in_folder(letter_folder, name)), found.publication, language)
    chosen = language or (letter.language if letter and letter.language in PHRASES else _FALLBACK)
    wanted = tuple(known[name] for name in formats) or FORMATS
    document = make_document(found.publication, found.digest, chosen, letter)
    with _fonts() as fonts:
        return ExportPlan(document, wanted, tuple(changes(document, fonts, wanted)))


def export(plan: ExportPlan, folder: str) -> tuple[str, ...]:
    """Write the files into `folder`; returns their names. Files of these names that lie there are overwritten."""
    files: dict[str, bytes] = {}
    with _fonts() as fonts:
        for one in plan.formats:
            files.update({name: write(plan.document, fonts) for name, write in one.files.items()})
    hand_over(folder, files)
    return tuple(files)


@contextmanager
def _fonts() -> Iterator[Fonts]:
    with shipped_files() as path_of:
        yield lambda name: path_of(font_file(name))


def _check_known(reason: str, what: str, given: Sequence[str], known: Sequence[str]) -> None:
    """Refuse unknown names. A window offers a choice, but at a command line people type what they want."""
    for one in given:
        if one not in known:
            raise OrganizerError(reason, f"There is no {what} {one}. There are: {', '.join(known)}.")
