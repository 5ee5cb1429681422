"""The fixed words of an exported document in each language, and how this language writes numbers and plurals.

A number comes after a colon wherever this avoids a plural form.
"""

# Not checked by a native reader yet: be, ru, uk, pl, lt, de.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Phrases:
    """The words of one language. `signed` has a sentence for each plural form, `plural` chooses among them.

    `fields` has the head of a column for each field that is published.
    """

    plural: Callable[[int], int]
    thousands: str
    signed: tuple[str, ...]
    named: str
    not_named: str
    by_hand: str
    group: str
    who: str
    order: str
    fields: dict[str, str]
    result: str
    counts: dict[str, str]
    check: str
    incomplete: str

    def number(self, value: int) -> str:
        """The number with this language's separator of thousands."""
        return f"{value:,}".replace(",", self.thousands)

    def signed_by(self, people: int) -> str:
        """How many people have signed, as a sentence."""
        return self.signed[self.plural(people)].format(self.number(people))


def _germanic(number: int) -> int:
    return int(number != 1)


def _east_slavic(number: int) -> int:
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def _polish(number: int) -> int:
    return 0 if number == 1 else 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def _lithuanian(number: int) -> int:
    if number % 10 == 0 or number % 100 in range(11, 20):
        return 2
    return 0 if number % 10 == 1 else 1


