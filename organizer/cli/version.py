"""`organizer --version`: the version and, when the tool is one file, the SHA-256 of this file."""

from __future__ import annotations

from organizer.actions.version import own_version
from organizer.cli.json_results import JsonResult
from organizer.cli.terminal.terminal import Terminal


def show_version(terminal: Terminal, program: str | None) -> JsonResult:
    """Show the version. `program` is the path of the tool when it is one file. Raises OrganizerError: no-file."""
    found = own_version(program)
    terminal.say(f"organizer {found.version}, of Undersigned")
    if found.sha256 is not None:
        terminal.say("The SHA-256 of this file; compare it with the one that its makers published:")
        terminal.say_exactly(found.sha256, "bold")
    return {"version": found.version, "sha256": found.sha256}
