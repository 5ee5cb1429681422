"""Merging the decisions of two organizers who review apart: the file they exchange, and what becomes of it here.

Where the two differ, nothing is decided here: the signature goes on hold until a person says who is right.

The file is a line of magic, the id of the period's key (7 bytes) and an XChaCha20-Poly1305 box under
BLAKE2b(key = master of that period, person = "undersigned-deci"), with all before the box as associated data: only who
has the key of the period can read or make one. In the box, padded to a multiple of 64 KiB, is JSON: who made it, the
vouch words, and for each envelope id the symbol of a decision (entries.py) and the number of the word it was made for.
No name of a signer is in it. What was entered by hand has no envelope that the other one could have, and stays out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from crypto.envelope import ID_SIZE, EnvelopeId
from crypto.keys import KEY_ID_SIZE, KeyId, derive_secret
from crypto.shape import is_hex
from crypto.strictjson import StrictJsonError, parse
from organizer.errors import OrganizerError
from organizer.review.queue import ReviewQueue
from organizer.workspace.entries import VERDICTS, Decision, Reason, Verdict
from organizer.workspace.vouch_words import VouchWord, checked_word

MAGIC = b"undersigned decisions 1\n"
PADDING = 1 << 16
LONGEST_SIGNER = 32
_HEADER = len(MAGIC) + KEY_ID_SIZE


@dataclass(frozen=True)
class Decisions:
    """What one organizer decided: by envelope id the symbol of a decision and its vouch word's number, or 0."""

    signer: str
    words: tuple[VouchWord, ...]
    made: Mapping[EnvelopeId, tuple[str, int]]


@dataclass(frozen=True)
class Disagreement:
    """An envelope about which two decided differently; `here` is what was decided here before it went on hold."""

    envelope_id: EnvelopeId
    here: Decision
    there: str


@dataclass
class Merge:
    """What becomes of another organizer's decisions: `changes` and `words` to keep, the rest to tell."""

    changes: dict[EnvelopeId, Decision] = field(default_factory=dict)
    words: list[VouchWord] = field(default_factory=list)
    taken: int = 0
    agreed: int = 0
    unknown: int = 0
    settled: int = 0
    waiting: int = 0
    doubtful: int = 0
    leaked: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)


def collect(queue: ReviewQueue, signer: str) -> Decisions:
    """All that a person decided here, except about what was entered by hand."""
    made = {
        envelope_id: (decision.symbol, decision.vouch)
        for envelope_id, decision in queue.decisions.items()
        if decision.step and not queue.facts[envelope_id].by_hand
    }
    return Decisions(signer, tuple(queue.words), made)