PHRASES = {
    "en": Phrases(
        plural=_germanic,
        thousands=",",
        signed=("{} person has signed this letter.", "{} people have signed this letter."),
        named="Named in this list: {}.",
        not_named="Counted, and not named at their own wish: {}.",
        by_hand="Of all these, collected on paper or by messenger: {}.",
        group="Initiative group",
        who="Who has signed",
        order=(
            "In the order of the English alphabet, by the names as they were written; then Cyrillic and other letters."
        ),
        fields={"name": "Name", "relation": "Relation", "prisoner": "Prisoner"},
        result="Result {number} of {date}, SHA-256 {digest}",
        counts={
            "total": "signatures in all",
            "public": "named",
            "nonpublic": "not named",
            "by_hand_public": "named, on paper or by messenger",
            "by_hand_nonpublic": "not named, on paper or by messenger",
            "received": "envelopes received",
            "unreadable": "of these unreadable",
            "duplicates": "further signatures of the same person, not counted",
            "rejected": "not accepted, not counted",
            "withdrawn": "withdrawn, not counted",
        },
        check=(
            "The organizers have signed this list with minisign. Anyone can check it: the file publication.json on the "
            "page of the letter has the SHA-256 that stands at the foot of this page."
        ),
        incomplete="The sign � stands for characters that this document has no font for. The other files have them.",
    ),
    "be": Phrases(
        plural=_east_slavic,
        thousands=NO_BREAK_SPACE,
        signed=(
            "Гэты ліст падпісаў {} чалавек.",
            "Гэты ліст падпісалі {} чалавекі.",
            "Гэты ліст падпісалі {} чалавек.",
        ),
        named="Названыя ў гэтым спісе: {}.",
        not_named="Палічаныя і не названыя паводле іх волі: {}.",
        by_hand="З усіх сабрана на паперы або праз месенджар: {}.",
        group="Ініцыятыўная група",
        who="Хто падпісаў",
        order="У парадку беларускага алфавіта, паводле імён, як іх напісалі; потым лацінка і іншыя пісьмы.",
        fields={"name": "Імя", "relation": "Кім прыходзіцца", "prisoner": "Палітвязень"},
        result="Вынік {number} ад {date}, SHA-256 {digest}",
        counts={
            "total": "усяго подпісаў",
            "public": "названыя",
            "nonpublic": "не названыя",
            "by_hand_public": "названыя, на паперы або праз месенджар",
            "by_hand_nonpublic": "не названыя, на паперы або праз месенджар",
            "received": "атрымана канвертаў",
            "unreadable": "з іх немагчыма прачытаць",
            "duplicates": "паўторныя подпісы таго ж чалавека, не палічаныя",
            "rejected": "не прынятыя, не палічаныя",
            "withdrawn": "адкліканыя, не палічаныя",
        },
        check=(
            "Арганізатары падпісалі гэты спіс праграмай minisign. Праверыць яго можа кожны: файл publication.json на "
            "старонцы ліста мае той SHA-256, што стаіць унізе гэтай старонкі."
        ),
        incomplete="Знак � стаіць замест сімвалаў, якіх няма ў шрыфце гэтага дакумента. У іншых файлах яны ёсць.",
    ),
    "ru": Phrases(
        plural=_east_slavic,
        thousands=NO_BREAK_SPACE,
        signed=(
            "Это письмо подписал {} человек.",
            "Это письмо подписали {} человека.",
            "Это письмо подписали {} человек.",
        ),
        named="Названы в этом списке: {}.",
        not_named="Учтены и не названы по их желанию: {}.",
        by_hand="Из всех собрано на бумаге или через мессенджер: {}.",
        group="Инициативная группа",
        who="Кто подписал",
        order=(
            "В порядке русского алфавита (ё как е), по именам, как их написали; затем латиница и другие письменности."
        ),
        fields={"name": "Имя", "relation": "Кем приходится", "prisoner": "Политзаключённый"},
        result="Результат {number} от {date}, SHA-256 {digest}",
        counts={
            "total": "всего подписей",
            "public": "названы",
            "nonpublic": "не названы",
            "by_hand_public": "названы, на бумаге или через мессенджер",
            "by_hand_nonpublic": "не названы, на бумаге или через мессенджер",
            "received": "получено конвертов",
            "unreadable": "из них невозможно прочитать",
            "duplicates": "повторные подписи того же человека, не учтены",
            "rejected": "не приняты, не учтены",
            "withdrawn": "отозваны, не учтены",
        },
        check=(
            "Организаторы подписали этот список программой minisign. Проверить его может каждый: файл publication.json "
            "на странице письма имеет тот SHA-256, что стоит внизу этой страницы."
        ),
        incomplete="Знак � стоит вместо символов, которых нет в шрифте этого документа. В других файлах они есть.",
    ),
    "uk": Phrases(
        plural=_east_slavic,
        thousands=NO_BREAK_SPACE,
        signed=("Цей лист підписала {} людина.", "Цей лист підписали {} людини.", "Цей лист підписали {} людей."),
        named="Названі в цьому списку: {}.",
        not_named="Пораховані й не названі за їхнім бажанням: {}.",
        by_hand="З усіх зібрано на папері або через месенджер: {}.",
        group="Ініціативна група",
        who="Хто підписав",
        order="За українською абеткою, за іменами, як їх написали; потім латиниця та інші письма.",
        fields={"name": "Ім’я", "relation": "Ким доводиться", "prisoner": "Політв’язень"},
        result="Результат {number} від {date}, SHA-256 {digest}",
        counts={
            "total": "усього підписів",
            "public": "названі",
            "nonpublic": "не названі",
            "by_hand_public": "названі, на папері або через месенджер",
            "by_hand_nonpublic": "не названі, на папері або через месенджер",
            "received": "отримано конвертів",
            "unreadable": "з них неможливо прочитати",
            "duplicates": "повторні підписи тієї самої людини, не пораховані",
            "rejected": "не прийняті, не пораховані",
            "withdrawn": "відкликані, не пораховані",
        },
        check=(
            "Організатори підписали цей список програмою minisign. Перевірити його може кожен: файл publication.json "
            "на сторінці листа має той SHA-256, що стоїть унизу цієї сторінки."
        ),
        incomplete="Знак � стоїть замість символів, яких немає в шрифті цього документа. В інших файлах вони є.",
    ),
    "pl": Phrases(
        plural=_polish,
        thousands=NO_BREAK_SPACE,
        signed=("Ten list podpisała {} osoba.", "Ten list podpisały {} osoby.", "Ten list podpisało {} osób."),
        named="Wymienieni na tej liście: {}.",
        not_named="Policzeni i niewymienieni zgodnie z ich wolą: {}.",
        by_hand="Z wszystkich zebrane na papierze lub przez komunikator: {}.",
        group="Grupa inicjatywna",
        who="Kto podpisał",
        order=(
            "W kolejności polskiego alfabetu, według imion i nazwisk tak, jak je zapisano; potem cyrylica i inne pisma."
        ),
        fields={"name": "Imię i nazwisko", "relation": "Kim jest", "prisoner": "Więzień polityczny"},
        result="Wynik {number} z dnia {date}, SHA-256 {digest}",
        counts={
            "total": "podpisów łącznie",
            "public": "wymienieni",
            "nonpublic": "niewymienieni",
            "by_hand_public": "wymienieni, na papierze lub przez komunikator",
            "by_hand_nonpublic": "niewymienieni, na papierze lub przez komunikator",
            "received": "otrzymane koperty",
            "unreadable": "w tym nie do odczytania",
            "duplicates": "kolejne podpisy tej samej osoby, niepoliczone",
            "rejected": "nieprzyjęte, niepoliczone",
            "withdrawn": "wycofane, niepoliczone",
        },
        check=(
            "Organizatorzy podpisali tę listę programem minisign. Każdy może ją sprawdzić: plik publication.json na "
            "stronie listu ma ten SHA-256, który stoi u dołu tej strony."
        ),
        incomplete="Znak � zastępuje znaki, których nie ma w kroju pisma tego dokumentu. Inne pliki je zawierają.",
    ),
    "lt": Phrases(
        plural=_lithuanian,
        thousands=NO_BREAK_SPACE,
        signed=("Šį laišką pasirašė {} žmogus.", "Šį laišką pasirašė {} žmonės.", "Šį laišką pasirašė {} žmonių."),
        named="Įvardyti šiame sąraše: {}.",
        not_named="Suskaičiuoti ir savo noru neįvardyti: {}.",
        by_hand="Iš visų surinkta popieriuje arba per pranešimų programėlę: {}.",
        group="Iniciatyvinė grupė",
        who="Kas pasirašė",
        order="Lietuvių abėcėlės tvarka, pagal vardus taip, kaip jie parašyti; po to kirilica ir kiti raštai.",
        fields={"name": "Vardas ir pavardė", "relation": "Ryšys", "prisoner": "Politinis kalinys"},
        result="Rezultatas {number}, {date}, SHA-256 {digest}",
        counts={
            "total": "iš viso parašų",
            "public": "įvardyti",
            "nonpublic": "neįvardyti",
            "by_hand_public": "įvardyti, popieriuje arba per pranešimų programėlę",
            "by_hand_nonpublic": "neįvardyti, popieriuje arba per pranešimų programėlę",
            "received": "gauta vokų",
            "unreadable": "iš jų neperskaitomi",
            "duplicates": "pakartotiniai to paties žmogaus parašai, neskaičiuoti",
            "rejected": "nepriimti, neskaičiuoti",
            "withdrawn": "atsiimti, neskaičiuoti",
        },
        check=(
            "Organizatoriai pasirašė šį sąrašą programa minisign. Patikrinti gali kiekvienas: failo publication.json "
            "laiško puslapyje SHA-256 yra tas, kuris nurodytas šio puslapio apačioje."
        ),
        incomplete="Ženklas � žymi rašmenis, kurių nėra šio dokumento šrifte. Kituose failuose jie yra.",
    ),
    "de": Phrases(
        plural=_germanic,
        thousands=".",
        signed=("{} Person hat diesen Brief unterschrieben.", "{} Personen haben diesen Brief unterschrieben."),
        named="In dieser Liste genannt: {}.",
        not_named="Gezählt und auf eigenen Wunsch nicht genannt: {}.",
        by_hand="Von allen auf Papier oder über Messenger gesammelt: {}.",
        group="Initiativgruppe",
        who="Wer unterschrieben hat",
        order=(
            "Nach dem deutschen Alphabet (ä wie a), nach den Namen, wie sie geschrieben wurden; "
            "danach Kyrillisch und andere Schriften."
        ),
        fields={"name": "Name", "relation": "Beziehung", "prisoner": "Gefangene Person"},
        result="Ergebnis {number} vom {date}, SHA-256 {digest}",
        counts={
            "total": "Unterschriften insgesamt",
            "public": "genannt",
            "nonpublic": "nicht genannt",
            "by_hand_public": "genannt, auf Papier oder über Messenger",
            "by_hand_nonpublic": "nicht genannt, auf Papier oder über Messenger",
            "received": "erhaltene Umschläge",
            "unreadable": "davon nicht lesbar",
            "duplicates": "weitere Unterschriften derselben Person, nicht gezählt",
            "rejected": "nicht angenommen, nicht gezählt",
            "withdrawn": "zurückgezogen, nicht gezählt",
        },
        check=(
            "Die Organisatoren haben diese Liste mit minisign unterschrieben. Alle können sie prüfen: Die Datei "
            "publication.json auf der Seite des Briefes hat den SHA-256, der am Fuß dieser Seite steht."
        ),
        incomplete="� steht für Zeichen, die in der Schrift dieses Dokuments fehlen. Die anderen Dateien haben sie.",
    ),
}
