"""The command line: names of commands, their options and help. What they do is in commands/.

Knows click. Must never print, and turns every error a person can meet into one sentence and the exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from crypto.errors import UndersignedError
from organizer.commands import (
    Result,
    add,
    burn,
    ceremony,
    decisions,
    duplicates,
    export,
    export_nonpublic,
    keygen,
    list_signatures,
    open_ledgers,
    publish,
    rehearse,
    restore,
    review,
    sign,
    status,
    verify,
    vouch,
    withdraw,
)
from organizer.errors import OrganizerError
from organizer.filtering import Standing
from organizer.talk import Talk
from organizer.workspace import DEFAULT_FOLDER

Command = TypeVar("Command", bound=Callable[..., Any])

_workspace = click.option(
    "-w",
    "--workspace",
    "folder",
    metavar="FOLDER",
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The workspace's folder.",
)
_passphrase = click.option("--passphrase-file", help="Read the passphrase from FILE, do not ask.", metavar="FILE")
_appeal = click.option("--appeal", "appeal_file", metavar="FILE", help="The appeal.json from the site; needed once.")
_minisig = click.option("--minisig", "minisigs", multiple=True, metavar="FILE", help="Else all that lie beside it.")
_trusted = click.option("--appeal", "appeal_file", required=True, metavar="FILE", help="The appeal.json to trust.")
_previous = click.option("--previous", metavar="FILE", help="The publication.json before this one.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and ask nothing.")


_marks = (
    click.option(
        "--public/--not-public", "public", default=None, help="Only those whose name may be published, or not."
    ),
    click.option("--standing", type=click.Choice([*Standing]), help="Only those that stand so in the review."),
    click.option("--vouch", type=click.Choice(list(review.VOUCH)), help="Only by what their vouch word says."),
    click.option("--word", type=int, metavar="NUMBER", help="Only with the vouch word of this number."),
    click.option("--language", metavar="LANG", help="Only of this language, such as be."),
    click.option(
        "--unknown-letter", is_flag=True, help="Only signed under a text that your appeal.json does not list."
    ),
    click.option("--alike", is_flag=True, help="Only those that resemble another one."),
)


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def add_all(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


def _carry_out(as_json: bool, work: Callable[[Talk], Result]) -> None:
    talk = Talk(as_json)
    try:
        talk.result(work(talk))
    except (UndersignedError, OSError, MemoryError, KeyboardInterrupt) as error:
        found = _explain(error)
        talk.failure(found.reason, str(found), found.details)
        raise SystemExit(1) from error


def _explain(error: BaseException) -> OrganizerError:
    if isinstance(error, OrganizerError):
        return error
    if isinstance(error, UndersignedError):
        return OrganizerError(error.reason, str(error))
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        return OrganizerError("file", f"A file could not be read or written ({error.strerror or error}){place}")
    if isinstance(error, MemoryError):
        return OrganizerError("memory", "There is not enough free memory. Close other programs and try again.")
    return OrganizerError("stopped", "Stopped. What was finished before is kept; the same command goes on.")


class _Organizer(click.Group):
    """Commands in the order they are used; mistakes in the options are told as JSON too, when JSON was asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **extra: Any) -> Any:
        given = extra.get("args") or (args[0] if args else sys.argv[1:])
        try:
            return super().main(*args, **{**extra, "standalone_mode": False})
        except click.UsageError as error:
            if "--json" not in given:
                error.show()
                raise SystemExit(error.exit_code) from error
            Talk(as_json=True).failure("usage", error.format_message(), {})
            raise SystemExit(1) from error


