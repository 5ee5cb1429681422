"""Two organizers review apart: the file between them, and that nothing is counted that one of them did not want."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nacl.secret import Aead

from crypto.keys import derive_secret
from organizer.cli.main import organizer
from organizer.errors import OrganizerError
from organizer.review.merge import MAGIC, PADDING, Decisions, Merge, collect, merge, read_decisions, write_decisions
from organizer.review.queue import ReviewQueue
from organizer.workspace.entries import Reason, SignatureEntry, Verdict
from organizer.workspace.records import Records
from organizer.workspace.vouch_words import VouchWord
from tests.support.organizer_workspace import KEY, MASTER, Desk, make_desk, open_records, seal
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.review_entries import KNOWN, again, decide_for, entry, verdicts

A, H, D = (Verdict.ACCEPTED, None), (Verdict.HELD, None), (Verdict.REFUSED, Reason.DUPLICATE)
N, O = (Verdict.REFUSED, Reason.NOT_A_PERSON), (Verdict.REFUSED, Reason.OTHER)  # noqa: E741 letters of the rows
KEY_ID = KEY.record.key_id
PEOPLE = tuple(map(entry, range(1, 10)))

Two = tuple[Records, Records]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Anna's records and Boris's, with the same signatures."""
    with ExitStack() as stack:
        kept = []
        for name in ("anna", "boris"):
            (tmp_path / name).mkdir()
            records = stack.enter_context(open_records(tmp_path / name))
            records.add(PEOPLE)
            kept.append(records)
        yield kept[0], kept[1]


def decide(records: Records, **made: tuple[Verdict, Reason | None]) -> None:
    """Decisions by the number of a signature: n1=A."""
    review = again(records, everything=True)
    for name, verdict in made.items():
        review.at = review.ids.index(entry(int(name[1:])).id)
        review.decide(*verdict)


def carry(origin: Records, records: Records) -> Merge:
    """What one decided, merged into the records of the other."""
    theirs = collect(ReviewQueue(origin, KNOWN), "boris")
    queue = ReviewQueue(records, KNOWN)
    found = merge(queue, theirs)
    queue.keep(found.changes, found.words)
    return found


def differ(found: Merge) -> dict[int, str]:
    return {int.from_bytes(one.envelope_id, "big"): f"{one.here.symbol}{one.there}" for one in found.disagreements}


def test_what_only_one_decided_is_taken_over(two: Two) -> None:
    """What both decided the same way stays; where they differ it goes on hold and is listed."""
    anna, boris = two
    decide(anna, n1=A, n2=N, n3=A, n4=D, n5=H)
    decide(boris, n1=A, n2=O, n3=N, n4=N, n5=H, n6=A, n7=D, n8=H)
    found = carry(boris, anna)
    assert (found.taken, found.agreed, differ(found)) == (3, 3, {3: "AN", 4: "DN"})
    assert verdicts(anna) == {
        1: Verdict.ACCEPTED, 2: Verdict.REFUSED, 3: Verdict.HELD, 4: Verdict.HELD, 5: Verdict.HELD,
        6: Verdict.ACCEPTED, 7: Verdict.REFUSED, 8: Verdict.HELD,
    }  # fmt: skip


def test_merging_again_changes_nothing(two: Two) -> None:
    """Not a row; and what is still open is listed again."""
    anna, boris = two
    decide(anna, n1=A, n3=A)
    decide(boris, n1=A, n3=N, n6=A)
    carry(boris, anna)
    before = anna.decisions()
    found = carry(boris, anna)
    assert (found.changes, found.words, found.taken, found.agreed) == ({}, [], 0, 2)
    assert differ(found) == {3: "AN"}
    assert anna.decisions() == before


def test_a_merge_is_taken_back_in_one_step(two: Two) -> None:
    """Everything is as it was before."""
    anna, boris = two
    decide(anna, n1=A, n3=A)
    before = anna.decisions()
    decide(boris, n1=N, n3=N, n6=A, n7=A)
    carry(boris, anna)
    assert again(anna).undo() == 4
    assert anna.decisions() == before


def test_what_was_settled_is_not_asked_again(two: Two) -> None:
    """Until the other one decides something else; and who is convinced by the other agrees from then on."""
    anna, boris = two
    decide(anna, n1=A, n2=A)
    decide(boris, n1=N, n2=N)
    carry(boris, anna)
    decide(anna, n1=A, n2=N)
    found = carry(boris, anna)
    assert (found.settled, found.agreed, differ(found)) == (1, 1, {})
    decide(boris, n1=D)
    assert differ(carry(boris, anna)) == {1: "AD"}
    decide(anna, n1=D)
    assert carry(boris, anna).agreed == 2


def test_both_directions_come_to_the_same(two: Two) -> None:
    """When each has merged the other's file and one settles, the other sees it and can agree."""
    anna, boris = two
    decide(anna, n1=A, n2=A, n3=N)
    decide(boris, n1=A, n2=N, n4=A)
    carry(boris, anna)
    decide(anna, n2=A)
    assert differ(carry(anna, boris)) == {2: "NA"}
    decide(boris, n2=A)
    assert verdicts(anna) == verdicts(boris)
    assert (carry(boris, anna).agreed, carry(anna, boris).agreed) == (4, 4)


