"""`organizer add`: signatures from paper and messengers, sealed like any other."""

from __future__ import annotations

from dataclasses import dataclass

import click
from nacl.utils import random

from crypto.appeal import Appeal, LetterHash
from crypto.errors import RecordError
from crypto.publication import line as in_one_line
from crypto.signature import Signature
from organizer.actions.session import Session, load_appeal, need_appeal, open_session, public_record
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.intake import paper
from organizer.intake.ledgers import open_by_hand
from organizer.workspace import Workspace, open_workspace, read_file
from organizer.workspace.entries import SignatureEntry
from organizer.workspace.records import add_by_hand

PREVIEWED = 30
"""Lines of a table that are shown before it is added."""

_QUESTIONS = {
    "name": "Name (Enter ends)",
    "relation": "Relation, such as “sister of” or “former political prisoner”",
    "prisoner": "Name of the prisoner",
    "public": "May the name be published? (yes/no)",
}
"""How some fields are asked for. The others are asked for by their names."""


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
        carry_out(as_json, lambda terminal: run(terminal, folder, letter, appeal_file))
    else:
        carry_out(as_json, lambda terminal: run_table(terminal, folder, csv, letter, appeal_file, passphrase_file, yes))


def run(terminal: Terminal, folder: str, letter: str | None, appeal_file: str | None) -> JsonResult:
    """Signatures typed in; needs no passphrase. Raises OrganizerError: no-appeal, appeal-letter, question, …"""
    with open_workspace(folder) as workspace:
        desk = _Desk(workspace, load_appeal(workspace, appeal_file), letter)
        return _ask(terminal, desk)


def run_table(
    terminal: Terminal,
    folder: str,
    csv: str,
    letter: str | None,
    appeal_file: str | None,
    passphrase_file: str | None,
    yes: bool,
) -> JsonResult:
    """A table; needs the passphrase, for only who can read what was entered before can recognise it.

    Raises OrganizerError: no-appeal, appeal-letter, csv-header, csv-lines, stopped, …
    """
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder, appeal_file) as session:
        desk = _Desk(session.workspace, session.appeal, letter)
        table = _read_table(desk, csv, session)
        if not table.new:
            _say_left_out(terminal, table)
            terminal.say("There is nothing new in this table. Nothing was added.")
        elif yes or _is_wanted(terminal, table):
            desk.keep([envelope for _, envelope in table.new])
            _say_left_out(terminal, table)
            terminal.say(f"Signatures added: {len(table.new):,}.")
        else:
            raise OrganizerError("stopped", "Nothing was added.")
    result = {"added": len(table.new), "repeated": [line.number for line in table.repeated], "bad": []}
    if table.bad:
        lines = [{"line": wrong.number, "reason": wrong.reason, "text": wrong.text} for wrong in table.bad]
        text = f"Lines left out: {len(table.bad):,}. Correct them and add the table again; the others are recognised."
        raise OrganizerError("csv-lines", text, {**result, "bad": lines})
    return result


class _Desk:
    """Where signatures go: sealed to the organizers' key under one letter, into the workspace."""

    def __init__(self, workspace: Workspace, appeal: Appeal | None, letter: str | None) -> None:
        letters = need_appeal(appeal).letters
        self.language = letter or next(iter(letters), "")
        if self.language not in letters:
            known = ", ".join(letters) or "none"
            text = f"Name one of the appeal's letters with --letter. There are: {known}."
            raise OrganizerError("appeal-letter", text)
        self._workspace = workspace
        self._letter_hash = LetterHash(bytes.fromhex(letters[self.language]))
        self._record = public_record(workspace)

    def seal(self, signature: Signature) -> bytes:
        return paper.seal_by_hand(self._record, signature, self._letter_hash, random)

    def keep(self, envelopes: list[bytes]) -> None:
        with self._workspace.tables() as tables:
            add_by_hand(tables, envelopes)


