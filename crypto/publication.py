"""The publication: what organizers sign offline, and the verifier anyone can run (docs/spec.md, section 6).

Of a non-public signature this format holds nothing but its part in a count and a receipt, which is not linked to it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from crypto.appeal import Appeal
from crypto.errors import MinisignError, PublicationError, RecordError
from crypto.keys import APPEAL_ID_SIZE
from crypto.minisign import MinisignPublicKey, signer_key_id, verify
from crypto.shape import ShapeError, count_of, date_of, hashes_by_language, hex_of, list_of, object_of, text_of
from crypto.signature import FIELDS, PUBLISHED, Signature
from crypto.strictjson import StrictJsonError, parse

FORMAT = "undersigned/v1/publication"
_KEYS = {
    "format", "appeal", "number", "previous", "date", "letters", "keys", "ledgers",
    "counts", "total", "by_hand", "signatures", "receipts",
}  # fmt: skip
_WORDS = 10_000

PUBLICATION_FILE = "publication.json"
_SIGNER = re.compile("[a-z0-9-]{1,32}")


@dataclass(frozen=True)
class Counts:
    """The counts of a publication; section 6 says what each of them means."""

    received: int
    unreadable: int
    duplicates: int
    rejected: int
    withdrawn: int
    public: int
    nonpublic: int


@dataclass(frozen=True)
class ByHand:
    """How many of the counted signatures the organizers entered themselves."""

    public: int
    nonpublic: int


@dataclass(frozen=True, slots=True)
class PublishedSignature:
    """A public signature as it is published: a text for each of PUBLISHED."""

    name: str
    relation: str
    prisoner: str

    @classmethod
    def of(cls, signature: Signature) -> PublishedSignature:
        """The published part of a signature. Raises ValueError when the signature is not public."""
        if signature.public is not True:
            raise ValueError("A signature that is not public is never published.")
        return cls(*_published_texts(signature))

    def texts(self) -> tuple[str, ...]:
        """The texts in the order of PUBLISHED."""
        return tuple(_published_texts(self))


class LinePart(NamedTuple):
    """One text of a signature's line, and the signs before and after it."""

    field: str
    before: str
    text: str
    after: str


_published_texts = attrgetter(*PUBLISHED)
_AROUND = [(one.name, *one.published) for one in FIELDS if one.published is not None]


def line_parts(signature: Signature | PublishedSignature) -> list[LinePart]:
    """The parts of a signature's line. An empty text is left out, together with the signs around it."""
    texts = zip(_AROUND, _published_texts(signature), strict=True)
    return [LinePart(field, before, text, after) for (field, before, after), text in texts if text]


def line(signature: Signature | PublishedSignature) -> str:
    """A signature in one line: name, relation (prisoner). The text is a stranger's and not made safe to show."""
    return "".join(f"{part.before}{part.text}{part.after}" for part in line_parts(signature))


@dataclass(frozen=True)
class Publication:
    """One published result; digests and ids in lower-case hex, the date as YYYY-MM-DD."""

    appeal: str
    number: int
    previous: str | None
    date: str
    letters: dict[str, str]
    keys: tuple[str, ...]
    ledgers: tuple[str, ...]
    counts: Counts
    by_hand: ByHand
    signatures: tuple[PublishedSignature, ...]
    receipts: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many people have signed."""
        return self.counts.public + self.counts.nonpublic


@dataclass(frozen=True)
class LastSeen:
    """The publication before: its number and the SHA-256 of its bytes in hex."""

    number: int
    digest: str

    @classmethod
    def of(cls, data: bytes) -> LastSeen:
        """Of the bytes of that publication. Raises PublicationError."""
        return cls(read_publication(data).number, digest(data))


def is_signer(name: str) -> bool:
    """Whether an organizer may have this name in the name of a file: 1 to 32 of a-z, 0-9 and hyphen."""
    return _SIGNER.fullmatch(name) is not None


def minisig_name(signer: str) -> str:
    """The name of the file with one organizer's minisign signature."""
    return f"{PUBLICATION_FILE}.{signer}.minisig"


def signer_of(file_name: str) -> str | None:
    """Whose minisign signature has this file name; None when it is named otherwise."""
    before, after = minisig_name("|").split("|")
    signer = file_name.removeprefix(before).removesuffix(after)
    return signer if is_signer(signer) and file_name == minisig_name(signer) else None


def stock_command(key: MinisignPublicKey, publication: str, minisig: str) -> str:
    """The command that checks one minisig with the stock minisign, without our code; the files by their paths."""
    files = f"-m {shlex.quote(publication)} -x {shlex.quote(minisig)}"
    return f"minisign -V -H -P {shlex.quote(key.line)} {files}"


def digest(data: bytes) -> str:
    """The SHA-256 of a publication's bytes in hex, as `sha256sum` prints it."""
    return hashlib.sha256(data).hexdigest()


def write_publication(publication: Publication) -> bytes:
    """The file, UTF-8, ending in LF. Raises PublicationError: publication-sums, publication-order."""
    _check_sums(publication)
    # asdict() copies all the way down, which takes longer than writing when there are many names.
    value = {"format": FORMAT, **vars(publication), "total": publication.total}
    value |= {"counts": vars(publication.counts), "by_hand": vars(publication.by_hand)}
    words = json.JSONEncoder(ensure_ascii=False, indent=1, default=_shown).iterencode(value)
    # Written piece by piece: a million names as one text take several times the memory of the file.
    pieces = iter(lambda: "".join(islice(words, _WORDS)).encode("utf-8"), b"")
    return b"".join([*pieces, b"\n"])


