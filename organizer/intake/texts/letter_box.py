"""The letter box: envelopes collected out of texts, each once, and what was not whole, by the place where it stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from crypto.envelope import BEGIN, END, HEADER_SIZE, SIZE, EnvelopeId, dearmor, envelope_id
from crypto.errors import ArmorError
from crypto.keys import VERSION, KeyId
from crypto.text_parts import CHECK_SIZE, PartCollector
from organizer.intake.texts.decoding import stretches

ENVELOPES_MOST = 100_000
"""They are in memory until they are sorted: 400 MB."""

SOURCES_MOST = 4
"""Places that are named of one envelope whose parts do not make a whole."""


@dataclass(frozen=True)
class Problem:
    """Something that is not whole, or was not read, and where: `source` is a path and perhaps a place in that file."""

    source: str
    reason: str


class LetterBox:
    """Collects envelopes. `key_ids` are those of the organizers' keys, by which a bare envelope is known."""

    def __init__(self, key_ids: Collection[KeyId]) -> None:
        self.met = 0
        """How often something of an envelope was met, whole or not, or something that may hide one."""
        self.envelopes: dict[EnvelopeId, bytes] = {}
        self._key_ids = key_ids
        self._collector = PartCollector()
        self._sources: dict[str, list[str]] = {}
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is not whole after what was read, by its place."""
        found = list(self._problems)
        for one in self._collector.incomplete:
            reason = f"text-part-{one.parts[0]}" if len(one.parts) == 1 else "text-parts"
            found.append(Problem("; ".join(self._sources[one.check]), reason))
        return tuple(sorted(found, key=lambda problem: (problem.source, problem.reason)))

    def tell(self, source: str, reason: str) -> None:
        """Something could not be read."""
        self.met += 1
        self._problems[Problem(source, reason)] = None

    def is_bare(self, data: bytes) -> bool:
        """Whether these bytes are an envelope as it is, sealed to a key of these organizers."""
        return len(data) == SIZE and data[:1] == VERSION and data[1:HEADER_SIZE] in self._key_ids

    def take(self, envelope: bytes, source: str) -> None:
        """Keep an envelope; where there are too many, it is told that this one is left out."""
        own = envelope_id(envelope)
        if len(self.envelopes) < ENVELOPES_MOST or own in self.envelopes:
            self.envelopes[own] = envelope
        else:
            self.tell(source, "text-many")

    def add(self, texts: Iterable[str], source: str) -> None:
        """Look through the readings of one text, any of which may be right."""
        before = self._collector.parts_met
        older: list[tuple[int, int]] = []
        for text in texts:
            for stretch in stretches(text):
                self._collect(stretch, source)
            older.append(self._older(text, source))
        whole, damaged = max(older, default=(0, 0))
        self.met += self._collector.parts_met - before + whole + damaged
        if damaged:
            self.tell(source, "text-older")

    def _collect(self, text: str, source: str) -> None:
        reading = self._collector.add(text)
        for envelope in reading.envelopes:
            self.take(envelope, source)
            self._sources.pop(envelope_id(envelope)[:CHECK_SIZE].hex(), None)
        for missing in reading.incomplete:
            if not self._collector.is_waiting(missing.check):
                self.tell(source, "text-full")
                continue
            sources = self._sources.setdefault(missing.check, [])
            if source not in sources and len(sources) < SOURCES_MOST:
                sources.append(source)

    def _older(self, text: str, source: str) -> tuple[int, int]:
        """How many envelopes of the older form are whole in the text, and how many are not."""
        whole = damaged = 0
        for piece in text.split(BEGIN)[1:]:
            try:
                self.take(dearmor(BEGIN + piece.partition(END)[0] + END), source)
                whole += 1
            except ArmorError:
                damaged += 1
        return whole, damaged
