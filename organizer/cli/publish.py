"""`organizer publish`: show what the world will see, then write and sign it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from crypto.appeal import Appeal
from crypto.publication import Publication, digest, read_publication
from organizer.actions.count import count
from organizer.actions.session import Session, check_listed, need_appeal, open_minisign, open_session, own_minisign
from organizer.cli.json_results import JsonResult, counts_result
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.numbers import say_doubts
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.results import diff
from organizer.results.publication import make_publication, minisig_name, place_after, sign_publication, write_draft
from organizer.results.tally import Tally
from organizer.text import harmless
from organizer.workspace import PUBLICATION_FILE, hand_over_publication, read_file, write_new

REPLACED_FILE = "replaces.txt"


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
    made = Choice(**choice)
    carry_out(as_json, lambda terminal: run(terminal, folder, today, appeal_file, passphrase_file, made))


def run(
    terminal: Terminal,
    folder: str,
    date: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    choice: Choice,
) -> JsonResult:
    """`date` is YYYY-MM-DD. Raises OrganizerError: no-appeal, appeal-signer, stopped, replace, file-exists, …"""
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        appeal = need_appeal(session.appeal)
        signer, public = own_minisign(session.workspace)
        check_listed(appeal, public)
        draft = _draft(session, appeal, date, choice)
        if choice.preview is not None:
            return _keep_preview(terminal, draft, choice.preview)
        say_publication(terminal, draft.publication, draft.last, draft.changes, page=not choice.yes)
        _say_not_counted(terminal, draft.found)
        if not choice.yes and not terminal.confirm(_question(terminal, draft)):
            raise OrganizerError("stopped", "Nothing was published.")
        terminal.say("Signing. This takes some seconds.")
        minisign = open_minisign(session)
        check_listed(appeal, minisign.public)
        minisig = sign_publication(draft.data, minisign)
        files = {PUBLICATION_FILE: draft.data, minisig_name(signer): minisig.encode("utf-8")}
        kept = files if draft.replaced is None else {**files, REPLACED_FILE: f"{draft.replaced}\n".encode("ascii")}
        number = draft.publication.number
        written = session.workspace.write_publication(number, kept, replace=draft.replaced is not None)
    if choice.out is not None:
        _hand_over(choice.out, written, files)
    _say_written(terminal, choice.out or written, list(files), appeal.threshold, digest(draft.data))
    return {**_result(draft), "folder": written, "files": list(files)}


@dataclass(frozen=True)
class Choice:
    """What the options said: sign without asking, where copies go, where to write a preview only, replace the last, and
    the file of the last where this workspace does not know it."""

    yes: bool = False
    out: str | None = None
    preview: str | None = None
    replace: bool = False
    previous: str | None = None


@dataclass(frozen=True)
class _Draft:
    """A publication before it is signed: its bytes, what a reader finds in them, and what came before."""

    data: bytes
    publication: Publication
    found: Tally
    last: Publication | None
    changes: diff.Changes | None
    replaced: str | None
    """The digest of the publication whose number is taken again."""


def _draft(session: Session, appeal: Appeal, date: str, choice: Choice) -> _Draft:
    numbers = session.workspace.publications()
    replaced = None
    if choice.replace:
        if not numbers:
            raise OrganizerError("replace", "There is no publication yet that could be replaced. Leave --replace out.")
        replaced = digest(session.workspace.read_publication(numbers.pop()))
    before = session.workspace.read_publication(numbers[-1]) if numbers else None
    if choice.previous is not None:
        before = _given(choice.previous, appeal, before)
    last = None if before is None else read_publication(before)
    found = count(session, frozenset() if last is None else frozenset(last.signatures))
    keys, ledgers, place = session.records.keys(), session.records.ledgers(), place_after(before)
    made = make_publication(found, appeal, keys, ledgers, place, date)
    data, publication = write_draft(made)
    changes = None if last is None else diff.compare(last, publication, found.left_out)
    return _Draft(data, publication, found, last, changes, replaced)


def _given(path: str, appeal: Appeal, own: bytes | None) -> bytes:
    """The last publication as the site has it, for a workspace that lost it. Raises OrganizerError: previous."""
    data = read_file(path)
    given = read_publication(data)
    if given.appeal != appeal.appeal_id.hex():
        raise OrganizerError("previous", f"{path} is a publication of another appeal.")
    if own is not None and given.number <= read_publication(own).number and data != own:
        text = f"{path} is not the last publication: this workspace knows number {read_publication(own).number}."
        raise OrganizerError("previous", f"{text} Leave --previous out, or fetch the last one from the site.")
    return data


def say_publication(
    terminal: Terminal, publication: Publication, last: Publication | None, changes: diff.Changes | None, page: bool
) -> None:
    """All that is in a publication and what has changed since the one before, for whoever is about to sign it."""
    terminal.say(
        f"Publication number {publication.number}, {publication.date}. This is what the world will see.", "bold"
    )
    if last is not None:
        terminal.say(f"It follows number {last.number} of {last.date}, SHA-256 {publication.previous}.")
        if publication.date < last.date:
            # Without a network, nothing sets the clock of a computer whose battery was empty.
            text = "Its date lies before that of the one before: the clock of the computer that makes it may be wrong."
            terminal.say(text, "bold")
    terminal.say()
    terminal.table(diff.numbers(publication, last))
    terminal.say()
    terminal.pages(_lists(publication, last, changes), page)
    terminal.say()
    terminal.say(diff.beside_names(publication))


def _say_not_counted(terminal: Terminal, found: Tally) -> None:
    if found.undecided or found.held:
        text = f"Not counted, because nobody decided yet: {found.undecided:,} undecided and {found.held:,} held."
        terminal.say(text, "bold")
    say_doubts(terminal, found)


def _lists(publication: Publication, last: Publication | None, changes: diff.Changes | None) -> list[str]:
    lines = list(diff.names(publication))
    if last is not None and changes is not None:
        lines = [*diff.changed(last, changes), "", *lines]
    return lines


def _question(terminal: Terminal, draft: _Draft) -> str:
    number = draft.publication.number
    if draft.replaced is None:
        if draft.last is not None:
            terminal.say(
                f"If number {number - 1} was never handed in, answer no and use --replace: it then takes its place."
            )
        return "Sign and write this publication?"
    terminal.say()
    text = f"This replaces number {number}, SHA-256 {draft.replaced}, which is deleted here."
    terminal.say(
        f"{text} Two signed publications of one number contradict each other, and whoever has both can show it."
    )
    terminal.say(
        "Replace it only if it was never handed in and nobody else has it; other organizers delete their copies."
    )
    return f"Was number {number} never handed in, and shall this one be signed in its place?"


def _keep_preview(terminal: Terminal, draft: _Draft, path: str) -> JsonResult:
    rows = [f"{label:<22} {value}" for label, value in diff.numbers(draft.publication, draft.last)]
    head = f"Publication number {draft.publication.number}, {draft.publication.date}. Not signed: a preview."
    lists = _lists(draft.publication, draft.last, draft.changes)
    lines = [head, "", *rows, "", *lists, "", diff.beside_names(draft.publication)]
    write_new(path, "".join(f"{harmless(line)}\n" for line in lines).encode("utf-8"))
    terminal.say(f"Nothing was signed. What would be published stands in {path}, every name and every change.")
    return {**_result(draft), "preview": path}


def _hand_over(out: str, written: str, files: dict[str, bytes]) -> None:
    try:
        hand_over_publication(out, PUBLICATION_FILE, files)
    except OSError as error:
        # To publish again would take the next number, and the one that was never seen would be missing for ever.
        text = f"It is signed, but could not be copied to {out}. Do not publish again; copy the files from {written}."
        raise OrganizerError("hand-over", text) from error


def _say_written(terminal: Terminal, folder: str, files: list[str], threshold: int, sha256: str) -> None:
    terminal.say(f"Written and signed. Hand over these files from {folder}:")
    for name in files:
        terminal.say(f"  {name}")
    terminal.say(f"Read it out to whoever signs next; SHA-256: {sha256}.")
    if threshold > 1:
        terminal.say(f"Readers ask for {threshold} organizers. The others sign the same file on their own computers:")
        terminal.say_exactly("  organizer sign publication.json --appeal appeal.json")
        terminal.say("or with the stock program and their own minisign key:")
        terminal.say_exactly("  minisign -S -s minisign.key -m publication.json -x publication.json.NAME.minisig")


def _result(draft: _Draft) -> JsonResult:
    changes = draft.changes
    return {
        "number": draft.publication.number,
        "date": draft.publication.date,
        "digest": digest(draft.data),
        "total": draft.publication.total,
        "names_added": len(draft.publication.signatures) if changes is None else len(changes.added),
        "names_gone": {} if changes is None else changes.gone_by_reason,
        "replaced": draft.replaced,
        **counts_result(draft.found),
    }
