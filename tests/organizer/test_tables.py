"""Tables that people bring: the same people whatever program wrote them, and never a person whom nobody entered.

Invariant of the fuzz tests: whoever comes out of a table stands in it as a row of its own, outside of quotation marks,
with a yes of their own if the name may be published; what cannot be read adds nobody and raises OrganizerError only.
"""

from __future__ import annotations

import csv
import random
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from crypto.cleaning import clean
from crypto.signature import Signature
from organizer.actions.add_table import add_table, look_at_table, plan_table
from organizer.actions.plan import YES
from organizer.actions.session import Session
from organizer.errors import OrganizerError
from organizer.exports.template import write_template
from organizer.intake.paper import COLUMNS, GoodLine
from organizer.intake.tables import delimited, rows
from organizer.intake.tables.choices import TableChoices
from organizer.intake.tables.delimited import read_rows
from organizer.intake.tables.encodings import decode, likely
from organizer.intake.tables.headings import guess_columns
from organizer.intake.tables.layout import find_layout
from organizer.intake.tables.people import read_people
from organizer.intake.tables.reading import read_table
from organizer.intake.tables.rows import BrokenRows, Row
from organizer.intake.tables.words import KNOWN, word_key
from organizer.workspace import archives
from tests.support.organizer_workspace import Desk
from tests.support.paths import ROOT
from tests.support.table_shapes import PEOPLE, Shape, shapes, text, workbook
from tests.support.without_face import copy_desk, files, make_opened_desk, opened

