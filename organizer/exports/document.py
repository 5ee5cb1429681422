"""The content of an exported document, the same for every format.

It is made from a publication and a letter only. Every text of a stranger is made harmless here, once for all formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crypto.collation import sort_people
from crypto.publication import Publication, PublishedSignature
from organizer.exports.letter import Letter
from organizer.exports.phrases import PHRASES, Phrases
from organizer.text import harmless

NAMES_MAX = 1_048_575
"""The most names in a sheet of a spreadsheet, which has one more row for the header; the library that writes it drops
further rows silently."""


@dataclass(frozen=True)
class Document:
    """One publication in one language; `counts` are label and number, `details` sentences under the count."""

    language: str
    phrases: Phrases
    letter: Letter | None
    date: str
    result: str
    count: str
    details: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    signatures: tuple[PublishedSignature, ...]
    replaced: tuple[str, ...]
    """The names of those of whose texts something is not shown as it was published."""

    def people(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Names with all texts that are shown of each; first the letter, by its title, and its group."""
        if letter := self.letter:
            yield letter.title, (letter.title, letter.addressee, *(block.text for block in letter.blocks))
            yield from ((name, (name, relation)) for name, relation in letter.group)
        yield from ((shown.name, shown.texts()) for shown in self.signatures)


def make_document(publication: Publication, digest: str, language: str, letter: Letter | None) -> Document:
    """The document in one of the languages of PHRASES; `digest` is the SHA-256 of the publication's file in hex."""
    phrases = PHRASES[language]
    counts, by_hand = publication.counts, publication.by_hand
    numbers = {
        "total": publication.total,
        **vars(counts),
        "by_hand_public": by_hand.public,
        "by_hand_nonpublic": by_hand.nonpublic,
    }
    ordered = sort_people(publication.signatures, language)
    signatures = tuple(PublishedSignature(*map(harmless, shown.texts())) for shown in ordered)
    details = [phrases.named.format(phrases.number(counts.public))]
    if counts.nonpublic:
        details.append(phrases.not_named.format(phrases.number(counts.nonpublic)))
    if by_hand.public or by_hand.nonpublic:
        details.append(phrases.by_hand.format(phrases.number(by_hand.public + by_hand.nonpublic)))
    return Document(
        language=language,
        phrases=phrases,
        letter=letter,
        date=publication.date,
        result=phrases.result.format(number=publication.number, date=publication.date, digest=digest),
        count=phrases.signed_by(publication.total),
        details=tuple(details),
        counts=tuple((label, numbers[name]) for name, label in phrases.counts.items()),
        signatures=signatures,
        replaced=tuple(safe.name for shown, safe in zip(ordered, signatures, strict=True) if shown != safe),
    )


def about_person(shown: PublishedSignature) -> tuple[str, ...]:
    """What stands under a name: everything else that is published of the person, such as relation and prisoner."""
    _, *others = shown.texts()
    return tuple(filter(None, others))
