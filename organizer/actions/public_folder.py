"""The public folder of a ceremony: who signs results, how many must, and the files that the site needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crypto.errors import MinisignError
from crypto.keys import AppealId
from crypto.letter import APPEAL_TOML
from crypto.minisign import MinisignPublicKey
from organizer.actions.cards import check_folder
from organizer.errors import OrganizerError
from organizer.keys.appeal_folder import PublicKeys, appeal_id_in, public_files, signers_in
from organizer.keys.generate import check_signer
from organizer.keys.periods import Period
from organizer.workspace.files import hand_over, read_appeal_folder, read_file


@dataclass(frozen=True)
class AppealFolder:
    """The site's own folder of the appeal, its files by name; none when it is not at hand.

    Raises OrganizerError: appeal-toml, appeal-id.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _ = self.appeal_id

    @property
    def appeal_id(self) -> AppealId | None:
        """The id that the appeal has already."""
        return None if self._toml is None else appeal_id_in(self._toml)

    @property
    def signers(self) -> dict[str, MinisignPublicKey]:
        """The organizers whom it lists already. Raises MinisignError."""
        listed = {} if self._toml is None else signers_in(self._toml)
        return {name: MinisignPublicKey.parse(line) for name, line in listed.items()}

    @property
    def _toml(self) -> str | None:
        return self.files[APPEAL_TOML].decode("utf-8", "replace") if APPEAL_TOML in self.files else None


def read_site_folder(path: str, periods: Sequence[Period] = ()) -> AppealFolder:
    """The site's config/appeal/, empty when no path is given; `periods` are keys made before.

    Raises OrganizerError: no-file, appeal-toml, appeal-id, appeal-key when it is of another appeal.
    """
    found = AppealFolder(read_appeal_folder(path.strip()) if path.strip() else {})
    if periods and found.appeal_id not in (None, periods[0].record.appeal_id):
        raise OrganizerError("appeal-key", "This folder is of another appeal: its id is another one.")
    return found


@dataclass(frozen=True)
class Signers:
    """The organizers who sign results: their minisign keys by name."""

    keys: Mapping[str, MinisignPublicKey]

    @classmethod
    def begin(cls, name: str, key: MinisignPublicKey, appeal: AppealFolder) -> Signers:
        """Whom the site lists already, and this organizer. Raises OrganizerError: signer-name."""
        keys = appeal.signers
        if keys.setdefault(name, key) != key:
            raise OrganizerError("signer-name", f"The appeal.toml lists another minisign key under your name {name}.")
        return cls(keys)

    def check_name(self, text: str) -> str:
        """The name of an organizer who is not listed yet. Raises OrganizerError: signer-name."""
        name = text.strip()
        if name in self.keys:
            raise OrganizerError("signer-name", f"{name} is listed already.")
        return check_signer(name)

    def with_other(self, name: str, key: MinisignPublicKey) -> Signers:
        """One organizer more. Raises OrganizerError: signer-name."""
        return Signers({**self.keys, self.check_name(name): key})

    @property
    def suggested_threshold(self) -> int:
        """Two signers, or one where there is only one."""
        return min(2, len(self.keys))


def read_minisign_line(text: str) -> MinisignPublicKey:
    """Another organizer's key: its line, or a .pub file with it. Raises OrganizerError: minisign-…, no-file."""
    line = text.strip()
    try:
        if line.endswith(".pub"):
            line = read_file(line).decode("ascii", "replace").rstrip("\n").rpartition("\n")[2]
        return MinisignPublicKey.parse(line)
    except MinisignError as error:
        raise OrganizerError(error.reason, f"{error} It is one line of 56 characters that begins with RW.") from error


@dataclass(frozen=True)
class PublicFolderPlan:
    """The files for the site; nothing in them is secret. `fills_appeal`: the site's own folder with the keys in it."""

    files: Mapping[str, bytes]

    @property
    def fills_appeal(self) -> bool:
        """Whether it is the site's own folder, or only lines to add to it."""
        return APPEAL_TOML in self.files


def plan_public_folder(keys: PublicKeys, appeal: AppealFolder) -> PublicFolderPlan:
    """What the site needs to know. Raises OrganizerError: appeal-toml, appeal-key, signer-name, not-text."""
    return PublicFolderPlan(public_files(keys, appeal.files))


def write_public_folder(plan: PublicFolderPlan, folder: str) -> None:
    """Write it into a folder that is new or empty. Raises OrganizerError: folder."""
    hand_over(check_folder(folder), dict(plan.files))
