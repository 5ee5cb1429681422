"""Commands about results: publishing, signing, checking and handing them out.

Knows click and what commands are called. What they do is in commands/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from organizer.cli.frame import APPEAL, JSON, MINISIG, PASSPHRASE, PREVIOUS, TRUSTED, WORKSPACE, carry_out, options
from organizer.commands import export, publish, sign, verify


@click.command("publish")
@click.option("--preview", metavar="FILE", help="Sign nothing; write all names and changes to FILE.")
@click.option("--replace", is_flag=True, help="Take the place of the last one, which was never handed in.")
@click.option("--previous", metavar="FILE", help="The last one from the site, where this workspace has lost it.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Copy the files to hand over into DIR.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def publish_command(
    folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool, **choice: Any
) -> None:
    """Count what is accepted, show the result, sign it.

    You see the numbers, every name that will be public, and what has changed since the last publication, before
    anything is written. Names that are not public never get into the file.

    Each publication follows the one before. One that was signed but never handed in would leave a gap for ever:
    --replace signs a new one in its place. Never do that with one that somebody else has already.

    \b
    Example:
      organizer publish --preview look.txt
      organizer publish --out /media/stick
    """
    today = datetime.now(UTC).date().isoformat()
    made = publish.Choice(**choice)
    carry_out(as_json, lambda talk: publish.run(talk, folder, today, appeal_file, passphrase_file, made))


@click.command("sign", short_help="Sign what another organizer published.")
@click.argument("publication")
@click.option("--previous", metavar="FILE", help="The publication.json before this one, to see what changed.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Put the minisig into DIR instead of beside the publication.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def sign_command(
    publication: str,
    previous: str | None,
    yes: bool,
    out: str | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Sign what another organizer published, on your own computer.

    You see the numbers, what changed since the last result, and every name that came or went. If your workspace has
    the keys and the ledgers, too, it is counted again and must agree. A second file with the same number is never
    signed. Then a .minisig of yours is put beside the publication.

    \b
    Example:
      organizer sign publication.json --appeal appeal.json
    """
    carry_out(
        as_json,
        lambda talk: sign.run(talk, folder, publication, appeal_file, previous, passphrase_file, yes, out),
    )


@click.command("verify")
@click.argument("publication")
@options(MINISIG, TRUSTED, PREVIOUS, JSON)
def verify_command(
    publication: str, minisigs: tuple[str, ...], appeal_file: str, previous: str | None, as_json: bool
) -> None:
    """Check a publication, step by step in words.

    Anyone can do this; it needs no key and no workspace. The exit code is 0 only when everything fits.

    \b
    Example:
      organizer verify publication.json --appeal appeal.json
    """
    files = verify.Files(publication, minisigs, appeal_file, previous)
    carry_out(as_json, lambda talk: verify.run(talk, files))


@click.command("export", short_help="Write the public list as PDF, tables and a page.")
@click.argument("publication")
@click.option("--out", required=True, metavar="DIR", help="Write the files into DIR.")
@click.option("--letter", metavar="FOLDER", help="The appeal's folder, with appeal.toml and the letters.")
@click.option(
    "--language", type=click.Choice(export.LANGUAGES), help="Of the fixed words, and of the letter if it can."
)
@click.option("--format", "formats", type=click.Choice(export.FORMATS), multiple=True, help="One of them; else all.")
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
    carry_out(as_json, lambda talk: export.run(talk, files, letter, language, formats, out))
