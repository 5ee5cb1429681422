"""Writes the names that are not public into a table, after a warning. No other action writes them unencrypted."""

from __future__ import annotations

from dataclasses import dataclass

from crypto.signature import fields_without
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.intake.ledgers import open_by_hand
from organizer.results import nonpublic
from organizer.workspace.entries import SignatureEntry
from organizer.workspace.files import write_new

WARNINGS = (
    Notice("harm", "These people asked not to be named. Whoever gets this file can harm them."),
    Notice(
        "not-encrypted",
        "The file is NOT encrypted: anyone who opens this computer, or the stick it is copied to, can read it, and a "
        "deleted file can often be brought back.",
    ),
    Notice(
        "encrypted-disk",
        "Write it only to a disk that is encrypted itself, never send it, and delete it as soon as it has served.",
    ),
    Notice(
        "needless",
        "The workspace has all of this already, locked: to look at a name, “organizer review --again” is enough.",
    ),
)
"""What a person must have read before they are asked."""

*_FIELDS, _LAST = fields_without(
    public="nobody in the table is", vouch="it is not in the table", language="it harms nobody"
)
_TOLD = f"{', '.join(field.name for field in _FIELDS)} and {_LAST.name}"
"""What would be known of these people, as the question says it."""

CHANGED = (
    "Of {many} in it something is shown otherwise than it was written: an apostrophe before a sign that a spreadsheet "
    "would calculate, or � for what could trick a reader."
)

NOTHING_WRITTEN = Notice("stopped", "Nothing was written.")


@dataclass(frozen=True)
class NonpublicPlan:
    """The signatures whose names would be written down, sorted by name."""

    people: tuple[SignatureEntry, ...]

    @property
    def changes(self) -> tuple[Notice, ...]:
        """What the table will show otherwise than it was written: to be told before it is."""
        many = nonpublic.changed(self.people)
        return (Notice("changed", CHANGED, {"many": f"{many:,} people" if many != 1 else "1 person"}),) if many else ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """A sentence to type, so that no script and no slip can do it."""
        word = f"write {len(self.people)} names"
        text = "To write {fields} of all of them, type “{word}”"
        asked = Notice("write-names", text, {"fields": _TOLD, "word": word})
        return (Question(asked, NOTHING_WRITTEN, word=word, for_a_person=True),)


def plan_nonpublic(session: Session) -> NonpublicPlan:
    """All accepted signatures that are not public. Raises OrganizerError: stopped, when there are none."""
    open_by_hand(session.records, session.keys)
    people = nonpublic.counted(session.records.judged(), session.records.withdrawn())
    if not people:
        raise OrganizerError("stopped", f"No accepted signature is non-public. {NOTHING_WRITTEN}")
    return NonpublicPlan(tuple(people))


def write_nonpublic(plan: NonpublicPlan, out: str, answers: Answers) -> None:
    """Write the table into a file that is not there yet. Raises OrganizerError: stopped, file-exists."""
    check_answered(plan.questions, answers)
    write_new(out, nonpublic.table(plan.people))