SHAPES = list(shapes())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_opened_desk(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def session(made: Desk) -> Iterator[Session]:
    """For plans only: nothing is added in it."""
    with opened(made) as session:
        yield session


def put(desk: Desk, data: bytes | str) -> str:
    path = desk.home / "table"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def people(data: bytes | str, choices: TableChoices | None = None) -> list[Signature]:
    """Whom a table holds, words for yes and no as they are known."""
    table = read_table(data.encode() if isinstance(data, str) else data)
    layout = find_layout(table, choices or TableChoices())
    if "name" not in layout.columns:
        return []
    return [line.signature for line in read_people(table, layout, KNOWN, "be") if isinstance(line, GoodLine)]


def names(data: bytes | str) -> list[str]:
    return [one.name for one in people(data)]


# Whatever program wrote it


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_every_program_s_table_gives_the_same_twelve_people(made: Desk, session: Session, shape: Shape) -> None:
    """Name by name and field by field; nothing was said but where the table itself says nothing."""
    plan = plan_table(session, put(made, shape.data), "be", shape.choices)
    found = [line.signature for line in plan.new]
    assert len(found) == 12
    for taken, person in zip(found, shape.people, strict=True):
        assert taken == person
    assert {line.reason for line in plan.bad} <= {"row-total", "row-note"}


def test_the_shapes_are_as_many_as_were_promised() -> None:
    """And one that is damaged is seen: the control."""
    assert len({shape.data for shape in SHAPES}) >= 25
    plain = SHAPES[0].data
    assert people(plain) == list(PEOPLE)
    assert people(plain.replace("Ірына".encode(), "Ірина".encode())) != list(PEOPLE)


@pytest.mark.parametrize("name", ["empty.xlsx", "empty.csv"])
def test_the_empty_table_is_read_without_a_question(made: Desk, session: Session, name: str) -> None:
    """Its headings are the names of the fields."""
    empty = write_template(COLUMNS, name.endswith("xlsx"))
    look = look_at_table(session, put(made, empty), TableChoices())
    assert (set(look.layout.columns), look.questions, look.words) == ({*COLUMNS}, (), ())
    assert empty == write_template(COLUMNS, name.endswith("xlsx"))


def test_what_was_not_looked_at_is_told(made: Desk, session: Session) -> None:
    """Rows above the headings and further sheets may hold people, too."""
    sheets = {"A": [("Ліст",), ("Ян Кот",), ("name", "public"), ("Ева", "no")], "B": [("name",), ("Уля",)]}
    look = look_at_table(session, put(made, workbook(sheets)), TableChoices())
    assert [(notice.reason, *notice.values.values()) for notice in look.not_read] == [("above", 2), ("sheets", "B")]
    other = look_at_table(session, put(made, workbook(sheets)), TableChoices(sheet="B"))
    assert [notice.reason for notice in other.not_read] == ["sheets"]
    assert look_at_table(session, put(made, "name,public\nЕва,no\n"), TableChoices()).not_read == ()


# Quotation marks

SIBLINGS = [
    ("a break in a cell", 'Ян,no,"x\nНіхто,yes,\ny"\nЕва,no,\n', ["Ян", "Ева"]),
    ("CR LF in a cell", 'Ян,no,"x\r\nНіхто,yes,\r\ny"\nЕва,no,\n', ["Ян", "Ева"]),
    ("doubled marks", '"Ян ""Бацька"" Кот",no,"""\nНіхто,yes,\n"""\nЕва,no,\n', ['Ян "Бацька" Кот', "Ева"]),
    ("marks within a cell", 'Ян "Бацька" Кот,no,\nЕва,no,\n', ['Ян "Бацька" Кот', "Ева"]),
    ("an inch", 'Ян 5" Кот,no,7"\nЕва,no,\n', ['Ян 5" Кот', "Ева"]),
    ("an apostrophe", 'Дзям"ян Кот,no,\nЕва,no,\n', ['Дзям"ян Кот', "Ева"]),
    ("never closed", 'Ян,no,"x\nНіхто,yes,\n', []),
    ("never closed, and marks later", 'Ян,no,"x\nНіхто,yes,\n"Ева",no,"a, b"\n', []),
    ("closed too early", 'Ян,no,"x,"\nНіхто,yes,z\nусё"\nЕва,no,\n', ["Ян", "Ева"]),
    ("closed too early, at a line's end", 'Ян,no,"x,"\nНіхто,yes,z\n"\nЕва,no,\n', ["Ян"]),
    ("text behind a mark", '"Ян" Кот,no,\nЕва,no,\n', ["Ева"]),
    ("not doubled", '"Ян",no,"яна "так"\nНіхто,yes,\nусё"\nЕва,no,\n', ["Ева"]),
    ("not doubled before a comma", 'Ян,no,"яна "так", і\nНіхто,yes,\nусё"\nЕва,no,\n', ["Ева"]),
    ("not doubled at the end", 'Ян,no,"яна "так\nНіхто,yes,\nусё""\nЕва,no,\n', ["Ева"]),
    ("opened within a cell", 'Ян,no,яна "так\nНіхто,yes,\nусё"\nЕва,no,\n', ["Ева"]),
    ("a lone one within a cell", 'Ян "Кот,no,\nЕва,no,\n', ["Ева"]),
    ("behind a space", 'Ян,no, "x\nНіхто,yes,\ny"\nЕва,no,\n', ["Ян", "Ева"]),
    ("behind a byte order mark", 'Ян,no,\ufeff"x\nНіхто,yes,\ny"\nЕва,no,\n', ["Ян", "Ева"]),
    ("another break, no marks", "Ян,no,x\rНіхто,yes,\ry\nЕва,no,\n", ["Ева"]),
    ("other separators", "Ян,no,x\u2028Ніхто;yes;\x0by\x0cz\x85\nЕва,no,\n", ["Ян", "Ева"]),
    ("NUL", "Я\x00н,no,\nЕва,no,\n", ["Ян", "Ева"]),
    ("a separator in marks", 'Ян,no,"a;b\tc|d,e"\nЕва,no,\n', ["Ян", "Ева"]),
]


@pytest.mark.parametrize(("what", "rows", "expected"), SIBLINGS, ids=[one[0] for one in SIBLINGS])
def test_what_stands_in_quotation_marks_is_nobody(what: str, rows: str, expected: list[str]) -> None:
    """Rows are read only where they cannot lie in a cell."""
    assert names("name,public,message\n" + rows) == expected


def test_every_way_to_cut_a_table_adds_nobody() -> None:
    """A download that broke off ends in a cell or a row: no line of the cell becomes a person."""
    table = 'name,public,message\nЯн,no,"x\nНіхто,yes,\n""\nНіхто,yes,\n"\nЕва,yes,"Ніхто,yes"\n'
    read = set[str]()
    for end in range(table.index("\n") + 3, len(table)):
        with suppress(OrganizerError):  # the one record that is there is cut in the middle of a cell
            read.update(names(table[:end]))
    assert {"Ева"} <= read <= {"Ян", "Ева", "Ев", "Е"}
    assert names(table.replace('"', "")) != ["Ян", "Ева"]  # the control


def test_random_tables_give_the_people_who_were_written() -> None:
    """Invariant: a table that the csv module writes is read to the same cells, whatever stands in them."""
    draw = random.Random(20261130)
    for _ in range(400):
        separator, end = draw.choice(",;\t|"), draw.choice(["\n", "\r\n", "\r"])
        table = [[_cell(draw) for _ in range(draw.randint(2, 4))] for _ in range(draw.randint(1, 6))]
        file = StringIO()
        csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *table])
        found = read_rows(file.getvalue(), separator)
        assert [[clean(cell) for cell in row.cells] for row in found[1:] if isinstance(row, Row)] == [
            [clean(cell) for cell in row] for row in table
        ]


