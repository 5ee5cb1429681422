"""The publication: made from a tally, signed with an organizer's minisign key, and checked step by step in words.

The date and the contents of files come in as arguments; nothing here reads a clock or a disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crypto.appeal import Appeal
from crypto.errors import MinisignError, PublicationError
from crypto.minisign import MinisignPublicKey, MinisignSecretKey, sign, signer_key_id, verify
from crypto.publication import (
    LastSeen,
    Publication,
    digest,
    read_publication,
    signers,
    verify_publication,
    write_publication,
)
from organizer.results.tally import Tally
from organizer.text import in_groups


@dataclass(frozen=True)
class Place:
    """The place of a publication in the chain: its number from 1 on, and the SHA-256 of the one before in hex."""

    number: int
    previous: str | None


@dataclass(frozen=True)
class Checked:
    """The checks of section 6 in its order: those that hold, in sentences, and the error of the one that failed."""

    steps: tuple[str, ...]
    signed_by: dict[str, MinisignPublicKey]
    """The pinned keys that signed, by the path of their minisig."""
    error: PublicationError | None


def place_after(last: bytes | None) -> Place:
    """The place after the publication whose bytes are `last`; without one, the first place. Raises PublicationError."""
    if last is None:
        return Place(1, None)
    return Place(read_publication(last).number + 1, digest(last))


def make_publication(
    tally: Tally, appeal: Appeal, keys: Sequence[str], ledgers: Sequence[str], place: Place, date: str
) -> Publication:
    """The publication of a tally; `keys` are the fingerprints of those that opened its envelopes, `date` YYYY-MM-DD."""
    return Publication(
        appeal=appeal.appeal_id.hex(),
        number=place.number,
        previous=place.previous,
        date=date,
        letters=dict(sorted(appeal.letters.items())),
        keys=tuple(keys),
        ledgers=tuple(ledgers),
        counts=tally.counts,
        by_hand=tally.by_hand,
        signatures=tally.signatures,
        receipts=tally.receipts,
    )


def write_draft(publication: Publication) -> tuple[bytes, Publication]:
    """The file, and the publication as read back from it, to be shown before it is signed. Raises PublicationError."""
    data = write_publication(publication)
    return data, read_publication(data)


def sign_publication(data: bytes, key: MinisignSecretKey) -> str:
    """Sign these bytes; return the text of the minisig, which was verified. Raises PublicationError."""
    publication = read_publication(data)
    comment = f"appeal {publication.appeal} publication {publication.number} {publication.date}"
    minisig = sign(key, data, comment)
    verify(key.public, data, minisig)
    return minisig


def check_publication(data: bytes, minisigs: Mapping[str, str], appeal: Appeal, previous: bytes | None) -> Checked:
    """Do all checks of section 6. `minisigs` are texts by path, `previous` the bytes of the publication before."""
    steps = [f"The file has the SHA-256 {in_groups(digest(data))}"]
    signed_by: dict[str, MinisignPublicKey] = {}
    for path, minisig in minisigs.items():
        key, sentence = _check_minisig(data, minisig, appeal.minisign)
        steps.append(f"{path}: {sentence}")
        if key is not None:
            signed_by[path] = key
    error: PublicationError | None = None
    try:
        for step in _check(data, list(minisigs.values()), appeal, _last_seen(previous)):
            steps.append(step)  # one by one, so that they are kept when the next one raises
    except PublicationError as found:
        error = found
    return Checked(tuple(steps), signed_by, error)


def _check_minisig(
    data: bytes, minisig: str, pinned: Sequence[MinisignPublicKey]
) -> tuple[MinisignPublicKey | None, str]:
    try:
        key_id = signer_key_id(minisig)
        key = next((key for key in pinned if key.key_id == key_id), None)
        if key is None:
            return None, "made with a key that appeal.json does not list. Not counted."
        comment = verify(key, data, minisig)
    except MinisignError as error:
        return None, f"{error} Not counted."
    return key, f"fits the file, made with the listed key {key.line}. Its comment: {comment}"


def _check(data: bytes, minisigs: list[str], appeal: Appeal, last: LastSeen | None) -> Iterator[str]:
    # verify_publication alone decides; the sentences say how far it came, in its order.
    enough = len(signers(data, minisigs, appeal.minisign))
    if enough >= appeal.threshold:
        yield f"Organizers who signed: {enough}. Needed: {appeal.threshold}."
        yield _sums(read_publication(data))
    publication = verify_publication(data, minisigs, appeal, last)
    yield f"It belongs to this appeal, {publication.appeal}."
    if last is not None:
        yield f"It is number {publication.number} and follows the number {last.number} that you gave."
    elif publication.previous is None:
        yield "It is number 1, the first."
    else:
        yield (
            f"It is number {publication.number} and names the one before it. Not checked: whether that is so; give that"
            f" file with --previous. It has the SHA-256 {in_groups(publication.previous)}"
        )


def _last_seen(previous: bytes | None) -> LastSeen | None:
    if previous is None:
        return None
    try:
        return LastSeen.of(previous)
    except PublicationError as error:
        raise PublicationError(error.reason, f"The file before it is no publication: {error}") from error


def _sums(publication: Publication) -> str:
    counts, names = publication.counts, len(publication.signatures)
    return (
        f"The numbers agree: {counts.public} public and {counts.nonpublic} not public make {publication.total}; "
        f"the list has {names} names, and {len(publication.receipts)} receipts stand in order."
    )