def write_decisions(decisions: Decisions, key_id: KeyId, master: bytes, random: Callable[[int], bytes]) -> bytes:
    """The file, which only somebody with the key of this period can read."""
    words = [[word.number, word.word, word.note, word.withdrawn] for word in decisions.words]
    made = [[envelope_id.hex(), symbol, word] for envelope_id, (symbol, word) in sorted(decisions.made.items())]
    value = {"signer": decisions.signer, "words": words, "decisions": made}
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    header = MAGIC + key_id
    padded = text.ljust(-(-len(text) // PADDING) * PADDING)
    return header + bytes(_box(master).encrypt(padded, header, random(Aead.NONCE_SIZE)))


def read_decisions(data: bytes, masters: Mapping[KeyId, bytes]) -> Decisions:
    """What is in a file. `masters` are by key id. Raises OrganizerError: decisions-file, decisions-key."""
    header = data[:_HEADER]
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise OrganizerError("decisions-file", "This is not a file of “organizer decisions export”.")
    master = masters.get(KeyId(header[len(MAGIC) :]))
    if master is None:
        text = f"These decisions are locked with the key {header[len(MAGIC) :].hex()}, which is not in this workspace."
        raise OrganizerError("decisions-key", text)
    try:
        return _parse(parse(_box(master).decrypt(data[_HEADER:], header)))
    except (CryptoError, StrictJsonError, OrganizerError, ValueError, KeyError, TypeError) as error:
        text = "This file of decisions is damaged, or was made by another version of this tool."
        raise OrganizerError("decisions-file", text) from error


def _parse(value: Mapping[str, list[list[object]]]) -> Decisions:
    words = tuple(checked_word(*row) for row in value["words"])
    numbers = {word.number for word in words}
    if len(numbers) < len(words) or len({word.key for word in words}) < len(words):
        raise ValueError("A vouch word stands twice.")
    made: dict[EnvelopeId, tuple[str, int]] = {}
    for row in value["decisions"]:
        in_hex, symbol, word = row
        if not (isinstance(in_hex, str) and isinstance(symbol, str) and type(word) is int):
            raise TypeError(row)
        if not is_hex(in_hex, ID_SIZE) or symbol not in VERDICTS or word not in numbers | {0}:
            raise ValueError(row)
        made[EnvelopeId(bytes.fromhex(in_hex))] = (symbol, word)
    signer = value["signer"]
    if not isinstance(signer, str) or not signer.isprintable() or len(signer) > LONGEST_SIGNER:
        raise ValueError(signer)
    return Decisions(signer, words, made)


def merge(queue: ReviewQueue, theirs: Decisions) -> Merge:
    """What to keep here: nothing is lost, nothing is counted that one of the two did not want counted.

    What only the other one decided is taken over. What both decided the same way stays. On hold goes:
    what they decided differently;
    what was taken over as accepted and is similar to one that is accepted here and that the other did not accept;
    what was accepted for a word that one of the two withdrew.
    Merging a file twice changes nothing the second time.
    """
    found = Merge()
    step = queue.next_step
    numbers = _merge_words(queue, theirs.words, found)
    withdrawn = {word.number for word in found.words if word.withdrawn}
    withdrawn |= {word.number for word in queue.words if word.withdrawn}
    for envelope_id, (symbol, word) in theirs.made.items():
        if envelope_id not in queue.facts:
            found.unknown += 1
            continue
        here = queue.decisions.get(envelope_id)
        if here is None or not here.step:
            _take(found, envelope_id, symbol, numbers.get(word, 0), step, withdrawn, here)
        else:
            _compare(found, envelope_id, symbol, here, step)
    _hold_doubtful(queue, theirs, found)
    _hold_leaked(queue, theirs, found, step)
    return found


def _take(
    found: Merge,
    envelope_id: EnvelopeId,
    symbol: str,
    word: int,
    step: int,
    withdrawn: Iterable[int],
    here: Decision | None,
) -> None:
    verdict, reason = VERDICTS[symbol]
    found.taken += 1
    if verdict is Verdict.ACCEPTED and word in withdrawn:
        found.leaked += 1
        found.changes[envelope_id] = Decision(Verdict.HELD, None, step, word, against=symbol, before=here)
    else:
        found.changes[envelope_id] = Decision(verdict, reason, step, word, before=here)


def _compare(found: Merge, envelope_id: EnvelopeId, symbol: str, here: Decision, step: int) -> None:
    if _count_the_same(here.symbol, symbol):
        found.agreed += 1
    elif here.against == symbol and here.verdict is Verdict.HELD:
        # Put on hold by an earlier merge, and still open; without a decision before it is only similar to another one.
        if here.before is None:
            found.waiting += 1
        else:
            found.disagreements.append(Disagreement(envelope_id, here.before, symbol))
    elif here.against == symbol:
        found.settled += 1
    else:
        found.disagreements.append(Disagreement(envelope_id, here, symbol))
        found.changes[envelope_id] = Decision(Verdict.HELD, None, step, against=symbol, before=here)


def _count_the_same(one: str, other: str) -> bool:
    """Whether two decisions count the same: why something else than a duplicate is refused makes no difference."""
    return _counted(one) == _counted(other)


def _counted(symbol: str) -> tuple[Verdict, bool]:
    verdict, reason = VERDICTS[symbol]
    return verdict, reason is Reason.DUPLICATE


def _hold_doubtful(queue: ReviewQueue, theirs: Decisions, found: Merge) -> None:
    """Two that may be one person, each accepted by one organizer who had not accepted the other, need a look."""
    for envelope_id, made in list(found.changes.items()):
        if made.verdict is Verdict.ACCEPTED and any(
            _accepted(queue, other) and theirs.made.get(other, ("", 0))[0] != "A"
            for other, _, _ in queue.similar_to(envelope_id)
        ):
            found.doubtful += 1
            found.changes[envelope_id] = replace(made, verdict=Verdict.HELD, against=made.symbol)


def _accepted(queue: ReviewQueue, envelope_id: EnvelopeId) -> bool:
    made = queue.decisions.get(envelope_id)
    return made is not None and made.verdict is Verdict.ACCEPTED


def _merge_words(queue: ReviewQueue, words: Iterable[VouchWord], found: Merge) -> dict[int, int]:
    """The other one's words by our numbers; what is new, or withdrawn there, is noted."""
    numbers: dict[int, int] = {}
    next_number = max((word.number for word in queue.words), default=0) + 1
    for word in words:
        ours = queue.words.find(word.word)
        if ours is None:
            numbers[word.number] = next_number
            found.words.append(replace(word, number=next_number))
            next_number += 1
        else:
            numbers[word.number] = ours.number
            if word.withdrawn and not ours.withdrawn:
                found.words.append(replace(ours, withdrawn=True))
    return numbers


def _hold_leaked(queue: ReviewQueue, theirs: Decisions, found: Merge, step: int) -> None:
    """What was accepted here for a word alone that the other one withdrew goes on hold, unless they looked at it."""
    leaked = {word.number for word in found.words if word.withdrawn}
    for envelope_id, made in queue.decisions.items():
        looked_at = envelope_id in found.changes or theirs.made.get(envelope_id) == ("A", 0)
        if made.vouch in leaked and made.verdict is Verdict.ACCEPTED and not looked_at:
            found.leaked += 1
            found.changes[envelope_id] = Decision(Verdict.HELD, None, step, made.vouch, before=made)


def _box(master: bytes) -> Aead:
    return Aead(derive_secret(master, b"undersigned-deci", Aead.KEY_SIZE))
