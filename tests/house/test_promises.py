"""docs/promises.md: every promise is quoted as it stands, has a proof and a control that exist, and none is left out.

Which sentences promise is decided here, by section: a new sentence there fails until somebody says what proves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from proofs.table import PROOFS
from tests.support.paths import ROOT
from tests.support.sources import python, read_sources

PARTS = ("proof", "control", "limit")
MISTAKES = "Mistakes that others made"
# By these words a sentence of a guide promises something.
PROMISING = re.compile(r"\b(never|nobody|nothing|always)\b", re.IGNORECASE)


@dataclass
class Entry:
    """A quoted promise, and what is said of it; `said` is empty for what is no promise."""

    document: str
    quote: str
    said: dict[str, str] = field(default_factory=dict)


def entries(text: str) -> list[Entry]:
    """All quotes of docs/promises.md in their order."""
    found: list[Entry] = []
    document = ""
    for line in text.splitlines():
        if line.startswith("## "):
            document = line.removeprefix("## ")
        elif line.startswith(("> ", "- > ")):
            found.append(Entry(document, line.partition("> ")[2]))
        elif (part := line.removeprefix("- ").partition(": "))[0] in PARTS:
            found[-1].said[part[0]] = part[2]
    return found


def plain(text: str) -> str:
    """With one blank between words, whatever the lines."""
    return " ".join(text.split())


def intro_of_the_readme(text: str) -> list[str]:
    """What it says of signers, service, organizers and readers."""
    return re.findall(r"(?m)^- \*\*(?:Signers|The service|Organizers|Readers)\*\* .*$", text)


def protected(text: str) -> list[str]:
    """The cells of the threat model that say what is protected."""
    table = text.partition("## By adversary")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| **")]
    return [row.split(" | ")[0] + " | " + row.split(" | ")[1] + " |" for row in rows]


def words_of_the_page(text: str) -> list[str]:
    """What the page that explains says happens, who can learn what, and what the quick exit does."""
    told = text.partition("<ol>")[2].partition("Where the page can be used")[0]
    told += text.partition('_("The quick exit")')[2].partition("href")[0]
    return [words for words in re.findall(r'<(?:li|dd|p)>\{\{ _\("([^"]*)"\) \}\}', told) if words]


def words_beside_the_form(text: str) -> list[str]:
    """What stands under the two choices, and after sending."""
    after = text.partition('id="sent-title"')[2].partition('id="show-code"')[0]
    notes = re.findall(r'-note">\{\{ _\("([^"]*)"\) \}\}', text)
    return notes + re.findall(r'<p>\{\{ _\("([^"]*)"\) \}\}', after)


def promising_sentences(text: str) -> list[str]:
    """Those that say never, nobody, nothing or always."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    sentences = (part for line in prose.split("\n") for part in re.split(r"(?<=[.!?]) (?=[A-Z`*])", line))
    return [sentence for sentence in sentences if PROMISING.search(sentence)]


SECTIONS: Mapping[str, Callable[[str], list[str]]] = {
    "README.md": intro_of_the_readme,
    "docs/threat-model.md": protected,
    "templates/how.html": words_of_the_page,
    "templates/_form.html": words_beside_the_form,
    "docs/operator.md": promising_sentences,
    "docs/organizer.md": promising_sentences,
}
"""Where promises are made, and how its sentences are found."""


def complaints(text: str, documents: Mapping[str, str], tests: set[str]) -> Iterator[str]:
    """What is wrong with a list of promises, in sentences."""
    found = entries(text)
    for entry in found:
        if entry.document != MISTAKES and plain(entry.quote) not in plain(documents[entry.document]):
            yield f"{entry.document} does not say: {entry.quote}"
        if entry.said:
            yield from wrong_parts(entry, tests)
    for document, section in SECTIONS.items():
        quotes = [plain(entry.quote) for entry in found if entry.document == document]
        for sentence in section(documents[document]):
            if not any(quote in plain(sentence) or plain(sentence) in quote for quote in quotes):
                yield f"{document} promises without a proof: {sentence}"


def wrong_parts(entry: Entry, tests: set[str]) -> Iterator[str]:
    """Parts that are missing, and names of what does not exist."""
    yield from (f"no {part} for: {entry.quote}" for part in PARTS if not entry.said.get(part))
    known = tests | {f"./run prove {proof.name}" for proof in PROOFS}
    if not re.findall("`([^`]+)`", entry.said.get("proof", "")):
        yield f"nothing proves: {entry.quote}"
    for part in ("proof", "control"):
        for name in re.findall("`([^`]+)`", entry.said.get(part, "")):
            if name not in known:
                yield f"there is no {name}, which is the {part} of: {entry.quote}"


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """The documents that promise."""
    return {name: (ROOT / name).read_text("utf-8") for name in SECTIONS}


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """The names of all tests."""
    return {name for text in python(read_sources("tests")).values() for name in re.findall(r"def (test_\w+)", text)}


def test_every_promise_has_a_proof(documents: dict[str, str], tests: set[str]) -> None:
    """It is quoted as it stands, and what proves it exists; and the sections are read whole."""
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    assert [len(section(documents[name])) > 3 for name, section in SECTIONS.items()] == [True] * len(SECTIONS)
    assert sum(bool(entry.said) for entry in entries(text)) > 70
    assert list(complaints(text, documents, tests)) == []
    assert sum(entry.document == MISTAKES for entry in entries(text)) == 23


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text.replace("remembers no address", "remembers every address"), "does not say"),
        (lambda text: text.replace("test_the_rule_can_fail", "test_the_rule_cannot_fail"), "there is no test_the_rule"),
        (lambda text: text.replace("./run prove order", "./run prove disorder"), "there is no ./run prove disorder"),
        (lambda text: text.replace("\n- control: inside", "", 1), "no control for"),
        (lambda text: re.sub("\n- proof: .*", "\n- proof: we think so", text, count=1), "nothing proves"),
        (lambda text: text.partition("## docs/operator.md")[0], "promises without a proof"),
    ],
)
def test_a_promise_that_nothing_proves_is_found(
    documents: dict[str, str], tests: set[str], change: Callable[[str], str], complaint: str
) -> None:
    """A sentence that changed, a test that has gone, a part that is missing, a promise that nobody entered."""
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    assert change(text) != text
    assert any(complaint in found for found in complaints(change(text), documents, tests))


@pytest.mark.parametrize(
    ("document", "before", "more"),
    [
        ("README.md", "- **Signers** ", "- **Readers** are told at once when somebody signs.\n- **Signers** "),
        ("templates/how.html", "<ol>", '<ol><li>{{ _("Nobody can find you.") }}</li>'),
        ("templates/_form.html", 'id="sent-title"', 'id="sent-title"><p>{{ _("You are safe now.") }}</p'),
        ("docs/operator.md", "## Backup", "It never fails.\n\n## Backup"),
        ("docs/threat-model.md", "| **demands logs**", "| **asks** | nothing is told | |\n| **demands logs**"),
    ],
)
def test_a_new_promise_is_noticed(
    documents: dict[str, str], tests: set[str], document: str, before: str, more: str
) -> None:
    """Wherever it is made."""
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    assert before in documents[document]
    changed = documents | {document: documents[document].replace(before, more, 1)}
    assert any("promises without a proof" in found for found in complaints(text, changed, tests))
