"""The same twelve people as tables of many programs, byte by byte as these programs write them.

The files in tests/organizer/tables/ were made by LibreOffice 7.4 from `plain_csv()`: opened as UTF-8 with commas, saved
as .ods, and that as .xlsx and as CSV with semicolons.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from crypto.signature import Signature
from organizer.exports.template import write_template
from organizer.intake.paper import COLUMNS
from organizer.intake.tables.choices import TableChoices
from tests.support.paths import ROOT

FILES = ROOT / "tests" / "organizer" / "tables"

_MESSAGE = 'Дзякуй вам. Імя Прыдуманае,yes, Трымайцеся; «усё» "будзе" добра'
PEOPLE = tuple(
    Signature(name, public, relation=relation, prisoner=prisoner, contact=contact, message=message, language="be")
    for name, public, relation, prisoner, contact, message in (
        ("Алена Коўзель", True, "сястра", "Мікола Коўзель", "+375 29 123-45-67", ""),
        ("Зоя Дуб", False, "", "", "", ""),
        ("Зоя Дуб", False, "", "", "", ""),
        ("Зміцер Дзям'яненка", True, "былы палітвязень", "", "@zmicier", ""),
        ("Марыя-Вікторыя Ясь", False, "маці", "Ян Ясь", "375447654321", _MESSAGE),
        ("Ірына Слаўнікава", True, "", "", "", ""),
        ("Ўладзімір Ёлкін", False, "брат", "Алесь Ёлкін", "", "5\" экран"),
        ("Ганна Цішкевіч", True, "жонка", "Пётр Цішкевіч", "hanna@example.org", ""),
        ("Ян Новік", False, "", "", "", "<b>&amp;</b>"),
        ("Вольга Іванова", True, "дачка", "Сяргей Іваноў", "", ""),
        ("Юрась Шчучын", False, "", "", "80291112233", "так, і не"),
        ("Тацяна Хоміч", True, "сястра", "Марыя Каленікава", "", ""),
    )
)  # fmt: skip
"""Two of them are namesakes."""

LATIN = tuple(
    replace(person, name=name, relation="", prisoner="", message="")
    for person, name in zip(
        PEOPLE,
        (
            "Łukasz Żak", "Ewa Dąb", "Ewa Dąb", "Jan Święcki", "Maria Wójcik", "Irena Śliwa", "Paweł Źródło",
            "Anna Ćma", "Jan Nowik", "Olga Kos", "Jerzy Szczur", "Tadeusz Łoś",
        ),
        strict=True,
    )
)  # fmt: skip
"""People whose names windows-1250 can write."""

_FIELDS = ("name", "relation", "prisoner", "public", "contact", "message")
_BE = (
    "Імя і прозвішча",
    "Кім вы прыходзіцеся палітвязню?",
    "Імя палітвязня",
    "Ці можна публікаваць імя?",
    "Сувязь",
    "Паведамленне",
)
_RU = (
    "ФИО",
    "Кем приходитесь политзаключённому",
    "Имя политзаключённого",
    "Можно публиковать имя? (да/нет)",
    "Телефон",
    "Комментарий",
)
_UK = (
    "Ваше ім’я",
    "Ким ви доводитеся в’язневі",
    "Ім’я політв’язня",
    "Чи можна публікувати ім’я?",
    "Контакт",
    "Повідомлення",
)
_PL = (
    "Imię i nazwisko",
    "Kim Pan/Pani jest dla więźnia",
    "Imię więźnia",
    "Czy można opublikować imię?",
    "E-mail",
    "Wiadomość",
)
_LT = ("Vardas ir pavardė", "Ryšys su kaliniu", "Kalinio vardas", "Ar galima skelbti vardą?", "Kontaktas", "Žinutė")
_DE = (
    "Vor- und Nachname",
    "Beziehung zum Gefangenen",
    "Name des Gefangenen",
    "Darf der Name veröffentlicht werden?",
    "Kontakt",
    "Nachricht",
)
_EN = ("Full name", "Relation to the prisoner", "Prisoner's name", "May we publish your name?", "Phone", "Comment")

Cells = Callable[[Signature], Sequence[object]]


@dataclass(frozen=True)
class Shape:
    """A table, what a person would say about it where it says nothing itself, and who is in it."""

    name: str
    data: bytes
    choices: TableChoices = field(default_factory=TableChoices)
    people: tuple[Signature, ...] = PEOPLE


def cells(yes: object, no: object) -> Cells:
    """The cells of a person in the order of _FIELDS."""
    return lambda one: [(yes if one.public else no) if name == "public" else getattr(one, name) for name in _FIELDS]


def rows(headings: Sequence[object], of: Cells, people: Iterable[Signature] = PEOPLE) -> list[Sequence[object]]:
    """A row of headings, then one for each person."""
    return [headings, *(of(one) for one in people)]


def text(
    table: Iterable[Sequence[object]], separator: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    """A table as the csv module writes it, which is as Excel does."""
    file = StringIO()
    csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting).writerows(table)
    return file.getvalue()


def plain_csv() -> str:
    """What the files in FILES were made from."""
    return text(rows(_RU, cells("да", "нет"), map(_broken, PEOPLE)), end="\n")


def workbook(sheets: dict[str, list[Sequence[object]]]) -> bytes:
    """A spreadsheet of these sheets; a datetime is a date, a number a number, and true and false are that."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "default_date_format": "dd.mm.yyyy hh:mm"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(table):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _broken(one: Signature) -> Signature:
    """The message in several lines, as it was typed into a form."""
    broken = Signature(one.name, one.public)
    object.__setattr__(broken, "message", one.message.replace(". ", ".\n").replace("yes, ", "yes,\n"))
    for name in ("relation", "prisoner", "contact"):
        object.__setattr__(broken, name, getattr(one, name))
    return broken


