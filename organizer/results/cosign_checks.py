"""The checks before a second organizer signs: every field of a publication is compared with what is known here.

COMPARED has a row for each field of the type, so none is signed by the way: what is the same is named, what differs is
told, and what cannot be known here is shown as it stands in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from crypto.appeal import Appeal
from crypto.keys import fingerprint_digits
from crypto.publication import ByHand, Counts, LastSeen, Publication, digest, read_publication, write_publication
from organizer.errors import OrganizerError
from organizer.results.diff import compare
from organizer.text import in_groups

APPEAL, LAST, OWN, CLOCK = "your appeal.json", "the results known here", "your own count", "the clock of this computer"


@dataclass(frozen=True)
class Known:
    """What is known here: the appeal, the publication before, and what this workspace would publish itself.

    `last` is None when the one before is not here, `own` for a workspace without a key that opens envelopes.
    `last_signed`: enough organizers signed that one. `latest` is the highest number known, `day_fits` says that
    nothing speaks against the date.
    """

    appeal: Appeal
    last: LastSeen | None
    own: Publication | None
    last_signed: bool = True
    latest: int = 0
    day_fits: bool = True


@dataclass(frozen=True)
class Found:
    """What came of comparing: `same` says with what it agrees; the others are sentences, empty when it agrees."""

    same: str = ""
    differ: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What came of all fields: the words for those that agree, by what they agree with, and the sentences."""

    same: dict[str, tuple[str, ...]]
    differ: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def agreed(self) -> str:
        """What exactly was compared and is the same, in one sentence."""
        parts = "; ".join(f"with {other}: {', '.join(words)}" for other, words in self.same.items())
        return f"Compared and found the same {parts}."


def compare_all(known: Known, data: bytes) -> Findings:
    """Every field of the publication in these bytes, and the bytes themselves. Raises PublicationError."""
    publication = read_publication(data)
    same: dict[str, tuple[str, ...]] = {}
    differ, unknown = list(_bytes(publication, data)), list[str]()
    for field in fields(Publication):
        words, judge = COMPARED[field.name]
        found = judge(known, publication)
        differ += found.differ
        unknown += found.unknown
        if found.same:
            same[found.same] = (*same.get(found.same, ()), words)
    return Findings(same, tuple(differ), tuple(unknown))


def differences(own: Publication, other: Publication) -> list[str]:
    """Where the numbers, names and receipts of a publication are not those of the own workspace, in sentences."""
    judged = (_counts, _by_hand, _names, _receipts)
    return [sentence for judge in judged for sentence in judge(own, other)]


def check_not_another(data: bytes, kept: bytes) -> None:
    """Refuse a second, different publication of one number: readers could be shown either. Raises: signed-another."""
    if kept != data:
        text = (
            "You signed or published another file with this number before. Two results with one number must not exist; "
            f"find out which one is right. The one before has the SHA-256 {in_groups(digest(kept))}"
        )
        raise OrganizerError("signed-another", text)


def check_followed(data: bytes, after: bytes) -> None:
    """Refuse what the next publication, `after`, does not follow. Raises OrganizerError: signed-another."""
    if read_publication(after).previous != digest(data):
        text = "You signed or published the next number before, and it follows another file than this one."
        raise OrganizerError("signed-another", text)


def _bytes(publication: Publication, data: bytes) -> Iterable[str]:
    if write_publication(publication) != data:
        yield "The file is not written as this tool writes it: it has spaces or an order that say nothing, or hide it."


def _number(known: Known, other: Publication) -> Found:
    if known.last is not None or other.number == 1 > known.latest:
        return Found(LAST)  # check_place() refuses what does not follow
    text = f"It is number {other.number:,}, and the number before it is not here. Give that with --previous."
    if other.number <= known.latest:
        text = f"It is number {other.number:,}, although number {known.latest:,} is known here already."
    return Found(unknown=(text,))


def _previous(known: Known, other: Publication) -> Found:
    if other.previous is None or (known.last is not None and known.last_signed):
        return Found(LAST)
    follows = f"the file with the SHA-256 {in_groups(other.previous)}"
    if known.last is None:
        return Found(unknown=(f"It says that it follows {follows}",))
    return Found(unknown=(f"No minisigs of enough organizers lie beside what it follows, {follows}",))


def _date(known: Known, other: Publication) -> Found:
    return Found(CLOCK) if known.day_fits else Found()  # what is strange about it, a person is asked by itself


