"""Opening ledgers, sealed texts in any files, and what was entered by hand, into the workspace.

Nothing needs to be asked before: what was opened before is recognised, and nothing is lost by stopping in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from organizer.actions.open_texts import OpenedTexts, open_texts, sort_out, unfinished
from organizer.actions.plan import Notice, Progress, no_progress
from organizer.actions.session import Session, need_keys
from organizer.errors import OrganizerError
from organizer.intake.blocks import BlockOpener
from organizer.intake.ledgers import Opening, named_digest, open_by_hand, open_ledger
from organizer.intake.workers import Crew, cores, hired
from organizer.workspace.files import file_name
from organizer.workspace.ledger_file import open_ledger_file


@dataclass(frozen=True)
class OpenedLedger:
    """What became of the ledger at `path`."""

    path: str
    opening: Opening

    @property
    def problem(self) -> Notice | None:
        """Why it was not read to its end, and what to do."""
        error = self.opening.error
        if error is None:
            return None
        if isinstance(error, OrganizerError):
            return Notice(error.reason, "{text}", {"text": str(error)})
        text = "{path}: {text} What could be read of it is kept. Fetch it again and open it once more."
        return Notice(error.reason, text, {"path": self.path, "text": str(error)})


@dataclass(frozen=True)
class OpenedLedgers:
    """What became of some ledgers and texts, and how many signatures and withdrawals entered by hand were opened."""

    ledgers: tuple[OpenedLedger, ...]
    """Those that were named or found, then those that the texts became."""
    by_hand: int
    texts: OpenedTexts | None = None
    """What was found in files that are no ledgers; None when there were none."""

    @property
    def problems(self) -> tuple[Notice, ...]:
        """One for each ledger that was not read to its end, then for each text that is not whole or was not read."""
        ledgers = (problem for one in self.ledgers if (problem := one.problem) is not None)
        return (*ledgers, *(self.texts.problems if self.texts else ()))


def open_ledgers(session: Session, paths: Iterable[str], progress: Progress = no_progress) -> OpenedLedgers:
    """Open the ledgers and texts at these paths, which may be folders; none that is damaged stops another.

    What texts brought last time and was not opened to its end is opened, too.
    Raises OrganizerError: no-key, workspace-damaged, disk-full, worker, files-many, …
    """
    need_keys(session)
    by_hand = open_by_hand(session.records, session.keys)
    # Workers start before progress is shown: a program that runs a thread should not fork.
    with hired(BlockOpener(session.keys, session.records.boxes), cores()) as crew:
        ledgers, others = sort_out(paths)
        texts = open_texts(session, others, progress)
        made = {*unfinished(session), *([texts.ledger] if texts and texts.ledger else [])}
        all_ledgers = (*ledgers, *sorted(made - {*ledgers}))
        opened = tuple(OpenedLedger(path, _open(session, path, progress, crew)) for path in all_ledgers)
    return OpenedLedgers(opened, by_hand, texts)


def _open(session: Session, path: str, progress: Progress, crew: Crew) -> Opening:
    try:
        with open_ledger_file(path) as file, progress(file_name(path), "envelopes read") as advance:
            return open_ledger(session.records, session.keys, file, advance, crew, named_digest(file_name(path)))
    except OrganizerError as error:
        if error.reason != "no-file":
            raise
        return Opening(error=error)
