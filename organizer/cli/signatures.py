"""Commands about signatures: opening, reviewing, adding, taking back, and what a workspace holds.

Knows click and what commands are called. What they do is in commands/.
"""

from __future__ import annotations

import click

from organizer.cli.frame import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.commands import add, duplicates, export_nonpublic, open_ledgers, status, withdraw


@click.command("open")
@click.argument("ledgers", nargs=-1, required=True, metavar="LEDGER...")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def open_command(
    ledgers: tuple[str, ...], folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Open the envelopes of one or more ledgers.

    What was opened before is recognised and skipped, so opening a ledger again is safe, and so is stopping in the
    middle. Envelopes that cannot be read are set aside and counted with the reason.

    \b
    Example:
      organizer open ledger.bin --appeal appeal.json
    """
    carry_out(as_json, lambda talk: open_ledgers.run(talk, folder, ledgers, appeal_file, passphrase_file))


@click.command("duplicates", short_help="List signatures that may be of one person.")
@options(WORKSPACE, PASSPHRASE, JSON)
def duplicates_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """List signatures that may be of one person, two by two, with the reason.

    Looks at all that is accepted, held or undecided, however a name is spelled: in another alphabet, short, with or
    without patronymic, with a slip. Relatives and namesakes look alike, too, so nothing is changed here: you decide
    in “organizer review”. At a terminal one pair is shown at a time. Elsewhere, and with --json, nobody is named: there
    are envelope ids.

    \b
    Example:
      organizer duplicates
    """
    carry_out(as_json, lambda talk: duplicates.run(talk, folder, passphrase_file))


@click.command("add", short_help="Enter signatures from paper or messenger.")
@click.option("--csv", metavar="FILE", help="A table whose first line names its columns.")
@click.option("--letter", metavar="LANG", help="The language of the letter that was signed.")
@click.option("--yes", is_flag=True, help="Do not ask before adding a table.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def add_command(
    folder: str,
    csv: str | None,
    letter: str | None,
    yes: bool,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Enter signatures that came on paper or by messenger.

    Type them in one by one, or give a table (CSV, UTF-8) with some of the columns name, relation, prisoner, public,
    contact, message and language; name and public must be there, and public must be yes or no. A bad line is
    left out and named with its number, and so is a line that was entered before. You see what will be added before
    it is. What you enter counts as accepted. A table needs the passphrase, typing one by one does not.

    \b
    Example:
      organizer add --csv paper.csv --letter be
    """
    if csv is None:
        carry_out(as_json, lambda talk: add.run(talk, folder, letter, appeal_file))
    else:
        carry_out(as_json, lambda talk: add.run_table(talk, folder, csv, letter, appeal_file, passphrase_file, yes))


@click.command("withdraw", short_help="Take back the signature of a person who asks for it.")
@click.option("--code-file", metavar="FILE", help="Read the code from FILE instead of asking for it.")
@click.option("--lost-code", is_flag=True, help="The person lost the code: find the signature by name.")
@click.option("--undo", is_flag=True, help="Count again what was taken back with --lost-code.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def withdraw_command(
    folder: str,
    code_file: str | None,
    lost_code: bool,
    undo: bool,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Take back the signature of a person who wrote to you with their code.

    The signature need not have been opened yet. No passphrase is needed.
    Be sure that a person who lost the code is who they say. With --lost-code you are asked for the name, see the
    signature and give a reason, which is kept encrypted; for this the passphrase is needed.

    \b
    Example:
      organizer withdraw
      organizer withdraw --lost-code
    """
    if lost_code and undo:
        raise click.UsageError("Give --lost-code or --undo, not both.")
    if undo:
        carry_out(as_json, lambda talk: withdraw.undo(talk, folder, passphrase_file))
    elif lost_code:
        carry_out(as_json, lambda talk: withdraw.run_without_code(talk, folder, passphrase_file))
    else:
        carry_out(as_json, lambda talk: withdraw.run(talk, folder, code_file, appeal_file))


@click.command("export-nonpublic", short_help="Write down the names that are NOT public.")
@click.option("--out", required=True, metavar="FILE", help="Write the table into FILE, which must not be there yet.")
@options(WORKSPACE, PASSPHRASE, JSON)
def export_nonpublic_command(folder: str, out: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write down the names that are NOT public, in a file that is not encrypted.

    Do this only if you must: whoever gets the file can harm the people in it. You are told what it means, and asked
    to type a sentence before anything is written, so no script can do it. The file is a table (CSV) of all accepted
    non-public signatures, with contact and message.

    \b
    Example:
      organizer export-nonpublic --out /media/encrypted/names.csv
    """
    carry_out(as_json, lambda talk: export_nonpublic.run(talk, folder, passphrase_file, out))


@click.command("status")
@options(WORKSPACE, PASSPHRASE, JSON)
def status_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Show in numbers what the workspace holds.

    How many envelopes came, how many signatures are undecided, accepted, refused or withdrawn, how many ledgers
    were read and how many results published.

    \b
    Example:
      organizer status
    """
    carry_out(as_json, lambda talk: status.run(talk, folder, passphrase_file))
