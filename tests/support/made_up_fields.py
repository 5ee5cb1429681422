"""Run in a copy of the sources whose format has two more fields: prints what every place shows or finds of them.

`hobby` stays with the organizers, `village` is published. The arguments are their values and a desk, of which a copy is
used. tests/house/test_fields.py makes the copy of the sources and reads the answer.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from crypto.collation import sort_people
from crypto.errors import RecordError
from crypto.publication import PublishedSignature, line, read_publication, write_publication
from crypto.seal import OpenedSignature, Opener
from crypto.signature import is_plainly_canonical, read_signature, write_signature
from organizer.actions.nonpublic import NonpublicPlan
from organizer.cli.main import organizer
from organizer.cli.terminal.pairs import leaf_through_pairs
from organizer.cli.terminal.signature_views import list_row, show_list, show_one, show_pair
from organizer.cli.terminal.terminal import Terminal
from organizer.exports.page import write_page
from organizer.exports.pdf import write_pdf
from organizer.exports.phrases import PHRASES
from organizer.exports.tables import names_csv, write_xlsx
from organizer.intake import paper
from organizer.intake.tables.choices import TableChoices
from organizer.intake.tables.layout import find_layout
from organizer.intake.tables.people import read_people
from organizer.intake.tables.reading import read_table
from organizer.intake.tables.words import TEMPLATE
from organizer.results import diff, nonpublic
from organizer.results.tally import tally
from organizer.review.filters import Filter
from organizer.review.review import Shown
from organizer.workspace.entries import Decision, Verdict
from service.site.name_search import NameList
from service.site.result_files import result_csv
from tests.support.export_inputs import document_of, font_path, publication_of
from tests.support.organizer_workspace import KEYS, open_records, seal
from tests.support.pdf_text import pdf_pages
from tests.support.review_entries import again, entry

HOBBY, VILLAGE, DESK = sys.argv[1:]
ADDED = {"hobby": HOBBY, "village": VILLAGE}
ONE = entry(1, "Ева Прыклад", public=True, **ADDED)
ANOTHER = entry(2, "Ева Прыклад", **ADDED)
SHOWN = PublishedSignature.of(ONE.signature)


def printed(say: Callable[[Terminal], None]) -> str:
    """What a view prints."""
    out = StringIO()
    with redirect_stdout(out):
        say(Terminal())
    return out.getvalue()


def in_the_format() -> dict[str, str]:
    """Written, read, sealed and opened, too long a text refused."""
    data = write_signature(ONE.signature)
    same = read_signature(data) == ONE.signature and is_plainly_canonical(data)
    envelope = seal("Ева", record=next(iter(KEYS.values())).record, **ADDED)
    opened = Opener(next(iter(KEYS.values())))(envelope)
    sealed = repr(opened.signature) if isinstance(opened, OpenedSignature) else ""
    try:
        too_long = repr(read_signature(data.replace(HOBBY.encode(), b"x" * 41)))
    except RecordError as error:
        too_long = str(error)
    return {"record": data.decode() if same else "", "envelope": sealed, "limits": too_long}


def by_hand(home: Path) -> dict[str, str]:
    """A table, lines that differ in one field only, questions; what was typed is kept and found again."""
    table = f"name,public,hobby,village\nЕва,no,{HOBBY},{VILLAGE}\nЕва,no,іншае,{VILLAGE}\n"
    good: list[paper.GoodLine] = []
    with suppress(TypeError):  # there is no such field
        rows = read_table(table.encode())
        lines = read_people(rows, find_layout(rows, TableChoices()), TEMPLATE, "be")
        good += [one for one in lines if isinstance(one, paper.GoodLine)]
    shutil.copytree(DESK, home, dirs_exist_ok=True)
    where, key = ["-w", str(home / "work")], ["--passphrase-file", str(home / "passphrase")]
    answers = {"name": "Уля", "public": "no", "language": "be", **ADDED}
    typed = "".join(f"{answers.get(column, '')}\n" for column in paper.COLUMNS)
    runner = CliRunner()
    asked = runner.invoke(organizer, ["add", *where, "--appeal", str(home / "appeal.json")], input=f"{typed}y\n\n")
    found = runner.invoke(organizer, ["withdraw", "--lost-code", *where, *key], input="Уля\n1\n\nn\n")
    return {
        "paper, table": repr([one.signature for one in good]),
        "paper, repeated lines": HOBBY if good and not paper.find_repeated(good[1:], [good[0].signature]) else "",
        "add, questions": asked.output.replace("Hobby", HOBBY).replace("Village", VILLAGE),
        "add, help": runner.invoke(organizer, ["add", "--help"]).output.replace("hobby", HOBBY),
        "withdraw": found.output,
    }


def reviewed(home: Path) -> dict[str, str]:
    """Every screen of the review, and its search; `duplicates`."""
    with open_records(home) as records:
        records.add([ONE, ANOTHER])
        review = again(records)
        shown = review.current()
        assert isinstance(shown, Shown)
        (pair,) = review.queue.pairs()
        head = printed(lambda terminal: show_list(terminal, review))
        return {
            "review, one": printed(lambda terminal: show_one(terminal, shown, whole=False)),
            "review, pair": printed(lambda terminal: show_pair(terminal, shown, 0)),
            "review, list": " ".join(list_row(review.queue, 1, ONE.id)),
            "review, head of the list": head.replace("village", VILLAGE),
            "search": HOBBY if Filter().with_text(HOBBY).has_words(ONE.signature) else "",
            "duplicates": printed(lambda terminal: leaf_through_pairs(terminal, review.queue, [pair])),
        }


def exported() -> dict[str, str]:
    """All that is made of a publication, and the table of names that are not public."""
    for phrases in PHRASES.values():
        phrases.fields["village"] = "Village"
    document = document_of([SHOWN])
    data = write_publication(publication_of([SHOWN]))
    with zipfile.ZipFile(BytesIO(write_xlsx(document))) as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist())
    other = PublishedSignature.of(entry(3, "Ева Прыклад", public=True, village="Я").signature)
    (question,) = NonpublicPlan((ANOTHER,)).questions
    return {
        "non-public export": nonpublic.table([ANOTHER]).decode(),
        "non-public export, question": str(question.asked).replace("hobby", HOBBY),
        "one line": line(ONE.signature),
        "tally": repr(tally([(ONE, Decision(Verdict.ACCEPTED))], {}, frozenset()).signatures),
        "publication.json": repr(read_publication(data).signatures),
        "differences": "\n".join(diff.name_lines(read_publication(data))),
        "order": repr(sort_people([other, SHOWN], "be")[0]),
        "export, csv": names_csv(document).decode(),
        "export, xlsx": sheets,
        "export, html": write_page(document).decode(),
        "export, pdf": "".join(text for page in pdf_pages(write_pdf(document, font_path)) for text in page),
        "site, result.csv": result_csv([SHOWN]).decode().replace("village", VILLAGE),
        "site, search": repr(NameList([SHOWN]).search(VILLAGE, 1, "en").entries),
    }


def main() -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        json.dump(in_the_format() | by_hand(Path(one)) | reviewed(Path(two)) | exported(), sys.stdout)


main()
