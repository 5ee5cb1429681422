"""What organizers wait for, in a workspace with many made-up signatures: opening, reviewing, listing, adding.

Each command is started as they start it, by `python -m organizer`, with real costs of the passphrase. The same command
in an empty workspace tells what starting and unlocking take.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from nacl.secret import SecretBox

from bench.made_up_people import made_up_people
from bench.open import make_ledger, yardstick
from bench.waiting import TOOL, Took, Wait, timed, until
from bench.workspace import LATER, LETTER, add_people
from crypto.appeal import Appeal, DatedKey, write_appeal
from crypto.errors import UndersignedError
from crypto.keys import AppealId, OrganizersKey
from organizer.actions.plan import Notice
from organizer.actions.publish import plan_publication, publish
from organizer.actions.session import open_session
from organizer.actions.sitting import Sitting
from organizer.actions.status import read_status
from organizer.intake.workers import cores
from organizer.keys.generate import make_keys
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.folder import make_workspace

PASSPHRASE = "correct horse battery"  # noqa: S105 - of made-up keys
APPEAL_ID = AppealId(bytes(range(16)))
OPENED = 10_000
"""How many envelopes are opened, and how many lines a table has; the goals are for as many."""
KEYS_SHOWN = b"Keys:"
"""Stands below the first signature as soon as a person can decide about it."""


class _Known:
    """Gives the passphrase, each time anew where there is no sitting."""

    def __init__(self, sitting: Sitting | None = None) -> None:
        self.sitting = sitting

    def passphrase(self, wrong: UndersignedError | None) -> str:
        if wrong:
            raise wrong
        return PASSPHRASE

    def opening(self) -> None: ...

    def signing(self) -> None: ...

    def tell(self, notice: Notice) -> None: ...


class _Desk:
    """An empty workspace, copies of it, and what lies beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keys = make_keys(APPEAL_ID, "bench", PASSPHRASE, os.urandom)
        new = keys.periods[0]
        self.key = OrganizersKey.derive(new.master, APPEAL_ID)
        make_workspace(str(folder / "empty"), keys.files)
        (folder / "passphrase").write_text(PASSPHRASE)
        appeal = Appeal(APPEAL_ID, (DatedKey(self.key.record),), {"be": LETTER.hex()}, (keys.minisign,), 1)
        (folder / "appeal.json").write_bytes(write_appeal(appeal))
        self.options = ("--passphrase-file", folder / "passphrase")

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.folder / "empty", self.folder / name))

    def run(self, work: Path, *command: str | Path) -> Took:
        return timed(*TOOL, *command, "-w", work, *self.options)

    def show(self, work: Path, command: str, keys: bytes = b"") -> list[Took]:
        return until(KEYS_SHOWN, *TOOL, command, "-w", work, *self.options, keys=keys)

    def review(self, work: Path, what: str, *beside: Any) -> Iterator[Wait]:
        """Until the first signature is there, and from pressing `a` until that is done."""
        shown, accepted = self.show(work, "review", keys=b"a")
        yield Wait(f"review, first signature, {what}", shown, *beside)
        yield Wait(f"its acceptance, {what}", accepted, *beside)


def measure(folder: Path, count: int) -> Iterator[Wait]:
    """All waits of organizers, with so many signatures; what is opened or added has at most OPENED."""
    desk = _Desk(folder)
    start, first = timed(*TOOL, "status", "--help"), desk.run(desk.copy("first"), "status")
    yield Wait("the first command of a sitting", first, "its start", start, {"starting": start.processor})
    parts = {"starting": start.processor, "unlocking": max(0.0, first.processor - start.processor)}
    yield from _reading(desk, count, parts)
    yield from _in_a_sitting(desk, count)
    yield from _taking(desk, min(count, OPENED), parts)


def _reading(desk: _Desk, count: int, parts: dict[str, float]) -> Iterator[Wait]:
    work = desk.copy("work")
    with open_session(_Known(), str(work)) as session:
        add_people(session.records, count, 0)
    name, bare = f"{count:,} boxes opened", _boxes(count)
    yield from desk.review(work, "all new", name, bare, parts)
    yield Wait("duplicates", desk.run(work, "duplicates", "--json"), name, bare, parts)
    yield from desk.review(work, "nothing new", name, bare, parts)
    with open_session(_Known(), str(work)) as session:
        add_people(session.records, LATER, count)
    yield from desk.review(work, f"{LATER} new", name, bare, parts)
    yield Wait("duplicates again", desk.run(work, "duplicates", "--json"), name, bare, parts)
    (listed,) = desk.show(work, "list")
    yield Wait("list, first signature", listed, name, bare, parts)
    yield Wait("status", desk.run(work, "status"), name, bare, parts)


def _in_a_sitting(desk: _Desk, count: int) -> Iterator[Wait]:
    """Commands after the first one; they run in the process that knows the root, so here they run in this one."""
    work, appeal, known = str(desk.folder / "work"), str(desk.folder / "appeal.json"), _Known(Sitting(time.monotonic))
    with open_session(known, work, appeal) as session:
        review = Review(ReviewQueue(session.records, {LETTER.hex()}))
        review.accept(review.undecided())
    name, bare = f"{count:,} boxes opened", _boxes(count)

    def told() -> None:
        with open_session(known, work, appeal) as session:
            read_status(session)

    def published() -> None:
        with open_session(known, work, appeal) as session:
            plan = plan_publication(session, date.today().isoformat())
            publish(session, plan, {question.asked.reason: question.word for question in plan.questions})

    for what, command in (("status", told), ("publish", published)):
        began, processor = time.perf_counter(), time.process_time()
        command()
        took = Took(time.perf_counter() - began, time.process_time() - processor)
        yield Wait(f"{what}, in a sitting", took, name, bare)


def _boxes(count: int) -> Took:
    """Opening as many boxes as there are rows, and reading what is in them, and nothing else."""
    box = SecretBox(os.urandom(32))
    sealed = bytes(box.encrypt(json.dumps({"name": "Ірына Слаўнікава", "message": "x" * 400}).encode()))
    began, processor = time.perf_counter(), time.process_time()
    for _ in range(count):
        json.loads(box.decrypt(sealed))
    return Took(time.perf_counter() - began, time.process_time() - processor)


def _taking(desk: _Desk, count: int, parts: dict[str, float]) -> Iterator[Wait]:
    ledger, work = desk.folder / "ledger", desk.copy("taking")
    make_ledger(ledger, count, cores(), desk.key.record)
    before = yardstick(ledger, count, cores(), desk.key)
    took = desk.run(work, "open", ledger, "--appeal", desk.folder / "appeal.json")
    bare = Took(before.seconds, before.work)
    yield Wait(f"open, {count:,} envelopes", took, "the bare loop", bare, parts)
    table = desk.folder / "paper.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "public", "prisoner"])
        rows.writerows([one.name, "yes", one.prisoner] for one in islice(made_up_people(count, Random("paper")), count))
    command = ("add", "--csv", table, "--letter", "be", "--yes")
    yield Wait(f"add --csv, {count:,} lines", desk.run(work, *command), "the bare loop", bare, parts)
    took = desk.run(work, *command)
    yield Wait(f"add --csv again, {took.lines:,} lines shown", took, "the bare loop", bare, parts)
