"""`organizer export`: the public list in files that people can use; works for anyone, like `organizer verify`."""

from __future__ import annotations

from collections.abc import Sequence

from organizer.commands import Result
from organizer.commands.verify import Files, verified
from organizer.exports.document import Document, make_document
from organizer.exports.letter import Letter, read_letter
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.phrases import PHRASES
from organizer.exports.tables import counts_csv, names_csv, write_xlsx
from organizer.talk import Talk
from organizer.workspace import hand_over, in_folder, read_file, shipped_files

FORMATS = ("csv", "xlsx", "pdf", "html")
LANGUAGES = tuple(PHRASES)
_FONTS = {"": "fonts/DejaVuSansCondensed.ttf", "B": "fonts/DejaVuSansCondensed-Bold.ttf"}
_FALLBACK = "en"


def run(
    talk: Talk, files: Files, letter_folder: str | None, language: str | None, formats: Sequence[str], out: str
) -> Result:
    """`formats` are some of FORMATS, none means all. Raises OrganizerError: what verify raises, letter-folder, …"""
    found = verified(talk, files)
    letter: Letter | None = None
    if letter_folder is not None:
        letter = read_letter(lambda name: read_file(in_folder(letter_folder, name)), found.publication, language)
    chosen = language or (letter.language if letter and letter.language in PHRASES else _FALLBACK)
    document = make_document(found.publication, found.digest, chosen, letter)
    written: dict[str, bytes] = {}
    for one in formats or FORMATS:
        written.update(_write(document, one))
    hand_over(out, written)
    talk.say()
    talk.say(f"Written to {out}: {', '.join(written)}.")
    talk.say("They hold what is in the publication and nothing else. Whoever doubts a file can check publication.json.")
    return {"number": found.publication.number, "digest": found.digest, "language": chosen, "files": list(written)}


def _write(document: Document, form: str) -> dict[str, bytes]:
    if form == "csv":
        return {"names.csv": names_csv(document), "counts.csv": counts_csv(document)}
    if form == "xlsx":
        return {"names.xlsx": write_xlsx(document)}
    if form == "html":
        return {"letter.html": write_page(document)}
    with shipped_files(_FONTS.values()) as paths:
        return {"letter.pdf": write_pdf(document, {weight: paths[name] for weight, name in _FONTS.items()})}
