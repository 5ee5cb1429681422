"""`organizer withdraw`: a person wrote with their code and wants their signature taken back."""

from __future__ import annotations

from crypto.code import check_code
from crypto.seal import seal_withdrawal
from organizer.commands import Result
from organizer.records import add_by_hand
from organizer.session import load_appeal, need_appeal, public_record
from organizer.talk import Talk
from organizer.workspace import open_workspace, read_file


def run(talk: Talk, folder: str, code_file: str | None, appeal_file: str | None) -> Result:
    """Needs no passphrase. Raises OrganizerError: no-appeal, no-file; CodeError: code-form."""
    with open_workspace(folder) as workspace:
        letters = need_appeal(load_appeal(workspace, appeal_file)).letters
        code = check_code(_ask(talk) if code_file is None else read_file(code_file).decode("utf-8", "replace").strip())
        # Any letter will do: a withdrawal is about a code, not about a text.
        envelope = seal_withdrawal(public_record(workspace), bytes.fromhex(next(iter(letters.values()))), code)
        with workspace.tables() as tables:
            add_by_hand(tables, [envelope])
    talk.say("Kept, sealed. The signature with this code will not be counted any more.")
    talk.say("“organizer status” says whether it has come already; if not, it is left out when it comes.")
    return {"withdrawals": 1}


def _ask(talk: Talk) -> str:
    # A code is evidence, so it does not stay in the scrollback.
    with talk.private_screen():
        return talk.ask("The code, 25 digits")
