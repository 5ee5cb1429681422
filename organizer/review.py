"""The review: which signature comes next, what to know about it, what was decided, what can be taken back.

Knows records and values. Must never ask or show anything: a terminal and a test drive the same object.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from itertools import islice

from organizer.duplicates import name_key
from organizer.entries import Decision, Reason, SignatureEntry, Verdict, WithdrawalEntry
from organizer.records import Records

BULK = 500


@dataclass(frozen=True)
class Shown:
    """One signature under review: its place in the pile, and what the organizers should know before they decide."""

    entry: SignatureEntry
    place: int
    total: int
    decided: Decision | None
    unknown_letter: bool
    same_code: tuple[SignatureEntry, ...]
    same_name: tuple[SignatureEntry, ...]


class Review:
    """A pass over what is undecided, then over what is held. Every decision is on disk before the next is asked for.

    `letters` are the known letter hashes in hex, or None when no appeal.json is known.
    With `again`, the pass goes over all signatures, decided or not.
    """

    def __init__(self, records: Records, letters: Container[str] | None, again: bool = False) -> None:
        self._records = records
        self._letters = letters
        self._decisions = records.decisions()
        self._step = max((made.step for made in self._decisions.values()), default=0)
        self._by_name: dict[str, set[bytes]] = {}
        self._by_code: dict[bytes, set[bytes]] = {}
        self._pile = self._gather(again)
        self._at = 0
        self._taken_back: dict[bytes, Decision | None] = {}

    @property
    def total(self) -> int:
        """How many signatures this pass goes over."""
        return len(self._pile)

    @property
    def left(self) -> int:
        """How many of them are still to come."""
        return len(self._pile) - self._at

    def current(self) -> Shown | None:
        """The signature to decide about now; None when the pass is over."""
        if self._at >= len(self._pile):
            return None
        entry = self._entry(self._pile[self._at])
        return Shown(
            entry=entry,
            place=self._at + 1,
            total=len(self._pile),
            decided=self._decisions.get(entry.id),
            unknown_letter=self._letters is not None and entry.letter_hash.hex() not in self._letters,
            same_code=self._others(self._by_code.get(entry.commitment), entry.id),
            same_name=self._others(self._by_name.get(name_key(entry.signature.name)), entry.id),
        )

    def decide(self, verdict: Verdict, reason: Reason | None = None) -> None:
        """Decide about the current signature and go on to the next. A refusal needs a reason (ValueError)."""
        name = self._pile[self._at]
        made = Decision(verdict, reason, self._step + 1)
        self._records.decide({name: made})
        self._taken_back[name] = self._decisions.get(name)
        self._step += 1
        self._note(self._entry(name), made)
        self._at += 1

    def keep(self) -> None:
        """Leave the current signature as it is and go on to the next."""
        self._at += 1

    def undo(self) -> bool:
        """Take the latest decision back and show its signature again; False when there is none to take back."""
        steps = {made.step: name for name, made in self._decisions.items() if made.step}
        if not steps:
            return False
        name = steps[max(steps)]
        before = self._taken_back.pop(name, None)
        if before is None:
            self._records.undecide(name)
        else:
            self._records.decide({name: before})
        self._note(self._entry(name), before)
        self._show_again(name)
        return True

    def accept_all(self) -> int:
        """Accept everything in this pass that is undecided; returns how many. What is held stays held.

        What has the code of an accepted one stays undecided: one browser sent it twice, and a person should choose.
        """
        names = filter(self._is_new, self._pile[self._at :])
        accepted = 0
        while batch := list(islice(names, BULK)):
            made = {name: Decision(Verdict.ACCEPTED, None, self._step + 1 + at) for at, name in enumerate(batch)}
            self._records.decide(made)
            self._decisions |= made
            self._step += len(made)
            accepted += len(made)
        self._at = len(self._pile)
        return accepted

    def _is_new(self, name: bytes) -> bool:
        if name in self._decisions:
            return False
        accepted = self._by_code.setdefault(self._entry(name).commitment, set())
        is_new = not accepted
        accepted.add(name)
        return is_new

    def _gather(self, again: bool) -> list[bytes]:
        signatures: list[tuple[bytes, bytes, str]] = []
        withdrawn: set[bytes] = set()
        for entry in self._records.entries():
            if isinstance(entry, SignatureEntry):
                signatures.append((entry.id, entry.commitment, name_key(entry.signature.name)))
            elif isinstance(entry, WithdrawalEntry):
                withdrawn.add(entry.commitment)
        fresh: list[bytes] = []
        held: list[bytes] = []
        for name, code, key in signatures:
            if code in withdrawn:
                continue  # nobody needs to read what was taken back
            made = self._decisions.get(name)
            self._index(name, code, key, made)
            if again or made is None:
                fresh.append(name)
            elif made.verdict is Verdict.HELD:
                held.append(name)
        return fresh + held

    def _entry(self, name: bytes) -> SignatureEntry:
        entry = self._records.entry(name)
        assert isinstance(entry, SignatureEntry)  # the pile holds nothing else
        return entry

    def _others(self, names: set[bytes] | None, name: bytes) -> tuple[SignatureEntry, ...]:
        return tuple(self._entry(other) for other in sorted((names or set()) - {name}))

    def _note(self, entry: SignatureEntry, made: Decision | None) -> None:
        self._decisions.pop(entry.id, None)
        if made is not None:
            self._decisions[entry.id] = made
        self._index(entry.id, entry.commitment, name_key(entry.signature.name), made)

    def _index(self, name: bytes, code: bytes, key: str, made: Decision | None) -> None:
        if made is not None and made.verdict is Verdict.ACCEPTED:
            self._by_name.setdefault(key, set()).add(name)
            self._by_code.setdefault(code, set()).add(name)
        else:
            self._by_name.get(key, set()).discard(name)
            self._by_code.get(code, set()).discard(name)

    def _show_again(self, name: bytes) -> None:
        place = self._pile.index(name) if name in self._pile else len(self._pile)
        if place < self._at:
            self._at = place
            return
        if place < len(self._pile):
            del self._pile[place]
        self._pile.insert(self._at, name)
