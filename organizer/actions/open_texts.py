"""The letter box: envelopes out of whatever files people bring become a ledger of their own in the workspace.

It is on the disk before any of it is opened, so what was read need not be read again after an interruption.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crypto.ledger import write_ledger
from organizer.actions.plan import Notice, Progress
from organizer.actions.session import Session
from organizer.intake.texts.letter_box import LetterBox, Problem
from organizer.intake.texts.reading import LEDGER, read_file
from organizer.workspace.found_files import FoundFile, LeftOut, find_files, is_there, open_found

_ASK = "Ask for it once more, best as a file: {source}"

# What a stranger may have named stands last on its line.
_PROBLEMS = {
    "text-part-1": f"The first of the two texts is missing, or is not whole. {_ASK}",
    "text-part-2": f"The second of the two texts is missing, or is not whole. {_ASK}",
    "text-parts": f"The two texts are not whole, or do not belong together. {_ASK}",
    "text-older": f"A sealed text in one piece is not whole. {_ASK}",
    "text-none": "There is neither a ledger nor a sealed text in {source}",
    "text-large": "A mail is too large to be read. Save what is attached to it, and open that: {source}",
    "text-much": "So much is packed in it that not all was read. Unpack it, and open the folder: {source}",
    "text-packed": "Something packed cannot be unpacked here. Unpack it yourself, and open the folder: {source}",
    "text-mail": "A mail is malformed, and not all of it was read. Save what is attached to it: {source}",
    "text-ledger": "A ledger is attached or packed. Save it as a file of its own, and open that: {source}",
    "text-full": "Too many texts wait for their other half to keep this one. Open it with fewer files: {source}",
    "text-many": "There are too many envelopes to keep all of them. Open this by itself, later: {source}",
    "file-link": "This only points to another file, and was not followed. Name that file itself: {source}",
    "file-kind": "This is no ordinary file, and was not opened: {source}",
    "file-unread": "This cannot be read. Copy it anew, or see whether you may read it: {source}",
}


@dataclass(frozen=True)
class OpenedTexts:
    """What was found in files that are no ledgers: how many were read, and how many of them hold nothing of ours.

    `ledger` is where the envelopes were written, None when there are none.
    """

    files: int
    without: int
    envelopes: int
    ledger: str | None
    problems: tuple[Notice, ...]


def sort_out(paths: Iterable[str]) -> tuple[list[str], list[FoundFile | LeftOut]]:
    """The ledgers, and what else lies at these paths; a path where nothing is counts as a ledger that is not there.

    Raises OrganizerError: files-many.
    """
    ledgers: list[str] = []
    others: list[FoundFile | LeftOut] = []
    for path in paths:
        if not is_there(path):
            ledgers.append(path)
            continue
        for found in find_files(path):
            if isinstance(found, FoundFile) and _is_ledger(found):
                ledgers.append(found.path)
            else:
                others.append(found)
    return ledgers, others


def _is_ledger(found: FoundFile) -> bool:
    try:
        with open_found(found) as file:
            return file.read(len(LEDGER)) == LEDGER
    except OSError:
        return False  # it is told when it is read


def open_texts(session: Session, found: Sequence[FoundFile | LeftOut], progress: Progress) -> OpenedTexts | None:
    """Read these files, and write the envelopes in them as a ledger; None when there are no files."""
    if not found:
        return None
    box = LetterBox(frozenset(period.record.key_id for period in session.periods))
    total = sum(one.size for one in found if isinstance(one, FoundFile))
    without = 0
    with progress("Files", "bytes read") as advance:
        for one in found:
            if isinstance(one, LeftOut):
                box.tell(one.path, one.reason)
            else:
                without += not _read(box, one, lambda more: advance(more, total))
    files = sum(isinstance(one, FoundFile) for one in found)
    problems = tuple(_notice(problem) for problem in box.problems)
    return OpenedTexts(files, without, len(box.envelopes), _keep(session, box), problems)


def _read(box: LetterBox, found: FoundFile, advance: Callable[[int], None]) -> bool:
    """Whether something of ours is in the file, or it could not be read."""
    met, done = box.met, 0
    try:
        with open_found(found) as file:
            for more in read_file(box, file, found.size, found.path):
                done += more
                advance(more)
    except OSError:
        box.tell(found.path, "file-unread")
    advance(max(found.size - done, 0))
    if box.met > met:
        return True
    if found.named:
        box.tell(found.path, "text-none")
    return False


def _keep(session: Session, box: LetterBox) -> str | None:
    if not box.envelopes:
        return None
    appeal_id = next(iter(session.keys.values())).record.appeal_id
    ordered = [box.envelopes[own] for own in sorted(box.envelopes)]
    ledger = b"".join(write_ledger(appeal_id, len(ordered), ordered))
    name = f"{START}{len(ordered)}-{hashlib.sha256(ledger).hexdigest()}{END}"
    session.workspace.write(name, ledger)
    return session.workspace.path(name)


START, END = "texts-", ".undersigned"
"""How the names of such ledgers in the workspace begin and end; between them are the number and the digest."""


def unfinished(session: Session) -> list[str]:
    """The ledgers made of texts that were not read to their end, because something came between."""
    done = set(session.records.ledgers())
    names = session.workspace.file_names(START, END)
    return [session.workspace.path(name) for name in names if name.removesuffix(END).rpartition("-")[2] not in done]


def _notice(problem: Problem) -> Notice:
    return Notice(problem.reason, _PROBLEMS[problem.reason], {"source": problem.source})
