"""`organizer add`: signatures from paper and messengers, sealed like any other."""

from __future__ import annotations

from nacl.utils import random

from crypto.errors import RecordError
from crypto.signature import Signature
from organizer import byhand
from organizer.commands import Result
from organizer.errors import OrganizerError
from organizer.records import add_by_hand
from organizer.session import load_appeal, need_appeal, public_record
from organizer.talk import Talk
from organizer.workspace import Workspace, open_workspace, read_file

_QUESTIONS = {
    "name": "Name (Enter ends)",
    "relation": "Relation, such as “sister of” or “former political prisoner”",
    "prisoner": "Name of the prisoner",
    "public": "May the name be published? (yes/no)",
    "contact": "Contact",
    "message": "Message",
    "language": "Language",
}


def run(talk: Talk, folder: str, csv: str | None, letter: str | None, appeal_file: str | None) -> Result:
    """Needs no passphrase. Raises OrganizerError: no-appeal, appeal-letter, csv-header, csv-lines, …"""
    with open_workspace(folder) as workspace:
        appeal = need_appeal(load_appeal(workspace, appeal_file))
        language = letter or next(iter(appeal.letters), "")
        if language not in appeal.letters:
            known = ", ".join(appeal.letters) or "none"
            text = f"Name one of the appeal's letters with --letter. There are: {known}."
            raise OrganizerError("appeal-letter", text)
        desk = _Desk(workspace, language, bytes.fromhex(appeal.letters[language]))
        return _ask(talk, desk) if csv is None else _read(talk, desk, csv)


class _Desk:
    """Where signatures go: sealed to the organizers' key under one letter, into the workspace."""

    def __init__(self, workspace: Workspace, language: str, letter_hash: bytes) -> None:
        self.language = language
        self._workspace = workspace
        self._letter_hash = letter_hash
        self._record = public_record(workspace)

    def seal(self, signature: Signature) -> bytes:
        return byhand.seal_by_hand(self._record, signature, self._letter_hash, random)

    def keep(self, envelopes: list[bytes]) -> None:
        with self._workspace.tables() as tables:
            add_by_hand(tables, envelopes)


def _read(talk: Talk, desk: _Desk, path: str) -> Result:
    envelopes: list[bytes] = []
    bad: list[byhand.BadLine] = []
    for line in byhand.read_csv(read_file(path), desk.language):
        if isinstance(line, byhand.BadLine):
            bad.append(line)
            continue
        try:
            envelopes.append(desk.seal(line.signature))
        except RecordError as error:
            bad.append(byhand.BadLine(line.number, error.reason, str(error)))
    desk.keep(envelopes)
    for wrong in bad:
        talk.say(f"Line {wrong.number:,} was left out: {wrong.text}")
    talk.say(f"Signatures added: {len(envelopes):,}.")
    if bad:
        lines = [{"line": wrong.number, "reason": wrong.reason, "text": wrong.text} for wrong in bad]
        text = f"Lines left out: {len(bad):,}. Correct them and add a table with only these lines."
        raise OrganizerError("csv-lines", text, {"added": len(envelopes), "bad": lines})
    return {"added": len(envelopes), "bad": []}


def _ask(talk: Talk, desk: _Desk) -> Result:
    added = 0
    talk.check_may_ask()
    talk.say("Type one signature after another. What may stay empty, leave empty with Enter.")
    while (signature := _ask_one(talk, desk.language)) is not None:
        talk.say("The name MAY be published." if signature.public else "The name will NOT be published.", "bold")
        if not talk.confirm(f"Keep this signature? {signature.name}"):
            talk.say("It was not kept.")
            continue
        try:
            desk.keep([desk.seal(signature)])
            added += 1
        except RecordError as error:
            talk.say(f"It was not kept: {error}")
    talk.say(f"Signatures added: {added:,}.")
    return {"added": added, "bad": []}


def _ask_one(talk: Talk, language: str) -> Signature | None:
    fields: dict[str, str] = {}
    for field, question in _QUESTIONS.items():
        while True:
            fields[field] = talk.ask(question, default=language if field == "language" else "")
            if field == "name" and not fields[field].strip():
                return None
            try:
                byhand.read_signature({"name": "?", "public": "no", **fields}, language)
                break
            except (RecordError, OrganizerError) as error:
                talk.say(str(error))
    return byhand.read_signature(fields, language)
