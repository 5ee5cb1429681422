"""`organizer burn`: destroy the key of a finished period, or the whole workspace, after showing what will be lost."""

from __future__ import annotations

from datetime import datetime

import click

from organizer.actions.burn import Unfinished, burn, burn_the_rest, find_unfinished, finish_burning, plan_burning
from organizer.actions.plan import YES
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, TODAY, WORKSPACE, carry_out, day_of, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.burning import say_burn_plan, say_burned
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal


@click.command("burn", short_help="Destroy a key, or everything, when a period is over.")
@click.option("--period", metavar="KEYID", help="Burn only this key (organizer status lists them); rows stay.")
@click.option("--publication", metavar="FILE", help="The result as all organizers signed it; else the one kept here.")
@click.option("--force", is_flag=True, help="Burn although something speaks against it; it is shown.")
@click.option("--confirm", metavar="WORD", help="For scripts: the word that is asked for otherwise.")
@options(TODAY, WORKSPACE, APPEAL, PASSPHRASE, JSON)
def burn_command(
    period: str | None,
    publication: str | None,
    force: bool,
    confirm: str | None,
    today: datetime | None,
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
    carry_out(
        as_json,
        lambda terminal: run(
            terminal, folder, day_of(today), period, publication, force, confirm, appeal_file, passphrase_file
        ),
    )


def run(
    terminal: Terminal,
    folder: str,
    today: str,
    period: str | None,
    publication: str | None,
    force: bool,
    confirm: str | None,
    appeal_file: str | None,
    passphrase_file: str | None,
) -> JsonResult:
    """Show, ask, burn. `today` is YYYY-MM-DD. Raises OrganizerError: burn-not-yet, burn-period, stopped, …"""
    given = {"burn-not-yet": YES if force else ""} | ({} if confirm is None else {"word": confirm})
    if unfinished := find_unfinished(folder):
        return _burn_the_rest(terminal, unfinished, given)
    settle_appeal(terminal, folder, appeal_file)
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        plan = plan_burning(session, today, period, publication)
        say_burn_plan(terminal, plan)
        burn(session, plan, ask_questions(terminal, plan.questions, given=given))
    if plan.whole:
        finish_burning(folder)
    say_burned(terminal, folder, plan)
    return {"burned": [one.hex_id for one in plan.ending], "workspace": folder if plan.whole else None}


def _burn_the_rest(terminal: Terminal, plan: Unfinished, given: dict[str, str]) -> JsonResult:
    terminal.say(f"Burning {plan.folder} was begun and cut off. What is left opens nothing any more and is burned now.")
    burn_the_rest(plan, ask_questions(terminal, plan.questions, given=given))
    terminal.say(f"The folder {plan.folder} is burned.")
    return {"burned": [], "workspace": plan.folder}
