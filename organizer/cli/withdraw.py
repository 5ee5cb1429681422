"""`organizer withdraw`: a person wants their signature taken back, with their code or, when it is lost, by name."""

from __future__ import annotations

import click

from crypto.code import check_code
from crypto.errors import CodeError
from crypto.publication import line
from crypto.signature import fields_without
from organizer.actions.sealing import open_sealing
from organizer.actions.session import open_session
from organizer.actions.withdraw import (
    count_again,
    plan_withdrawal,
    search_people,
    taken_back,
    withdraw_with_code,
    withdraw_without_code,
)
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.workspace.entries import SignatureEntry
from organizer.workspace.files import read_file

SHOWN = 20
"""People listed at once; more would push the first off the screen."""

_FIELDS = fields_without(
    public="it stands below, beside how the signature came",
    vouch="it helps nobody to tell who the person is who wants to be left out",
)


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
        carry_out(as_json, lambda terminal: run_undo(terminal, folder, passphrase_file))
    elif lost_code:
        carry_out(as_json, lambda terminal: run_without_code(terminal, folder, passphrase_file))
    else:
        carry_out(as_json, lambda terminal: run(terminal, folder, code_file, appeal_file))


def run(terminal: Terminal, folder: str, code_file: str | None, appeal_file: str | None) -> JsonResult:
    """Needs no passphrase. Raises OrganizerError: no-appeal, no-file; CodeError: code-form."""
    with open_sealing(folder, appeal_file) as sealing:
        code = _ask(terminal) if code_file is None else read_file(code_file).decode("utf-8", "replace").strip()
        withdraw_with_code(sealing, code)
    terminal.say("Kept, sealed. The signature with this code will not be counted any more.")
    terminal.say("“organizer status” says whether it has come already; if not, it is left out when it comes.")
    return {"withdrawals": 1}


def run_without_code(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Asks for the name, which stays off the command line and the scrollback. Raises OrganizerError."""
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        with terminal.private_screen():
            people = search_people(session, terminal.ask("Name, or a part of it"))
            plan = plan_withdrawal(session, people[_choose(terminal, people)])
            _show(terminal, plan.person)
            for other in plan.same_code:
                terminal.say(f"It has the same code, so it goes with it: {_brief(other)}")
            plan = plan.because(terminal.ask("Why? It is kept encrypted"))
            answers = ask_questions(terminal, plan.questions)
        withdraw_without_code(session, plan, answers)
    terminal.say(f"Taken back: {plan.count:,}. It counts as withdrawn from now on. To undo: organizer withdraw --undo")
    if plan.published:
        terminal.say(
            "The name stands in your latest publication. It disappears with the next: organizer publish", "bold"
        )
    return {"withdrawals": 1}


def run_undo(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Only what was taken back without a code: whoever used a code meant it. Raises OrganizerError."""
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        found = taken_back(session)
        with terminal.private_screen():
            plan = found[_choose(terminal, [one.person for one in found])]
            _show(terminal, plan.person)
            terminal.say(f"It was taken back because: {plan.withdrawal.reason}")
            answers = ask_questions(terminal, plan.questions)
        count_again(session, plan, answers)
    terminal.say("It is not withdrawn any more.")
    return {"withdrawals": -1}


def _ask(terminal: Terminal) -> str:
    # A code is evidence, so it does not stay in the scrollback.
    with terminal.private_screen():
        while True:
            typed = terminal.ask("The code, 25 digits")
            try:
                return check_code(typed)
            except CodeError as error:
                if not terminal.is_at_terminal:
                    raise
                terminal.say(f"{error} Compare it with what the person wrote. Ctrl-C stops.")


def _choose(terminal: Terminal, people: list[SignatureEntry]) -> int:
    """The place of one of them, counted from 0."""
    if not people:
        raise OrganizerError("nobody", "No such signature was found. Nothing was changed.")
    for number, person in enumerate(people[:SHOWN], start=1):
        terminal.say(f"{number}. {_brief(person)}")
    if len(people) > SHOWN:
        terminal.say(
            f"And {len(people) - SHOWN:,} more. If it is not among these, press Enter and type more of the name."
        )
    answer = terminal.ask("Which one? Its number, or Enter for none").strip()
    if not answer.isdecimal() or not 1 <= int(answer) <= len(people[:SHOWN]):
        raise OrganizerError("stopped", "Nothing was changed.")
    return int(answer) - 1


def _show(terminal: Terminal, person: SignatureEntry) -> None:
    signature = person.signature
    shown = {"public": "yes" if signature.public else "no", "entered by hand": "yes" if person.by_hand else "no"}
    written = ((field.name, text) for field in _FIELDS if (text := field.text(signature)))
    terminal.table([*written, *shown.items()])


def _brief(person: SignatureEntry) -> str:
    return "; ".join(filter(None, (line(person.signature), person.signature.contact)))
