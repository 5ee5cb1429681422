"""`./run bench workspace`: measures a large workspace: counting, publishing, comparing all names or only new ones.

Rows are written as `organizer open` writes them, without sealing and opening a million envelopes first. Each part runs
in a process of its own, so that its highest memory is its own; the memory is that of its largest process.
"""

from __future__ import annotations

import argparse
import random
import resource
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

from bench.made_up_people import made_up_people
from crypto.appeal import Appeal, LetterHash
from crypto.code import Commitment
from crypto.envelope import EnvelopeId
from crypto.keys import AppealId
from crypto.minisign import MinisignSecretKey
from crypto.signature import Signature
from organizer.matching.duplicates import Person
from organizer.results.publication import make_publication, place_after, sign_publication, write_draft
from organizer.results.tally import tally
from organizer.review.queue import ReviewQueue
from organizer.review.review import Review
from organizer.workspace.entries import SignatureEntry
from organizer.workspace.folder import Workspace
from organizer.workspace.records import Records

LETTER = LetterHash(bytes(32))
APPEAL = Appeal(AppealId(bytes(16)), (), {"be": LETTER.hex()}, (), 1)
KEY = MinisignSecretKey.make(b"measured", bytes(range(32)))
FORK = get_context("fork")
BATCH, LATER = 4000, 10
PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main() -> None:
    """Print seconds of processor and the highest memory of each part."""
    parser = argparse.ArgumentParser(prog="./run bench workspace", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="signatures in the workspace (1,000,000)")
    parser.add_argument("--folder", help="where the workspace goes, 700 bytes for an entry (a temporary one)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        place = Path(folder)
        in_a_process("filled", lambda: fill(place, chosen.entries, 0))
        in_a_process("review, all names new", lambda: review(place))
        in_a_process("review, no name new", lambda: review(place))
        fill(place, LATER, chosen.entries)
        in_a_process(f"review, {LATER} names new", lambda: review(place))
        in_a_process("all accepted at once", lambda: accept(place))
        in_a_process("counted, as status does", lambda: count(place))
        in_a_process("counted, written and signed", lambda: publish(place))


def in_a_process(what: str, part: Callable[[], None]) -> None:
    """Do one part in a copy of this process and print its time and memory."""

    def measured() -> None:
        started = time.perf_counter()
        part()
        clock = time.perf_counter() - started
        most = max(resource.getrusage(who).ru_maxrss for who in PROCESSES)
        print(f"{what:<32} {processor():8.1f} s, {clock:8.1f} by the clock, {most / 1024:8,.0f} MB", flush=True)

    process = FORK.Process(target=measured)
    process.start()
    process.join()
    assert process.exitcode == 0, what


def fill(place: Path, count: int, after: int) -> None:
    """Made-up signatures, a third of them public; in the order of their ids, as a ledger brings them."""
    with records_in(place) as records:
        add_people(records, count, after)


def add_people(records: Records, count: int, after: int) -> None:
    """The same, into a workspace that is open. `after` is how many are there; it makes these other people."""
    people = made_up_people(count, random.Random(f"after {after}"))
    ids = sorted(EnvelopeId(secrets.token_bytes(32)) for _ in range(count))
    for at in range(0, count, BATCH):
        records.add(
            entry(envelope_id, next(people), at) for at, envelope_id in enumerate(ids[at : at + BATCH], start=at)
        )


def entry(envelope_id: EnvelopeId, person: Person, number: int) -> SignatureEntry:
    """What an envelope of this person would be."""
    signature = Signature(person.name, number % 3 == 0, prisoner=person.prisoner, language="be")
    return SignatureEntry(envelope_id, LETTER, Commitment(secrets.token_bytes(32)), signature)


def review(place: Path) -> None:
    """A review until the first signature is shown, until it can be accepted, and until all names are compared."""
    with records_in(place) as records:
        started, before = time.perf_counter(), processor()
        sum(1 for _ in records.withdrawn())
        yardstick = processor() - before
        print(f"  yardstick: every row unlocked once {yardstick:.2f} s of processor")
        started, before = time.perf_counter(), processor()

        def say(what: str) -> None:
            used = processor() - before
            print(f"  {what:<24} {used:8.2f} s of processor, {used / yardstick:6.1f} yardsticks", end="")
            print(f", {time.perf_counter() - started:8.2f} s by the clock", flush=True)

        queue = ReviewQueue(records, {LETTER.hex()})
        with closing(queue.comparing):
            found = Review(queue)
            queue.comparing.begin(found.ids)
            shown = found.current()
            say("the first one shown")
            if shown is not None:
                queue.finish_comparing(shown.entry.id)
            say("it can be accepted")
            queue.finish_comparing()
        say("all compared")


def processor() -> float:
    """Seconds of processor of this process and of the workers that it has ended."""
    used = [resource.getrusage(who) for who in PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in used)


def accept(place: Path) -> None:
    """Accept all signatures in one step."""
    with records_in(place) as records:
        review = Review(ReviewQueue(records, {LETTER.hex()}))
        review.accept(review.undecided())


def count(place: Path) -> None:
    """Count: from rows to a tally."""
    with records_in(place) as records:
        tally(records.judged_marks(), records.withdrawn(), listed=False)


def publish(place: Path) -> None:
    """Publish: count, then write and sign the publication."""
    with records_in(place) as records:
        found = tally(records.judged(), records.withdrawn())
        made = make_publication(found, APPEAL, [], [], place_after(None), "2026-07-01")
        data, _ = write_draft(made)
        sign_publication(data, KEY)
    print(f"  publication: {len(data) / 1e6:,.0f} MB")


@contextmanager
def records_in(place: Path) -> Iterator[Records]:
    """The rows of a workspace without its keys."""
    with Workspace(place).tables() as tables:
        yield Records(tables, bytes(32))


if __name__ == "__main__":
    main()
