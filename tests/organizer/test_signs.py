"""Signs beside the name that two signatures may be of one person: each has a name, and holds the two back."""

from __future__ import annotations

import pytest

from crypto.publication import ByHand, Counts, Publication, PublishedSignature
from crypto.signature import Signature
from organizer.actions.counted_twice import counted_twice, published_pairs
from organizer.actions.reachable import reachable, reachable_people
from organizer.matching.comparison import Comparison, Crew, Part
from organizer.matching.duplicates import CROWD, Person, compare
from organizer.matching.key_cache import SurnameKeys
from organizer.matching.pair_cache import SimilarPairs
from organizer.matching.signs import SAME_CODE, SAME_WORD, addresses, signs_of
from organizer.review.queue import BY_HAND, ReviewQueue
from organizer.review.review import Review
from organizer.workspace.entries import SignatureEntry, Verdict
from organizer.workspace.records import Records
from tests.support.review_entries import KNOWN, accept_all, again, entry, made_up

TEXT = "Волю ўсім палітычным вязням Беларусі!"
NUMBER, REACHED = "+375 29 123-45-67", {"contact": "anna@example.org"}
ONE_PERSON = {
    "same code": ({"code": 7}, {"code": 7}, SAME_CODE),
    "word": ({"vouch": "Белы бусел"}, {"vouch": "белы-бусел"}, SAME_WORD),
    "number": ({"contact": NUMBER}, {"contact": "8 (029) 1234567"}, "same telephone number"),
    "number in a message": ({"contact": NUMBER}, {"message": "пазваніце 80291234567"}, "same telephone number"),
    "number beside a name": ({"contact": NUMBER}, {"relation": f"сястра, {NUMBER}"}, "same telephone number"),
    "typographic": ({"contact": NUMBER}, {"contact": "＋375‑29‑123–45–67"}, "same telephone number"),
    "mail": (REACHED, {"contact": "пошта: Anna@Example.ORG"}, "same mail address"),
    "account": ({"contact": "@anna_k"}, {"contact": "https://t.me/Anna_K"}, "same account"),
    "contact": ({"contact": "вул. Прыкладная, 5"}, {"contact": "вул Прыкладная 5"}, "same contact"),
    "message": ({"message": TEXT}, {"message": TEXT.upper()}, "same message"),
    "stressed": ({"message": TEXT}, {"message": TEXT.replace("о", "о\u0301")}, "same message"),
}
TWO_PEOPLE = {
    "codes": ({"code": 7}, {"code": 8}),
    "words": ({"vouch": "Белы бусел"}, {"vouch": "Чорны бусел"}),
    "no words": ({"vouch": ""}, {"vouch": " - "}),
    "numbers": ({"contact": NUMBER}, {"contact": "+375 29 123-45-68"}),
    "messages": ({"message": TEXT}, {"message": TEXT + " І хутка!"}),
    "a slogan": ({"message": "Жыве Беларусь!"}, {"message": "Жыве Беларусь!"}),
    "one prisoner": ({"prisoner": "Ян Прыклад", "relation": "сястра"}, {"prisoner": "Ян Прыклад", "relation": "маці"}),
    "one term": ({"message": "асуджаны 24.05.2021–24.05.2026"}, {"contact": "пасля 24.05.2021–24.05.2026"}),
}


def two(one: dict[str, object], other: dict[str, object]) -> list[SignatureEntry]:
    return [entry(number, **fields) for number, fields in ((1, one), (2, other))]  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ONE_PERSON)
def test_each_sign_has_a_name_and_is_not_accepted_with_many(records: Records, case: str) -> None:
    """Whatever the names: it is shown, left out, and counted once somebody accepts both."""
    one, other, reason = ONE_PERSON[case]
    records.add([*two(one, other), entry(3)])
    review = again(records)
    shown = review.current()
    assert shown is not None
    assert [found.reasons for found in shown.similar] == [(reason,)]
    assert (bulk := accept_all(review)).left == 2
    assert bulk.decided == 1
    assert [pair.reasons for pair in review.queue.pairs()] == [(reason,)]
    assert not review.queue.accepted_pairs()
    for _ in range(2):
        review.decide(Verdict.ACCEPTED)
    assert review.queue.accepted_pairs() == {reason: 1}


@pytest.mark.parametrize("case", TWO_PEOPLE)
def test_what_many_share_is_no_sign(records: Records, case: str) -> None:
    """Control: nothing is held back for it."""
    records.add(two(*TWO_PEOPLE[case]))
    assert accept_all(again(records)).left == 0


def test_signs_and_names_speak_together(records: Records) -> None:
    """All reasons stand beside a pair, the weightiest first; typed from paper is one of them."""
    typed = entry(2, "Iryna Slaunikava", code=1, contact=NUMBER)
    records.add([entry(1, "Ірына Слаўнікава", contact=NUMBER), SignatureEntry(*vars(typed).values())])
    records.add([SignatureEntry(b"\3" * 32, typed.letter_hash, b"\3" * 32, typed.signature, by_hand=True)])
    queue = ReviewQueue(records, KNOWN)
    found = {pair.reasons: pair.score for pair in queue.pairs()}
    assert found == {
        (SAME_CODE, "same telephone number", "another language or spelling"): 1.0,
        ("same telephone number", "another language or spelling", BY_HAND): 0.993,
        ("same telephone number", "same name", BY_HAND): 1.0,
    }


