"""The public folder of a ceremony: who signs results, how many must, and the files that the site needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crypto.errors import MinisignError
from crypto.keys import AppealId
from crypto.letter import APPEAL_TOML
from crypto.minisign import MinisignPublicKey
from organizer.actions.appeal import WORD
from organizer.actions.cards import check_folder
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.errors import OrganizerError
from organizer.keys.appeal_folder import PublicKeys, appeal_id_in, public_files, records_in, signers_in, threshold_in
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
    def threshold(self) -> int:
        """How many must sign a result by it; 0 when it does not say."""
        return 0 if self._toml is None else threshold_in(self._toml)

    @property
    def records(self) -> list[str]:
        """The records of the keys that it lists already, in base64."""
        return [] if self._toml is None else records_in(self._toml)

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
    least: int = 0
    """How many had to sign so far."""

    @classmethod
    def begin(cls, name: str, key: MinisignPublicKey, appeal: AppealFolder, least: int = 0) -> Signers:
        """Whom the site lists already, and this organizer. Raises OrganizerError: signer-name."""
        keys = appeal.signers
        if keys.setdefault(name, key) != key:
            raise OrganizerError("signer-name", f"The appeal.toml lists another minisign key under your name {name}.")
        return cls(keys, max(appeal.threshold, least))

    def check_name(self, text: str) -> str:
        """The name of an organizer who is not listed yet. Raises OrganizerError: signer-name."""
        name = text.strip()
        if name in self.keys:
            raise OrganizerError("signer-name", f"{name} is listed already.")
        return check_signer(name)

    def with_other(self, name: str, key: MinisignPublicKey) -> Signers:
        """One organizer more. Raises OrganizerError: signer-name."""
        return Signers({**self.keys, self.check_name(name): key}, self.least)

    @property
    def suggested_threshold(self) -> int:
        """As many as so far, and at least two signers, or one where there is only one."""
        return max(self.least, min(2, len(self.keys)))


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
    listed: tuple[Notice, ...] = ()
    """Whom and what the site's folder lists already, beside what is made here."""
    lowered: Notice | None = None
    """That fewer must sign than the site's folder says."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to: what came from elsewhere, and a word where fewer are to sign than before."""
        nothing = Notice("stopped", "No public folder was written.")
        asked = Notice("listed", "Do you know all of these, and did you compare them?")
        found = [Question(asked, nothing, for_a_person=True)] if self.listed else []
        if self.lowered is not None:
            text = "{lowered} Only if all organizers know why, type the word {word}"
            values = {"lowered": str(self.lowered), "word": WORD}
            found.append(Question(Notice("threshold-lowered", text, values), nothing, word=WORD, for_a_person=True))
        return tuple(found)

    @property
    def fills_appeal(self) -> bool:
        """Whether it is the site's own folder, or only lines to add to it."""
        return APPEAL_TOML in self.files


def plan_public_folder(keys: PublicKeys, appeal: AppealFolder) -> PublicFolderPlan:
    """What the site needs to know. Raises OrganizerError: appeal-toml, appeal-key, signer-name, not-text."""
    lowered = None
    if keys.threshold < appeal.threshold:
        text = "By the site's appeal.toml, {before} must sign a result; by this one, {now} would be enough."
        lowered = Notice("threshold-lowered", text, {"before": appeal.threshold, "now": keys.threshold})
    return PublicFolderPlan(public_files(keys, appeal.files), tuple(_listed(keys, appeal)), lowered)


def _listed(keys: PublicKeys, appeal: AppealFolder) -> Iterator[Notice]:
    for name, key in appeal.signers.items():
        yield Notice("listed-signer", "signs results: {name}, {line}", {"name": name, "line": key.line})
    made = {period.record_text for period in keys.periods}
    for record in appeal.records:
        if record not in made:
            yield Notice("listed-key", "a key to seal to that is not of this workspace: {record}", {"record": record})


def write_public_folder(plan: PublicFolderPlan, folder: str, answers: Answers) -> None:
    """Write it into a folder that is new or empty. Raises OrganizerError: folder, stopped."""
    check_answered(plan.questions, answers)
    hand_over(check_folder(folder), dict(plan.files))
