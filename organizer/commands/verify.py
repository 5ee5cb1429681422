"""`organizer verify`: check a publication in words; works for anyone, without a workspace and without a key."""

from __future__ import annotations

from collections.abc import Sequence

from crypto.appeal import read_appeal
from crypto.publication import digest, read_publication
from organizer.commands import Result
from organizer.errors import OrganizerError
from organizer.publish import check_publication, stock_command
from organizer.talk import Talk
from organizer.workspace import minisigs_beside, read_file


def run(talk: Talk, path: str, minisigs: Sequence[str], appeal_file: str, previous: str | None) -> Result:
    """Raises OrganizerError with the reason of the check that failed; AppealError."""
    data, appeal = read_file(path), read_appeal(read_file(appeal_file))
    texts = {name: read_file(name).decode("utf-8", "replace") for name in minisigs or minisigs_beside(path)}
    if not texts:
        raise OrganizerError("no-minisig", f"There is no .minisig file beside {path}. Name one with --minisig.")
    checked = check_publication(data, texts, appeal, None if previous is None else read_file(previous))
    for number, step in enumerate(checked.steps, start=1):
        talk.say(f"{number}. {step}")
    if checked.error:
        text = f"This publication must not be trusted. {checked.error}"
        raise OrganizerError(checked.error.reason, text, {"steps": checked.steps})
    publication = read_publication(data)
    commands = [stock_command(key, path, minisig) for minisig, key in checked.signed_by.items()]
    talk.say(f"This is the organizers' publication {publication.number}: {publication.total:,} signatures.", "bold")
    talk.say("To check the minisign signature with the stock program and nothing of ours:")
    talk.say_exactly("\n".join(commands))
    return {
        "number": publication.number,
        "total": publication.total,
        "digest": digest(data),
        "signed_by": [key.line for key in checked.signed_by.values()],
        "commands": commands,
        "steps": checked.steps,
    }
