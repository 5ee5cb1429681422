"""`organizer duplicates`: pairs of signatures that may be of one person, one above the other, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from organizer.commands import Result
from organizer.duplicates import Pair, Person, propose
from organizer.entries import Decision, SignatureEntry, Verdict, WithdrawalEntry
from organizer.opening import open_by_hand
from organizer.records import Records
from organizer.session import open_session
from organizer.talk import Talk

_FIELDS = ("name", "relation", "prisoner", "contact", "message", "language", "vouch")
_BACK, _QUIT = frozenset("bи"), frozenset("qй")
"""With the same keys of a keyboard switched to Cyrillic."""


def run(talk: Talk, folder: str, passphrase_file: str | None) -> Result:
    """Changes nothing. Raises OrganizerError."""
    with open_session(talk, folder, passphrase_file) as session:
        open_by_hand(session.records, session.key)
        decisions = session.records.decisions()
        people = _people(session.records, decisions)
        with talk.progress("Comparing names", "names compared") as progress:
            pairs = propose(people, progress)
        if talk.is_at_terminal and pairs:
            _leaf_through(talk, session.records, decisions, pairs)
        else:
            for place, pair in enumerate(pairs, start=1):
                _show(talk, session.records, decisions, pair, f"{place:,} of {len(pairs):,}")
    talk.say(f"Signatures looked at: {len(people):,}. Pairs that may be one person: {len(pairs):,}.")
    if pairs:
        talk.say("Nothing was changed. Relatives and namesakes look alike, too. To decide: organizer review --again")
    return {"signatures": len(people), "pairs": [_result(pair) for pair in pairs]}


def _people(records: Records, decisions: Mapping[bytes, Decision]) -> list[Person]:
    """Everyone who is neither refused nor withdrawn."""
    refused = {name for name, made in decisions.items() if made.verdict is Verdict.REFUSED}
    withdrawn: set[bytes] = set()
    found: list[tuple[bytes, Person]] = []
    for entry in records.entries():
        if isinstance(entry, WithdrawalEntry):
            withdrawn.add(entry.commitment)
        elif isinstance(entry, SignatureEntry) and entry.id not in refused:
            signed = entry.signature
            found.append((entry.commitment, Person(entry.id, signed.name, signed.relation, signed.prisoner)))
    return [person for code, person in found if code not in withdrawn]


def _leaf_through(talk: Talk, records: Records, decisions: Mapping[bytes, Decision], pairs: list[Pair]) -> None:
    at = 0
    with talk.private_screen() as clear:
        while at < len(pairs):
            clear()
            _show(talk, records, decisions, pairs[at], f"{at + 1:,} of {len(pairs):,}")
            talk.say("Keys: b back, q quit, any other for the next pair")
            key = talk.key()
            if key is None or key.casefold() in _QUIT:
                return
            at = max(at - 1, 0) if key.casefold() in _BACK else at + 1


def _show(talk: Talk, records: Records, decisions: Mapping[bytes, Decision], pair: Pair, place: str) -> None:
    """Both values of a field one above the other: so eyes find a difference, and no text stands before another."""
    talk.say(f"{place}, {pair.score:.0%} alike: {'; '.join(pair.reasons)}")
    entries = [records.entry(name) for name in (pair.first, pair.second)]
    rows: list[tuple[str, object]] = []
    for field in _FIELDS:
        values = [getattr(entry.signature, field) for entry in entries if isinstance(entry, SignatureEntry)]
        if any(values):
            rows += [(field, values[0] or "-"), ("", values[1] or "-")]
    stands = [_standing(entry.id, decisions, entry.by_hand) for entry in entries]
    talk.table([*rows, ("stands", stands[0]), ("", stands[1])])
    talk.say()


def _standing(name: bytes, decisions: Mapping[bytes, Decision], by_hand: bool) -> str:
    made = decisions.get(name)
    return f"{made.verdict if made else 'undecided'}{', by hand' if by_hand else ''}, envelope {name.hex()[:12]}"


def _result(pair: Pair) -> Result:
    return {
        "first": pair.first.hex(),
        "second": pair.second.hex(),
        "score": pair.score,
        "reasons": list(pair.reasons),
    }