def test_marks_put_in_or_left_out_make_nobody() -> None:
    """Invariant: with one quotation mark too many, one too few, or none doubled, no line of a cell is ever a person."""
    draw = random.Random(20261201)
    inside = "x\nНіхто,yes,\nНіхто,yes,z\n"
    cells = ["", "z", "a, b", inside, f"яна: {inside} і ўсё", f'яна "так" {inside}', "Ніхто,yes,", f'{inside}"']
    taken: Counter[str] = Counter()
    for _ in range(3000):
        rows = [[f"Ян {number}", draw.choice(["yes", "no"]), draw.choice(cells)] for number in range(5)]
        table = text([["name", "public", "message"], *rows], end="\n")
        marks = [place for place, sign in enumerate(table) if sign == '"'] or [0]
        place, mark = draw.randrange(20, len(table)), draw.choice(marks)
        damages = {
            "whole": table,
            "one more": f'{table[:place]}"{table[place:]}',
            "one less": table[:mark] + table[mark + 1 :],
            "not doubled": "name,public,message\n" + "".join(f'"{a}","{b}","{c}"\n' for a, b, c in rows),
        }
        damage = draw.choice(list(damages))
        found = [
            row.cells[0] for row in read_rows(damages[damage], ",") if isinstance(row, Row) and len(row.cells) == 3
        ]
        assert not [name for name in found if "Ніхто" in name], damages[damage]
        taken[damage] += len(found)
    assert min(taken.values()) > 1000  # the control: many rows are still read


def test_a_broken_table_is_told_by_row_and_column() -> None:
    """And how much is lost, so that it can be found."""
    (_, broken) = read_rows('name,public\nЯн,"no\nЕва,no\nУля,no', ",")
    assert broken == BrokenRows(2, 4, "csv-quotes", broken.text)
    assert broken.text.startswith("In column B a quotation mark")
    assert "3 lines from there on were not read, to the end" in broken.text


@pytest.mark.parametrize("unit", ['"x"y,no\n', 'a "b,c\n', '"a,b\n', '5",x\n', '"a" "b\n', '"a\n b",c\n', ",\n"])
def test_reading_takes_time_by_the_length_of_a_table_only(unit: str) -> None:
    """Counted in lines looked at: ten times the table, about ten times the work, however broken it is."""
    assert 5 < _lines_looked_at(unit, 5000) / _lines_looked_at(unit, 500) < 15


def _lines_looked_at(unit: str, times: int) -> int:
    reading = _Counting(["n,p", *unit.split("\n")[:-1] * times])
    delimited._Reading(reading, ",").rows()
    return reading.looked_at


class _Counting(list[str]):
    looked_at = 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def, override]
        self.looked_at += 1
        return super().__getitem__(at)


def _cell(draw: random.Random) -> str:
    return "".join(draw.choice('ab"\n\r,;\t| \u2028Ян') for _ in range(draw.randint(0, 8)))


# What is no person


