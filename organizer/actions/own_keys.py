"""What a workspace says of its own keys without a passphrase: the public halves of its periods, its minisign key."""

from __future__ import annotations

from crypto.appeal import Appeal
from crypto.minisign import MinisignPublicKey
from organizer.errors import OrganizerError
from organizer.keys.periods import Period, public_name, read_public
from organizer.workspace.folder import MINISIGN_PUBLIC_FILE, SIGNER_FILE, Workspace


def read_periods(workspace: Workspace) -> tuple[Period, ...]:
    """What is public of all keys of a workspace, by their days; needs no passphrase. Raises OrganizerError."""
    periods: list[Period] = []
    for name in workspace.file_names("period-", ".pub"):
        period = read_public((workspace.read(name) or b"").decode("ascii", "replace"))
        if name != public_name(period.record.key_id):
            raise OrganizerError(
                "key-file-damaged", f"The file {name} holds another key. Put back a copy of the folder."
            )
        periods.append(period)
    return tuple(sorted(periods, key=lambda period: period.order))


def own_minisign(workspace: Workspace) -> tuple[str, MinisignPublicKey]:
    """This organizer's name and public minisign key. Raises OrganizerError: no-file; MinisignError."""
    name, text = workspace.read(SIGNER_FILE), workspace.read(MINISIGN_PUBLIC_FILE)
    if name is None or text is None:
        raise no_minisign()
    lines = text.decode("ascii", "replace").splitlines()
    return name.decode("ascii", "replace").strip(), MinisignPublicKey.parse(lines[-1] if lines else "")


def no_minisign() -> OrganizerError:
    """The error when its files are missing."""
    text = "The files of your minisign key are missing from the workspace. Put back a copy of them."
    return OrganizerError("no-file", text)


def check_listed(appeal: Appeal, key: MinisignPublicKey) -> None:
    """Whether readers would accept this minisign key. Raises OrganizerError: appeal-signer."""
    if key not in appeal.minisign:
        text = f"This appeal.json does not list your minisign key {key.line}, so nobody would accept what you sign."
        raise OrganizerError("appeal-signer", text)