def test_a_vouch_word_that_was_given_out_is_no_sign(records: Records) -> None:
    """It goes to many: that is what it is for."""
    queue = ReviewQueue(records, KNOWN)
    records.decide({}, [queue.words.new("Белы бусел", "")])
    records.add(two({"vouch": "Белы бусел"}, {"vouch": "Белы бусел"}))
    assert accept_all(again(records)).left == 0


def test_a_crowd_with_one_sign_makes_a_pair_each(records: Records) -> None:
    """A flood with one code, one word, one text: everyone is held back, and the pairs grow with their number only."""
    count = 3 * CROWD
    records.add([entry(number, code=7, vouch="птушка", message=TEXT, contact=NUMBER) for number in range(count)])
    review = Review(ReviewQueue(records, KNOWN))
    assert accept_all(review).left == count
    assert count - 1 <= len(review.queue.pairs()) <= CROWD * count


def crews(records: Records, parts: int) -> list[Crew]:
    def crew(part: Part) -> Crew:
        return lambda blocks: map(part, blocks)

    return [crew(Part(records.boxes, part, parts)) for part in range(parts)]


def listed(found: SimilarPairs) -> list[tuple[bytes, bytes, float, tuple[str, ...]]]:
    return sorted((pair.first, pair.second, pair.score, pair.reasons) for pair in found.among(lambda _: True))


def test_signs_are_found_by_any_number_of_workers_and_whenever_a_signature_comes(records: Records) -> None:
    """Each pair once, with all its reasons; a later one is compared with those that its signs lead to."""
    said: list[dict[str, str]] = [{"contact": NUMBER}, {"message": f"{TEXT} {NUMBER}"}, {"message": TEXT}, REACHED]
    people = [entry(number, name="Ян Прыклад" if number % 3 else "", **said[number % 4]) for number in range(1, 30)]
    records.add(people)
    ids = sorted(one.id for one in people)
    whole = listed(Comparison(records, crews(records, 1), ids, lambda _: None, SurnameKeys()).of_all())
    assert any(len(reasons) > 1 for *_, reasons in whole)
    for parts in (2, 5):
        assert listed(Comparison(records, crews(records, parts), ids, lambda _: None, SurnameKeys()).of_all()) == whole
        earlier = Comparison(records, crews(records, parts), ids[:20], lambda _: None, SurnameKeys())
        pairs, kept = earlier.of_all(), SurnameKeys.read(earlier.keys.write())
        later = Comparison(records, crews(records, parts), ids, lambda _: None, kept).of_new(ids[20:], pairs)
        assert listed(later) == whole


def test_it_does_not_matter_who_comes_first() -> None:
    """Score and reasons are the same both ways, and no text of a person is kept in a sign."""
    one = Person(b"1", "Ян Прыклад", signs=signs_of({"contact": NUMBER, "message": TEXT}))
    other = Person(b"2", "Іна Зорка", signs=signs_of({"message": f"{TEXT}", "relation": NUMBER}))
    assert compare(one, other) == compare(other, one)
    assert not any(b"1234567" in sign for sign in one.signs)


@pytest.mark.parametrize(
    "text",
    ["", "Ян Прыклад (1990–2020)", "арт. 342 ч. 1, 361-1 ч. 2; 130", "1937-1938, 2020—2024", "2021-05-24 2022-05-24"],
)
def test_years_days_and_articles_are_no_numbers_to_call(text: str) -> None:
    """They stand beside many prisoners."""
    assert addresses(text) == []


def test_a_number_to_call_in_a_public_field_is_pointed_out() -> None:
    """Before it is published, to who reviews and to who signs; in the contact, which nobody publishes, it may stand."""
    for field in ("name", "relation", "prisoner"):
        said = {"name": "Ян Прыклад", "contact": NUMBER} | {field: f"Ян, {NUMBER}"}
        assert [str(one) for one in reachable(Signature(public=True, **said))] == [
            "Note: a telephone number stands in what would be published of this person."
        ]
        assert not reachable(Signature(public=False, **said))
    assert not reachable(Signature("Ян Прыклад", True, contact=NUMBER, message=NUMBER))
    people = [PublishedSignature("Ян", f"сын, {NUMBER}", ""), PublishedSignature("Ева", "арт. 342 ч. 1, 1990–2020", "")]
    told = reachable_people(publication_of(people * 7, ()))
    assert told[0].values == {"people": 7}
    assert [str(one) for one in told[1:]] == [f"  telephone number: Ян, сын, {NUMBER}"] * 5


def publication_of(people: list[PublishedSignature], receipts: tuple[str, ...]) -> Publication:
    counts = Counts(4, 0, 0, 0, 0, len(people), 0)
    return Publication("00" * 16, 1, None, "2026-07-01", {}, (), (), counts, ByHand(0, 0), tuple(people), receipts)


def test_a_publication_alone_shows_what_it_can() -> None:
    """To an organizer who signs second and has no envelopes: similar public names, receipts that stand twice."""
    people = [PublishedSignature(name, "", "") for name in ("Ірына Слаўнікава", "Iryna Slavnikava", made_up(5))]
    receipts = ("01" * 8, "01" * 8, "02" * 8)
    publication = publication_of(people, receipts)
    assert published_pairs(publication) == {"similar name": 1, "same receipt": 1}
    (told,) = counted_twice(published_pairs(publication))
    assert str(told).endswith("counted twice then: 2 (same receipt 1, similar name 1).")