@pytest.mark.parametrize(
    "row",
    [
        "Итого 12,,",
        "Усяго: 12,,",
        ",Итого,12",
        "12,,",
        "Razem,12,",
        "Iš viso 12,,",
        "Gesamt: 12,,",
        "# заўвага,,",
        "name,public,message",
        ",,",
        "Ян",
    ],
)
def test_totals_notes_and_headings_are_nobody(row: str) -> None:
    """They are left out, and those that are not empty are told."""
    assert names(f"name,public,message\nЕва,no,\n{row}\n") == ["Ева"]
    assert names("name,public,message\nЕва,no,\nРазам Кот,no,\nТотал Ян,no,\n") == ["Ева", "Разам Кот", "Тотал Ян"]


# What counts as a yes


@pytest.mark.parametrize("answer", ["", " ", "\u200b"])
def test_without_a_yes_no_name_is_public(answer: str) -> None:
    """Not even where there is no column for it."""
    assert [one.public for one in people(f"name,public\nЯн,{answer}\n")] == [False]
    assert [one.public for one in people("name,relation\nЯн,yes\n")] == [False]


@pytest.mark.parametrize("answer", ["maybe", "можна", "так?", "yes no", "+", "x", "2", "не ведаю", "oui"])
def test_an_unknown_answer_is_never_guessed(made: Desk, session: Session, answer: str) -> None:
    """The row is left out until somebody says what it means; then it means that, and nothing else."""
    path = put(made, f"name,public\nЯн,{answer}\n")
    assert [line.reason for line in plan_table(session, path, "be").bad] == ["public-unclear"]
    for means in (True, False):
        said = frozenset({word_key(answer)})
        choices = TableChoices(yes=said) if means else TableChoices(no=said)
        assert [one.signature.public for one in plan_table(session, path, "be", choices).new] == [means]
    both = TableChoices(yes=frozenset({word_key(answer)}), no=frozenset({word_key(answer)}))
    assert [one.signature.public for one in plan_table(session, path, "be", both).new] == [False]


def test_the_page_s_own_words_are_known() -> None:
    """In every language of the page, as the form calls the two ways to sign."""
    for means, message in (
        (True, "Publicly"),
        (False, "Non-publicly"),
        (True, "Sign publicly"),
        (False, "Sign non-publicly"),
    ):
        assert KNOWN[word_key(message)] is means
        for catalogue in (ROOT / "service" / "translations").glob("*/LC_MESSAGES/messages.po"):
            translated = catalogue.read_text("utf-8").split(f'msgid "{message}"\nmsgstr "')[1].split('"')[0]
            assert KNOWN[word_key(translated)] is means, (catalogue, translated)


@pytest.mark.parametrize(
    "heading",
    ["Не публиковать", "Публиковать нельзя", "Do not publish", "Non-public", "Nie publikować", "Nicht veröffentlichen",
     "Neskelbti", "Публікацыя: схаваць імя", "Hide my name from the public list", "Без публикации",
     "Opt out of publication", "Ваше имя не будет опубликовано", "Согласие на обработку данных", "Анонимно",
     "Публиковать имя политзаключённого?", "Публиковать комментарий?", "Можно публиковать фото?", "Publish my e-mail?",
     "Name ohne Veröffentlichung", "Публиковать имя (не публиковать)", "Publish (do not)",
     "Publish initials only", "Опубликовать (только псевдоним)"],
)  # fmt: skip
def test_a_heading_that_refuses_is_never_taken_for_permission(heading: str) -> None:
    """A yes below it would publish those who said no."""
    assert "public" not in guess_columns(["Имя", heading])
    assert [one.public for one in people(f"name;{heading}\nЯн;yes\n")] == [False]


@pytest.mark.parametrize(
    "heading",
    [
        "Публиковать или нет?",
        "Публікаваць? (так/не)",
        "Public?",
        "Публично или непублично",
        "Öffentlich oder nicht öffentlich",
    ],
)
def test_a_heading_that_names_the_choice_is_taken(heading: str) -> None:
    """The control of the rule above."""
    assert guess_columns(["Имя", heading])["public"] == (1,)


