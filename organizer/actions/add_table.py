"""Adding the signatures of a table that somebody brings. They count as accepted.

What the table leaves open (its encoding, what its columns hold, which words are a yes) is supposed, shown and asked;
until a person or a script has said it, nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from nacl.utils import random

from crypto.appeal import LetterHash
from crypto.cleaning import clean
from crypto.envelope import EnvelopeId
from crypto.signature import Signature
from organizer.actions.add import choose_letter
from organizer.actions.plan import Answers, Notice, Question, check_answered
from organizer.actions.sealing import sealing_in
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.exports.template import write_template
from organizer.intake import paper
from organizer.intake.ledgers import open_by_hand
from organizer.intake.tables.choices import Remembered, TableChoices, read_remembered, remember, write_remembered
from organizer.intake.tables.headings import heading_key
from organizer.intake.tables.layout import Layout, find_layout
from organizer.intake.tables.people import Word, find_words, read_people
from organizer.intake.tables.reading import Table, read_table
from organizer.intake.tables.rows import BrokenRows, Row
from organizer.intake.tables.words import KNOWN, TEMPLATE, word_key
from organizer.matching.duplicates import Index, Person
from organizer.matching.key_cache import SurnameKeys
from organizer.workspace.entries import SignatureEntry, Verdict
from organizer.workspace.files import read_file, write_new

SAMPLES = 12
"""Texts that are shown to judge an encoding by."""


@dataclass(frozen=True)
class TableLook:
    """A table before it is said whom it holds: what it is taken for, and which of that is only supposed."""

    table: Table
    layout: Layout
    words: tuple[Word, ...]
    """The answers to whether a name may be published, and what each is taken to mean."""
    meanings: Mapping[str, bool]
    said: frozenset[str]
    """Answers whose meaning needs no question: it was said, now or before."""
    choices: TableChoices

    @property
    def samples(self) -> tuple[str, ...]:
        """Texts of the table with other than ASCII letters, by which a person sees whether the encoding is right."""
        rows = (row for row in self.table.rows if isinstance(row, Row))
        texts = (clean(cell) for row in rows for cell in row.cells if not cell.isascii())
        return tuple(islice(dict.fromkeys(texts), SAMPLES))

    @property
    def not_read(self) -> tuple[Notice, ...]:
        """What of the file was not looked at for people, though something stands there."""
        found: list[Notice] = []
        above = [row for row in self.table.rows if row.number < self.layout.heading and _says_something(row)]
        if above:
            text = "Rows above that with the headings, in which nobody was looked for: {count}"
            found.append(Notice("above", text, {"count": len(above)}))
        if self.table.other_sheets:
            text = "Sheets that were not read; name one with --sheet: {sheets}"
            found.append(Notice("sheets", text, {"sheets": ", ".join(self.table.other_sheets)}))
        return tuple(found)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to before the rows can be taken for people."""
        stopped = Notice("stopped", "Nothing was added.")
        asked: list[Question] = []
        if self.table.supposed:
            encoding = Notice("encoding", "Do these names look right?")
            refusal = Notice("not-text", "The table says nowhere which encoding it is in. Name it with --encoding.")
            asked.append(Question(encoding, refusal, for_a_person=True))
        if self.layout.guessed:
            asked.append(Question(Notice("columns", "Is this what the columns hold?"), stopped))
        if any(word.means is not None and word_key(word.text) not in self.said for word in self.words):
            asked.append(Question(Notice("words", "Do these words mean yes and no here?"), stopped))
        return tuple(asked)


@dataclass(frozen=True)
class SimilarLine:
    """A new row that may be somebody whose envelope came, or who was entered with other words; with that name."""

    number: int
    name: str
    by_hand: bool


