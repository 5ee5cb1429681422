"""The comparing of names behind a review: a person looks at the first signature while all cores compare.

A signature that came since the last time is compared with all; when many came, all are compared anew.

A thread feeds the workers and collects what they find. Nothing changes for the review but in take_up(), which whoever
reviews calls between two steps: so a signature is never compared in one moment and not in the next.

Law: a signature that is `known` was compared with all others, and all its pairs are in similar_to().
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Condition, Thread

from crypto.envelope import EnvelopeId
from organizer.intake.workers import cores, hired
from organizer.matching.comparison import Comparison, Crew, Part, Progress, here, no_progress
from organizer.matching.key_cache import SurnameKeys
from organizer.matching.pair_cache import SimilarPair, SimilarPairs
from organizer.workspace.records import Records

FEW = 2000
"""So many names are compared at once: starting workers would take as long."""

MUCH = 4
"""More than one new among so many compared before: then all are compared anew, which takes no longer."""

MOST = 4
"""More workers than this only take memory: each must understand every name, which is a third of the work."""

FIRST = 50
"""When all is new, so many are compared with all before the rest is: those that a person will see meanwhile."""


@dataclass(frozen=True)
class Compared:
    """How many names were looked at, of how many; some are looked at twice."""

    done: int
    total: int


@dataclass(frozen=True)
class _Found:
    """All pairs, and what all names are found by the next time."""

    pairs: SimilarPairs
    keys: SurnameKeys


class _EndedError(Exception):
    """Nobody waits for it any more."""


class Comparing:
    """The pairs among the signatures `ids` of a workspace, as far as they are found."""

    def __init__(self, records: Records, ids: set[EnvelopeId]) -> None:
        self._records = records
        self._pairs = SimilarPairs.read(records.compared())
        self._ids = sorted(ids)
        self._new = ids.difference(self._pairs.ids())
        self.is_finished = not self._new
        self._early = SimilarPairs()
        self._early_ids: frozenset[EnvelopeId] = frozenset()
        self._done = 0
        self._thread: Thread | None = None
        # What the thread says; the lock of the condition guards all of it.
        self._said = Condition()
        self._found_early: tuple[frozenset[EnvelopeId], SimilarPairs] | None = None
        self._found: _Found | None = None
        self._error: BaseException | None = None
        self._is_ended = False

    # What is known

    @property
    def progress(self) -> Compared:
        """How far it is."""
        return Compared(min(self._done, self._total), self._total)

    @property
    def _total(self) -> int:
        return len(self._ids)

    def is_known(self, envelope_id: EnvelopeId) -> bool:
        """Whether a signature was compared with all others."""
        return envelope_id in self._early_ids or (self.is_finished and self.is_about(envelope_id))

    def is_about(self, envelope_id: EnvelopeId) -> bool:
        """Whether a signature is among those that are compared."""
        place = bisect_left(self._ids, envelope_id)
        return place < len(self._ids) and self._ids[place] == envelope_id

    def similar_to(self, envelope_id: EnvelopeId) -> Iterator[tuple[EnvelopeId, SimilarPair]]:
        """The ids that a signature is similar to, each with the pair, the likeliest first; as far as it is found."""
        if self.is_finished:
            return self._pairs.of(envelope_id)
        found = dict(self._pairs.of(envelope_id)) | dict(self._early.of(envelope_id))
        likeliest = sorted(found.items(), key=lambda item: (-item[1].score, item[1].first, item[1].second))
        return iter(likeliest)

    def among(self, fits: Callable[[EnvelopeId], bool]) -> Iterator[SimilarPair]:
        """All pairs both of which fit, in no order; it must be finished."""
        assert self.is_finished
        return self._pairs.among(fits)

    # What is done

    @property
    def is_begun(self) -> bool:
        """Whether it is finished, or goes on behind."""
        return self.is_finished or self._thread is not None

    def begin(
        self,
        first: Sequence[EnvelopeId] = (),
        told: Callable[[], object] = lambda: None,
        progress: Progress = no_progress,
    ) -> None:
        """Compare behind, those of `first` before all others. `told` is called from another thread now and then.

        A window lets `told` do nothing but wake its loop, which calls take_up(). To be called before other threads
        start, for the program makes copies of itself. Of few, all are compared at once, which `progress` shows.
        """
        if self.is_begun:
            return
        if len(self._ids) <= FEW:
            with progress() as advance:
                keys = SurnameKeys.read(self._records.surname_keys())
                crews = here(self._records)
                found = self._compare(
                    Comparison(self._records, crews, self._ids, lambda more: more and advance(more, self._total), keys)
                )
            self._keep(found)
            return
        workers, crews = self._hire()
        early = frozenset(first[:FIRST]) & self._new if self._is_much else frozenset[EnvelopeId]()
        self._thread = Thread(target=lambda: self._run(workers, crews, early, told), daemon=True)
        self._thread.start()

    def take_up(self) -> bool:
        """Take up what was found meanwhile; whether that changed what is known. Raises OrganizerError: worker, …"""
        with self._said:
            early, found, error = self._found_early, self._found, self._error
            self._found_early = None
        if error is not None:
            raise error
        if found is not None and not self.is_finished:
            self._keep(found)
            return True
        if early is not None:
            self._early_ids, self._early = early
        return early is not None

    def wait(self, envelope_id: EnvelopeId | None, progress: Progress) -> None:
        """Wait until a signature was compared with all others; None: until all were. Raises OrganizerError: worker."""
        if self._is_over(envelope_id):
            return
        self.begin(progress=progress)
        if self._is_over(envelope_id):
            return
        try:
            with progress() as advance:
                self._wait(envelope_id, advance)
        except BaseException:
            self.close()  # whoever stops waiting should not find this at work afterwards
            raise

    def _wait(self, envelope_id: EnvelopeId | None, advance: Callable[[int, int], object]) -> None:
        shown = 0
        while not self._is_over(envelope_id):
            with self._said:
                if self._found is None and self._error is None and self._found_early is None:
                    self._said.wait()
            done = self.progress.done
            advance(done - shown, self._total)
            shown = done
            self.take_up()
        if self.is_finished:
            advance(self._total - shown, self._total)

    def close(self) -> None:
        """End it, whether it is finished or not; what was found is lost then, and it can begin anew."""
        if self._thread is None:
            return
        with self._said:
            self._is_ended = True
        self._thread.join()
        self._thread, self._is_ended, self._done = None, False, self._total if self.is_finished else 0

    def _is_over(self, envelope_id: EnvelopeId | None) -> bool:
        return self.is_finished or (envelope_id is not None and self.is_known(envelope_id))

    @property
    def _is_much(self) -> bool:
        return len(self._new) * MUCH > len(self._ids)

    def _hire(self) -> tuple[ExitStack, list[Crew]]:
        """A worker for each core, each with a part of the index, until the stack is closed."""
        count = min(cores(), MOST)
        with ExitStack() as stack:
            parts = [Part(self._records.boxes, part, count) for part in range(count)]
            crews: list[Crew] = [stack.enter_context(hired(part, 1)) for part in parts]
            return stack.pop_all(), crews
        raise AssertionError("nothing above is suppressed")

    def _compare(self, comparison: Comparison) -> _Found:
        found = comparison.of_all() if self._is_much else comparison.of_new(self._new, self._pairs)
        return _Found(found, comparison.keys)

    def _keep(self, found: _Found) -> None:
        self._records.keep_surname_keys(found.keys.write())
        self._records.keep_compared(found.pairs.write())
        self._pairs, self._early, self._early_ids = found.pairs, SimilarPairs(), frozenset()
        self.is_finished = True
        self._done = self._total

    # The thread

    def _run(
        self, workers: ExitStack, crews: Sequence[Crew], early: frozenset[EnvelopeId], told: Callable[[], object]
    ) -> None:
        def looked_at(more: int) -> None:
            with self._said:
                if self._is_ended:
                    raise _EndedError
                self._done += more
                self._said.notify_all()
            told()

        found: _Found | None = None
        failed: BaseException | None = None
        try:
            with self._records.for_reading() as records:
                keys = SurnameKeys.read(records.surname_keys())
                if early:
                    first = Comparison(records, crews, self._ids, lambda _: looked_at(0), keys)
                    pairs, keys = first.of_new(early, SimilarPairs()), first.keys
                    with self._said:
                        self._found_early = early, pairs
                    looked_at(0)
                found = self._compare(Comparison(records, crews, self._ids, looked_at, keys))
        except _EndedError:
            pass
        except BaseException as error:  # it is raised again where somebody waits
            failed = error
        finally:
            workers.close()  # before it is told: whoever knows that it is over finds no worker any more
        with self._said:
            self._found, self._error = found, failed
            self._said.notify_all()
        told()