def _letters(known: Known, other: Publication) -> Found:
    own = known.appeal.letters
    found = []
    for language in sorted(own.keys() | other.letters.keys()):
        if language not in other.letters:
            found.append(f"It does not name the letter “{language}” of your appeal.json.")
        elif own.get(language) != other.letters[language]:
            digest_said = in_groups(other.letters[language])
            found.append(f"The letter “{language}” is another one than in your appeal.json: SHA-256 {digest_said}")
    return Found(differ=tuple(found)) if found else Found(APPEAL)


def _keys(known: Known, other: Publication) -> Found:
    listed = {key.record.fingerprint.hex() for key in known.appeal.keys}
    strange = [key for key in other.keys if key not in listed]
    differ = [f"It names a key that your appeal.json does not list: {_digits(key)}" for key in strange]
    if known.own is None:
        unknown = [f"Not known here: whether envelopes were opened with {_digits(key)}" for key in other.keys]
        return Found(differ=tuple(differ), unknown=(*unknown,) or ("It names no key.",))
    more, less = _apart(known.own.keys, other.keys)
    unknown = [f"With this key nothing was opened here: {_digits(key)}" for key in more if key in listed]
    differ += [f"It does not name this key, with which envelopes were opened here: {_digits(key)}" for key in less]
    return _found(known.own.keys == other.keys, differ, unknown, "keys")


def _ledgers(known: Known, other: Publication) -> Found:
    own = None if known.own is None else known.own.ledgers
    more, less = _apart(own or (), other.ledgers)
    unknown = [f"This ledger was not opened here, SHA-256 {in_groups(one)}" for one in more]
    unknown += [f"It does not name this ledger, which was opened here, SHA-256 {in_groups(one)}" for one in less]
    if own is None:
        return Found(unknown=(*unknown,) or ("It names no ledger.",))
    return _found(own == other.ledgers, [], unknown, "ledgers")


def _found(same: bool, differ: Sequence[str], unknown: Sequence[str], what: str) -> Found:
    if same:
        return Found(OWN, tuple(differ))
    if not differ and not unknown:
        differ = [f"The {what} stand in another order than in yours, or twice."]
    return Found(differ=tuple(differ), unknown=tuple(unknown))


def _apart(own: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    return list((Counter(other) - Counter(own)).elements()), list((Counter(own) - Counter(other)).elements())


def _digits(fingerprint: str) -> str:
    return fingerprint_digits(bytes.fromhex(fingerprint))


def _counts(own: Publication, other: Publication) -> Iterable[str]:
    return _number_differences(own.counts, other.counts, "")


def _by_hand(own: Publication, other: Publication) -> Iterable[str]:
    return _number_differences(own.by_hand, other.by_hand, "entered by hand, ")


def _number_differences(own: Counts | ByHand, other: Counts | ByHand, before: str) -> Iterable[str]:
    theirs = asdict(other)
    for name, count in asdict(own).items():
        if theirs[name] != count:
            yield f"{before}{name}: it says {theirs[name]:,}, your workspace {count:,}."


def _names(own: Publication, other: Publication) -> Iterable[str]:
    change = compare(own, other)
    yield from (f"It names somebody whom your workspace does not: {one.name}" for one in change.added)
    yield from (f"It does not name somebody whom your workspace does: {one.name}" for one, _ in change.gone)
    if not change.added and not change.gone and own.signatures != other.signatures:
        yield "The names stand in another order than in yours."


def _receipts(own: Publication, other: Publication) -> Iterable[str]:
    change = compare(own, other)
    if change.receipts_added or change.receipts_gone:
        text = f"{change.receipts_gone:,} of yours are missing in it, {change.receipts_added:,} of its are not yours."
        yield f"Receipts differ: {text}"


def _counted(judge: Callable[[Publication, Publication], Iterable[str]], what: str) -> Callable[..., Found]:
    def judged(known: Known, other: Publication) -> Found:
        if known.own is None:
            return Found(unknown=(f"Not counted again here: {what}.",))
        differ = tuple(judge(known.own, other))
        return Found(differ=differ) if differ else Found(OWN)

    return judged


COMPARED: dict[str, tuple[str, Callable[[Known, Publication], Found]]] = {
    "appeal": ("the appeal", lambda known, other: Found(APPEAL)),  # check_place() refuses another one
    "number": ("the number", _number),
    "previous": ("the one before it", _previous),
    "date": ("the date", _date),
    "letters": ("the letters", _letters),
    "keys": ("the keys", _keys),
    "ledgers": ("the ledgers", _ledgers),
    "counts": ("every number", _counted(_counts, "the numbers")),
    "by_hand": ("every number entered by hand", _counted(_by_hand, "the numbers entered by hand")),
    "signatures": ("every name", _counted(_names, "the names")),
    "receipts": ("every receipt", _counted(_receipts, "the receipts")),
}
"""For every field of a publication: what it is called, and how it is compared."""
