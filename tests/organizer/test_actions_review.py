"""Reviewing, vouching, merging and writing down names without a terminal.

Nothing is done while an answer is missing or wrong: all bytes of the workspace stay as they were.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from organizer.actions.decisions import (
    export_decisions,
    merge_decisions,
    open_settling,
    plan_export,
    plan_merge,
    settle,
)
from organizer.actions.nonpublic import plan_nonpublic, write_nonpublic
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import YES, Answers
from organizer.actions.review import (
    accept,
    decide_for_word,
    find_duplicates,
    open_queue,
    plan_accept_all,
    plan_accept_vouched,
    plan_undo,
    plan_word_decision,
    read_reviewed,
    undo,
)
from organizer.actions.session import Session, open_session
from organizer.actions.vouch import (
    add_word,
    check_word,
    count_words,
    plan_word_withdrawal,
    propose_word,
    restore_word,
    withdraw_word,
)
from organizer.errors import OrganizerError
from organizer.review.review import Review
from organizer.workspace.entries import Reason, SignatureEntry, Verdict
from tests.support.organizer_workspace import Desk, seal
from tests.support.without_face import (
    WORD,
    Noted,
    Typed,
    copy_desk,
    files,
    make_opened_desk,
    opened,
)

NOTHING: Answers = {}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_opened_desk(tmp_path_factory.mktemp("made"))


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Desk:
    """A copy to do with as one likes."""
    return copy_desk(made, tmp_path / "desk")


def named(session: Session, name: str) -> SignatureEntry:
    return next(
        one for one in session.records.entries() if isinstance(one, SignatureEntry) and one.signature.name == name
    )


def test_many_are_accepted_at_once_only_after_a_yes_to_their_number(desk: Desk) -> None:
    """What resembles another one is counted and left; undo, which asks as well, takes it back whole."""
    with opened(desk) as session:
        queue = open_queue(session)
        review = Review(queue)
        vouched, everything, more = plan_accept_vouched(review), plan_accept_all(review), plan_accept_all(review, True)
        assert [(plan.accepted, plan.left) for plan in (vouched, everything, more)] == [(1, 0), (3, 2), (5, 0)]
        assert vouched.ids == (named(session, "Зоя Дуб").id,)
        assert [str(plan.questions[0].asked) for plan in (vouched, everything)] == [
            "Accept for their vouch words, without a look at each: 1?",
            "Accept without a look at any of them: 3?",
        ]
        before = files(desk)
        wrong = ((vouched, "accept-all"), (everything, "accept-vouched"), (more, "undo"))
        for plan, reason in wrong:
            for answers in (NOTHING, {plan.questions[0].asked.reason: "no"}, {reason: YES}):
                with pytest.raises(OrganizerError, match="Nothing was decided"):
                    accept(review, plan, answers)
        with pytest.raises(OrganizerError, match="no decision to take back"):
            plan_undo(review)
        assert files(desk) == before
        assert accept(review, vouched, {"accept-vouched": YES}).decided == 1
        bulk = accept(review, plan_accept_all(review), {"accept-all": YES})
        assert (bulk.decided, bulk.left) == (2, 2)
        reviewed = read_reviewed(session, queue)
        assert (reviewed.accepted, reviewed.tally.undecided, reviewed.accepted_pairs.total()) == (3, 2, 0)
        assert not reviewed.is_finished

        plan_back = plan_undo(review)
        assert len(plan_back.ids) == 2
        before = files(desk)
        for answers in (NOTHING, {"undo": "no"}, {"accept-all": YES}):
            with pytest.raises(OrganizerError, match="Nothing was changed"):
                undo(review, plan_back, answers)
        assert files(desk) == before
        assert undo(review, plan_back, {"undo": YES}) == 2
        assert read_reviewed(session, queue).accepted == 1


def test_an_empty_bulk_asks_nothing(desk: Desk) -> None:
    """Where nothing would be accepted there is nothing to agree to."""
    with opened(desk) as session:
        review = Review(open_queue(session))
        accept(review, plan_accept_vouched(review), {"accept-vouched": YES})
        plan = plan_accept_vouched(review)
        assert (plan.questions, accept(review, plan, NOTHING).decided) == ((), 0)


def test_what_was_planned_is_what_is_accepted(desk: Desk) -> None:
    """What was decided since stays so, and what is no longer similar to another one waits for the next plan."""
    with opened(desk) as session:
        review = Review(open_queue(session))
        plan = plan_accept_all(review)
        pair = [one for one in plan.ids if one not in plan.chosen]
        review.only([plan.chosen[0], pair[0]])
        review.decide(Verdict.HELD)
        review.decide(Verdict.REFUSED, Reason.DUPLICATE)
        assert accept(review, plan, {"accept-all": YES}).decided == len(plan.chosen) - 1
        assert review.queue.decisions[plan.chosen[0]].verdict is Verdict.HELD
        assert pair[1] not in review.queue.decisions
        assert plan_accept_all(review).chosen == (pair[1],)


def test_pairs_that_may_be_one_person_are_found_without_changing_anything(desk: Desk) -> None:
    """Two by two, with the number of those that were compared; the comparing is told to what is passed in."""
    progress = Noted()
    with open_session(Typed(), str(desk.folder)) as session:
        open_ledgers(session, [str(desk.ledger(seal("Яна Новік", record=desk.record), name="one.bin"))])
        queue = open_queue(session, progress)
        before = files(desk)
        found = find_duplicates(queue)
        assert files(desk) == before
    assert found.compared == 6
    assert len(found.pairs) >= 1
    assert {told[:2] for told in progress.told} == {("Comparing names", "names compared")}


# Vouching


def test_a_vouch_word_is_checked_before_it_is_kept(desk: Desk) -> None:
    """One that is short, or taken for one that is there already, changes nothing."""
    with opened(desk) as session:
        queue = open_queue(session)
        before = files(desk)
        for word, note, reason in (
            ("abc", "", "vouch-word"),
            (WORD, "", "vouch-word"),
            ("lemonade", "\n" * 2 + "x" * 101, "vouch-note"),
        ):
            with pytest.raises(OrganizerError) as refused:
                add_word(queue, word, note)
            assert refused.value.reason == reason
        assert check_word(queue, propose_word()).number == 2
        assert files(desk) == before
        assert add_word(queue, "lemonade", "B.").number == 2
        counted = count_words(open_queue(session))
    assert [(one.word.number, one.signatures.total()) for one in counted.words] == [(1, 1), (2, 0)]
    assert (counted.unknown, counted.none) == (0, 4)


def test_a_word_that_leaked_is_withdrawn_only_after_a_yes(desk: Desk) -> None:
    """The plan counts what goes on hold and what stays; restoring gives it back."""
    with opened(desk) as session:
        review = Review(open_queue(session))
        with pytest.raises(OrganizerError, match="not withdrawn"):
            restore_word(review, 1)
        accept(review, plan_accept_vouched(review), {"accept-vouched": YES})
        plan = plan_word_withdrawal(review, 1)
        assert (plan.on_hold, plan.still_accepted) == (1, 0)
        before = files(desk)
        for answers in (NOTHING, {"withdraw-word": "1"}, {"undo": YES}):
            with pytest.raises(OrganizerError, match="Nothing was changed"):
                withdraw_word(review, plan, answers)
        assert files(desk) == before
        withdraw_word(review, plan, {"withdraw-word": YES})
        with pytest.raises(OrganizerError, match="withdrawn already"):
            plan_word_withdrawal(review, 1)
        assert read_reviewed(session, review.queue).tally.held == 1
        assert restore_word(review, 1) == 1
        assert read_reviewed(session, review.queue).accepted == 1


def test_for_a_word_many_are_decided_only_after_a_yes(desk: Desk) -> None:
    """Of one word, and as planned; a word that was withdrawn accepts nothing."""
    with opened(desk) as session:
        review = Review(open_queue(session))
        plan = plan_word_decision(review, 1, Verdict.ACCEPTED)
        assert (len(plan.chosen), plan.left) == (1, 0)
        before = files(desk)
        for answers in (NOTHING, {"decide-word": "1"}, {"accept-vouched": YES}):
            with pytest.raises(OrganizerError, match="Nothing was decided"):
                decide_for_word(review, plan, answers)
        assert files(desk) == before
        assert decide_for_word(review, plan, {"decide-word": YES}).decided == 1
        assert decide_for_word(review, plan, {"decide-word": YES}).decided == 0
        assert [notice.reason for notice in plan_word_withdrawal(review, 1).warnings] == ["accepted-unseen", "on-hold"]
        withdraw_word(review, plan_word_withdrawal(review, 1), {"withdraw-word": YES})
        with pytest.raises(OrganizerError, match="accepts nothing"):
            plan_word_decision(review, 1, Verdict.ACCEPTED)
        assert plan_word_decision(review, 1, Verdict.REFUSED, Reason.ABUSE).chosen == ()


# Two organizers


def test_decisions_are_handed_over_merged_and_settled(desk: Desk, tmp_path: Path) -> None:
    """A plan of a merge keeps nothing; where both differ it is on hold until one settles it."""
    other, path = copy_desk(desk, tmp_path / "other"), str(desk.home / "anna.decisions")
    with opened(desk) as session:
        accept(review := Review(open_queue(session)), plan_accept_all(review), {"accept-all": YES})
        plan = plan_export(session, review.queue)
        assert (len(plan.decisions.made), len(plan.decisions.words)) == (3, 1)
        export_decisions(session, plan, path)
        before = files(desk)
        with pytest.raises(OrganizerError, match="is not overwritten"):
            export_decisions(session, plan, path)
        assert files(desk) == before
    with opened(other) as session:
        queue = open_queue(session)
        held = Review(queue)
        held.only([named(session, "Зоя Дуб").id])
        held.decide(Verdict.HELD)
        before = files(other)
        found = plan_merge(session, queue, path)
        assert (found.signer, found.found.taken, len(found.found.disagreements)) == ("anna", 2, 1)
        assert [warning.reason for warning in found.warnings] == ["own-name"]
        assert files(other) == before
        merge_decisions(queue, found, {"merge": YES})
        assert read_reviewed(session, queue).accepted == 2
        settling = open_settling(queue, found.found.disagreements)
        settle(settling, found.found.disagreements[0], theirs=True)
        assert (read_reviewed(session, queue).accepted, settling.current()) == (3, None)
        again = plan_merge(session, queue, path)
        assert (again.found.changes, again.found.disagreements) == ({}, [])


# Names that are not public


def test_nonpublic_names_are_written_only_for_their_own_sentence(desk: Desk) -> None:
    """A yes is none, and neither is the sentence for another number of names."""
    out = desk.home / "out.csv"
    with opened(desk) as session:
        with pytest.raises(OrganizerError, match="No accepted signature is non-public"):
            plan_nonpublic(session)
        accept(review := Review(open_queue(session)), plan_accept_all(review), {"accept-all": YES})
        plan = plan_nonpublic(session)
        assert [one.signature.name for one in plan.people] == ["Ева Кавалёва"]
        assert [(one.word, one.for_a_person) for one in plan.questions] == [("write 1 names", True)]
        before = files(desk)
        for answers in (NOTHING, {"write-names": YES}, {"write-names": "write 2 names"}, {"stopped": "write 1 names"}):
            with pytest.raises(OrganizerError, match="Nothing was written"):
                write_nonpublic(plan, str(out), answers)
        assert files(desk) == before
        write_nonpublic(plan, str(out), {"write-names": " write 1 names "})
        with pytest.raises(OrganizerError, match="is not overwritten"):
            write_nonpublic(plan, str(out), {"write-names": "write 1 names"})
    assert "Ева Кавалёва" in out.read_text("utf-8")