def test_two_columns_that_say_the_same_are_not_chosen_between() -> None:
    """A person says which."""
    assert "public" not in guess_columns(["Имя", "Можно публиковать?", "Публиковать имя?"])
    assert "name" not in guess_columns(["name", "public", "name"])
    assert guess_columns(["Имя", "Имя политзаключённого"]) == {"name": (0,), "prisoner": (1,)}


# Questions


def test_what_was_supposed_is_a_question_and_without_its_answer_nothing_is_added(made: Desk, tmp_path: Path) -> None:
    """Encoding, columns and words each have their own; a general yes does not answer for the encoding."""
    desk = copy_desk(made, tmp_path / "desk")
    path = put(desk, "Имя;Можно публиковать?\nЯн;да\n".encode("cp1251"))
    with opened(desk) as session:
        plan = plan_table(session, path, "be")
        assert [question.asked.reason for question in plan.questions] == ["encoding", "columns", "words", "add"]
        assert [question.for_a_person for question in plan.questions] == [True, False, False, False]
        before = files(desk)
        every = {question.asked.reason: YES for question in plan.questions}
        for reason in every:
            with pytest.raises(OrganizerError):
                add_table(session, plan, {**every, reason: ""})
        assert files(desk) == before
        assert add_table(session, plan, every) == 1
        again = plan_table(session, path, "be", TableChoices(encoding="windows-1251"))
        assert (again.look.layout.remembered is not None, again.questions) == (True, ())
        other = plan_table(session, put(desk, "Имя;Можно публиковать?\nЕва;да\n"), "be")
        assert [question.asked.reason for question in other.questions] == ["add"]
        new_word = plan_table(session, put(desk, "Имя;Можно публиковать?\nУля;так\n"), "be")
        assert [question.asked.reason for question in new_word.questions] == ["words", "add"]


def test_what_a_word_means_can_be_corrected_the_next_time(made: Desk, tmp_path: Path) -> None:
    """In both directions: what was said last is remembered."""
    desk = copy_desk(made, tmp_path / "desk")
    word = frozenset({"можна"})
    with opened(desk) as session:
        for name, choices, public in (
            ("Ян", TableChoices(no=word), 0),
            ("Ева", TableChoices(yes=word), 1),
            ("Уля", TableChoices(), 1),
            ("Ася", TableChoices(no=word), 0),
            ("Ніна", TableChoices(), 0),
        ):
            plan = plan_table(session, put(desk, f"name,public\n{name},можна\n"), "be", choices)
            assert len(plan.public) == public
            assert add_table(session, plan, {question.asked.reason: YES for question in plan.questions}) == 1


# Encodings


