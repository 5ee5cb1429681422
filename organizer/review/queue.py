"""The queue of the review: facts about every signature that was not taken back, decisions, and who is similar to whom.

No name of a signer stays in memory: names are read from the disk, one at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crypto.appeal import LetterHash
from crypto.code import Commitment
from crypto.envelope import EnvelopeId
from organizer.matching.comparison import Progress, no_progress
from organizer.matching.pair_cache import SimilarPair, is_compared
from organizer.matching.signs import SAME_CODE, SAME_WORD, main_reason
from organizer.review.comparing import Comparing
from organizer.review.filters import Facts, Filter, ReviewStatus, known_language, status_of
from organizer.review.links import WEIGHTS, Links
from organizer.workspace.entries import Decision, SignatureEntry, SignatureMarks, Verdict, WithdrawalEntry
from organizer.workspace.records import Records
from organizer.workspace.vouch_words import Vouched, VouchWord, VouchWords, word_key

BY_HAND = "one of them was entered by hand"


@dataclass(frozen=True)
class SimilarSignature:
    """A signature that is similar to the one under review, with the reasons and what was decided about it."""

    entry: SignatureEntry
    score: float
    reasons: tuple[str, ...]
    decided: Decision | None


class ReviewQueue:
    """All signatures but those taken back, with the decisions. `letters` are known letter hashes in hex, or None.

    Names are compared when somebody wants to know who is similar to whom, which `progress` shows; or before that,
    behind the review, when `comparing` is told to begin.
    """

    def __init__(
        self,
        records: Records,
        letters: Container[str] | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.records = records
        self.words = VouchWords(records.vouch_words())
        self.facts: dict[EnvelopeId, Facts] = {}
        self.decisions: dict[EnvelopeId, Decision] = {}
        self._latest = 0
        self._unknown_words: dict[EnvelopeId, str] = {}
        self._gather(letters)
        self._links = Links({SAME_CODE: self._codes, SAME_WORD: self._unknown_words.items})
        self.show_progress = progress
        self.comparing = Comparing(records, self._compared())

    @property
    def step(self) -> int:
        """The number of the latest thing a person did about a signature that was not taken back."""
        return max((made.step for made in self.decisions.values()), default=0)

    @property
    def next_step(self) -> int:
        """A number for the next one: later than all, for what was taken back may be counted again."""
        return max(self.step, self._latest) + 1

    def entry(self, envelope_id: EnvelopeId) -> SignatureEntry:
        """The signature of that id, which must be one."""
        entry = self.records.entry(envelope_id)
        if not isinstance(entry, SignatureEntry):
            raise TypeError("The queue holds nothing but signatures.")
        return entry

    def finish_comparing(self, envelope_id: EnvelopeId | None = None) -> None:
        """Wait until this signature, or else all, were compared with all others. Raises OrganizerError: worker."""
        self.comparing.wait(envelope_id, self.show_progress)

    def compare_too(self, *ids: EnvelopeId) -> None:
        """Compare these, too, from the next question on: those that were refused are not, until they may count."""
        if not all(map(self.comparing.is_about, ids)):
            self.comparing.close()
            self.comparing = Comparing(self.records, self._compared().union(ids))

    def similar_to(self, envelope_id: EnvelopeId) -> list[tuple[EnvelopeId, float, tuple[str, ...]]]:
        """The ids of similar signatures, with score and reasons; of those that are neither refused nor taken back.

        Waits for the comparing.
        """
        self.finish_comparing(envelope_id)
        return self.similar_so_far(envelope_id)

    def similar_so_far(self, envelope_id: EnvelopeId) -> list[tuple[EnvelopeId, float, tuple[str, ...]]]:
        """The same, as far as it is found: for showing while names are compared behind, never for deciding."""
        if not self.comparing.is_begun:
            self.finish_comparing()
        found = {other: (pair.score, pair.reasons) for other, pair in self.comparing.similar_to(envelope_id)}
        for other, reason in self._links.of(envelope_id):
            score, reasons = found.get(other, (0.0, ()))
            found[other] = max(score, WEIGHTS[reason]), (reason, *reasons)
        return [
            (other, score, (*reasons, *self._circumstances(envelope_id, other)))
            for other, (score, reasons) in sorted(found.items(), key=lambda item: -item[1][0])
            if self._counts(other)
        ]

    def similar_signatures(self, envelope_id: EnvelopeId) -> list[SimilarSignature]:
        """The similar signatures themselves, as far as they are found, those that are accepted first."""
        found = [
            SimilarSignature(self.entry(other), score, reasons, self.decisions.get(other))
            for other, score, reasons in self.similar_so_far(envelope_id)
        ]
        return sorted(found, key=lambda other: status_of(other.decided) is not ReviewStatus.ACCEPTED)

    def ids(self, wanted: Filter, among: Iterable[EnvelopeId] | None = None) -> list[EnvelopeId]:
        """The ids that a filter lets through, in their order. Words are looked for on the disk."""
        fitting = [
            envelope_id for envelope_id in (self.facts if among is None else among) if self._fits(envelope_id, wanted)
        ]
        if not wanted.text:
            return fitting
        few = set(fitting)
        found = {
            entry.id
            for entry in self.records.entries()
            if entry.id in few and isinstance(entry, SignatureEntry) and wanted.has_words(entry.signature)
        }
        return [envelope_id for envelope_id in fitting if envelope_id in found]

    def languages(self) -> list[str]:
        """The languages of the signatures, sorted."""
        return sorted({facts.language for facts in self.facts.values()})

    def pairs(self) -> list[SimilarPair]:
        """Pairs of which neither is refused nor taken back, the likeliest first."""
        return sorted(self._among(self._counts), key=lambda pair: (-pair.score, pair.first, pair.second))

    def accepted_pairs(self) -> Counter[str]:
        """How many pairs there are of which both are accepted, by what speaks for one person first of all."""
        return Counter(main_reason(pair.reasons) for pair in self._among(self._accepted))

    def _among(self, fits: Callable[[EnvelopeId], bool]) -> Iterator[SimilarPair]:
        """The pairs both of which fit, each once."""
        self.finish_comparing()
        linked = self._links.pairs()
        for pair in self.comparing.among(fits):
            if (pair.first, pair.second) not in linked:
                yield replace(pair, reasons=(*pair.reasons, *self._circumstances(pair.first, pair.second)))
        for one, other in linked:
            if fits(one) and fits(other):
                yield self._linked_pair(one, other)

    def _linked_pair(self, one: EnvelopeId, other: EnvelopeId) -> SimilarPair:
        """In a crowd, only one of the two says so of the other."""
        both = ((one, other), (other, one))
        why = ((score, reasons) for a, b in both for found, score, reasons in self.similar_so_far(a) if found == b)
        return SimilarPair(one, other, *next(why))

    def _circumstances(self, one: EnvelopeId, other: EnvelopeId) -> tuple[str, ...]:
        return (BY_HAND,) if self.facts[one].by_hand != self.facts[other].by_hand else ()

    def _codes(self) -> Iterator[tuple[EnvelopeId, Commitment]]:
        return ((facts.id, facts.commitment) for facts in self.facts.values())

    def keep(self, changes: Mapping[EnvelopeId, Decision | None], words: Sequence[VouchWord] = ()) -> None:
        """Write decisions and vouch words, all or none; None takes a decision away."""
        self.records.decide(changes, words)
        for envelope_id, made in changes.items():
            if made is None:
                self.decisions.pop(envelope_id, None)
            else:
                self.decisions[envelope_id] = made
        self.compare_too(*filter(self._counts, changes))
        if words:
            self._learn(words)

    def _learn(self, words: Sequence[VouchWord]) -> None:
        """Take up vouch words that changed: whether they count, never which signature has which word."""
        changed = {word.number: word for word in words}
        self.words = VouchWords(changed.get(word.number, word) for word in self.words)
        for envelope_id, facts in self.facts.items():
            if facts.word in changed:
                vouched = Vouched.WITHDRAWN if changed[facts.word].withdrawn else Vouched.YES
                self.facts[envelope_id] = facts._replace(vouched=vouched)

    def _fits(self, envelope_id: EnvelopeId, wanted: Filter) -> bool:
        similar = wanted.similar and bool(self.similar_to(envelope_id))
        return wanted.fits(self.facts[envelope_id], self.decisions.get(envelope_id), similar)

    def _compared(self) -> set[EnvelopeId]:
        return {envelope_id for envelope_id in self.facts if is_compared(self.decisions.get(envelope_id))}

    def _counts(self, envelope_id: EnvelopeId) -> bool:
        return envelope_id in self.facts and is_compared(self.decisions.get(envelope_id))

    def _accepted(self, envelope_id: EnvelopeId) -> bool:
        made = self.decisions.get(envelope_id)
        return envelope_id in self.facts and made is not None and made.verdict is Verdict.ACCEPTED

    def _gather(self, letters: Container[str] | None) -> None:
        withdrawn: set[Commitment] = set()
        # Most signatures share these with many others, and there may be a million.
        said = lru_cache(maxsize=4096)(lambda *which: self._said(letters, *which))
        for marks in self.records.marks():
            if isinstance(marks, SignatureMarks):
                envelope_id, letter_hash, commitment, public, language, vouch, by_hand = marks
                shared = said(letter_hash, language, vouch)
                facts = self.facts[envelope_id] = Facts(envelope_id, commitment, public, by_hand, *shared)
                if facts.vouched is Vouched.UNKNOWN:
                    self._unknown_words[envelope_id] = word_key(vouch)
            elif isinstance(marks, WithdrawalEntry):
                withdrawn.add(marks.commitment)
        if withdrawn:  # nobody needs to read what was taken back
            left = {own: facts for own, facts in self.facts.items() if facts.commitment not in withdrawn}
            self.facts = left
            self._unknown_words = {own: word for own, word in self._unknown_words.items() if own in left}
        made = self.records.decisions()
        self.decisions = {envelope_id: decision for envelope_id, decision in made.items() if envelope_id in self.facts}
        self._latest = max((decision.step for decision in made.values()), default=0)

    def _said(
        self, letters: Container[str] | None, letter_hash: LetterHash, language: str, vouch: str
    ) -> tuple[str, bool, Vouched, int]:
        """The last fields of Facts: what these say of a signature."""
        word = self.words.find(vouch)
        unknown = letters is not None and letter_hash.hex() not in letters
        return known_language(language), unknown, self.words.vouched(vouch), 0 if word is None else word.number


def vouched_first(queue: ReviewQueue, ids: Iterable[EnvelopeId]) -> list[EnvelopeId]:
    """The same ids, those with a vouch word that counts first."""
    return sorted(ids, key=lambda envelope_id: queue.facts[envelope_id].vouched is not Vouched.YES)