def test_two_that_may_be_one_person_are_not_accepted_by_merging(two: Two) -> None:
    """Each organizer accepted one and never decided about the other; whoever accepted both knew of both."""
    anna, boris = two
    for records in two:
        records.add([entry(20, "Вольга Мароз"), entry(21, "Olga Moroz"), entry(30, "Ева Кот"), entry(31, "Eva Kot")])
    decide(anna, n20=A, n30=A)
    decide(boris, n21=A, n30=A, n31=A)
    assert carry(boris, anna).doubtful == 1
    assert verdicts(anna)[21] == Verdict.HELD
    assert verdicts(anna)[31] == Verdict.ACCEPTED
    found = carry(boris, anna)
    assert (found.changes, found.waiting, differ(found)) == ({}, 1, {})


def test_words_travel_with_the_decisions(two: Two) -> None:
    """By what they are, not by number; a word that one of two withdrew accepts for neither."""
    anna, boris = two
    anna.decide({}, [VouchWord(1, "first word"), VouchWord(2, "second word")])
    boris.decide({}, [VouchWord(1, "SECOND-WORD", "B."), VouchWord(2, "third word", "C.")])
    for records in two:
        records.add([entry(40, vouch="second word"), entry(41, vouch="third word"), entry(42, vouch="second word")])
    decide_for(again(boris), 2, Verdict.ACCEPTED)
    decide_for(again(anna), 2, Verdict.ACCEPTED)
    again(boris).withdraw_word(1)
    found = carry(boris, anna)
    assert (found.taken, found.leaked) == (1, 2)
    assert [(word.word, word.note, word.withdrawn) for word in anna.vouch_words()] == [
        ("first word", "", False), ("second word", "", True), ("third word", "C.", False),
    ]  # fmt: skip
    assert verdicts(anna) == {40: Verdict.HELD, 41: Verdict.ACCEPTED, 42: Verdict.HELD}
    assert anna.decisions()[entry(41).id].vouch == 3
    assert carry(boris, anna).changes == {}


def test_a_withdrawn_word_accepts_nothing_that_is_taken_over(two: Two) -> None:
    """The other one had not heard of the leak."""
    anna, boris = two
    for records in two:
        records.decide({}, [VouchWord(1, "a good word")])
        records.add([entry(40, vouch="a good word")])
    decide_for(again(boris), 1, Verdict.ACCEPTED)
    again(anna).withdraw_word(1)
    assert carry(boris, anna).leaked == 1
    assert verdicts(anna) == {40: Verdict.HELD}
    assert carry(boris, anna).changes == {}


def test_what_is_not_here_waits(two: Two) -> None:
    """A ledger that only the other one opened; what was entered by hand does not travel."""
    anna, boris = two
    by_hand = SignatureEntry(b"h" * 32, bytes(32), b"c" * 32, entry(50).signature, by_hand=True)
    boris.add([entry(60), by_hand])
    review = again(boris, everything=True)
    for _ in range(review.total):
        review.decide(*A)
    found = carry(boris, anna)
    assert (found.unknown, found.taken) == (1, len(PEOPLE))
    anna.add([entry(60)])
    assert carry(boris, anna).taken == 1


# The file


THEIRS = Decisions("boris", (VouchWord(1, "kamutirope", "note"),), {entry(1).id: ("A", 1), entry(2).id: ("D", 0)})


def test_only_who_has_the_key_reads_the_file() -> None:
    """And makes one: another key, a changed byte, a file of something else are told apart."""
    data = write_decisions(THEIRS, KEY_ID, MASTER, secrets.token_bytes)
    assert read_decisions(data, {KEY_ID: MASTER}) == THEIRS
    assert len(data) == len(MAGIC) + len(KEY_ID) + 24 + PADDING + 16
    assert b"kamutirope" not in data
    for wrong, masters, reason in (
        (data, {}, "decisions-key"),
        (data, {KEY_ID: bytes(32)}, "decisions-file"),
        (data[:-1], {KEY_ID: MASTER}, "decisions-file"),
        (data[:40] + bytes([data[40] ^ 1]) + data[41:], {KEY_ID: MASTER}, "decisions-file"),
        (b"{}", {KEY_ID: MASTER}, "decisions-file"),
        (MAGIC, {KEY_ID: MASTER}, "decisions-file"),
        (b"", {}, "decisions-file"),
    ):
        with pytest.raises(OrganizerError) as caught:
            read_decisions(wrong, masters)
        assert caught.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
FORMED = st.fixed_dictionaries({"signer": JSON, "words": st.lists(JSON), "decisions": st.lists(JSON)})


