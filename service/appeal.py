"""An appeal: the letter, the people behind it, their public keys. All of it is public."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from crypto.appeal import Appeal, write_appeal
from crypto.keys import KeyId
from crypto.letter import letter_hash
from crypto.minisign import MinisignPublicKey
from service.toml_reader import ByLanguage

# A phone's clock may be wrong, and midnight comes at different hours: a key is accepted longer than it is used.
GRACE = timedelta(days=2)


@dataclass(frozen=True)
class LetterText:
    """The text of the letter in one language. What people sign is the hash of the file's exact bytes."""

    language: str
    source: bytes

    @cached_property
    def hash(self) -> str:
        """SHA-256 in hex."""
        return letter_hash(self.source).hex()


@dataclass(frozen=True)
class Member:
    """Somebody of the initiative group, named with the relation that makes the letter theirs."""

    name: ByLanguage
    relation: ByLanguage


@dataclass(frozen=True)
class Contact:
    """Where to reach the organizers, as plain text: a link would leave traces and could be followed by mistake."""

    label: ByLanguage
    text: str


@dataclass(frozen=True)
class HandedOver:
    """When the letter was handed over, and what came of it."""

    day: date
    outcome: ByLanguage


@dataclass(frozen=True)
class PublishedAppeal:
    """An appeal as the service shows it.

    `addresses` are the sites it is at, without a slash at the end; `signers` names each pinned minisign key,
    `programs` is appeal.json. `names_until`: the last day on which non-public names are kept. `warning`: None, or what
    is said above every page since it was declared extremist; empty for the page's own words. `exit`: where the quick
    exit leads.
    """

    languages: tuple[str, ...]
    addresses: tuple[str, ...]
    demo: bool
    dated: date | None
    closing: date | None
    handed_over: HandedOver | None
    names_until: date | None
    warning: ByLanguage | None
    exit: str
    title: ByLanguage
    page_title: ByLanguage
    addressee: ByLanguage
    group: tuple[Member, ...]
    contacts: tuple[Contact, ...]
    letters: dict[str, LetterText]
    signers: dict[MinisignPublicKey, str]
    programs: Appeal

    @property
    def collected_before(self) -> int:
        """How many signatures there were before the site, which the first publication should count."""
        return self.programs.collected_before

    def is_open(self, today: date) -> bool:
        """Whether the page still collects: until the end of the closing day, and not once it was handed over."""
        return self.handed_over is None and (self.closing is None or today <= self.closing)

    def has_key(self, today: date) -> bool:
        """Whether somebody could seal on this day."""
        return any(key.covers(today.isoformat()) for key in self.programs.keys)

    def lacks_key(self, today: date) -> bool:
        """Whether it collects, and nobody can sign, because no key is meant for this day."""
        return self.is_open(today) and not self.has_key(today)

    @property
    def has_periods(self) -> bool:
        """Whether it depends on the day which key is sealed to, or whether any is."""
        return any(key.start or key.until for key in self.programs.keys)

    def accepted_key_ids(self, today: date) -> frozenset[KeyId] | None:
        """The key ids whose envelopes are taken today, None when the letter is closed."""
        if not self.is_open(today - GRACE):
            return None
        days = [(today + shift).isoformat() for shift in (-GRACE, timedelta(), GRACE)]
        return frozenset(key.record.key_id for key in self.programs.keys if any(key.covers(day) for day in days))

    def with_signing_files(self, hashes: dict[str, str]) -> PublishedAppeal:
        """The same appeal, naming the SHA-256 of its signing file in each language."""
        return replace(self, programs=replace(self.programs, signing_file=hashes))

    @cached_property
    def json(self) -> bytes:
        """appeal.json (docs/spec.md, section 7)."""
        return write_appeal(self.programs)
