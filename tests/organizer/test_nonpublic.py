"""Names that are not public: in no byte of what is published, shown or exported, and out only by a typed sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.publication import Publication, digest
from crypto.signature import Signature
from organizer.cli.main import organizer
from organizer.exports.document import make_document
from organizer.exports.formats import FORMATS
from organizer.results import diff
from organizer.results.nonpublic import changed, counted, table
from organizer.results.publication import make_publication, place_after, sign_publication, write_draft
from organizer.workspace.entries import (
    Decision,
    Entry,
    Reason,
    SignatureEntry,
    UnreadableEntry,
    Verdict,
    WithdrawalEntry,
)
from tests.support.export_inputs import ANNA
from tests.support.export_judge import readable, written
from tests.support.organizer_workspace import LETTER, RECORD, Desk, appeal_of, make_desk, seal, tally_of

APPEAL = appeal_of(RECORD, ANNA.public)
SECRET_LETTERS = "ѣѫѭѯѱѳѵѷ"
PUBLIC_LETTERS = "абвгґДЕЁłśž"
SECRET = st.text(SECRET_LETTERS, min_size=1, max_size=6)
PUBLIC = st.text(PUBLIC_LETTERS, min_size=1, max_size=6)
DECISIONS = st.sampled_from(
    [None, Decision(Verdict.ACCEPTED), Decision(Verdict.HELD), *(Decision(Verdict.REFUSED, one) for one in Reason)]
)


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    """Everything of a non-public one is secret; of a public one, contact, message and vouch word are."""
    public = draw(st.booleans())
    shown = PUBLIC if public else SECRET
    return Signature(
        name=draw(shown),
        public=public,
        relation=draw(shown),
        prisoner=draw(shown),
        contact=draw(SECRET),
        message=draw(SECRET),
        vouch=draw(SECRET),
    )


@st.composite
def rounds(draw: st.DrawFn) -> list[Round]:
    """Two rounds of one review: later there are more entries and withdrawals, and decisions may have changed."""
    found = []
    entries: list[Entry] = []
    for start in (0, 100):
        for number in range(start, start + draw(st.integers(0, 8))):
            name, code = number.to_bytes(32, "big"), (number + 7).to_bytes(32, "big")
            if draw(st.integers(0, 3)) == 0:
                entries.append(WithdrawalEntry(name, draw(st.integers(0, 110)).to_bytes(32, "big")))
            else:
                entries.append(SignatureEntry(name, LETTER, code, draw(signatures()), draw(st.booleans())))
        decided = {entry.id: draw(DECISIONS) for entry in entries if isinstance(entry, SignatureEntry)}
        found.append((list(entries), {name: made for name, made in decided.items() if made}))
    return found


def told(publication: Publication, last: Publication | None, changes: diff.Changes | None) -> Iterator[str]:
    """The whole preview."""
    yield from (f"{label} {value}" for label, value in diff.number_rows(publication, last))
    yield from diff.name_lines(publication)
    yield diff.other_content(publication)
    if last is not None and changes is not None:
        yield from diff.change_lines(last, changes)


def exported(publication: Publication, data: bytes) -> Iterator[str]:
    """What can be read in every exported file."""
    document = make_document(publication, digest(data), "be", None)
    for form in FORMATS:
        yield from map(readable, written(form, document).values())


Round = tuple[list[Entry], dict[bytes, Decision]]


def published(made: list[Round]) -> Iterator[tuple[bytes, Publication, list[str]]]:
    """Each round as a publication: its file, what a reader finds in it, and all that is written or shown of it."""
    before: bytes | None = None
    last: Publication | None = None
    for entries, decisions in made:
        found = tally_of(entries, decisions, frozenset(last.signatures if last else ()))
        place = place_after(before)
        data, publication = write_draft(make_publication(found, APPEAL, [], [], place, "2026-11-22"))
        changes = diff.compare(last, publication, found.left_out) if last else None
        yield data, publication, [data.decode(), sign_publication(data, ANNA), *told(publication, last, changes)]
        before, last = data, publication


def check(publication: Publication, texts: list[str], times: int) -> None:
    """No secret letter anywhere, and every public name `times` times, or the test would see nothing."""
    together = "".join(texts).lower()
    assert not set(SECRET_LETTERS) & set(together)
    assert not [letter for letter in SECRET_LETTERS if f"\\u{ord(letter):04x}" in together]
    for shown in publication.signatures:
        assert sum(shown.name in text for text in texts) >= times


@settings(deadline=None)
@given(rounds())
def test_nothing_of_a_nonpublic_signature_is_published_or_shown(made: list[Round]) -> None:
    """Whatever was decided and withdrawn, in two publications: not in the file, the minisig or the preview.

    Names, relations, prisoners, contacts, messages and vouch words that must stay in are written in letters of their
    own, so that one letter is enough to see a leak.
    """
    for _, publication, texts in published(made):
        check(publication, texts, times=2)


@settings(deadline=None, max_examples=20)
@given(rounds())
@pytest.mark.slow  # files of every format, for many made-up results
def test_nothing_of_a_nonpublic_signature_is_exported(made: list[Round]) -> None:
    """Nor in what can be read in any of the files, the packed ones unpacked."""
    *_, (data, publication, _) = published(made)
    check(publication, list(exported(publication, data)), times=4)


# The one way out


def entry(number: int, name: str, public: bool = False) -> SignatureEntry:
    signature = Signature(name, public, contact="@one", message="=1+1")
    return SignatureEntry(bytes([number]) * 32, LETTER, bytes([number]) * 32, signature, by_hand=number == 1)


def test_only_counted_nonpublic_names_are_in_the_table() -> None:
    """Not public ones, refused, undecided or withdrawn ones; and no cell is a formula."""
    entries: list[Entry] = [entry(1, "Ян"), entry(2, "Ева"), entry(3, "Уля"), entry(4, "Зоя", public=True)]
    entries += [entry(5, "Ада"), entry(6, "Ота"), UnreadableEntry(b"\7" * 32, "open-outer")]
    accepted = Decision(Verdict.ACCEPTED)
    decisions = {bytes([number]) * 32: accepted for number in (1, 2, 3, 4)}
    decisions[bytes([5]) * 32] = Decision(Verdict.REFUSED, Reason.OTHER)
    found = counted([(one, decisions.get(one.id)) for one in entries], {bytes([3]) * 32})
    assert [one.signature.name for one in found] == ["Ева", "Ян"]
    assert table(found).decode("utf-8-sig").splitlines() == [
        '"name","relation","prisoner","contact","message","language","by hand"',
        '"Ева","","","\'@one","\'=1+1","","no"',
        '"Ян","","","\'@one","\'=1+1","","yes"',
    ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    envelopes = [seal(name, False, record=desk.record) for name in ("Ева", "Ян")]
    run(desk, "open", str(desk.ledger(*envelopes)), "--appeal", str(desk.appeal))
    run(desk, "review", "--accept-all")
    return desk


def run(desk: Desk, command: str, *options: str, answer: str | None = None) -> Result:
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    return CliRunner().invoke(organizer, [command, *options, *where], input=answer)


def test_nonpublic_names_leave_only_by_a_typed_sentence(desk: Desk) -> None:
    """The danger is said first; anything else typed writes nothing; the file is for its owner only, and stays."""
    out = desk.home / "names.csv"
    for answer in ("y\n", "write 3 names\n", "\n", ""):
        done = run(desk, "export-nonpublic", "--out", str(out), answer=answer)
        assert done.exit_code == 1
        assert "NOT encrypted" in done.output
        assert not out.exists()
    done = run(desk, "export-nonpublic", "--out", str(out), answer="write 2 names\n")
    assert done.exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert '"Ян"' in out.read_text("utf-8-sig")
    assert "Ян" not in done.output
    again = run(desk, "export-nonpublic", "--out", str(out), answer="write 2 names\n")
    assert "is not overwritten" in again.output


def test_no_script_can_write_down_nonpublic_names(desk: Desk) -> None:
    """With --json nothing is asked, so nothing is written."""
    out = desk.home / "names.csv"
    done = run(desk, "export-nonpublic", "--out", str(out), "--json", answer="write 2 names\n")
    assert json.loads(done.stdout)["error"] == "question"
    assert not out.exists()


def test_what_the_table_changes_is_told_before_it_is_written(desk: Desk) -> None:
    """A telephone number begins with a sign that a spreadsheet would calculate; how many have one is told, not who."""
    out = desk.home / "names.csv"
    plain = run(desk, "export-nonpublic", "--out", str(out), answer="no\n")
    assert "otherwise than it was written" not in plain.output
    signed = [Signature(name, public=False, contact=contact) for name, contact in (("Уля", "+375 29 1"), ("Зоя", "ok"))]
    assert changed([SignatureEntry(bytes(32), LETTER, bytes(32), one, False) for one in signed]) == 1
    run(desk, "open", str(desk.ledger(seal("Уля", False, record=desk.record, contact="+375 29 1"))))
    run(desk, "review", "--accept-all")
    told = run(desk, "export-nonpublic", "--out", str(out), answer="no\n")
    assert "Of 1 person in it something is shown otherwise than it was written" in told.output
    assert not out.exists()
