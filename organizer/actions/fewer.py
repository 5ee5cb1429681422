"""Whether a publication counts fewer people than readers were told before: by the site, or by the last publication."""

from __future__ import annotations

from collections.abc import Sequence

from crypto.appeal import Appeal
from crypto.publication import Publication
from organizer.actions.plan import YES, Answers, Notice, Question
from organizer.errors import OrganizerError
from organizer.workspace.folder import Workspace

PROMISES_FILE = "collected-before.txt"
"""In a workspace: every number that an appeal.json named as collected before the site, in the order they were seen."""

FEWER_THAN_COLLECTED = "fewer-than-collected"


def remember_promise(workspace: Workspace, appeal: Appeal) -> None:
    """Keep the number that this appeal.json names, if it is another one than before."""
    known = read_promises(workspace)
    if appeal.collected_before != (known[-1] if known else 0):
        lines = "".join(f"{number}\n" for number in (*known, appeal.collected_before))
        workspace.write(PROMISES_FILE, lines.encode("ascii"))


def read_promises(workspace: Workspace) -> tuple[int, ...]:
    """The numbers that were kept. Raises OrganizerError: workspace-damaged."""
    try:
        return tuple(int(line) for line in (workspace.read(PROMISES_FILE) or b"").split())
    except ValueError as error:
        raise OrganizerError("workspace-damaged", f"{PROMISES_FILE} in the workspace is not as it was left.") from error


def counts_fewer(publication: Publication, last: Publication | None, promises: Sequence[int]) -> tuple[Notice, ...]:
    """What was told before and is not so any more; `promises` as they were kept."""
    if publication.number == 1:
        return (*_changed(promises), *_fewer_than_collected(publication, max(promises, default=0)))
    if last is not None and publication.total < last.total:
        text = "This one counts fewer people than number {number}: {before:,} before, {now:,} now."
        values = {"number": last.number, "before": last.total, "now": publication.total}
        return (Notice("fewer-than-before", text, values),)
    return ()


def _fewer_than_collected(publication: Publication, told: int) -> tuple[Notice, ...]:
    by_hand, now = publication.by_hand.public + publication.by_hand.nonpublic, publication.total
    promise = "The site said that {told:,} signatures were collected before it existed and will be part of the first"
    if now < told:
        text = f"{promise} result. This one counts {{now:,}} in all. What is missing is entered with: organizer add"
        return (Notice(FEWER_THAN_COLLECTED, text, {"told": told, "now": now}),)
    if by_hand < told:
        text = f"{promise} result. Entered by hand and counted: {{by_hand:,}}. Did the others sign on the site?"
        return (Notice("fewer-by-hand", text, {"told": told, "by_hand": by_hand}),)
    return ()


def _changed(promises: Sequence[int]) -> tuple[Notice, ...]:
    if len(promises) < 2:
        return ()
    text = "How many signatures were collected before the site existed, appeal.json said differently over time: {said}."
    return (Notice("collected-changed", text, {"said": ", ".join(f"{number:,}" for number in promises)}),)


def ask_about_fewer(notices: tuple[Notice, ...], refusal: Notice) -> tuple[Question, ...]:
    """What a person must agree to: a promise that is not kept, and a number that falls, are not signed by the way."""
    reasons = {notice.reason for notice in notices}
    if FEWER_THAN_COLLECTED in reasons:
        asked = Notice(FEWER_THAN_COLLECTED, "Sign fewer than the site promised?")
        text = "{nothing_done} It counts fewer than the site promised. Whoever means it answers yes, or gives --fewer."
        told = Notice(FEWER_THAN_COLLECTED, text, {"nothing_done": str(refusal)})
        return (Question(asked, told, for_a_person=True),)
    if "fewer-than-before" in reasons:
        return (Question(Notice("fewer-than-before", "Sign a lower number than the last one?"), refusal),)
    return ()


def agreed_to_fewer(agreed: bool) -> Answers:
    """The answer of a script that was told to sign fewer than the site promised; a general yes is none."""
    return {FEWER_THAN_COLLECTED: YES} if agreed else {}
