"""`organizer export`: the public list in files that people can use; works for anyone, like `organizer verify`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from organizer.cli import verify
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, MINISIG, PREVIOUS, TRUSTED, carry_out, options
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.verify import Files, verified
from organizer.exports.document import Document, make_document
from organizer.exports.letter import Letter, read_letter
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.phrases import PHRASES
from organizer.exports.tables import counts_csv, names_csv, write_xlsx
from organizer.workspace.files import hand_over, in_folder, read_file, shipped_files

FORMATS = ("csv", "xlsx", "pdf", "html")
LANGUAGES = tuple(PHRASES)
_FONTS = {"": "fonts/DejaVuSansCondensed.ttf", "B": "fonts/DejaVuSansCondensed-Bold.ttf"}
_FALLBACK = "en"


@click.command("export", short_help="Write the public list as PDF, tables and a page.")
@click.argument("publication")
@click.option("--out", required=True, metavar="DIR", help="Write the files into DIR.")
@click.option("--letter", metavar="FOLDER", help="The appeal's folder, with appeal.toml and the letters.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the fixed words, and of the letter if it can.")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, help="One of them; else all.")
@options(MINISIG, TRUSTED, PREVIOUS, JSON)
def export_command(
    publication: str,
    out: str,
    letter: str | None,
    language: str | None,
    formats: tuple[str, ...],
    minisigs: tuple[str, ...],
    appeal_file: str,
    previous: str | None,
    as_json: bool,
) -> None:
    """Write the public list as tables and as a document to hand over.

    The publication is checked first, as with verify. Then names and counts are written as CSV and XLSX, and with the
    letter, its addressee and its group as PDF and HTML to print. Anyone can do this; it needs no key and no workspace,
    and nothing gets into the files that is not in the publication.

    \b
    Example:
      organizer export publication.json --appeal appeal.json --letter config/appeal --language en --out embassy
    """
    files = verify.Files(publication, minisigs, appeal_file, previous)
    carry_out(as_json, lambda terminal: run(terminal, files, letter, language, formats, out))


def run(
    terminal: Terminal, files: Files, letter_folder: str | None, language: str | None, formats: Sequence[str], out: str
) -> JsonResult:
    """`formats` are some of FORMATS, none means all. Raises OrganizerError: what verify raises, letter-folder, …"""
    found = verified(terminal, files)
    letter: Letter | None = None
    if letter_folder is not None:
        letter = read_letter(lambda name: read_file(in_folder(letter_folder, name)), found.publication, language)
    chosen = language or (letter.language if letter and letter.language in PHRASES else _FALLBACK)
    document = make_document(found.publication, found.digest, chosen, letter)
    written: dict[str, bytes] = {}
    for one in formats or FORMATS:
        written.update(_write(document, one))
    hand_over(out, written)
    terminal.say()
    terminal.say(f"Written to {out}: {', '.join(written)}.")
    terminal.say(
        "They hold what is in the publication and nothing else. Whoever doubts a file can check publication.json."
    )
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