@click.group(cls=_Organizer, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@_options(_workspace, _json)
@click.pass_context
def organizer(context: click.Context, folder: str, as_json: bool) -> None:
    """Open, review and publish the signatures of an appeal, offline.

    Practise with rehearse. Then, in this order: ceremony once; open, review and publish as often as you like; burn
    when a period is over.
    Each explains itself with --help. Nothing here uses the network.
    The options below may stand before the command or after it.
    """
    given = {"folder": folder, "as_json": as_json}
    context.default_map = {
        **dict.fromkeys(organizer.commands, given),
        "decisions": dict.fromkeys(_decisions.commands, given),
    }


@organizer.command("ceremony")
@_options(_workspace, _passphrase, _json)
def _ceremony(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Make the keys of an appeal, step by step in a dialogue.

    It asks who you are, which periods there are, makes the keys and locks them with a passphrase, divides each key
    among people on cards (any k of n cards bring it back), shows the fingerprints as digits and as a QR code, and
    writes a public folder for the site. Other organizers run it, too, on their own computers, for a minisign key of
    their own. In a folder that has keys already it adds keys for further periods, or makes new cards.

    Passphrase and cards are shown on a screen that is wiped afterwards. Practise first: organizer rehearse.

    \b
    Example:
      organizer ceremony
    """
    _carry_out(as_json, lambda talk: ceremony.run(talk, folder, passphrase_file))


@organizer.command("keygen")
@click.option("--signer", required=True, help="Your short name, a-z, 0-9 and -; it names your minisign signatures.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if it has one already; else a new one is made.")
@click.option("--period", "days", multiple=True, metavar="FROM..UNTIL", help="Days of a key; may be given repeatedly.")
@click.option("--minisign-only", is_flag=True, help="Make only a minisign key, to sign what others publish.")
@_options(_workspace, _passphrase, _json)
def _keygen(
    folder: str,
    signer: str,
    appeal_id: str | None,
    days: tuple[str, ...],
    minisign_only: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Make keys without a dialogue, for scripts and trials.

    The same keys as “organizer ceremony” makes, in a new folder, locked with a passphrase, but no cards. Without
    --period there is one key for all days. At the end you see the lines that the site needs.

    \b
    Example:
      organizer keygen --signer anna --period 2027-01-01..2027-06-30
    """
    _carry_out(as_json, lambda talk: keygen.run(talk, folder, signer, appeal_id, days, minisign_only, passphrase_file))


@organizer.command("restore")
@click.option("--fingerprint", metavar="DIGITS", help="The fingerprint of the key, if there is no appeal.json.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if there is no appeal.json.")
@_options(_workspace, _appeal, _passphrase, _json)
def _restore(
    folder: str,
    appeal_file: str | None,
    fingerprint: str | None,
    appeal_id: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Bring a key back from its cards.

    Type the words of enough cards, in any order. A wrong word is told at once, a wrong card when it is complete, and
    the key must have the fingerprint that appeal.json or --fingerprint names: otherwise nothing is written. In a
    workspace whose passphrase is lost, what was opened and decided stays and gets a new passphrase. In a new folder
    the ledgers must be opened again.

    \b
    Example:
      organizer restore --appeal appeal.json
    """
    _carry_out(as_json, lambda talk: restore.run(talk, folder, appeal_file, fingerprint, appeal_id, passphrase_file))


@organizer.command("open")
@click.argument("ledgers", nargs=-1, required=True, metavar="LEDGER...")
@_options(_workspace, _appeal, _passphrase, _json)
def _open(
    ledgers: tuple[str, ...], folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool
) -> None:
    """Open the envelopes of one or more ledgers.

    What was opened before is recognised and skipped, so opening a ledger again is safe, and so is stopping in the
    middle. Envelopes that cannot be read are set aside and counted with the reason.

    \b
    Example:
      organizer open ledger.bin --appeal appeal.json
    """
    _carry_out(as_json, lambda talk: open_ledgers.run(talk, folder, ledgers, appeal_file, passphrase_file))


@organizer.command("review")
@click.option("--table", is_flag=True, help="Begin with the list instead of one signature.")
@click.option("--again", is_flag=True, help="Go over everything once more, what was entered by hand included.")
@click.option(
    "--accept-vouched", is_flag=True, help="Accept what has a vouch word that counts; you see some of it first."
)
@click.option("--accept-all", is_flag=True, help="Accept all that is undecided without showing it.")
@click.option("--even-alike", is_flag=True, help="With --accept-all: also what resembles another one.")
@click.option("--yes", is_flag=True, help="Do not ask before accepting what is vouched for.")
@_options(*_marks, _workspace, _passphrase, _json)
def _review(
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
    table: bool,
    again: bool,
    accept_vouched: bool,
    accept_all: bool,
    even_alike: bool,
    yes: bool,
    **marks: Any,
) -> None:
    """Look at signatures, one at a time or in a list, and accept, refuse or hold them.

    Press one key for each signature; ? shows all keys, u takes back what was done last, / searches, f filters. Stop
    whenever you like: every decision is kept at once, and the next time it goes on there. Those with a vouch word come
    first, what is held comes last. A signature that resembles another one is shown beside it; you decide.

    What is accepted many at a time leaves out all that resemble another signature: they stay undecided.

    \b
    Example:
      organizer review
      organizer review --table --vouch unknown
      organizer review --accept-vouched
    """
    choice = review.Choice(accept_all, even_alike, accept_vouched, yes, again, table)
    _carry_out(as_json, lambda talk: review.run(talk, folder, passphrase_file, choice, review.Marks(**marks)))


@organizer.command("vouch")
@click.option("--add", "is_new", is_flag=True, help="Add a word; you are asked for it, or take one that is offered.")
@click.option("--withdraw", "leaked", type=int, metavar="NUMBER", help="This word leaked: it counts no more.")
@click.option("--restore", "restored", type=int, metavar="NUMBER", help="This word counts again after all.")
@click.option("--yes", is_flag=True, help="Do not ask before withdrawing.")
@_options(_workspace, _passphrase, _json)
def _vouch(
    is_new: bool,
    leaked: int | None,
    restored: int | None,
    yes: bool,
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """List the vouch words that trusted people give out, add one, or withdraw one that leaked.

    A person you trust tells a word to those they know, who type it beside their signature. Those signatures come
    first in “organizer review” and can be accepted many at a time. Capitals, spaces, hyphens and letters that look
    alike in two alphabets do not matter. Words and notes are kept encrypted, and shown at a terminal only.

    When a word leaks, withdraw it: what was accepted for it alone goes on hold for a second look, and what somebody
    looked at stays accepted. Undo in the review, or --restore, takes that back.

    \b
    Example:
      organizer vouch --add
      organizer vouch
      organizer vouch --withdraw 3
    """
    if (leaked is not None) + (restored is not None) + is_new > 1:
        raise click.UsageError("Give one of --add, --withdraw and --restore.")
    if is_new:
        _carry_out(as_json, lambda talk: vouch.run_add(talk, folder, passphrase_file))
    elif leaked is not None:
        _carry_out(as_json, lambda talk: vouch.run_withdraw(talk, folder, leaked, yes, passphrase_file))
    elif restored is not None:
        _carry_out(as_json, lambda talk: vouch.run_restore(talk, folder, restored, passphrase_file))
    else:
        _carry_out(as_json, lambda talk: vouch.run_list(talk, folder, passphrase_file))


@organizer.group("decisions")
def _decisions() -> None:
    """Review apart: hand your decisions to another organizer, and merge theirs.

    Both of you open the same ledgers and review, each on your own computer. Then one exports and the other merges:
    what only one decided is taken over, what both decided alike stays, and where you differ it goes on hold and is
    shown, for you to settle. Merging the same file again changes nothing. Each has --help; export, merge and undo
    take --json.

    \b
    Example:
      organizer decisions export --out anna.decisions
      organizer decisions merge anna.decisions
      organizer decisions undo
    """


@_decisions.command("export")
@click.option("--out", required=True, metavar="FILE", help="Write into FILE, which must not be there yet.")
@_options(_workspace, _passphrase, _json)
def _decisions_export(out: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write what you decided into a file for another organizer.

    It is locked with the key of your latest period, which the other one must have, too. In it are envelope ids,
    decisions, vouch words and their notes, and your short name; no signer is named. What was entered by hand stays
    out: the other one does not have it.

    \b
    Example:
      organizer decisions export --out anna.decisions
    """
    _carry_out(as_json, lambda talk: decisions.run_export(talk, folder, out, passphrase_file))


@_decisions.command("merge")
@click.argument("file")
@_options(_workspace, _passphrase, _json)
def _decisions_merge(file: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take over what another organizer decided, and settle where you differ.

    Where you differ, the signature goes on hold. At a terminal you then see each one with both decisions and choose;
    what you leave stays on hold. Undo takes all of it back.

    \b
    Example:
      organizer decisions merge anna.decisions
    """
    _carry_out(as_json, lambda talk: decisions.run_merge(talk, folder, file, passphrase_file))


@_decisions.command("undo")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_options(_workspace, _passphrase, _json)
def _decisions_undo(yes: bool, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take back what was decided last: one decision, or all that was decided at once.

    The same as the key u in the review. Each call takes back one step more.

    \b
    Example:
      organizer decisions undo
    """
    _carry_out(as_json, lambda talk: decisions.run_undo(talk, folder, yes, passphrase_file))


@organizer.command("list")
@_options(*_marks, _workspace, _passphrase, _json)
def _list(folder: str, passphrase_file: str | None, as_json: bool, **marks: Any) -> None:
    """Look through all signatures, decided or not, without deciding anything.

    At a terminal: a list with search and filter. Elsewhere, and with --json, nobody is named: there are envelope ids,
    decisions and marks. Options choose by marks; words are searched for inside, with /, so that no name stands on the
    command line.

    \b
    Example:
      organizer list --standing accepted --alike
    """
    _carry_out(as_json, lambda talk: list_signatures.run(talk, folder, review.Marks(**marks), passphrase_file))


@organizer.command("duplicates")
@_options(_workspace, _passphrase, _json)
def _duplicates(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """List signatures that may be of one person, two by two, with the reason.

    Looks at all that is accepted, held or undecided, however a name is spelled: in another alphabet, short, with or
    without patronymic, with a slip. Relatives and namesakes look alike, too, so nothing is changed here: you decide
    in “organizer review”. At a terminal one pair is shown at a time. With --json, pairs are named by envelope ids.

    \b
    Example:
      organizer duplicates
    """
    _carry_out(as_json, lambda talk: duplicates.run(talk, folder, passphrase_file))


@organizer.command("add")
@click.option("--csv", metavar="FILE", help="A table whose first line names its columns.")
@click.option("--letter", metavar="LANG", help="The language of the letter that was signed.")
@click.option("--yes", is_flag=True, help="Do not ask before adding a table.")
@_options(_workspace, _appeal, _passphrase, _json)
def _add(
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
        _carry_out(as_json, lambda talk: add.run(talk, folder, letter, appeal_file))
    else:
        _carry_out(as_json, lambda talk: add.run_table(talk, folder, csv, letter, appeal_file, passphrase_file, yes))


@organizer.command("withdraw")
@click.option("--code-file", metavar="FILE", help="Read the code from FILE instead of asking for it.")
@click.option("--lost-code", is_flag=True, help="The person lost the code: find the signature by name.")
@click.option("--undo", is_flag=True, help="Count again what was taken back with --lost-code.")
@_options(_workspace, _appeal, _passphrase, _json)
def _withdraw(
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
        _carry_out(as_json, lambda talk: withdraw.undo(talk, folder, passphrase_file))
    elif lost_code:
        _carry_out(as_json, lambda talk: withdraw.run_without_code(talk, folder, passphrase_file))
    else:
        _carry_out(as_json, lambda talk: withdraw.run(talk, folder, code_file, appeal_file))


@organizer.command("publish")
@click.option("--preview", metavar="FILE", help="Sign nothing; write all names and changes to FILE.")
@click.option("--replace", is_flag=True, help="Take the place of the last one, which was never handed in.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Copy the files to hand over into DIR.")
@_options(_workspace, _appeal, _passphrase, _json)
def _publish(folder: str, appeal_file: str | None, passphrase_file: str | None, as_json: bool, **choice: Any) -> None:
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
    _carry_out(as_json, lambda talk: publish.run(talk, folder, today, appeal_file, passphrase_file, made))


@organizer.command("sign")
@click.argument("publication")
@click.option("--previous", metavar="FILE", help="The publication.json before this one, to see what changed.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--out", metavar="DIR", help="Put the minisig into DIR instead of beside the publication.")
@_options(_workspace, _appeal, _passphrase, _json)
def _sign(
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
    _carry_out(
        as_json,
        lambda talk: sign.run(talk, folder, publication, appeal_file, previous, passphrase_file, yes, out),
    )


@organizer.command("verify")
@click.argument("publication")
@_options(_minisig, _trusted, _previous, _json)
def _verify(publication: str, minisigs: tuple[str, ...], appeal_file: str, previous: str | None, as_json: bool) -> None:
    """Check a publication, step by step in words.

    Anyone can do this; it needs no key and no workspace. The exit code is 0 only when everything fits.

    \b
    Example:
      organizer verify publication.json --appeal appeal.json
    """
    files = verify.Files(publication, minisigs, appeal_file, previous)
    _carry_out(as_json, lambda talk: verify.run(talk, files))


@organizer.command("export")
@click.argument("publication")
@click.option("--out", required=True, metavar="DIR", help="Write the files into DIR.")
@click.option("--letter", metavar="FOLDER", help="The appeal's folder, with appeal.toml and the letters.")
@click.option(
    "--language", type=click.Choice(export.LANGUAGES), help="Of the fixed words, and of the letter if it can."
)
@click.option("--format", "formats", type=click.Choice(export.FORMATS), multiple=True, help="One of them; else all.")
@_options(_minisig, _trusted, _previous, _json)
def _export(
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
    _carry_out(as_json, lambda talk: export.run(talk, files, letter, language, formats, out))


@organizer.command("export-nonpublic")
@click.option("--out", required=True, metavar="FILE", help="Write the table into FILE, which must not be there yet.")
@_options(_workspace, _passphrase, _json)
def _export_nonpublic(folder: str, out: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write down the names that are NOT public, in a file that is not encrypted.

    Do this only if you must: whoever gets the file can harm the people in it. You are told what it means, and asked
    to type a sentence before anything is written, so no script can do it. The file is a table (CSV) of all accepted
    non-public signatures, with contact and message.

    \b
    Example:
      organizer export-nonpublic --out /media/encrypted/names.csv
    """
    _carry_out(as_json, lambda talk: export_nonpublic.run(talk, folder, passphrase_file, out))


@organizer.command("status")
@_options(_workspace, _passphrase, _json)
def _status(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Show in numbers what the workspace holds.

    How many envelopes came, how many signatures are undecided, accepted, refused or withdrawn, how many ledgers
    were read and how many results published.

    \b
    Example:
      organizer status
    """
    _carry_out(as_json, lambda talk: status.run(talk, folder, passphrase_file))


@organizer.command("burn")
@click.option("--period", metavar="KEYID", help="Burn only this key (organizer status lists them); rows stay.")
@click.option("--publication", metavar="FILE", help="The result as all organizers signed it; else the one kept here.")
@click.option("--insist", is_flag=True, help="Burn although something speaks against it; it is shown.")
@click.option("--confirm", metavar="WORD", help="For scripts: the word that is asked for otherwise.")
@_options(_workspace, _appeal, _passphrase, _json)
def _burn(
    period: str | None,
    publication: str | None,
    insist: bool,
    confirm: str | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Destroy a key, or the whole workspace, when a period is over.

    First it shows what will be lost, and checks that the result stands: it is published, signed by enough organizers,
    your workspace would publish the same, and nothing is undecided. Then it asks for a word. With --period only the
    key is burned: what was opened and decided stays. Files are overwritten before they are removed, but sticks and
    SSDs may keep copies: only an encrypted disk helps there. Cards are paper: burn them, too.

    \b
    Example:
      organizer burn --period 4d2129141dffbc --publication stick/publication.json
    """
    today = datetime.now(UTC).date().isoformat()
    _carry_out(
        as_json,
        lambda talk: burn.run(talk, folder, today, period, publication, insist, confirm, appeal_file, passphrase_file),
    )


@organizer.command("rehearse")
@click.option("--fast", is_flag=True, help="Play it through without asking anything.")
@click.option("--envelopes", default=300, show_default=True, type=click.IntRange(20, 20000), help="Size of the flood.")
@_json
def _rehearse(fast: bool, envelopes: int, as_json: bool) -> None:
    """Practise everything once, with made-up data, in a folder that is removed at the end.

    The ceremony with its cards, a flood of false signatures, the review, a result, a lost computer with a lost card,
    a second organizer, and the burning. Nothing you do here can harm anyone, and nothing of it is kept. Every step
    names the real command. It takes about twenty minutes.

    \b
    Example:
      organizer rehearse
    """
    _carry_out(as_json, lambda talk: rehearse.run(talk, fast, envelopes))
