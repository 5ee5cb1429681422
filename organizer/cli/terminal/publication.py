"""Shows a publication: everything in it, what has changed since the last one, and how it was signed."""

from __future__ import annotations

from crypto.publication import Publication, digest
from organizer.actions.publish import Published, PublishPlan
from organizer.actions.sign import SHOWN, Signed, SignPlan
from organizer.cli.terminal.terminal import Terminal
from organizer.results import diff
from organizer.text import in_groups


def say_publication(
    terminal: Terminal, publication: Publication, last: Publication | None, changes: diff.Changes | None, page: bool
) -> None:
    """Show every number, every public name, every change since `last`; `page`: a screenful at a time."""
    terminal.say(
        f"Publication number {publication.number}, {publication.date}. This is what the world will see.", "bold"
    )
    if last is not None:
        terminal.say(f"It follows number {last.number} of {last.date}, SHA-256 {in_groups(publication.previous or '')}")
    terminal.say()
    terminal.table(diff.number_rows(publication, last))
    terminal.say()
    terminal.pages(list_lines(publication, last, changes), page)
    terminal.say()
    terminal.say(diff.other_content(publication))
    for line in diff.other_lines(publication):
        terminal.say(line)


def say_publish_plan(terminal: Terminal, plan: PublishPlan, page: bool) -> None:
    """Show what would be published, what may need a second look, and which publication it replaces."""
    say_publication(terminal, plan.publication, plan.last, plan.changes, page)
    for warning in plan.warnings:
        terminal.say(str(warning), "" if warning.reason == "unmatched-withdrawals" else "bold")
    _say_what_is_replaced(terminal, plan)


def _say_what_is_replaced(terminal: Terminal, plan: PublishPlan) -> None:
    if plan.replacement:
        terminal.say()
    elif plan.last is not None:
        terminal.say(
            f"Was number {plan.last.number} never handed in? Then sign nothing now: --replace lets one take its place."
        )
    for notice in plan.replacement:
        terminal.say(str(notice))


def say_published(
    terminal: Terminal, plan: PublishPlan, published: Published, threshold: int, out: str | None = None
) -> None:
    """Say which files to hand over, and who signs next; `out` is the folder they were copied to."""
    terminal.say(f"Written and signed. Hand over these files from {out or published.folder}:")
    for name in published.files:
        terminal.say(f"  {name}")
    terminal.say("Read its SHA-256 out to whoever signs next:")
    terminal.say_exactly(f"  {in_groups(digest(plan.data))}", "bold")
    if threshold > 1:
        terminal.say(f"Readers ask for {threshold} organizers. The others sign the same file on their own computers:")
        terminal.say_exactly("  organizer sign publication.json --appeal appeal.json")
        terminal.say("or with the stock program and their own minisign key:")
        terminal.say_exactly("  minisign -S -s minisign.key -m publication.json -x publication.json.NAME.minisig")


def say_sign_plan(terminal: Terminal, plan: SignPlan, page: bool) -> None:
    """Show what another organizer published, who signed it, and where the own workspace counts differently."""
    say_publication(terminal, plan.publication, plan.last, plan.changes, page)
    for warning in plan.warnings:
        terminal.say(str(warning), "bold")
    terminal.say()
    terminal.say("Compare its SHA-256 with the organizer who published, over another line:")
    terminal.say_exactly(f"  {in_groups(plan.digest)}", "bold")
    lines = ", ".join(key.line for key in plan.signed_by) or "nobody"
    terminal.say(f"Organizers who must sign: {plan.threshold}. Signed so far: {len(plan.signed_by)} ({lines}).")
    if not plan.counts:
        terminal.say("This workspace has no key that opens envelopes, so the numbers could not be counted again here.")
    findings = plan.findings
    terminal.say(findings.agreed, "" if findings.differ or findings.unknown else "bold")
    _say_sentences(terminal, "It differs from what is known here:", findings.differ)
    _say_sentences(terminal, "Not known here, so it is as the other organizer says:", findings.unknown)


def _say_sentences(terminal: Terminal, title: str, sentences: tuple[str, ...]) -> None:
    if sentences:
        terminal.say(title, "bold")
    for sentence in sentences[:SHOWN]:
        terminal.say(f"  {sentence}")
    if len(sentences) > SHOWN:
        terminal.say(f"  and {len(sentences) - SHOWN:,} more")


def say_signed(terminal: Terminal, signed: Signed) -> None:
    """Say where the minisig is, and what to do with it."""
    terminal.say(f"Signed. Give this file back, or put it beside the publication: {signed.name}")
    terminal.say(f"It is in {signed.folder}.")


def list_lines(publication: Publication, last: Publication | None, changes: diff.Changes | None) -> list[str]:
    """The public names, a line each, after what changed since `last`."""
    lines = list(diff.name_lines(publication))
    if last is not None and changes is not None:
        lines = [*diff.change_lines(last, changes), "", *lines]
    return lines
