"""`organizer --version`: which version this is and, when it is one file, which file exactly."""

from __future__ import annotations

import hashlib

from organizer import VERSION
from organizer.cli.json_results import JsonResult
from organizer.cli.terminal.terminal import Terminal
from organizer.workspace.files import read_file


def show_version(terminal: Terminal, program: str | None) -> JsonResult:
    """`program` is the one file that all this is in, if it is. Raises OrganizerError: no-file."""
    terminal.say(f"organizer {VERSION}, of Undersigned")
    if program is None:
        return {"version": VERSION, "sha256": None}
    digest = hashlib.sha256(read_file(program)).hexdigest()
    terminal.say("The SHA-256 of this file; compare it with the one that its makers published:")
    terminal.say_exactly(digest, "bold")
    return {"version": VERSION, "sha256": digest}
