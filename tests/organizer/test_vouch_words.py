"""Vouch words: compared as people read them, given out, withdrawn when they leak, and what follows from that."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from organizer.actions.plan import YES
from organizer.actions.review import accept, plan_accept_vouched
from organizer.cli.main import organizer
from organizer.errors import OrganizerError
from organizer.review.filters import Filter
from organizer.review.review import Bulk
from organizer.text import skeleton_letters
from organizer.workspace.entries import Reason, Verdict
from organizer.workspace.records import Records
from organizer.workspace.vouch_words import SHORTEST, Vouched, VouchWord, VouchWords, offer_word, read_word, write_word
from tests.support.organizer_workspace import Desk, make_desk, open_records, seal
from tests.support.review_entries import again, decide_for, entry, verdicts

WORD = "kamutirope"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(tmp_path) as records:
        records.decide({}, [VouchWord(1, WORD, "A."), VouchWord(2, "Белая варона", "Б.", withdrawn=True)])
        yield records


@pytest.mark.parametrize("typed", ["KAMUTIROPE", " Kamu-Tiro Pe ", "kamutirоpе", "КАмUTIROPE", "kamutirope."])
def test_a_word_is_compared_as_it_looks(typed: str) -> None:
    """Capitals, spaces, hyphens and letters of the other alphabet make no difference."""
    assert skeleton_letters(typed) == skeleton_letters(WORD)


def test_other_words_are_other_words() -> None:
    """A letter that looks different is different, in whatever alphabet it would sound the same."""
    assert (
        len({skeleton_letters(typed) for typed in (WORD, "kamutirop", "kamutirops", "камутиропе", "camutirope")}) == 5
    )


def test_what_a_word_says(records: Records) -> None:
    """Given out, withdrawn, unknown, none: marks alone are none."""
    words = VouchWords(records.vouch_words())
    typed = ("Kamu tirope", "БЕЛАЯ-ВАРОНА", "somebody", "", " - ")
    assert [words.vouched(one) for one in typed] == [
        Vouched.YES,
        Vouched.WITHDRAWN,
        Vouched.UNKNOWN,
        Vouched.NO,
        Vouched.NO,
    ]


@pytest.mark.parametrize("word", ["short", "a b c d e", "х" * 41, "", WORD.upper(), "белая варона", "bad\u202eword"])
def test_a_word_that_would_not_do_is_refused(records: Records, word: str) -> None:
    """Too short to be no guess, longer than the page takes, not to be seen, or taken for one that there is."""
    with pytest.raises(OrganizerError) as caught:
        VouchWords(records.vouch_words()).new(word, "")
    assert caught.value.reason == "vouch-word"


def test_a_note_has_an_end(records: Records) -> None:
    """And cannot trick a terminal."""
    for note in ("x" * 101, "a\x1b[2Jb"):
        with pytest.raises(OrganizerError) as caught:
            VouchWords(records.vouch_words()).new("something new", note)
        assert caught.value.reason == "vouch-note"


def test_an_offered_word_does(records: Records) -> None:
    """Long enough, and another one each time."""
    offered = {offer_word(secrets.token_bytes) for _ in range(50)}
    assert len(offered) == 50
    assert all(len(skeleton_letters(word)) >= SHORTEST for word in offered)


@given(st.integers(1, 2**32 - 1), st.text(max_size=40), st.text(max_size=100), st.booleans())
def test_rows_of_words_have_few_sizes(number: int, word: str, note: str, withdrawn: bool) -> None:
    """And give back what went in."""
    try:
        row = write_word(VouchWord(number, word, note, withdrawn))
    except UnicodeEncodeError:
        return  # half a character is not printable, so no word has it
    assert read_word(row) == VouchWord(number, word, note, withdrawn)
    assert len(row) in (512, 1024)


def test_a_word_accepts_at_once_what_is_similar_to_no_other(records: Records) -> None:
    """Those with this word only; two that may be one person stay for a person; one undo takes all of it back."""
    records.add([entry(n, vouch=WORD) for n in range(1, 8)] + [entry(20), entry(21, vouch="белая варона")])
    records.add([entry(30, "Ева Кот", vouch=WORD), entry(31, "Eva Kot")])
    review = again(records)
    assert decide_for(review, 1, Verdict.ACCEPTED) == Bulk(7, 1)
    assert set(verdicts(records)) == set(range(1, 8))
    with pytest.raises(OrganizerError, match="withdrawn"):
        decide_for(review, 2, Verdict.ACCEPTED)
    assert decide_for(review, 2, Verdict.REFUSED, Reason.ABUSE) == Bulk(1, 0)
    assert again(records).undo() == 1
    assert again(records).undo() == 7
    assert verdicts(records) == {}


def test_all_words_that_count_accept_in_one_step(records: Records) -> None:
    """Each decision remembers its own word."""
    records.decide({}, [VouchWord(3, "something else")])
    records.add([entry(1, vouch=WORD), entry(2, vouch="something else"), entry(3, vouch="белая варона"), entry(4)])
    plan = plan_accept_vouched(review := again(records))
    assert accept(review, plan, {"accept-vouched": YES}) == Bulk(2, 0)
    assert [made.vouch for _, made in sorted(records.decisions().items())] == [1, 3]
    assert again(records).undo() == 2


def test_a_leaked_word_takes_back_what_it_alone_accepted(records: Records) -> None:
    """On hold for a second look; what somebody looked at stays, and so does what has another word."""
    records.add([entry(1, vouch=WORD), entry(2, vouch=WORD), entry(3, vouch=WORD), entry(4)])
    review = again(records)
    review.decide(Verdict.ACCEPTED)  # a person looked at the first
    decide_for(again(records), 1, Verdict.ACCEPTED)
    review = again(records)
    assert len(review.accepted_for(1)) == 2
    review.withdraw_word(1)
    assert verdicts(records) == {1: Verdict.ACCEPTED, 2: Verdict.HELD, 3: Verdict.HELD}
    assert {facts.vouched for facts in review.queue.facts.values()} == {Vouched.WITHDRAWN, Vouched.NO}
    assert [word.withdrawn for word in records.vouch_words()] == [True, True]
    review.narrow(Filter(word=1))
    review.move(-9)
    later = again(records)
    later.at = later.ids.index(entry(3).id)
    later.decide(Verdict.ACCEPTED)
    assert again(records).restore_word(1) == 1
    assert verdicts(records) == dict.fromkeys((1, 2, 3), Verdict.ACCEPTED)
    assert not next(iter(records.vouch_words())).withdrawn


def test_undo_gives_back_what_a_withdrawn_word_had_accepted(records: Records) -> None:
    """The word stays withdrawn: it leaked, whatever becomes of the signatures."""
    records.add([entry(1, vouch=WORD), entry(2, vouch=WORD)])
    decide_for(again(records), 1, Verdict.ACCEPTED)
    again(records).withdraw_word(1)
    assert again(records).undo() == 2
    assert verdicts(records) == {1: Verdict.ACCEPTED, 2: Verdict.ACCEPTED}
    assert next(iter(records.vouch_words())).withdrawn


# The command


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def run(desk: Desk, *arguments: str, typed: str = "", exit_code: int = 0) -> str:
    where = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, [*arguments, *where], input=typed)
    assert result.exit_code == exit_code, result.output
    return result.output


def test_words_from_the_first_to_the_last(desk: Desk) -> None:
    """Added in a dialogue, used in the review, listed with counts, withdrawn and restored; JSON names nobody."""
    shown = run(desk, "vouch", "--add", typed=f"short\n{WORD}\nмая сястра\n\n")
    assert "at least 6 letters" in shown
    assert "Kept: vouch word number 1" in shown
    shown = run(desk, "vouch", "--add", typed="\n\n\n")
    assert "Kept: vouch word number 2" in shown
    for path in filter(Path.is_file, desk.folder.rglob("*")):
        assert not [text for text in (WORD, "сястра") if text.encode() in path.read_bytes()]

    people = [
        seal(name, record=desk.record, vouch=WORD.title()) for name in ("Ева Слаўнікава", "Ян Верабей", "Zoja Kot")
    ]
    people.append(seal("Ева Слаўнікава", record=desk.record))
    run(desk, "open", str(desk.ledger(*people)), "--appeal", str(desk.appeal))
    shown = run(desk, "review", "--accept-vouched", typed="y\n")
    assert "Accept for their vouch words, without a look at each: 2? [y/N]" in shown
    assert "1 resemble another signature" in shown
    assert "Accepted for their vouch words: 2." in shown
    assert "Left undecided, because they resemble another signature: 1." in shown
    # Only what is similar to another one is left, so there is nothing to ask about.
    assert "[y/N]" not in run(desk, "review", "--accept-vouched")
    listed = json.loads(run(desk, "vouch", "--json"))
    assert listed["words"][0] == {
        "number": 1, "withdrawn": False, "undecided": 1, "held": 0, "accepted": 2, "refused": 0,
    }  # fmt: skip
    assert (listed["unknown_word"], listed["no_word"], len(listed["words"])) == (0, 1, 2)
    assert WORD not in run(desk, "vouch")

    run(desk, "vouch", "--withdraw", "1", typed="\n", exit_code=1)
    shown = run(desk, "vouch", "--withdraw", "1", "--yes")
    assert "On hold for a second look: 2." in shown
    assert json.loads(run(desk, "status", "--json"))["held"] == 2
    assert json.loads(run(desk, "vouch", "--withdraw", "1", "--yes", "--json", exit_code=1))["error"] == "vouch-number"
    assert json.loads(run(desk, "vouch", "--withdraw", "9", "--yes", "--json", exit_code=1))["error"] == "vouch-number"
    assert json.loads(run(desk, "vouch", "--restore", "1", "--json"))["accepted_again"] == 2
    assert json.loads(run(desk, "status", "--json"))["held"] == 0
    assert json.loads(run(desk, "vouch", "--add", "--json", exit_code=1))["error"] == "question"


def test_a_script_accepts_what_is_vouched_for_only_when_told(desk: Desk) -> None:
    """With --json nothing is asked, so --yes must be given."""
    assert json.loads(run(desk, "review", "--accept-vouched", "--json", exit_code=1))["error"] == "question"
    assert json.loads(run(desk, "review", "--accept-vouched", "--yes", "--json"))["accepted_pairs"] == 0