def _marked(one: Signature) -> list[str]:
    """With marks that nobody sees, as texts copied from telephones and web pages have them."""
    name = one.name.replace(" ", "\u00a0").replace("й", "и\u0306").replace("е", "е\u200b")
    contact = f"\u202a{one.contact}\u202c" if one.contact else ""
    return [
        f" {name}\ufeff",
        one.relation,
        f"{one.prisoner}\u2060",
        "так\u200f" if one.public else "",
        contact,
        one.message,
    ]


def _form(words: tuple[str, str], headings: Sequence[str], stamp: str) -> list[Sequence[object]]:
    """As a form of Google's writes it: a timestamp first, a column of its own at the end, breaks as they were typed."""
    when = datetime(2026, 11, 20, 15, 3, 7)
    of = cells(*words)
    table: list[Sequence[object]] = [(stamp, *headings, "Согласие на обработку данных")]
    return [*table, *((when.strftime("%d.%m.%Y %H:%M:%S"), *of(_broken(one)), "Да") for one in PEOPLE)]


def shapes() -> Iterator[Shape]:
    """All of them."""
    yield from _texts()
    yield from _languages()
    yield from _encoded()
    yield from _untidy()
    yield from _spreadsheets()


def _texts() -> Iterator[Shape]:
    plain = rows(_FIELDS, cells("yes", "no"))
    yield Shape("RFC 4180, as a script writes it", text(plain, end="\n").encode())
    yield Shape("every cell in quotes", text(plain, quoting=csv.QUOTE_ALL).encode())
    yield Shape("Google Forms, CSV", text(_form(("Да", "Нет"), _RU, "Отметка времени")).encode())
    yield Shape("Google Sheets, TSV", text(rows(_BE, cells("Так", "Не")), "\t").encode())
    yield Shape("pipes", text(rows(_EN, cells("Yes", "No")), "|").encode())
    yield Shape("old Mac, CR", text(plain, end="\r").encode())
    yield Shape("CR CR LF, as scripts write it on Windows", text(plain, end="\r\r\n").encode())
    yield Shape("sep=;", ("sep=;\r\n" + text(rows(_RU, cells("Да", "")), ";")).encode("utf-8-sig"))
    said = TableChoices(heading=0, columns={name: (str(at + 1),) for at, name in enumerate(_FIELDS)})
    yield Shape("no headings", text(plain[1:]).encode(), said)
    said = TableChoices(columns={"name": ("B",), "public": ("Ок?",)}, yes=frozenset({"можна"}), no=frozenset({"-"}))
    own = [("№", "Хто", "Ок?"), *((at, one.name, "можна" if one.public else "-") for at, one in enumerate(PEOPLE, 1))]
    names = tuple(Signature(one.name, one.public, language="be") for one in PEOPLE)
    yield Shape("headings and words of their own", text(own, ";").encode(), said, names)


