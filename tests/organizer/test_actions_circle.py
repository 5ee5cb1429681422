"""Intake and review, one action after the other, in a process without a user interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from organizer.actions.add import add_signature, choose_letter, plan_signature
from organizer.actions.add_table import add_table, plan_table
from organizer.actions.decisions import (
    export_decisions,
    merge_decisions,
    plan_export,
    plan_merge,
)
from organizer.actions.nonpublic import plan_nonpublic, write_nonpublic
from organizer.actions.plan import YES
from organizer.actions.review import (
    accept,
    find_duplicates,
    open_queue,
    plan_accept_all,
    plan_accept_vouched,
    plan_undo,
    undo,
)
from organizer.actions.sealing import open_sealing
from organizer.actions.session import open_session
from organizer.actions.status import read_status
from organizer.actions.vouch import (
    count_words,
    plan_word_withdrawal,
    restore_word,
    withdraw_word,
)
from organizer.actions.withdraw import (
    count_again,
    plan_withdrawal,
    search_people,
    withdraw_with_code,
    withdraw_without_code,
    withdrawn_without_code,
)
from organizer.review.review import Review
from tests.support.without_face import (
    CODE,
    TABLE,
    Typed,
    go_round,
    make_opened_desk,
)


def circle(home: Path) -> None:
    """From a new workspace to a counted one: open, enter, withdraw, vouch, review, take back, hand over, look."""
    desk = make_opened_desk(home / "desk")
    (home / "table.csv").write_text(TABLE, "utf-8")
    with open_sealing(str(desk.folder)) as sealing:
        plan = plan_signature({"name": "Аня", "public": "yes"}, choose_letter(sealing.appeal, "be"))
        add_signature(sealing, plan, {"keep": YES})
        withdraw_with_code(sealing, CODE)
    with open_session(Typed(), str(desk.folder)) as session:
        add_table(session, plan_table(session, str(home / "table.csv"), None), {"add": YES})
        queue = open_queue(session)
        review = Review(queue)
        accept(review, plan_accept_vouched(review), {"accept-vouched": YES})
        accept(review, plan_accept_all(review, include_similar=True), {"accept-all": YES})
        undo(review, plan_undo(review), {"undo": YES})
        accept(review, plan_accept_all(review), {"accept-all": YES})
        withdraw_word(review, plan_word_withdrawal(review, 1), {"withdraw-word": YES})
        restore_word(review, 1)
        export_decisions(session, plan_export(session, queue), str(home / "decisions"))
        merge_decisions(queue, plan_merge(session, queue, str(home / "decisions")), {"merge": YES})
        (person,) = search_people(session, "аня")
        withdraw_without_code(session, plan_withdrawal(session, person).because("asked"), {"take-back": YES})
        count_again(session, withdrawn_without_code(session)[0], {"count-again": YES})
        nonpublic = plan_nonpublic(session)
        write_nonpublic(nonpublic, str(home / "names.csv"), {"write-names": nonpublic.questions[0].word})
        tally = read_status(session).tally
        print(tally.counts.public, tally.counts.nonpublic, tally.counts.withdrawn, tally.undecided)
        print(len(find_duplicates(queue).pairs), count_words(queue).words[0].signatures.total())


@pytest.mark.slow  # a process that goes the whole way
def test_the_circle_needs_no_face(tmp_path: Path) -> None:
    """All of these actions, one after the other, in a process that loaded nothing which prints, asks or draws."""
    counted, similar, *loaded = go_round(__name__, tmp_path)
    assert (counted, similar) == ("4 2 1 2", "2 1")
    assert "organizer.actions.withdraw" in loaded