def read_publication(data: bytes) -> Publication:
    """Read a publication without checking who signed it.

    Raises PublicationError: publication-json, publication-shape, publication-sums, publication-order.
    """
    try:
        value = parse(data)
    except StrictJsonError as error:
        raise PublicationError("publication-json", str(error)) from error
    try:
        publication = _read(object_of(value, _KEYS, "publication.json"))
    except ShapeError as error:
        raise PublicationError("publication-shape", str(error)) from error
    if value["total"] != publication.total:
        raise PublicationError("publication-sums", "The total is not the sum of public and non-public signatures.")
    _check_sums(publication)
    return publication


def verify_publication(data: bytes, minisigs: Iterable[str], appeal: Appeal, previous: LastSeen | None) -> Publication:
    """The verifier: all steps of section 6, in its order. Raises PublicationError."""
    if len(signers(data, minisigs, appeal.minisign)) < appeal.threshold:
        raise PublicationError(
            "publication-minisig", f"Not signed by enough organizers: {appeal.threshold} of the pinned keys must sign."
        )
    publication = read_publication(data)
    check_place(publication, appeal, previous)
    return publication


def check_place(publication: Publication, appeal: Appeal, previous: LastSeen | None) -> None:
    """Steps 6 to 8 of section 6: the appeal, the number, what came before. Raises PublicationError."""
    if publication.appeal != appeal.appeal_id.hex():
        raise PublicationError("publication-appeal", "The publication belongs to another appeal.")
    if previous is not None and publication.number != previous.number + 1:
        raise PublicationError(
            "publication-number", f"The next publication is number {previous.number + 1}, this is {publication.number}."
        )
    if previous is not None and publication.previous != previous.digest:
        raise PublicationError("publication-previous", "The publication does not follow the last one.")
    if (publication.number == 1) != (publication.previous is None):
        raise PublicationError("publication-previous", "Only the first publication has none before it.")


def signers(data: bytes, minisigs: Iterable[str], pinned: Sequence[MinisignPublicKey]) -> dict[MinisignPublicKey, str]:
    """Which pinned keys signed `data`, each with its minisig; one secret under two key ids counts once.

    What does not verify is not counted.
    """
    found: dict[MinisignPublicKey, str] = {}
    for minisig in minisigs:
        for key in pinned:
            try:
                if signer_key_id(minisig) == key.key_id and not any(key.shares_secret(other) for other in found):
                    verify(key, data, minisig)
                    found[key] = minisig
            except MinisignError:
                continue
    return found


def _check_sums(publication: Publication) -> None:
    counts, by_hand = publication.counts, publication.by_hand
    from_envelopes = publication.total - by_hand.public - by_hand.nonpublic
    fits = (
        len(publication.signatures) == counts.public
        and by_hand.public <= counts.public
        and by_hand.nonpublic <= counts.nonpublic
        and len(publication.receipts) == from_envelopes <= counts.received
    )
    if not fits:
        raise PublicationError("publication-sums", "The numbers of the publication contradict one another.")
    if any(one > next_one for one, next_one in pairwise(publication.receipts)):
        raise PublicationError("publication-order", "The receipts are not sorted.")


def _read(value: dict[str, Any]) -> Publication:
    if value["format"] != FORMAT:
        raise ShapeError("“format” is not that of a publication.")
    count_of(value["total"], "total")
    return Publication(
        appeal=hex_of(value["appeal"], APPEAL_ID_SIZE, "appeal"),
        number=count_of(value["number"], "number", least=1),
        previous=None if value["previous"] is None else hex_of(value["previous"], 32, "previous"),
        date=date_of(value["date"], "date"),
        letters=hashes_by_language(value["letters"], "letters"),
        keys=tuple(hex_of(key, 32, "keys") for key in list_of(value["keys"], "keys")),
        ledgers=tuple(hex_of(ledger, 32, "ledgers") for ledger in list_of(value["ledgers"], "ledgers")),
        counts=Counts(**_counts(value["counts"], Counts.__annotations__.keys(), "counts")),
        by_hand=ByHand(**_counts(value["by_hand"], ByHand.__annotations__.keys(), "by_hand")),
        signatures=tuple(_published(entry) for entry in list_of(value["signatures"], "signatures")),
        receipts=tuple(hex_of(receipt, 8, "receipts") for receipt in list_of(value["receipts"], "receipts")),
    )


def _counts(value: Any, keys: Iterable[str], name: str) -> dict[str, int]:
    counts = object_of(value, set(keys), name)
    return {key: count_of(counts[key], f"{name}.{key}") for key in counts}


def _shown(shown: PublishedSignature) -> dict[str, str]:
    return dict(zip(PUBLISHED, shown.texts(), strict=True))


def _published(value: Any) -> PublishedSignature:
    entry = object_of(value, set(PUBLISHED), "signatures")
    shown = PublishedSignature(**{key: text_of(entry[key], key) for key in entry})
    try:
        # These texts are shown on pages and read by programs, so they obey the rules of a signature's own fields.
        Signature(public=True, **_shown(shown))
    except RecordError as error:
        raise ShapeError(f"A published signature is malformed: {error}") from error
    return shown
