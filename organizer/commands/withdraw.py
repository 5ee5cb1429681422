"""`organizer withdraw`: a person wants their signature taken back, with their code or, when it is lost, by name."""

from __future__ import annotations

from nacl.utils import random

from crypto.code import check_code
from crypto.envelope import ID_SIZE
from crypto.errors import CodeError
from crypto.publication import PublishedSignature, read_publication
from crypto.seal import seal_withdrawal
from organizer.commands import Result
from organizer.entries import SignatureEntry
from organizer.errors import OrganizerError
from organizer.opening import open_by_hand
from organizer.records import add_by_hand
from organizer.session import Session, load_appeal, need_appeal, open_session, public_record
from organizer.talk import Talk
from organizer.withdrawing import find_people, made_by_hand, signed_with, take_back
from organizer.workspace import open_workspace, read_file

SHOWN = 20
"""People listed at once; more would push the first off the screen."""


def run(talk: Talk, folder: str, code_file: str | None, appeal_file: str | None) -> Result:
    """Needs no passphrase. Raises OrganizerError: no-appeal, no-file; CodeError: code-form."""
    with open_workspace(folder) as workspace:
        letters = need_appeal(load_appeal(workspace, appeal_file)).letters
        code = _ask(talk) if code_file is None else check_code(read_file(code_file).decode("utf-8", "replace").strip())
        # Any letter will do: a withdrawal is about a code, not about a text.
        envelope = seal_withdrawal(public_record(workspace), bytes.fromhex(next(iter(letters.values()))), code)
        with workspace.tables() as tables:
            add_by_hand(tables, [envelope])
    talk.say("Kept, sealed. The signature with this code will not be counted any more.")
    talk.say("“organizer status” says whether it has come already; if not, it is left out when it comes.")
    return {"withdrawals": 1}


def run_without_code(talk: Talk, folder: str, passphrase_file: str | None) -> Result:
    """Asks for the name, which stays off the command line and the scrollback. Raises OrganizerError."""
    talk.check_may_ask()
    with open_session(talk, folder, passphrase_file) as session:
        open_by_hand(session.records, session.keys)
        with talk.private_screen():
            person = _choose(talk, find_people(session.records.entries(), talk.ask("Name, or a part of it")))
            _show(talk, person)
            same = [one for one in signed_with(session.records.entries(), {person.commitment}) if one != person]
            for other in same:
                talk.say(f"It has the same code, so it goes with it: {_brief(other)}")
            withdrawal = take_back(person, talk.ask("Why? It is kept encrypted"), random(ID_SIZE))
            if not talk.confirm("Take this signature back?"):
                raise OrganizerError("stopped", "Nothing was taken back.")
        session.records.add([withdrawal])
        published = _is_published(session, person)
    talk.say(f"Taken back: {1 + len(same):,}. It counts as withdrawn from now on. To undo: organizer withdraw --undo")
    if published:
        talk.say("The name stands in your latest publication. It disappears with the next: organizer publish", "bold")
    return {"withdrawals": 1}


def undo(talk: Talk, folder: str, passphrase_file: str | None) -> Result:
    """Only what was taken back without a code: whoever used a code meant it. Raises OrganizerError."""
    talk.check_may_ask()
    with open_session(talk, folder, passphrase_file) as session:
        made = made_by_hand(session.records.entries())
        with talk.private_screen():
            person = _choose(talk, signed_with(session.records.entries(), made))
            _show(talk, person)
            withdrawal = made[person.commitment]
            talk.say(f"It was taken back because: {withdrawal.reason}")
            if not talk.confirm("Count this signature again, as it was decided before?"):
                raise OrganizerError("stopped", "Nothing was changed.")
        session.records.forget(withdrawal.id)
    talk.say("It is not withdrawn any more.")
    return {"withdrawals": -1}


def _ask(talk: Talk) -> str:
    # A code is evidence, so it does not stay in the scrollback.
    with talk.private_screen():
        while True:
            typed = talk.ask("The code, 25 digits")
            try:
                return check_code(typed)
            except CodeError as error:
                if not talk.is_at_terminal:
                    raise
                talk.say(f"{error} Compare it with what the person wrote. Ctrl-C stops.")


def _choose(talk: Talk, people: list[SignatureEntry]) -> SignatureEntry:
    if not people:
        raise OrganizerError("nobody", "No such signature was found. Nothing was changed.")
    for number, person in enumerate(people[:SHOWN], start=1):
        talk.say(f"{number}. {_brief(person)}")
    if len(people) > SHOWN:
        talk.say(f"And {len(people) - SHOWN:,} more. If it is not among these, press Enter and type more of the name.")
    answer = talk.ask("Which one? Its number, or Enter for none").strip()
    if not answer.isdecimal() or not 1 <= int(answer) <= len(people[:SHOWN]):
        raise OrganizerError("stopped", "Nothing was changed.")
    return people[int(answer) - 1]


def _show(talk: Talk, person: SignatureEntry) -> None:
    signature = person.signature
    shown = {"public": "yes" if signature.public else "no", "entered by hand": "yes" if person.by_hand else "no"}
    fields = ("name", "relation", "prisoner", "message", "contact", "language")
    talk.table([*((field, value) for field in fields if (value := getattr(signature, field))), *shown.items()])


def _brief(person: SignatureEntry) -> str:
    signature = person.signature
    return "; ".join(filter(None, (signature.name, signature.relation, signature.prisoner, signature.contact)))


def _is_published(session: Session, person: SignatureEntry) -> bool:
    numbers, signature = session.workspace.publications(), person.signature
    if not numbers or not signature.public:
        return False
    shown = PublishedSignature(signature.name, signature.relation, signature.prisoner)
    return shown in read_publication(session.workspace.read_publication(numbers[-1])).signatures