@dataclass(frozen=True)
class TablePlan:
    """A table's rows by what will become of them: `new` are added, the others left out with the reason."""

    look: TableLook
    letter: LetterHash
    new: tuple[paper.GoodLine, ...]
    repeated: tuple[paper.RepeatedLine, ...]
    bad: tuple[paper.BadLine, ...]
    similar: tuple[SimilarLine, ...]

    @property
    def public(self) -> tuple[Signature, ...]:
        """Those new ones whose names may be published."""
        return tuple(line.signature for line in self.new if line.signature.public)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must agree to, when there is anything to add."""
        if not self.new:
            return ()
        asked = Notice("add", "Add them? They count as accepted")
        return (*self.look.questions, Question(asked, Notice("stopped", "Nothing was added.")))


def look_at_table(session: Session, path: str, choices: TableChoices) -> TableLook:
    """Read the table at `path` and suppose what was not said; of tables with the same headings it was said before.

    Raises OrganizerError: no-file, not-text, csv-header, table-kind, table-damaged, table-large, table-sheet,
    table-columns.
    """
    table = read_table(read_file(path), choices.encoding, choices.sheet)
    layout = find_layout(table, choices, _remembered(session))
    before = layout.remembered or Remembered((), {})
    said = {**_meaning(before.yes, before.no), **_meaning(choices.yes, choices.no)}
    meanings = {**KNOWN, **said}
    words = find_words(table, layout, meanings)
    return TableLook(table, layout, words, meanings, frozenset({*said, *TEMPLATE}), choices)


def plan_table(session: Session, path: str, language: str | None, choices: TableChoices | None = None) -> TablePlan:
    """Whom the table at `path` holds, signed under the letter in that language, or the appeal's first one.

    Needs an opened workspace, to recognise signatures that were entered before.
    Raises OrganizerError: no-appeal, appeal-letter, and what look_at_table raises.
    """
    letter = choose_letter(sealing_in(session).appeal, language)
    look = look_at_table(session, path, choices or TableChoices())
    if not look.layout.columns.get("name"):
        raise _no_name(look.layout)
    lines = read_people(look.table, look.layout, look.meanings, letter.language)
    good = [line for line in lines if isinstance(line, paper.GoodLine)]
    bad = tuple(line for line in lines if isinstance(line, paper.BadLine))
    open_by_hand(session.records, session.keys)
    repeated = paper.find_repeated(good, _entered_before(session))
    left_out = {line.number for line in repeated}
    new = tuple(line for line in good if line.number not in left_out)
    return TablePlan(look, letter.hash, new, tuple(repeated), bad, _find_similar(session, new))


def add_table(session: Session, plan: TablePlan, answers: Answers) -> int:
    """Keep all new rows or none; return how many they are. Raises OrganizerError: stopped, not-text."""
    check_answered(plan.questions, answers)
    if plan.new:
        sealing = sealing_in(session)
        sealing.keep([paper.seal_by_hand(sealing.record, line.signature, plan.letter, random) for line in plan.new])
        _remember(session, plan.look)
    return len(plan.new)


def write_empty_table(path: str) -> None:
    """A new file with the names of the columns, to fill in: .xlsx or CSV. Raises OrganizerError: file-exists."""
    write_new(path, write_template(paper.COLUMNS, path.lower().endswith(".xlsx")))


def _says_something(row: Row | BrokenRows) -> bool:
    return isinstance(row, BrokenRows) or bool(row.clean)


def _no_name(layout: Layout) -> OrganizerError:
    there = "; ".join(layout.column(place) for place in range(min(len(layout.headings), 20)))
    text = f"No column is surely that of the name. Say which with --columns name=… There are: {there}"
    return OrganizerError("csv-header", text)


def _meaning(yes: Iterable[str], no: Iterable[str]) -> dict[str, bool]:
    """A word that was called both is a no."""
    return {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}


def _entered_before(session: Session) -> Iterable[Signature]:
    entries = session.records.entries()
    return (entry.signature for entry in entries if isinstance(entry, SignatureEntry) and entry.by_hand)


def _find_similar(session: Session, new: Sequence[paper.GoodLine]) -> tuple[SimilarLine, ...]:
    """Each new row with the likeliest of those who are in the workspace already and were not refused."""
    if not new:
        return ()
    entries = list(_standing(session))
    signed = [*(entry.signature for entry in entries), *(line.signature for line in new)]
    ids = [*(entry.id for entry in entries), *[EnvelopeId(b"")] * len(new)]
    keys = SurnameKeys.read(session.records.surname_keys()).about(ids)
    for place in keys.missing():
        keys.put_name(place, signed[place].name)
    index = Index()
    known: dict[bytes, SignatureEntry] = {}
    for place in keys.candidates(set(range(len(entries), len(signed)))):
        person = _person(place, signed[place])
        known[person.id] = entries[place]
        index.add(person)
    found: list[SimilarLine] = []
    for place, line in enumerate(new, start=len(entries)):
        for pair in index.similar(_person(place, line.signature))[:1]:
            similar = known[pair.first if pair.first in known else pair.second]
            found.append(SimilarLine(line.number, similar.signature.name, similar.by_hand))
    return tuple(found)


def _person(place: int, signed: Signature) -> Person:
    """What is compared of a signature; it is named by its place among others."""
    return Person(place.to_bytes(4, "big"), signed.name, signed.relation, signed.prisoner)


def _standing(session: Session) -> Iterator[SignatureEntry]:
    """Whoever signed, was not refused and was not taken back."""
    withdrawn = session.records.withdrawn()
    for entry, made in session.records.judged():
        is_refused = made is not None and made.verdict is Verdict.REFUSED
        if isinstance(entry, SignatureEntry) and not is_refused and entry.commitment not in withdrawn:
            yield entry


def _remembered(session: Session) -> list[Remembered]:
    return read_remembered(session.records.table_layouts())


def _remember(session: Session, look: TableLook) -> None:
    if not look.layout.heading:
        return
    headings = tuple(heading_key(heading) for heading in look.layout.headings)
    used = {word_key(word.text): word.means for word in look.words}
    before = look.layout.remembered or Remembered((), {})
    yes, no = ({word for word, means in used.items() if means is meant} for meant in (True, False))
    new = Remembered(headings, look.layout.columns, (before.yes - no) | yes, (before.no - yes) | no)
    session.records.keep_table_layouts(write_remembered(remember(_remembered(session), new)))
