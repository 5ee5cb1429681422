"""The version of the tool and, when it is one file, the SHA-256 of that file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from organizer import VERSION
from organizer.workspace.files import read_file


@dataclass(frozen=True)
class ToolVersion:
    """`sha256` is that of the one file that all this is in, in hex, to compare with what its makers published."""

    version: str
    sha256: str | None


def own_version(program: str | None) -> ToolVersion:
    """`program` is the path of the one file, None when the tool is a folder. Raises OrganizerError: no-file."""
    return ToolVersion(VERSION, None if program is None else hashlib.sha256(read_file(program)).hexdigest())
