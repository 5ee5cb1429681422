"""`organizer keygen`: make the organizers' keys in a new workspace without a dialogue, for scripts and trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from organizer.actions.ceremony import FirstKeys, make_first_keys, make_minisign_key
from organizer.actions.dates import period_questions
from organizer.actions.plan import check_answered
from organizer.cli.json_results import JsonResult, period_result
from organizer.cli.options import JSON, PASSPHRASE, TODAY, WORKSPACE, carry_out, day_of, options
from organizer.cli.terminal import prompts
from organizer.cli.terminal.passphrases import read_passphrase_file
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.keys import keyfile
from organizer.keys.generate import NewKeys, check_appeal_id, check_signer
from organizer.keys.passphrase import check_passphrase
from organizer.keys.periods import OPEN_END, read_days
from organizer.workspace.folder import check_new


@click.command("keygen")
@click.option("--signer", required=True, help="Your short name, a-z, 0-9 and -; it names your minisign signatures.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if it has one already; else a new one is made.")
@click.option("--period", "days", multiple=True, metavar="FROM..UNTIL", help="Days of a key; may be given repeatedly.")
@click.option("--minisign-only", is_flag=True, help="Make only a minisign key, to sign what others publish.")
@click.option("--demo", is_flag=True, help="Keys of a trial: weakly locked, and marked so for good.")
@options(TODAY, WORKSPACE, PASSPHRASE, JSON)
def keygen_command(
    folder: str, passphrase_file: str | None, as_json: bool, today: datetime | None, **choice: Any
) -> None:
    """Make keys without a dialogue, for scripts and trials.

    The same keys as “organizer ceremony” makes, in a new folder, locked with a passphrase, but no cards. Without
    --period there is one key for all days. At the end you see the lines that the site needs.

    \b
    Example:
      organizer keygen --signer anna --period 2027-01-01..2027-06-30
    """
    if choice["demo"] and choice["minisign_only"]:
        raise click.UsageError("Give --demo or --minisign-only, not both.")
    carry_out(as_json, lambda terminal: run(terminal, folder, day_of(today), passphrase_file, **choice))


def run(
    terminal: Terminal,
    folder: str,
    today: str,
    passphrase_file: str | None,
    signer: str,
    appeal_id: str | None = None,
    days: Sequence[str] = (),
    minisign_only: bool = False,
    demo: bool = False,
) -> JsonResult:
    """Make the keys. `days` are "FROM..UNTIL", `today` is YYYY-MM-DD.

    Raises OrganizerError: workspace-exists, signer-name, appeal-id, days, …
    """
    check_new(folder)
    appeal = None if appeal_id is None else check_appeal_id(appeal_id)
    answers = FirstKeys(check_signer(signer), tuple(read_days(text) for text in days) or (OPEN_END,), "", appeal)
    questions = period_questions(answers.days, today)
    check_answered(questions, ask_questions(terminal, questions))
    passphrase = _new_passphrase(terminal, passphrase_file)
    terminal.say("Making the keys of a trial." if demo else "Making the keys. This takes some seconds.")
    if minisign_only:
        public = make_minisign_key(folder, signer, passphrase)
        terminal.say(f"Your minisign key is in the folder {folder}. Its public line:")
        terminal.say_exactly(f"    {public.line}", "bold")
        return {"workspace": folder, "signer": signer, "minisign": public.line}
    strength = keyfile.DEMO if demo else keyfile.SENSITIVE
    keys = make_first_keys(folder, replace(answers, passphrase=passphrase), strength)
    _say_keys(terminal, folder, keys)
    return {
        "workspace": folder,
        "appeal": keys.periods[0].period.record.appeal_id.hex(),
        "keys": [period_result(new.period) for new in keys.periods],
        "signer": signer,
        "minisign": keys.minisign.line,
    }


def _new_passphrase(terminal: Terminal, file: str | None) -> str:
    if file is not None:
        return check_passphrase(read_passphrase_file(file))
    terminal.check_may_ask()
    return prompts.new_passphrase(terminal)


def _say_keys(terminal: Terminal, folder: str, keys: NewKeys) -> None:
    terminal.say()
    terminal.say(f"Your keys are in the folder {folder}. Keep a copy of the folder in a second place, such as a stick.")
    terminal.say()
    terminal.say(
        "The fingerprint of each key. Publish these digits in several places, so that people can compare them:"
    )
    terminal.say()
    for new in keys.periods:
        terminal.say(f"    {new.period.record.digits}", "bold")
    terminal.say()
    terminal.say(
        "The lines below are for the site. The file appeal-keys.toml holds them too. Nothing in them is secret."
    )
    terminal.say()
    terminal.say_exactly(keys.toml)
