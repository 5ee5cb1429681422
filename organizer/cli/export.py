"""`organizer export`: write the public list as CSV, XLSX, PDF or HTML; needs no workspace, like `organizer verify`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from organizer.actions.export import LANGUAGES, export, plan_export
from organizer.actions.verify import PublicationFiles, need_verified, verify
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, MINISIG, PREVIOUS, TRUSTED, WORKSPACE, carry_out, options
from organizer.cli.terminal.appeal import settle_trusted
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.terminal.verification import say_steps
from organizer.exports.changes import Change
from organizer.exports.formats import FORMATS, format_help

SHOWN = 10
"""So many of the people whom a change concerns are named."""


@click.command(
    "export", short_help="Write the public list as PDF, tables and a page.", epilog=f"\b\nFormats:\n{format_help()}"
)
@click.argument("publication")
@click.option("--out", required=True, metavar="DIR", help="Write the files into DIR.")
@click.option("--letter", metavar="FOLDER", help="The appeal's folder, with appeal.toml and the letters.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the fixed words, and of the letter if it can.")
@click.option(
    "--format",
    "formats",
    type=click.Choice([one.name for one in FORMATS]),
    multiple=True,
    help="One of them, and again for another; else all.",
)
@options(MINISIG, TRUSTED, PREVIOUS, WORKSPACE, JSON)
def export_command(
    publication: str,
    minisigs: tuple[str, ...],
    appeal_file: str | None,
    previous: str | None,
    folder: str,
    out: str,
    as_json: bool,
    **choice: Any,
) -> None:
    """Write the public list as tables and as a document to hand over.

    The publication is checked first, as with verify. Then names and counts are written as tables, and with the letter,
    its addressee and its group as a document to print. Anyone can do this; it needs no key and no workspace, and
    nothing gets into the files that is not in the publication.

    \b
    Example:
      organizer export publication.json --appeal appeal.json --letter config/appeal --language en --out embassy
    """

    def files(terminal: Terminal) -> PublicationFiles:
        return PublicationFiles(publication, minisigs, settle_trusted(terminal, appeal_file, folder), previous)

    carry_out(as_json, lambda terminal: run(terminal, files(terminal), out, **choice))


def run(
    terminal: Terminal,
    files: PublicationFiles,
    out: str,
    letter: str | None = None,
    language: str | None = None,
    formats: Sequence[str] = (),
) -> JsonResult:
    """Verify the publication, then write the files. `letter` is a folder. Raises OrganizerError as verify; letter-…"""
    checks = verify(files)
    say_steps(terminal, checks)
    found = need_verified(checks)
    plan = plan_export(found, letter, language, formats)
    _say_changes(terminal, plan.changes)
    written = export(plan, out)
    terminal.say()
    terminal.say(f"Written to {out}: {', '.join(written)}.")
    terminal.say(
        "They hold what is in the publication and nothing else. Whoever doubts a file can check publication.json."
    )
    return {
        "number": found.publication.number,
        "digest": found.digest,
        "appeal": files.appeal,
        "language": plan.document.language,
        "files": list(written),
        "changed": [{"file": one.file, "reason": one.reason.name, "names": len(one.names)} for one in plan.changes],
    }


def _say_changes(terminal: Terminal, changes: Sequence[Change]) -> None:
    """What will be shown otherwise than it was published, and of whom, before a file is written."""
    for change in changes:
        terminal.say()
        terminal.say(str(change), "bold")
        for name in change.names[:SHOWN]:
            terminal.say(f"  {name}")
        if len(change.names) > SHOWN:
            terminal.say(f"  and {len(change.names) - SHOWN:,} more")