@given(JSON | FORMED)
def test_a_file_of_another_form_is_refused_calmly(value: object) -> None:
    """Even from somebody who has the key: nothing but “decisions-file”, or proper decisions."""
    header, box = MAGIC + KEY_ID, Aead(derive_secret(MASTER, b"undersigned-deci", Aead.KEY_SIZE))
    data = header + bytes(box.encrypt(json.dumps(value).encode(), header))
    reasons, sizes = set(), set()
    try:
        sizes = {len(envelope_id) for envelope_id in read_decisions(data, {KEY_ID: MASTER}).made}
    except OrganizerError as error:
        reasons = {error.reason}
    assert reasons <= {"decisions-file"}
    assert sizes <= {32}


# The commands


def run(desk: Desk, folder: str, *arguments: str | Path, typed: str = "", exit_code: int = 0) -> str:
    where = ["-w", str(desk.home / folder), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, [*map(str, arguments), *where], input=typed)
    assert result.exit_code == exit_code, result.output
    return result.output


def test_differences_are_settled_at_a_terminal(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """Each with both decisions; one stays as it was decided here, one becomes the other's, one is left on hold."""
    desk = make_desk(tmp_path)
    shutil.copytree(desk.folder, tmp_path / "other")
    names = ("Ева Слаўнікава", "Ян Верабей", "Zoja Kot")
    ledger = desk.ledger(*(seal(name, record=desk.record) for name in names))
    for folder, keys in (("work", "a\na\na\n"), ("other", "r\n1\nr\n3\nd\n")):
        run(desk, folder, "open", ledger, "--appeal", desk.appeal)
        run(desk, folder, "review", typed=keys)
    run(desk, "other", "decisions", "export", "--out", tmp_path / "b.decisions")
    where = ("-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    screen = terminal("decisions", "merge", str(tmp_path / "b.decisions"), *where)
    screen.until("Take over what anna decided: 3 decisions, 0 vouch words? [y/N]: ")
    screen.type("y\n")
    screen.until("where you differ")
    screen.type("\n")
    for place, key in enumerate("mth", start=1):
        shown = screen.until("q quit")
        assert f"{place} of 3" in shown
        assert [name for name in names if name in shown]
        assert "accepted" in shown
        assert "refused" in shown
        screen.press(key)
    screen.end()
    status = json.loads(run(desk, "work", "status", "--json"))
    assert (status["public"], status["rejected"] + status["duplicates"], status["held"]) == (1, 1, 1)
    again = json.loads(run(desk, "work", "decisions", "merge", tmp_path / "b.decisions", "--yes", "--json"))
    assert (again["settled_before"], again["agreed"], len(again["differ"])) == (1, 1, 1)


def test_two_workspaces_by_command(tmp_path: Path) -> None:
    """Exported, merged, settled in the review, taken back; JSON names nobody."""
    desk = make_desk(tmp_path)
    shutil.copytree(desk.folder, tmp_path / "other")
    ledger = desk.ledger(*(seal(name, record=desk.record) for name in ("Ева Слаўнікава", "Ян Верабей", "Zoja Kot")))
    for folder in ("work", "other"):
        run(desk, folder, "open", ledger, "--appeal", desk.appeal)
    run(desk, "other", "review", "--accept-all")
    run(desk, "work", "review", typed="a\nr\n1\nq\n")
    told = json.loads(run(desk, "other", "decisions", "export", "--out", tmp_path / "b.decisions", "--json"))
    assert (told["decisions"], told["words"]) == (3, 0)
    run(desk, "other", "decisions", "export", "--out", tmp_path / "b.decisions", exit_code=1)
    before = run(desk, "work", "status", "--json")
    merge = ("work", "decisions", "merge", tmp_path / "b.decisions")
    for options, typed in ((["--json"], "y\n"), ([], ""), ([], "n\n")):
        run(desk, *merge, *options, typed=typed, exit_code=1)
    assert run(desk, "work", "status", "--json") == before
    found = json.loads(run(desk, "work", "decisions", "merge", tmp_path / "b.decisions", "--yes", "--json"))
    assert (found["taken_over"], found["agreed"]) == (1, 1)
    assert [(one["here"], one["there"]) for one in found["differ"]] == [("N", "A")]
    shown = run(desk, "work", "decisions", "merge", tmp_path / "b.decisions", "--yes")
    assert "decided otherwise, on hold until settled" in shown
    # To undo now would take back what was merged before, or decided by hand.
    assert "decisions undo" not in shown
    assert "another organizer decided otherwise" in run(desk, "work", "review", typed="q\n")
    assert json.loads(run(desk, "work", "decisions", "undo", "--yes", "--json"))["taken_back"] == 2
    assert json.loads(run(desk, "work", "status", "--json"))["rejected"] == 1
    run(desk, "work", "decisions", "undo", typed="\n", exit_code=1)
    for left in (1, 0):
        run(desk, "work", "decisions", "undo", "--yes")
        assert (json.loads(run(desk, "work", "status", "--json"))["rejected"] == 0) == (left <= 1)
    nothing = json.loads(run(desk, "work", "decisions", "undo", "--yes", "--json", exit_code=1))
    assert nothing["error"] == "nothing"
