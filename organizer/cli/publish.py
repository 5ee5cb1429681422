"""`organizer publish`: show everything that a publication will contain, then write and sign it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from crypto.publication import digest
from organizer.actions.appeal import need_appeal
from organizer.actions.fewer import agreed_to_fewer
from organizer.actions.publish import (
    PublishPlan,
    hand_over_published,
    plan_publication,
    publish,
)
from organizer.actions.session import open_session
from organizer.cli.json_results import JsonResult, counts_result
from organizer.cli.options import APPEAL, JSON, PASSPHRASE, TODAY, WORKSPACE, carry_out, day_of, options
from organizer.cli.terminal.appeal import settle_appeal
from organizer.cli.terminal.passphrases import TerminalPassphrases
from organizer.cli.terminal.publication import list_lines, say_publish_plan, say_published
from organizer.cli.terminal.questions import ask_questions
from organizer.cli.terminal.terminal import Terminal
from organizer.results import diff
from organizer.text import harmless
from organizer.workspace.files import write_new


@click.command("publish")
@click.option("--preview", metavar="FILE", help="Sign nothing; write all names and changes to FILE.")
@click.option("--replace", is_flag=True, help="Take the place of the last one, which was never handed in.")
@click.option("--previous", metavar="FILE", help="The last one from the site, where this workspace has lost it.")
@click.option("--yes", is_flag=True, help="Do not ask before signing.")
@click.option("--fewer", is_flag=True, help="Sign the first one although it counts fewer than the site promised.")
@click.option("--out", metavar="DIR", help="Copy the files to hand over into DIR.")
@options(TODAY, WORKSPACE, APPEAL, PASSPHRASE, JSON)
def publish_command(
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
    today: datetime | None,
    **choice: Any,
) -> None:
    """Count what is accepted, show the result, sign it.

    You see the numbers, every name that will be public, and what has changed since the last publication, before
    anything is written. Names that are not public never get into the file.

    Each publication follows the one before. One that was signed but never handed in would leave a gap for ever:
    --replace signs a new one in its place. Never do that with one that somebody else has already.

    \b
    Example:
      organizer publish --preview look.txt
      organizer publish --out /media/stick
    """
    carry_out(as_json, lambda terminal: run(terminal, folder, day_of(today), appeal_file, passphrase_file, **choice))


def run(
    terminal: Terminal,
    folder: str,
    date: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    yes: bool = False,
    out: str | None = None,
    preview: str | None = None,
    replace: bool = False,
    previous: str | None = None,
    fewer: bool = False,
) -> JsonResult:
    """Show, ask, publish. `date` is YYYY-MM-DD.

    Raises OrganizerError: no-appeal, appeal-signer, stopped, replace, file-exists, …
    """
    settle_appeal(terminal, folder, appeal_file, yes)
    with open_session(TerminalPassphrases(terminal, passphrase_file), folder) as session:
        plan = plan_publication(session, date, replace, previous, terminal.progress)
        if preview is not None:
            return _keep_preview(terminal, plan, preview)
        say_publish_plan(terminal, plan, page=not yes)
        published = publish(session, plan, ask_questions(terminal, plan.questions, yes, agreed_to_fewer(fewer)))
        threshold = need_appeal(session.appeal).threshold
    if out is not None:
        hand_over_published(published, out)
    say_published(terminal, plan, published, threshold, out)
    return {**_result(plan), "folder": published.folder, "files": list(published.files)}


def _keep_preview(terminal: Terminal, plan: PublishPlan, path: str) -> JsonResult:
    rows = [f"{label:<22} {value}" for label, value in diff.number_rows(plan.publication, plan.last)]
    head = f"Publication number {plan.publication.number}, {plan.publication.date}. Not signed: a preview."
    lists = list_lines(plan.publication, plan.last, plan.changes)
    warnings = [str(warning) for warning in plan.warnings]
    lines = [head, "", *rows, "", *warnings, "", *lists, "", diff.other_content(plan.publication)]
    lines += diff.other_lines(plan.publication)
    write_new(path, "".join(f"{harmless(line)}\n" for line in lines).encode("utf-8"))
    for notice in plan.strange:
        terminal.say(str(notice), "bold")
    terminal.say(f"Nothing was signed. What would be published stands in {path}, every name and every change.")
    return {**_result(plan), "preview": path}


def _result(plan: PublishPlan) -> JsonResult:
    changes = plan.changes
    return {
        "number": plan.publication.number,
        "date": plan.publication.date,
        "digest": digest(plan.data),
        "total": plan.publication.total,
        "pairs": plan.pairs.total(),
        "names_added": len(plan.publication.signatures) if changes is None else len(changes.added),
        "names_gone": {} if changes is None else changes.gone_by_reason,
        "replaced": plan.replaced,
        **counts_result(plan.tally),
    }