def _languages() -> Iterator[Shape]:
    yield Shape("Belarusian", text(rows(_BE, cells("Публічна", "Непублічна")), ";").encode("utf-8-sig"))
    yield Shape("Russian, Excel's truth", text(rows(_RU, cells("ИСТИНА", "ЛОЖЬ")), ";").encode("utf-8-sig"))
    yield Shape("Ukrainian", text(rows(_UK, cells("Так", "Ні"))).encode())
    yield Shape("Polish", text(rows(_PL, cells("TAK", "NIE")), ";").encode("utf-8-sig"))
    yield Shape("Lithuanian", text(rows(_LT, cells("Taip", "Ne")), ";").encode("utf-8-sig"))
    yield Shape("German", text(rows(_DE, cells("Ja", "Nein")), ";").encode("utf-8-sig"))


def _encoded() -> Iterator[Shape]:
    table = text(rows(_RU, cells("да", "нет")), ";")
    yield Shape("Excel, Unicode text", text(rows(_RU, cells("да", "нет")), "\t").encode("utf-16"))
    yield Shape("UTF-16, the other end first", b"\xfe\xff" + table.encode("utf-16-be"))
    yield Shape("UTF-16 without a mark", text(rows(_EN, cells("yes", "no"), LATIN)).encode("utf-16-le"), people=LATIN)
    cyrillic = table.encode("cp1251")
    yield Shape("Excel, windows-1251", cyrillic, TableChoices(encoding="windows-1251"))
    polish = text(rows(_PL, cells("tak", "nie"), LATIN), ";").encode("cp1250")
    yield Shape("Excel, windows-1250", polish, TableChoices(encoding="windows-1250"), LATIN)


def _untidy() -> Iterator[Shape]:
    table = rows(_RU, cells("да", "нет"))
    empty = ("",) * len(_RU)
    titled = [
        ("Подписи под письмом, ноябрь", *empty[1:]),
        empty,
        *table,
        empty,
        ("Итого", 12, *empty[2:]),
        empty,
        empty,
    ]
    yield Shape("title, rows of commas, a total", text(titled).encode("utf-8-sig"))
    twice = text(table[:7]).encode("utf-8-sig") + text([table[0], *table[7:]]).encode("utf-8-sig")
    yield Shape("two files in one", twice)
    noted = [("# собрано в Вильнюсе", *empty[1:]), *table, ("Всего 12 человек: 12", *empty[1:])]
    yield Shape("notes", text(noted[:-1]).encode())
    yield Shape("invisible marks", text([_BE, *map(_marked, PEOPLE)]).encode())


def _spreadsheets() -> Iterator[Shape]:
    yield Shape("LibreOffice, .ods", (FILES / "people.ods").read_bytes())
    yield Shape("LibreOffice, .xlsx", (FILES / "people.xlsx").read_bytes())
    yield Shape("LibreOffice, CSV", (FILES / "people.csv").read_bytes())
    yield Shape("Google Forms, .xlsx", workbook({"Ответы": _form(("Да", "Нет"), _RU, "Отметка времени")}))
    table: list[Sequence[object]] = [("Спіс",), (), ("№", "Прозвішча", "Імя", *_BE[1:])]
    for at, one in enumerate(PEOPLE, start=1):
        name, surname = one.name.split(" ")
        contact = int(one.contact) if one.contact.isdigit() else one.contact
        table.append((at, surname, name, one.relation, one.prisoner, one.public, contact, one.message))
    yield Shape("Excel: parts of names, numbers, truth", workbook({"Нататкі": [], "Людзі": table, "Іншае": [("x",)]}))
    of = cells("yes", "")
    assert write_template(COLUMNS, spreadsheet=True)
    yield Shape("the empty table, filled in", workbook({"Signatures": rows(_FIELDS, of)}))