@dataclass(frozen=True)
class _Table:
    """A table's lines by what will become of them; a new one comes with its envelope."""

    new: list[tuple[paper.GoodLine, bytes]]
    repeated: list[paper.RepeatedLine]
    bad: list[paper.BadLine]


def _read_table(desk: _Desk, path: str, session: Session) -> _Table:
    lines = paper.read_csv(read_file(path), desk.language)
    good = [line for line in lines if isinstance(line, paper.GoodLine)]
    bad = [line for line in lines if isinstance(line, paper.BadLine)]
    open_by_hand(session.records, session.keys)
    entries = session.records.entries()
    before = (entry.signature for entry in entries if isinstance(entry, SignatureEntry) and entry.by_hand)
    repeated = paper.find_repeated(good, before)
    left_out = {line.number for line in repeated}
    new: list[tuple[paper.GoodLine, bytes]] = []
    for line in good:
        if line.number in left_out:
            continue
        try:
            new.append((line, desk.seal(line.signature)))
        except RecordError as error:
            bad.append(paper.BadLine(line.number, error.reason, str(error)))
    return _Table(new, repeated, sorted(bad, key=lambda line: line.number))


def _is_wanted(terminal: Terminal, table: _Table) -> bool:
    terminal.check_may_ask()
    # Names that are not public are on it, so it leaves no trace in the scrollback.
    with terminal.private_screen():
        for line, _ in table.new[:PREVIEWED]:
            signature = line.signature
            shown = "PUBLIC" if signature.public else "not public"
            terminal.say(f"Line {line.number:,}, {shown}: {in_one_line(signature)}")
        if len(table.new) > PREVIEWED:
            terminal.say(f"… and {len(table.new) - PREVIEWED:,} more lines.")
        _say_left_out(terminal, table)
        public = sum(line.signature.public for line, _ in table.new)
        terminal.say(f"New signatures: {len(table.new):,}, {public:,} of them public.", "bold")
        return terminal.confirm("Add them? They count as accepted")


def _say_left_out(terminal: Terminal, table: _Table) -> None:
    for wrong in table.bad:
        terminal.say(f"Line {wrong.number:,} is left out: {wrong.text}")
    for line in table.repeated[:PREVIEWED]:
        where = "it was entered before" if line.first is None else f"it is the same as line {line.first:,}"
        differs = ", but with another answer to “public”. Look at it with organizer review --again"
        terminal.say(f"Line {line.number:,} is left out: {where}{differs if line.other_public else ''}.")
    if table.repeated:
        terminal.say(f"Lines left out because they are there already: {len(table.repeated):,}.", "bold")


def _ask(terminal: Terminal, desk: _Desk) -> JsonResult:
    terminal.check_may_ask()
    # Names that are not public are typed, so they leave no trace in the scrollback.
    with terminal.private_screen():
        terminal.say("Type one signature after another. What may stay empty, leave empty with Enter.")
        added = _ask_all(terminal, desk)
    terminal.say(f"Signatures added: {added:,}.")
    return {"added": added, "bad": []}


def _ask_all(terminal: Terminal, desk: _Desk) -> int:
    added = 0
    while (signature := _ask_one(terminal, desk.language)) is not None:
        terminal.say("The name MAY be published." if signature.public else "The name will NOT be published.", "bold")
        if not terminal.confirm(f"Keep this signature? {signature.name}"):
            terminal.say("It was not kept.")
            continue
        try:
            desk.keep([desk.seal(signature)])
            added += 1
        except RecordError as error:
            terminal.say(f"It was not kept: {error}")
    return added


def _ask_one(terminal: Terminal, language: str) -> Signature | None:
    fields: dict[str, str] = {}
    for field in paper.COLUMNS:
        question = _QUESTIONS.get(field, field.capitalize())
        while True:
            fields[field] = terminal.ask(question, default=language if field == "language" else "")
            if field == "name" and not fields[field].strip():
                return None
            try:
                paper.read_signature({"name": "?", "public": "no", **fields}, language)
                break
            except (RecordError, OrganizerError) as error:
                terminal.say(str(error))
    return paper.read_signature(fields, language)
