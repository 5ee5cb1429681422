"""The ceremony: makes the first keys, a minisign key only, or keys for further periods.

Afterwards cards.py hands out the cards and public_folder.py writes the folder for the site. Each step is a call of its
own, and each answer has a function that checks it. So a person may stop after any step and go on later: what was made
is in the workspace, where open_session() finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nacl.utils import random

from crypto.keys import APPEAL_ID_SIZE, AppealId
from crypto.minisign import MinisignPublicKey
from organizer.actions.plan import Notice
from organizer.actions.session import Session, keep_period, open_masters
from organizer.errors import OrganizerError
from organizer.keys import generate, keyfile
from organizer.keys import passphrase as passphrases
from organizer.keys.generate import NewKeys, check_signer
from organizer.keys.passphrase import check_passphrase, normalise
from organizer.keys.periods import Days, Period, PeriodKey
from organizer.workspace.folder import KEY_FILE, check_new, is_workspace, make_workspace

_NO_DAYS = Notice("days", "The days of at least one period are missing.")


@dataclass(frozen=True)
class FirstKeys:
    """The answers from which the first keys are made. They are checked; those not given yet are empty.

    Raises OrganizerError: signer-name, passphrase-short, not-text.
    """

    signer: str = ""
    """The organizer's short name, public."""
    days: tuple[Days, ...] = ()
    """The days of each key, one key for each period."""
    passphrase: str = field(default="", repr=False)
    appeal_id: AppealId | None = None
    """The id of an existing appeal; without it a new one is drawn."""

    def __post_init__(self) -> None:
        if self.signer:
            check_signer(self.signer)
        if self.passphrase:
            check_passphrase(self.passphrase)

    @property
    def missing(self) -> tuple[Notice, ...]:
        """The answers that are still to come, in the order in which they are asked."""
        wanted = (
            (self.signer, Notice("signer", "Your short name is missing.")),
            (self.days, _NO_DAYS),
            (self.passphrase, Notice("passphrase", "The passphrase is missing.")),
        )
        return tuple(notice for given, notice in wanted if not given)


def has_workspace(folder: str) -> bool:
    """Whether the folder has a workspace already. Raises OrganizerError: workspace-exists, when it has other files."""
    if is_workspace(folder):
        return True
    check_new(folder)
    return False


def offer_passphrase() -> str:
    """A fresh random passphrase that a person may use; it is not stored."""
    return passphrases.offer_passphrase(random)


def check_repeated(passphrase: str, again: str) -> str:
    """A passphrase that was typed the same way twice. Raises OrganizerError: passphrase-again, not-text."""
    if normalise(again) != normalise(passphrase):
        raise OrganizerError("passphrase-again", "That was not the same.")
    return passphrase


def shared_days(days: Days, others: Iterable[Days]) -> tuple[Notice, ...]:
    """Whether some of these days belong to another period, too; then the person is asked whether that is meant."""
    if not any(days.meets(other) for other in others):
        return ()
    text = "Some of these days belong to another period, too. On those, the key that is listed first is used."
    return (Notice("shared-days", text, {"days": str(days)}),)


def make_first_keys(folder: str, answers: FirstKeys, profile: keyfile.Profile = keyfile.SENSITIVE) -> NewKeys:
    """Make the keys in a new workspace, whole or not at all. Takes seconds and 1 GiB of memory, twice.

    `profile` is what a guess at the passphrase costs; only a trial, a rehearsal and tests take another one.
    Raises OrganizerError: unanswered, workspace-exists, memory.
    """
    if answers.missing:
        text = " ".join(map(str, answers.missing))
        raise OrganizerError("unanswered", text, {"missing": [notice.reason for notice in answers.missing]})
    check_new(folder)
    appeal_id = answers.appeal_id or AppealId(random(APPEAL_ID_SIZE))
    keys = generate.make_keys(appeal_id, answers.signer, answers.passphrase, random, answers.days, profile)
    make_workspace(folder, keys.files)
    return keys


def make_minisign_key(folder: str, signer: str, passphrase: str) -> MinisignPublicKey:
    """A minisign key in a new workspace, for an organizer who signs results. Takes seconds and 1 GiB of memory.

    Raises OrganizerError: signer-name, passphrase-short, not-text, workspace-exists, memory.
    """
    check_signer(signer)
    check_passphrase(passphrase)
    check_new(folder)
    public, files = generate.minisign_files(signer, passphrase, random)
    make_workspace(folder, files)
    return public


def keys_here(session: Session) -> tuple[Period, ...]:
    """The periods whose key is in the workspace: neither burned nor lost."""
    return tuple(period for period in session.periods if period.record.key_id in session.keys)


def add_periods(session: Session, days: Sequence[Days]) -> tuple[PeriodKey, ...]:
    """Keys for further periods of the same appeal, under the same passphrase. Raises OrganizerError: unanswered."""
    if not days:
        raise OrganizerError("unanswered", str(_NO_DAYS), {"missing": [_NO_DAYS.reason]})
    made = tuple(generate.make_period(session.periods[0].record.appeal_id, one, random) for one in days)
    for key in made:
        keep_period(session.workspace, session.root, key)
    return made


def need_real_keys(session: Session) -> None:
    """Whether this is the workspace of an appeal. Raises OrganizerError: demo."""
    if keyfile.is_demo(session.workspace.read(KEY_FILE) or b""):
        text = "The keys here are those of a trial, and stay so. Make real ones in another folder: organizer ceremony."
        raise OrganizerError("demo", text)


def need_keys_here(session: Session) -> tuple[Period, ...]:
    """The periods that cards can be made of. Raises OrganizerError: no-key."""
    here = keys_here(session)
    if not here:
        raise _no_key_for_cards()
    return here


def whole_key(session: Session, period: Period) -> PeriodKey:
    """The key of a period that is in the workspace, to make cards of it. Raises OrganizerError: no-key."""
    masters = open_masters(session.workspace, session.root, (period,))
    if period.record.key_id not in masters:
        raise _no_key_for_cards()
    return PeriodKey(period, masters[period.record.key_id])


def _no_key_for_cards() -> OrganizerError:
    return OrganizerError("no-key", "There is no key here that cards could be made of.")
