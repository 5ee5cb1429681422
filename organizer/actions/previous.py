"""The publication that another one follows: the one kept here or, where it is not, a file that a person names."""

from __future__ import annotations

from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.publication import LastSeen, signers
from organizer.errors import OrganizerError
from organizer.workspace.files import minisigs_beside, read_file
from organizer.workspace.folder import Workspace

TOLD = 20
"""So many signs of a SHA-256 are typed at least by whoever was told it: nobody can try out 2^80 false files."""


@dataclass(frozen=True)
class Previous:
    """The bytes of a publication before, and whether this workspace or enough organizers vouch for them."""

    data: bytes
    is_signed: bool

    @property
    def place(self) -> LastSeen:
        """Its number and SHA-256."""
        return LastSeen.of(self.data)


def find_previous(workspace: Workspace, appeal: Appeal, number: int, path: str | None) -> Previous | None:
    """What stands before `number`: kept here, or in the file at `path`, which must not say otherwise.

    Raises OrganizerError: previous, no-file; PublicationError.
    """
    kept = workspace.read_publication(number - 1) if number - 1 in workspace.publications() else None
    given = None if path is None else read_file(path)
    if kept is not None and given is not None and kept != given:
        text = f"{path} is another file than the number {number - 1} that this workspace knows. Leave --previous out."
        raise OrganizerError("previous", text)
    if kept is not None:
        return Previous(kept, True)
    return None if path is None or given is None else Previous(given, is_signed(path, given, appeal))


def is_signed(path: str, data: bytes, appeal: Appeal) -> bool:
    """Whether enough of the listed organizers signed this publication: their minisigs lie beside it."""
    minisigs = [read_file(name).decode("utf-8", "replace") for name in minisigs_beside(path)]
    return len(signers(data, minisigs, appeal.minisign)) >= appeal.threshold