def test_an_encoding_is_said_by_the_file_or_asked() -> None:
    """Unicode is sure, all else supposed; a damaged UTF-8 is not taken for another one."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert not decode("Імя,Ўладзімір\n".encode(encoding)).supposed
    for name, words in (("windows-1251", "Імя;Ўладзімір Ёлкін\n"), ("windows-1250", "Imię;Paweł Żak\nŁucja Źródło\n")):
        found = decode(words.encode(name.replace("windows-", "cp")))
        assert (found.encoding, found.supposed, found.text) == (name, True, words)
    assert likely("Имя и фамилия".encode("cp866"))[0] in ("windows-1251", "ibm866")
    damaged = "Імя,Ўладзімір\nЯн,no\n".encode().replace("ў".encode(), b"\xd1")
    for data in (damaged[:20] + b"\xff" + damaged[20:], "Імя".encode("utf-16")[:-1]):
        with pytest.raises(OrganizerError, match=r"line [12] has"):
            decode(data)


# Spreadsheets of strangers


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """An archive with some members in place of its own."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook({"A": [("name", "public"), ("Ян", "no")]})
_BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({SHEET: _BOMB}, "table-damaged"),
        ({"xl/sharedStrings.xml": _BOMB}, "table-damaged"),
        ({SHEET: b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'}, "table-damaged"),
        (
            {SHEET: b"<worksheet><sheetData><row r='1'><c r='B1'/><c r='A1'/></row></sheetData></worksheet>"},
            "table-damaged",
        ),
        ({SHEET: b"<worksheet><sheetData><row r='2'/><row r='1'/></sheetData></worksheet>"}, "table-damaged"),
        ({SHEET: b"<worksheet><sheetData><row r='1'><c r='A2'/></row></sheetData></worksheet>"}, "table-damaged"),
        (
            {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>"},
            "table-damaged",
        ),
        (
            {SHEET: b"<worksheet><sheetData><row r='1'><c r='ZZZ1' t='str'><v>a</v></c></row></sheetData></worksheet>"},
            "table-large",
        ),
        ({SHEET: b"<worksheet>" + b" " * (8 << 20) + b"</worksheet>"}, "table-large"),
        ({SHEET: b"no xml"}, "table-damaged"),
        ({"xl/workbook.xml": b"<workbook/>"}, "table-damaged"),
    ],
)
def test_a_spreadsheet_made_to_harm_adds_nobody(changes: dict[str, bytes], reason: str) -> None:
    """Texts that grow, files named from inside, rows that are read differently elsewhere, sizes without end."""
    assert names(repacked(BOOK, {})) == ["Ян"]
    with pytest.raises(OrganizerError) as refused:
        read_table(repacked(BOOK, changes))
    assert refused.value.reason == reason


def test_two_members_of_one_name_are_refused() -> None:
    """Two programs would read two tables."""
    file = BytesIO(BOOK)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    with pytest.raises(OrganizerError, match="damaged"):
        read_table(file.getvalue())


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "damaged"),
        (b"<!DOCTYPE html>", "web page"),
    ],
)
def test_what_is_no_table_is_told_for_what_it_is(start: bytes, words: str) -> None:
    """With what to do instead."""
    with pytest.raises(OrganizerError, match=words):
        read_table(start + b"x" * 100)


def test_bytes_changed_at_random_raise_nothing_but_our_errors() -> None:
    """Invariant: whatever the bytes, a table or an OrganizerError; and of those who come out, each name was in it."""
    draw = random.Random(20261202)
    sources = [shape.data for shape in SHAPES if shape.data.startswith(b"PK")] + [SHAPES[0].data, SHAPES[2].data]
    refused = 0
    for _ in range(600):
        data = bytearray(draw.choice(sources))
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        try:
            people(bytes(data))
        except OrganizerError:
            refused += 1
    assert 0 < refused < 600


def test_unpacking_stops_at_its_bound() -> None:
    """What the archive says of its own sizes is not believed."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(archives.FREE_OF_RATIO * 4))
    data = file.getvalue().replace((archives.FREE_OF_RATIO * 4).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    for lied in (file.getvalue(), data):
        with archives.open_archive(lied) as archive, pytest.raises(OrganizerError):
            archive.read("a")
    assert len(zlib.compress(bytes(archives.FREE_OF_RATIO * 4))) * archives.LARGEST_RATIO < archives.FREE_OF_RATIO * 4


def test_a_column_named_by_its_number_makes_no_person_a_heading() -> None:
    """The second person has a 2 in front; neither that one nor whoever stands above is lost."""
    table = read_table("№;ФИО;Публичность\n1;Иван Иванов;да\n2;Пётр Петров;да\n".encode())
    for said in ("2", "B", "ФИО"):
        layout = find_layout(table, TableChoices(columns={"name": (said,)}))
        assert (layout.heading, layout.columns) == (1, {"name": (1,)})


SHARED = b"<worksheet><sheetData>%s</sheetData></worksheet>"


@pytest.mark.parametrize(
    "changes",
    [
        {  # a text of a megabyte in 30 cells
            "xl/sharedStrings.xml": b"<sst><si><t>" + b"ab" * (1 << 19) + b"</t></si></sst>",
            SHEET: SHARED % b"".join(b"<row r='%d'><c t='s'><v>0</v></c></row>" % at for at in range(1, 31)),
        },
        {  # one cell behind 1,899 empty ones, many times
            SHEET: SHARED
            % b"".join(b"<row r='%d'><c r='BUA%d' t='str'><v>a</v></c></row>" % (at, at) for at in range(1, 2001))
        },
    ],
)
def test_a_small_spreadsheet_does_not_fill_the_memory(
    changes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says once what stands in many cells, and leaves out empty ones."""
    monkeypatch.setattr(archives, "LARGEST_RATIO", 1 << 20)
    monkeypatch.setattr(rows, "MOST_LETTERS", 20 << 20)
    with pytest.raises(OrganizerError) as refused:
        read_table(repacked(BOOK, changes))
    assert refused.value.reason == "table-large"


