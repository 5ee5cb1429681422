"""`organizer withdraw`: a person wants their signature taken back, with their code or, when it is lost, by name."""

from __future__ import annotations

import click

from organizer.actions.sealing import open_sealing
from organizer.actions.session import open_session
from organizer.actions.withdraw import (
    count_again,
    plan_withdrawal,
    search_people,
    withdraw_with_code,
    withdraw_without_code,
    withdrawn_without_code,
)
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.people import ask_code, choose_person, person_in_one_line, show_person
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.workspace.files import read_secret


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
    """Withdraw with the code; needs no passphrase. Raises OrganizerError: no-appeal, no-file; CodeError: code-form."""
    settle_appeal(terminal, folder, appeal_file)
    with open_sealing(folder) as sealing:
        code = ask_code(terminal) if code_file is None else read_secret(code_file).decode("utf-8", "replace").strip()
        withdraw_with_code(sealing, code)
    terminal.say("Kept, sealed. The signature with this code will not be counted any more.")
    terminal.say("“organizer status” says whether it has come already; if not, it is left out when it comes.")
    return {"withdrawals": 1}


def run_without_code(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Withdraw by name. It is asked for, so it is neither on the command line nor in the scrollback.

    Raises OrganizerError.
    """
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        with terminal.private_screen():
            people = search_people(session, terminal.ask("Name, or a part of it"))
            plan = plan_withdrawal(session, people[choose_person(terminal, people)])
            show_person(terminal, plan.person)
            for other in plan.same_code:
                terminal.say(f"It has the same code, so it goes with it: {person_in_one_line(other)}")
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
    """Undo a withdrawal without a code. One with a code stays: the signer asked for it. Raises OrganizerError."""
    terminal.check_may_ask()
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        found = withdrawn_without_code(session)
        with terminal.private_screen():
            plan = found[choose_person(terminal, [one.person for one in found])]
            show_person(terminal, plan.person)
            terminal.say(f"It was taken back because: {plan.withdrawal.reason}")
            answers = ask_questions(terminal, plan.questions)
        count_again(session, plan, answers)
    terminal.say("It is not withdrawn any more.")
    return {"withdrawals": -1}
