"""The preview: what will be seen, and what became of what was seen before, in general words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crypto.publication import Publication, PublishedSignature
from crypto.signature import Signature
from organizer.results import diff
from organizer.results.publication import Place, make_publication
from organizer.results.tally import Tally
from organizer.workspace.entries import Decision, Entry, Reason, SignatureEntry, Verdict, WithdrawalEntry
from tests.support.organizer_workspace import LETTER, RECORD, appeal_of, tally_of

ACCEPTED = Decision(Verdict.ACCEPTED)
Made = tuple[Entry, Decision | None]


def signed(number: int, name: str, decision: Decision | None = ACCEPTED, public: bool = True) -> Made:
    return SignatureEntry(bytes([number]) * 32, LETTER, bytes([number]) * 32, Signature(name, public)), decision


def withdrawn(number: int, of: int) -> Made:
    return WithdrawalEntry(bytes([number]) * 32, bytes([of]) * 32), None


def count(made: Sequence[Made], last: Publication | None = None) -> Tally:
    decisions = {entry.id: decision for entry, decision in made if decision}
    return tally_of([entry for entry, _ in made], decisions, frozenset(last.signatures if last else ()))


def published(found: Tally, number: int = 1) -> Publication:
    place = Place(number, None if number == 1 else "ab" * 32)
    return make_publication(found, appeal_of(RECORD), [RECORD.fingerprint.hex()], [], place, "2026-11-22")


FIRST = published(count([signed(number, name) for number, name in enumerate(("Ева", "Зоя", "Уля", "Ян"))]))


def changes_to(*made: Made) -> diff.Changes:
    found = count(made, FIRST)
    return diff.compare(FIRST, published(found, 2), found.left_out)


def test_each_name_that_is_gone_has_its_reason() -> None:
    """In the order of the list, and nothing about a name that stayed."""
    changes = changes_to(
        signed(0, "Ева"),
        withdrawn(20, of=0),
        signed(1, "Зоя", Decision(Verdict.REFUSED, Reason.DUPLICATE)),
        signed(2, "Уля", Decision(Verdict.HELD)),
        signed(3, "Ян"),
        signed(4, "Ада"),
    )
    assert [(shown.name, why) for shown, why in changes.gone] == [
        ("Ева", "withdrawn"),
        ("Зоя", "refused as a duplicate"),
        ("Уля", "held, nobody has decided"),
    ]
    assert [shown.name for shown in changes.added] == ["Ада"]
    assert (changes.receipts_added, changes.receipts_gone) == (1, 3)
    assert changes.gone_by_reason == {"held, nobody has decided": 1, "refused as a duplicate": 1, "withdrawn": 1}


def test_a_name_that_nobody_here_knows_is_told_as_such() -> None:
    """After a workspace was burned, or with the wrong one, the organizers see it before they sign."""
    assert {why for _, why in changes_to(signed(3, "Ян")).gone} == {"not in this workspace"}


def test_two_people_of_one_name_are_two() -> None:
    """One of them is withdrawn: one name is gone, one stays, and a new one that is undecided is not the reason."""
    first = published(count([signed(1, "Ян"), signed(2, "Ян")]))
    made = [signed(1, "Ян"), signed(2, "Ян"), withdrawn(3, of=2), signed(4, "Ян", None)]
    found = count(made, first)
    changes = diff.compare(first, published(found, 2), found.left_out)
    assert changes.gone == ((PublishedSignature("Ян", "", ""), "withdrawn"),)
    assert changes.added == ()
    made[0] = signed(1, "Ян", Decision(Verdict.REFUSED, Reason.ABUSE))
    found = count(made, first)
    assert [why for _, why in diff.compare(first, published(found, 2), found.left_out).gone] == [
        "withdrawn",
        "refused",
    ]


def test_a_person_who_is_no_longer_named_is_not_betrayed() -> None:
    """Whoever took back a public signature and signed non-publicly is shown as withdrawn, and only that."""
    found = count([signed(0, "Ева"), withdrawn(20, of=0), signed(5, "Ева", public=False)], FIRST)
    assert found.left_out == {PublishedSignature("Ева", "", ""): {"withdrawn": 1}}


def test_every_number_is_shown_with_the_one_before() -> None:
    """The sum, and what went up or down."""
    rows = dict(diff.number_rows(published(count([signed(1, "Ада", public=False)]), 2), FIRST))
    assert rows["public"] == "0  (before 4, -4)"
    assert rows["not public"] == "1  (before 0, +1)"
    assert rows["signatures in all"] == "1  (before 4, -3)"
    assert dict(diff.number_rows(FIRST, None))["public"] == "4"


def test_the_lists_say_all_names_and_all_changes() -> None:
    """A line each; a stranger's words stand last on theirs."""
    people = (PublishedSignature("Ада", "сястра", "Ян"), *FIRST.signatures[1:])
    draft = replace(FIRST, number=2, signatures=people)
    assert list(diff.name_lines(draft)) == ["The public names, all 4:", "  Ада, сястра (Ян)", "  Зоя", "  Уля", "  Ян"]
    assert list(diff.change_lines(FIRST, diff.compare(FIRST, draft, {}))) == [
        "New names since number 1: 1",
        "  Ада, сястра (Ян)",
        "Names of number 1 that are gone: 1",
        "  not in this workspace: Ева",
        "Receipts: 0 new, 0 gone.",
    ]
    same = diff.compare(FIRST, FIRST, {})
    assert next(diff.change_lines(FIRST, same)) == "The public names are those of number 1."
    assert "4 receipts" in diff.other_content(FIRST)
    assert "1 key and 0 ledgers" in diff.other_content(FIRST)