def test_half_a_sign_is_none() -> None:
    """Nothing that cannot be written down comes out of a spreadsheet, not even in a heading that is not taken."""
    sheet = SHARED % (
        b"<row r='1'><c t='str'><v>name</v></c><c t='str'><v>_xD83D_</v></c></row>"
        b"<row r='2'><c t='str'><v>_x042F__x043D_</v></c><c t='str'><v>_xD83D__xDE00_</v></c></row>"
    )
    read = read_table(repacked(BOOK, {SHEET: sheet}))
    assert [row.cells for row in read.rows if isinstance(row, Row)] == [("name", "\ufffd"), ("Ян", "\U0001f600")]


def test_a_row_that_is_repeated_does_not_fill_the_memory() -> None:
    """200,000 times a row of 1,900 cells."""
    with pytest.raises(OrganizerError) as refused:
        read_table(
            archives.pack(
                {
                    "content.xml": b"<table name='a'><table-row number-rows-repeated='200000'>"
                    b"<table-cell number-columns-repeated='1900'><p>a</p></table-cell></table-row></table>"
                }
            )
        )
    assert refused.value.reason == "table-large"


def test_very_many_empty_sheets_are_not_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the whole file would be read."""
    monkeypatch.setattr(archives, "LARGEST_TOGETHER", 1 << 20)
    sheets = b"".join(b"<table name='%d'/>" % at for at in range(20_000))
    with pytest.raises(OrganizerError) as refused:
        read_table(archives.pack({"content.xml": b"<a>" + sheets + b"</a>"}))
    assert refused.value.reason == "table-large"


@pytest.mark.parametrize(
    "table",
    [
        'a,b\n"a"b,c\n' + "x,y\n" * 100_000 + 'z",w\n',
        "a,b\n" + '5",' * 200_000,
        "a,b\n" + "\r" * 300_000 + "x",
        "a,b\n" + "1" * 300_000 + "a,b",
        "(" * 300_000 + ",b\nc,d",
    ],
    ids=["marks", "inches", "returns", "digits", "brackets"],
)
def test_a_text_twice_as_long_takes_about_twice_as_long(table: str) -> None:
    """Each of these took minutes or hours, where rows of nothing else take a fraction of a second."""
    began = time.process_time()
    read_rows("a,b\n" + "x,y\n" * 100_000, ",")
    yardstick = time.process_time() - began
    began = time.process_time()
    found = read_rows(table, ",")
    if len(table) < 500_000:
        read = read_table(table.encode())
        read_people(read, find_layout(read, TableChoices(heading=1, columns={"name": ("1",)})), KNOWN, "be")
    assert found
    assert time.process_time() - began < 200 * yardstick + 1


def test_equal_rows_of_a_spreadsheet_are_as_many_people() -> None:
    """LibreOffice writes rows that are alike once, with their number; a million empty ones are none."""
    content = (
        '<document-content xmlns:t="t" xmlns:x="x"><t:table t:name="A">'
        "<t:table-row><t:table-cell><x:p>name</x:p></t:table-cell><t:table-cell><x:p>public</x:p></t:table-cell>"
        '<t:table-cell t:number-columns-repeated="16382"/></t:table-row>'
        '<t:table-row t:number-rows-repeated="5"><t:table-cell><x:p>Ананім</x:p><t:annotation><x:p>Ніхто</x:p>'
        "</t:annotation></t:table-cell><t:table-cell><x:p>no</x:p></t:table-cell></t:table-row>"
        '<t:table-row t:number-rows-repeated="1048570"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
        "</t:table></document-content>"
    )
    data = archives.pack({"content.xml": content.encode()})
    assert names(data) == ["Ананім"] * 5
    many = archives.pack({"content.xml": content.replace('"5"', '"900000"').encode()})
    with pytest.raises(OrganizerError, match="more than"):
        read_table(many)
