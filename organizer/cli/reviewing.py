"""The commands that look at signatures and decide: review, vouch, decisions, list.

Knows click. Must never print.
"""

from __future__ import annotations

from typing import Any

import click

from organizer.cli.frame import JSON, PASSPHRASE, WORKSPACE, carry_out, options, pass_on
from organizer.commands import decisions, list_signatures, review, vouch
from organizer.filtering import Standing

MARKS = (
    click.option(
        "--public/--not-public", "public", default=None, help="Only those whose name may be published, or not."
    ),
    click.option("--standing", type=click.Choice([*Standing]), help="Only those that stand so in the review."),
    click.option("--vouch", type=click.Choice(list(review.VOUCH)), help="Only by what their vouch word says."),
    click.option("--word", type=int, metavar="NUMBER", help="Only with the vouch word of this number."),
    click.option("--language", metavar="LANG", help="Only of this language, such as be."),
    click.option(
        "--unknown-letter", is_flag=True, help="Only signed under a text that your appeal.json does not list."
    ),
    click.option("--alike", is_flag=True, help="Only those that resemble another one."),
)


@click.command("review", short_help="Look at signatures, and accept, refuse or hold them.")
@click.option("--table", is_flag=True, help="Begin with the list instead of one signature.")
@click.option("--again", is_flag=True, help="Go over everything once more, what was entered by hand included.")
@click.option(
    "--accept-vouched", is_flag=True, help="Accept what has a vouch word that counts; you see some of it first."
)
@click.option("--accept-all", is_flag=True, help="Accept all that is undecided without showing it.")
@click.option("--even-alike", is_flag=True, help="With --accept-all: also what resembles another one.")
@click.option("--yes", is_flag=True, help="Do not ask before accepting what is vouched for.")
@options(*MARKS, WORKSPACE, PASSPHRASE, JSON)
def review_command(
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
    table: bool,
    again: bool,
    accept_vouched: bool,
    accept_all: bool,
    even_alike: bool,
    yes: bool,
    **marks: Any,
) -> None:
    """Look at signatures, one at a time or in a list, and accept, refuse or hold them.

    Press one key for each signature; ? shows all keys, u takes back what was done last, / searches, f filters. Stop
    whenever you like: every decision is kept at once, and the next time it goes on there. Those with a vouch word come
    first, what is held comes last. A signature that resembles another one is shown beside it; you decide.

    What is accepted many at a time leaves out all that resemble another signature: they stay undecided.

    \b
    Example:
      organizer review
      organizer review --table --vouch unknown
      organizer review --accept-vouched
    """
    choice = review.Choice(accept_all, even_alike, accept_vouched, yes, again, table)
    carry_out(as_json, lambda talk: review.run(talk, folder, passphrase_file, choice, review.Marks(**marks)))


@click.command("vouch", short_help="Words that trusted people give out: add, list, withdraw.")
@click.option("--add", "is_new", is_flag=True, help="Add a word; you are asked for it, or take one that is offered.")
@click.option("--withdraw", "leaked", type=int, metavar="NUMBER", help="This word leaked: it counts no more.")
@click.option("--restore", "restored", type=int, metavar="NUMBER", help="This word counts again after all.")
@click.option("--yes", is_flag=True, help="Do not ask before withdrawing.")
@options(WORKSPACE, PASSPHRASE, JSON)
def vouch_command(
    is_new: bool,
    leaked: int | None,
    restored: int | None,
    yes: bool,
    folder: str,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """List the vouch words that trusted people give out, add one, or withdraw one that leaked.

    A person you trust tells a word to those they know, who type it beside their signature. Those signatures come
    first in “organizer review” and can be accepted many at a time. Capitals, spaces, hyphens and letters that look
    alike in two alphabets do not matter. Words and notes are kept encrypted, and shown at a terminal only.

    When a word leaks, withdraw it: what was accepted for it alone goes on hold for a second look, and what somebody
    looked at stays accepted. Undo in the review, or --restore, takes that back.

    \b
    Example:
      organizer vouch --add
      organizer vouch
      organizer vouch --withdraw 3
    """
    if (leaked is not None) + (restored is not None) + is_new > 1:
        raise click.UsageError("Give one of --add, --withdraw and --restore.")
    if is_new:
        carry_out(as_json, lambda talk: vouch.run_add(talk, folder, passphrase_file))
    elif leaked is not None:
        carry_out(as_json, lambda talk: vouch.run_withdraw(talk, folder, leaked, yes, passphrase_file))
    elif restored is not None:
        carry_out(as_json, lambda talk: vouch.run_restore(talk, folder, restored, passphrase_file))
    else:
        carry_out(as_json, lambda talk: vouch.run_list(talk, folder, passphrase_file))


@click.group("decisions", short_help="Review apart, and merge decisions.")
@options(WORKSPACE, JSON)
@click.pass_context
def decisions_command(context: click.Context, folder: str, as_json: bool) -> None:
    """Review apart: hand your decisions to another organizer, and merge theirs.

    Both of you open the same ledgers and review, each on your own computer. Then one exports and the other merges:
    what only one decided is taken over, what both decided alike stays, and where you differ it goes on hold and is
    shown, for you to settle. Merging the same file again changes nothing. Each has --help; export, merge and undo
    take --json.

    \b
    Example:
      organizer decisions export --out anna.decisions
      organizer decisions merge anna.decisions
      organizer decisions undo
    """
    pass_on(context, decisions_command.commands, folder, as_json)


@decisions_command.command("export")
@click.option("--out", required=True, metavar="FILE", help="Write into FILE, which must not be there yet.")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_export(out: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Write what you decided into a file for another organizer.

    It is locked with the key of your latest period, which the other one must have, too. In it are envelope ids,
    decisions, vouch words and their notes, and your short name; no signer is named. What was entered by hand stays
    out: the other one does not have it.

    \b
    Example:
      organizer decisions export --out anna.decisions
    """
    carry_out(as_json, lambda talk: decisions.run_export(talk, folder, out, passphrase_file))


@decisions_command.command("merge")
@click.argument("file")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_merge(file: str, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take over what another organizer decided, and settle where you differ.

    Where you differ, the signature goes on hold. At a terminal you then see each one with both decisions and choose;
    what you leave stays on hold. Undo takes all of it back.

    \b
    Example:
      organizer decisions merge anna.decisions
    """
    carry_out(as_json, lambda talk: decisions.run_merge(talk, folder, file, passphrase_file))


@decisions_command.command("undo")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options(WORKSPACE, PASSPHRASE, JSON)
def decisions_undo(yes: bool, folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Take back what was decided last: one decision, or all that was decided at once.

    The same as the key u in the review. Each call takes back one step more.

    \b
    Example:
      organizer decisions undo
    """
    carry_out(as_json, lambda talk: decisions.run_undo(talk, folder, yes, passphrase_file))


@click.command("list", short_help="Look through all signatures, without deciding.")
@options(*MARKS, WORKSPACE, PASSPHRASE, JSON)
def list_command(folder: str, passphrase_file: str | None, as_json: bool, **marks: Any) -> None:
    """Look through all signatures, decided or not, without deciding anything.

    At a terminal: a list with search and filter. Elsewhere, and with --json, nobody is named: there are envelope ids,
    decisions and marks. Options choose by marks; words are searched for inside, with /, so that no name stands on the
    command line.

    \b
    Example:
      organizer list --standing accepted --alike
    """
    carry_out(as_json, lambda talk: list_signatures.run(talk, folder, review.Marks(**marks), passphrase_file))
