"""The content of an exported document, the same for every format.

It is made from a publication and a letter only. Every text of a stranger is made harmless here, once for all formats.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        signatures=tuple(PublishedSignature(*map(harmless, shown.texts())) for shown in publication.signatures),
    )


def about_person(shown: PublishedSignature) -> str:
    """The line under a name: everything else that is published of the person, such as relation and prisoner."""
    _, *others = shown.texts()
    return ", ".join(text for text in others if text)
