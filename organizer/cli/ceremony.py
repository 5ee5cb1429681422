"""`organizer ceremony`: the dialogue that makes keys, cards, fingerprints and a public folder for the site."""

from __future__ import annotations

from collections.abc import Sequence

import click

from organizer.actions.ceremony import (
    FirstKeys,
    add_periods,
    has_workspace,
    keys_here,
    make_first_keys,
    make_minisign_key,
    need_keys_here,
    need_real_keys,
    shared_days,
    whole_key,
)
from organizer.actions.dates import strange_period
from organizer.actions.own_keys import own_minisign
from organizer.actions.public_folder import AppealFolder, read_site_folder
from organizer.actions.session import Session, open_session
from organizer.cli.json_results import JsonResult, period_result
from organizer.cli.options import JSON, PASSPHRASE, WORKSPACE, carry_out, day_of, options
from organizer.cli.terminal import prompts
from organizer.cli.terminal.ceremony import hand_out_cards, public_folder, say_fingerprints
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys.generate import check_signer
from organizer.keys.periods import Days, Period, PeriodKey, read_day

_STEPS = 6


@click.command("ceremony")
@options(WORKSPACE, PASSPHRASE, JSON)
def ceremony_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
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
    carry_out(as_json, lambda terminal: run(terminal, folder, passphrase_file))


