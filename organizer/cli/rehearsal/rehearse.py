"""`organizer rehearse`: the command that practises the whole way, from the first key to its burning.

It does what the real commands do, in a folder that is removed at the end. All keys, cards and people in it are made up,
so nothing that it shows is secret.
"""

from __future__ import annotations

import click

from organizer.actions.rehearsal import PEOPLE
from organizer.cli.json_results import JsonResult
from organizer.cli.options import JSON, carry_out
from organizer.cli.rehearsal.key_steps import lose_and_restore, make_keys, prepare_site
from organizer.cli.rehearsal.result_steps import burn_key, publish_and_sign, receive_flood, review_all
from organizer.cli.terminal.terminal import Terminal
from organizer.workspace.files import practice_folder


@click.command("rehearse", short_help="Practise everything once, with made-up data.")
@click.option("--fast", is_flag=True, help="Play it through without asking anything.")
@click.option("--envelopes", default=300, show_default=True, type=click.IntRange(20, 20000), help="Size of the flood.")
@JSON
def rehearse_command(fast: bool, envelopes: int, as_json: bool) -> None:
    """Practise everything once, with made-up data, in a folder that is removed at the end.

    The ceremony with its cards, a flood of false signatures, the review, a result, a lost computer with a lost card,
    a second organizer, and the burning. Nothing you do here can harm anyone, and nothing of it is kept. Every step
    names the real command. Ctrl-C ends it at any moment.

    \b
    Example:
      organizer rehearse
    """
    carry_out(as_json, lambda terminal: run(terminal, fast, envelopes))


def run(terminal: Terminal, fast: bool, envelopes: int) -> JsonResult:
    """Do all steps. `envelopes` is the size of the flood. Raises OrganizerError as the real commands."""
    if not fast:
        terminal.check_may_ask()
    terminal.say("A rehearsal: everything is made up, nothing is kept, and nothing you do can harm anyone.", "bold")
    terminal.say("You are Anna. Boris is a second organizer. The letter is signed by six people who do not exist.")
    terminal.say("Making keys. This takes some seconds.")
    with practice_folder() as home:
        stage = make_keys(terminal, fast, home)
        boris = prepare_site(stage)
        rubbish = receive_flood(stage, envelopes)
        review_all(stage)
        publish_and_sign(stage, boris)
        lose_and_restore(stage)
        burn_key(stage)
    practised = _say_end(terminal)
    return {"envelopes": envelopes, "rubbish": rubbish, "signatures": len(PEOPLE) - 1, "practised": practised}


def _say_end(terminal: Terminal) -> list[str]:
    practised = [
        "A key, its cards and its fingerprint; two minisign keys; a public folder for the site.",
        "A flood: what does not open was set aside, what opened was refused, and nothing false was counted.",
        "A result that two organizers signed after they saw it, and that anyone can verify.",
        "A lost computer and a lost card: two of three cards brought the key back, and mistakes were told at once.",
        "The burning of a key after its result stood. What was opened stayed.",
    ]
    terminal.heading("What you practised")
    for sentence in practised:
        terminal.say(f"- {sentence}")
    terminal.say()
    terminal.say(
        "What a rehearsal cannot show: in earnest the passphrase is typed for every command, or once in “organizer "
        "work”, and cards must be found "
        "again. Ask their holders once a year whether they still have them."
    )
    terminal.say("Next: organizer ceremony")
    return practised
