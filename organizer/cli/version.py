"""`organizer --version`: which version this is and, when it is one file, which file exactly."""

from __future__ import annotations

from organizer.actions.version import own_version
from organizer.cli.json_results import JsonResult
from organizer.cli.terminal.terminal import Terminal


def show_version(terminal: Terminal, program: str | None) -> JsonResult:
    """`program` is the one file that all this is in, if it is. Raises OrganizerError: no-file."""
    found = own_version(program)
    terminal.say(f"organizer {found.version}, of Undersigned")
    if found.sha256 is not None:
        terminal.say("The SHA-256 of this file; compare it with the one that its makers published:")
        terminal.say_exactly(found.sha256, "bold")
    return {"version": found.version, "sha256": found.sha256}
