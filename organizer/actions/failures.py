"""Why an action failed, in one sentence that says what to do: for what a disk, the memory or a format refuses, too."""

from __future__ import annotations

import errno

from crypto.errors import UndersignedError
from organizer.errors import OrganizerError
from organizer.workspace.database import DISK_FULL

EXPECTED = (UndersignedError, OSError, MemoryError)
"""What a person can meet and a face explains; anything else is a mistake of ours."""


def explain_failure(error: Exception) -> OrganizerError:
    """The same as an error of this tool, with its reason; `error` is one of those EXPECTED, else it is raised again."""
    if isinstance(error, OrganizerError):
        return error
    if isinstance(error, UndersignedError):
        return OrganizerError(error.reason, str(error))
    if isinstance(error, OSError):
        return _explain_file(error)
    if isinstance(error, MemoryError):
        return OrganizerError("memory", "There is not enough free memory. Close other programs and try again.")
    raise error


def _explain_file(error: OSError) -> OrganizerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OrganizerError("disk-full", f"{DISK_FULL} What was not finished was not kept.")
    place = f" {error.filename}" if error.filename else ""
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        text = f"This computer does not let you read or write{place or ' there'} ({error.strerror})."
        return OrganizerError("file", f"{text} Name another place; a stick may have a switch against writing.")
    text = f"The file{place} could not be read or written: {error.strerror or error}. Try again, or with another copy."
    return OrganizerError("file", text)