def run(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    """Lead through the dialogue. It asks many questions, so it needs a terminal. Raises OrganizerError."""
    terminal.check_may_ask()
    if has_workspace(folder):
        return _go_on(terminal, folder, passphrase_file)
    terminal.say("This makes the keys of an appeal. Take your time: writing the cards is what lasts.", "bold")
    terminal.say("You need: this computer without a network, paper and a pen, and time without being watched.")
    terminal.say("You can stop at any moment with Ctrl-C. Nothing is on the disk until the keys are made in step 4.")
    terminal.heading(f"1 of {_STEPS}  Who you are")
    terminal.say(
        "One organizer makes the appeal's keys. Each organizer makes a minisign key of their own, on their own "
        "computer: results are signed with it."
    )
    alone = terminal.choose(
        "What do you want to make", ["the appeal's keys and my own minisign key", "my minisign key only"]
    )
    signer = prompts.ask_until(terminal, "Your short name (a-z, 0-9 and -), public", check_signer, default=None)
    return _first(terminal, folder, signer) if alone == 1 else _minisign_only(terminal, folder, signer)


def _first(terminal: Terminal, folder: str, signer: str) -> JsonResult:
    terminal.heading(f"2 of {_STEPS}  The appeal")
    appeal = _ask_site_folder(terminal, [])
    days = _ask_periods(terminal, f"3 of {_STEPS}  Periods", [])
    terminal.heading(f"4 of {_STEPS}  The passphrase")
    passphrase = prompts.new_passphrase(terminal)
    terminal.say("Making the keys. This takes some seconds.")
    keys = make_first_keys(folder, FirstKeys(signer, tuple(days), passphrase, appeal.appeal_id))
    terminal.say(f"The keys are in the folder {folder}, locked with the passphrase.")
    periods = [new.period for new in keys.periods]
    try:
        hand_out_cards(terminal, f"5 of {_STEPS}  Cards", keys.periods)
        terminal.heading(f"6 of {_STEPS}  What the world may know")
        say_fingerprints(terminal, periods)
        public = public_folder(terminal, periods, (signer, keys.minisign), appeal)
    except OrganizerError as error:
        if error.reason != "stopped":
            raise
        text = (
            f"Stopped. The keys are made and stay in {folder}. For cards, all of them anew, and for the public folder: "
            "organizer ceremony. Destroy cards of a set that was not finished."
        )
        raise OrganizerError("stopped", text) from error
    _say_end(terminal, folder)
    return _result(folder, periods, public)


def _minisign_only(terminal: Terminal, folder: str, signer: str) -> JsonResult:
    passphrase = prompts.new_passphrase(terminal, "A passphrase locks your key. Whoever loses it makes another key.")
    terminal.say("Making the key. This takes some seconds.")
    public = make_minisign_key(folder, signer, passphrase)
    terminal.say(f"Your minisign key is in the folder {folder}. Keep a copy of the folder in a second place.")
    terminal.say(
        "Give this line to the organizer who makes the appeal's keys. It is not secret; read it out to compare it:"
    )
    terminal.say()
    terminal.say_exactly(f"    {public.line}", "bold")
    terminal.say()
    terminal.say("When a result needs your signature: organizer sign publication.json --appeal appeal.json")
    return {"workspace": folder, "signer": signer, "minisign": public.line}


def _ask_site_folder(terminal: Terminal, periods: Sequence[Period]) -> AppealFolder:
    """Ask for the site's own folder of the appeal. It may be left empty; a folder of another appeal is refused."""
    terminal.say(
        "If you have a copy of the site's folder config/appeal/ here, name it: the keys are made for that appeal, "
        "and at the end you get the folder back with the keys in it."
    )
    return prompts.ask_until(
        terminal, "The folder (Enter if you have none)", lambda path: read_site_folder(path, periods)
    )


def _ask_periods(terminal: Terminal, heading: str, before: list[Days]) -> list[Days]:
    """Ask for the first and last day of each key to make."""
    terminal.heading(heading)
    terminal.say(
        "Each period has a key of its own, drawn apart from all others. When a period is over and its result is "
        "published, its key can be burned: then nobody can open its envelopes any more. Some months each are good."
    )
    chosen: list[Days] = []
    while not chosen or terminal.confirm("One more period?"):
        days = _ask_days(terminal)
        warnings = (*strange_period(days, day_of(None)), *shared_days(days, [*before, *chosen]))
        for warning in warnings:
            terminal.say(str(warning))
        if warnings and not terminal.confirm("Keep it nevertheless?"):
            continue
        chosen.append(days)
        terminal.say(f"Period {len(chosen)}: {days}.")
    return chosen


def _ask_days(terminal: Terminal) -> Days:
    while True:
        start = prompts.ask_until(terminal, "First day, as 2027-01-31 (Enter: no limit)", read_day)
        until = prompts.ask_until(terminal, "Last day (Enter: no limit)", read_day)
        try:
            return Days(start, until)
        except OrganizerError as error:
            terminal.say(str(error))


# Going on in a workspace


def _go_on(terminal: Terminal, folder: str, passphrase_file: str | None) -> JsonResult:
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        need_real_keys(session)
        terminal.say(f"There are keys in {folder} already:")
        for period in session.periods:
            terminal.say(f"  {period.hex_id}, {period.days}")
        answers = ["keys for further periods", "a new set of cards for a key", "the fingerprints and the public folder"]
        chosen = terminal.choose("What do you want to make", answers)
        periods = keys_here(session)
        if chosen == 1:
            new = _add_periods(terminal, session)
            hand_out_cards(terminal, "Cards", new)
            periods += tuple(one.period for one in new)
        elif chosen == 2:
            hand_out_cards(terminal, "Cards", [_ask_key(terminal, session)])
            return _result(folder, periods, None)
        terminal.heading("What the world may know")
        say_fingerprints(terminal, periods)
        least = 0 if session.appeal is None else session.appeal.threshold
        site = _ask_site_folder(terminal, periods)
        public = public_folder(terminal, periods, own_minisign(session.workspace), site, least)
        return _result(folder, periods, public)


def _add_periods(terminal: Terminal, session: Session) -> Sequence[PeriodKey]:
    made = add_periods(session, _ask_periods(terminal, "Periods", [period.days for period in session.periods]))
    terminal.say(f"Keys added: {len(made)}.")
    return made


def _ask_key(terminal: Terminal, session: Session) -> PeriodKey:
    periods = need_keys_here(session)
    terminal.say("For which key? Cards of an earlier set go on working: destroy them if you do not want that.")
    period = periods[terminal.choose("The key", [f"{period.hex_id}, {period.days}" for period in periods]) - 1]
    return whole_key(session, period)


def _say_end(terminal: Terminal, folder: str) -> None:
    terminal.heading("Done. What to do now")
    terminal.say(f"- Copy the folder {folder} to a second place, such as a stick that you hide well.")
    terminal.say("- Give each card to another person. None of them should be able to find all others.")
    terminal.say("- Publish the fingerprints in several places. Two organizers read them out to each other.")
    terminal.say(
        "- Bring the public folder to whoever runs the site. Keep a copy: cards are compared with it when restoring."
    )
    terminal.say("- Practise before it counts: organizer rehearse")


def _result(folder: str, periods: Sequence[Period], public: str | None) -> JsonResult:
    return {"workspace": folder, "keys": [period_result(period) for period in periods], "public": public}
